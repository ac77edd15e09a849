"""Registers the folder with Django."""

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "yellowcart.policy"
    label = "policy"
