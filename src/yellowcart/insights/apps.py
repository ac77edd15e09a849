"""Registers the folder with Django."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "yellowcart.insights"
    label = "insights"
