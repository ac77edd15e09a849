"""Registers the folder with Django."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "yellowcart.live"
    label = "live"
