"""Registers the folder with Django."""

from django.apps import AppConfig


class ListingsConfig(AppConfig):
    name = "yellowcart.listings"
    label = "listings"
