"""Registers the folder with Django."""

from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "yellowcart.media"
    label = "media"
