"""Addresses of pictures, our copies of what was there, and the hosts they come from.

Instants here are of the wall clock: other people's servers know no other.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yellowcart.core.breaker import STATES as BREAKER_STATES
from yellowcart.core.clock import wall
from yellowcart.pictures.rules import STATES


class Picture(models.Model):
    """A picture as we show it: WebP, ``large`` for its own page and ``small`` for lists.

    ``digest`` is the SHA-256 of what its source sent: however many addresses and variants show the
    same, it is here once. ``width`` and ``height`` are those of ``large``.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    large = models.BinaryField()
    small = models.BinaryField()
    made_at = models.DateTimeField(default=wall)

    class Meta:
        db_table = "pictures_picture"


class Address(models.Model):
    """Where a picture is to be had, and how far we are with it. ``id`` follows from ``url``
    (``rules.id_of``).

    ``shop_id`` is the shop whose goods named it first: if that holds a connected store's goods,
    the store's health hears of it. It is next asked at ``due_at``; whoever asks moves that ahead,
    so that it is due again where nothing is heard of the asking. ``etag`` and ``modified`` are the
    source's marks of what we have. ``problem`` says in each language why there is no picture, or
    why the latest look brought none. ``wanted_at``: goods last named it then.
    """

    id = models.UUIDField(primary_key=True)
    url = models.TextField()
    host = models.CharField(max_length=255)
    shop_id = models.UUIDField()
    state = models.CharField(max_length=8, default="waiting")
    picture = models.ForeignKey(Picture, models.PROTECT, null=True, related_name="addresses")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    etag = models.CharField(max_length=200, default="")
    modified = models.CharField(max_length=64, default="")
    problem = models.JSONField(default=dict)
    wanted_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "pictures_address"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="pictures_address_state"),
            models.CheckConstraint(
                condition=Q(state="kept", picture__isnull=False)
                | (~Q(state="kept") & Q(picture__isnull=True)),
                name="pictures_address_kept",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["host", "due_at"],
                condition=Q(due_at__isnull=False),
                name="pictures_address_due",
            )
        ]


class Host(models.Model):
    """A host of pictures that gave reason to be careful: its breaker (see ``core.breaker``), and
    until when it asked to be left alone."""

    name = models.CharField(max_length=255, primary_key=True)
    breaker = models.CharField(max_length=10, default="closed")
    failures = models.PositiveIntegerField(default=0)
    breaker_until = models.DateTimeField(null=True)
    wait_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "pictures_host"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(breaker__in=BREAKER_STATES), name="pictures_host_breaker"
            )
        ]
