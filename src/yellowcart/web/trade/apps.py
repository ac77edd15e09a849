"""Registers the folder with Django."""

from django.apps import AppConfig


class WebTradeConfig(AppConfig):
    name = "yellowcart.web.trade"
    label = "web_trade"
