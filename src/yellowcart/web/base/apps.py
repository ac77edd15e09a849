"""Registers the folder with Django."""

from django.apps import AppConfig


class WebBaseConfig(AppConfig):
    name = "yellowcart.web.base"
    label = "web_base"
