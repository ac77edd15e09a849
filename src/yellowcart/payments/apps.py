"""Registers the folder with Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "yellowcart.payments"
    label = "payments"
