"""Registers the folder with Django."""

from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    name = "yellowcart.promotions"
    label = "promotions"
