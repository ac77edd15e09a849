"""Registers the folder with Django."""

from django.apps import AppConfig


class WebMerchantConfig(AppConfig):
    name = "yellowcart.web.merchant"
    label = "web_merchant"
