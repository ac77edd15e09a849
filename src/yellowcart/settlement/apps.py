"""Registers the folder with Django."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "yellowcart.settlement"
    label = "settlement"
