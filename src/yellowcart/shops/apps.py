"""Registers the folder with Django."""

from django.apps import AppConfig


class ShopsConfig(AppConfig):
    name = "yellowcart.shops"
    label = "shops"
