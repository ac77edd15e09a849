"""Registers the folder with Django."""

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "yellowcart.sources"
    label = "sources"
