"""Registers the folder with Django."""

from django.apps import AppConfig


class WebBackofficeConfig(AppConfig):
    name = "yellowcart.web.backoffice"
    label = "web_backoffice"
