"""Registers the folder with Django."""

from django.apps import AppConfig


class GiftsConfig(AppConfig):
    name = "yellowcart.gifts"
    label = "gifts"
