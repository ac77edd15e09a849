"""Registers the folder with Django."""

from django.apps import AppConfig


class WebDevelopersConfig(AppConfig):
    name = "yellowcart.web.developers"
    label = "web_developers"
