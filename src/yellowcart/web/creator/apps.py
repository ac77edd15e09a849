"""Registers the folder with Django."""

from django.apps import AppConfig


class WebCreatorConfig(AppConfig):
    name = "yellowcart.web.creator"
    label = "web_creator"
