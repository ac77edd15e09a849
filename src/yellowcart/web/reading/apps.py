"""Registers the folder with Django."""

from django.apps import AppConfig


class WebReadingConfig(AppConfig):
    name = "yellowcart.web.reading"
    label = "web_reading"
