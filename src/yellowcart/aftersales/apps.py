"""Registers the folder with Django."""

from django.apps import AppConfig


class AftersalesConfig(AppConfig):
    name = "yellowcart.aftersales"
    label = "aftersales"
