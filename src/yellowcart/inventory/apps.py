"""Registers the folder with Django."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "yellowcart.inventory"
    label = "inventory"
