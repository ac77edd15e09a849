"""Registers the folder with Django."""

from django.apps import AppConfig


class WebOperatorConfig(AppConfig):
    name = "yellowcart.web.operator"
    label = "web_operator"
