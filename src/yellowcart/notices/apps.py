"""Registers the folder with Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "yellowcart.notices"
    label = "notices"
