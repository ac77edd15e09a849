"""Registers the folder with Django."""

from django.apps import AppConfig


class PicturesConfig(AppConfig):
    name = "yellowcart.pictures"
    label = "pictures"
