"""Registers the folder with Django."""

from django.apps import AppConfig


class WebViewerConfig(AppConfig):
    name = "yellowcart.web.viewer"
    label = "web_viewer"
