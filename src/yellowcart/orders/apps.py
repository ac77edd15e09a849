"""Registers the folder with Django."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "yellowcart.orders"
    label = "orders"
