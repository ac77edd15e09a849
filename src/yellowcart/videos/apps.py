"""Registers the folder with Django."""

from django.apps import AppConfig


class VideosConfig(AppConfig):
    name = "yellowcart.videos"
    label = "videos"
