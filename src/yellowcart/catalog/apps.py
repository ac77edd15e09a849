"""Registers the folder with Django."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "yellowcart.catalog"
    label = "catalog"
