"""Registers the folder with Django."""

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    name = "yellowcart.connections"
    label = "connections"
