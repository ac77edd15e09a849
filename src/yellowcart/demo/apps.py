"""Registers the folder with Django."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "yellowcart.demo"
    label = "demo"
