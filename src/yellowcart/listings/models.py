"""A product offered on one surface of one container, and the clicks that left through it."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from yellowcart.catalog.models import Product
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.shops.models import Shop

SURFACES = ["live_room", "short_video", "product_page", "profile", "shop_page", "replay"]


class Listing(models.Model):
    """One product in one place. A room's cart is its mounted listings by ``position``.

    ``container_id`` is a room for ``live_room``, a video for ``short_video``, an account for
    ``profile``, a shop for ``shop_page`` and the product itself for ``product_page``.
    ``source``, ``integration`` and ``shop_type`` repeat the product's, so that a sweep over
    thousands of carts reads one table. ``state`` records what was done; whether it may be
    offered now is always the verdict's to say.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="listings")
    product = models.ForeignKey(Product, models.CASCADE, related_name="listings")
    surface = models.CharField(max_length=16)
    container_id = models.UUIDField()
    creator_id = models.UUIDField(null=True)
    source = models.CharField(max_length=40)
    integration = models.CharField(max_length=16)
    shop_type = models.CharField(max_length=20)
    position = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, default="mounted")
    barred_rule = models.CharField(max_length=100, default="", blank=True)
    barred_revision = models.PositiveIntegerField(default=0)
    barred_at = models.DateTimeField(null=True)
    purchase_limit = models.PositiveIntegerField(null=True)
    sale_from = models.DateTimeField(null=True)
    sale_until = models.DateTimeField(null=True)
    task_order = models.CharField(max_length=100, default="", blank=True)
    mounted_at = models.DateTimeField(default=now)
    unmounted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "listings_listing"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(surface__in=SURFACES), name="listings_listing_surface"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["mounted", "barred", "unmounted"]),
                name="listings_listing_state",
            ),
            models.CheckConstraint(
                condition=Q(state="unmounted", unmounted_at__isnull=False)
                | (~Q(state="unmounted") & Q(unmounted_at__isnull=True)),
                name="listings_listing_unmounted",
            ),
            models.UniqueConstraint(
                fields=["surface", "container_id", "product"],
                condition=Q(unmounted_at__isnull=True),
                name="listings_listing_once",
            ),
        ]
        # No index, nor the condition of one, names ``state``: a sweep that changes it in
        # thousands of rows then rewrites the rows alone (heap-only tuples), not six indexes.
        indexes: ClassVar = [
            models.Index(fields=["container_id", "surface", "position"], name="listings_container"),
            models.Index(fields=["source", "integration", "surface"], name="listings_sweep"),
        ]


class ListingSold(models.Model):
    """How many pieces were ordered through a listing, cancelled ones included.

    A row of its own, so that counting a rush never waits for a sweep over the listings.
    """

    listing_id = models.UUIDField(primary_key=True)
    quantity = models.PositiveBigIntegerField()

    class Meta:
        db_table = "listings_sold"


class Click(models.Model):
    """A buyer left through a link: from where, under which rule, at what instant. Appended."""

    id = models.UUIDField(primary_key=True, default=new_id)
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="clicks")
    shop_id = models.UUIDField()
    product_id = models.UUIDField()
    source = models.CharField(max_length=40)
    surface = models.CharField(max_length=16)
    container_id = models.UUIDField()
    creator_id = models.UUIDField(null=True)
    viewer_id = models.UUIDField(null=True)
    rule_key = models.CharField(max_length=100, default="", blank=True)
    rule_revision = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "listings_click"
        indexes: ClassVar = [
            models.Index(fields=["source", "at"], name="listings_click_source"),
            BrinIndex(fields=["at"], name="listings_click_range", autosummarize=True),
        ]
