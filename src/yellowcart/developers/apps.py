"""Registers the folder with Django."""

from django.apps import AppConfig


class DevelopersConfig(AppConfig):
    name = "yellowcart.developers"
    label = "developers"
