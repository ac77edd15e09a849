"""A product offered on one surface of one container, and the clicks that left through it."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from yellowcart.catalog.models import Product
from yellowcart.core.clock import now, wall
from yellowcart.core.ids import new_id
from yellowcart.shops.models import Shop

SURFACES = ["live_room", "short_video", "product_page", "profile", "shop_page", "replay"]

PAYING_STATES = ["waiting", "made", "outside", "refused", "unreadable", "ended"]

#: The field's distribution plans pay 0 to 90 % (Kuaishou, FIELD 3.1).
MOST_COMMISSION_BPS = 9_000


class Listing(models.Model):
    """One product in one place. A room's cart is its mounted listings by ``position``.

    ``container_id`` is a room for ``live_room``, a video for ``short_video``, an account for
    ``profile``, a shop for ``shop_page`` and the product itself for ``product_page``.
    ``source``, ``integration`` and ``shop_type`` repeat the product's, so that a sweep over
    thousands of carts reads one table. ``state`` records what was done; whether it may be
    offered now is always the verdict's to say. ``commission_bps`` is what of a sale is promised to
    whoever promotes it here.

    It is sold in ``[sale_from, sale_until)``, and not at all while ``held``, which is until its
    host links it up. Where ``hides_price``, what it costs is kept from viewers until shortly
    before that, when it is shown anew: at ``reveals_at``, null once that was done.
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
    commission_bps = models.PositiveIntegerField(default=0)
    sale_from = models.DateTimeField(null=True)
    sale_until = models.DateTimeField(null=True)
    held = models.BooleanField(default=False, db_default=False)
    hides_price = models.BooleanField(default=False, db_default=False)
    reveals_at = models.DateTimeField(null=True)
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
            models.CheckConstraint(
                condition=Q(commission_bps__lte=MOST_COMMISSION_BPS),
                name="listings_listing_commission",
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
            models.Index(
                fields=["reveals_at"],
                condition=Q(reveals_at__isnull=False),
                name="listings_reveals",
            ),
        ]


class SpecialPrice(models.Model):
    """A price of one SKU through one listing, for a while, for some, or for so many.

    It holds in ``[starts_at, ends_at)``, until ``ended_at`` if somebody ends it earlier, for the
    creator's fans only where ``fans_only``, and for ``allocation`` pieces where that is set;
    ``taken`` counts them, and goes down when an unpaid order is closed. Then the price that stood
    before it is back. While a ``flash`` price runs in a room, nothing else
    is explained there. The database refuses more pieces than were allocated.
    """

    pk = models.CompositePrimaryKey("shop_id", "id")
    shop_id = models.UUIDField()
    id = models.UUIDField(default=new_id)
    listing_id = models.UUIDField()
    sku_id = models.UUIDField()
    price_minor = models.BigIntegerField()
    fans_only = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    allocation = models.PositiveIntegerField(null=True)
    taken = models.IntegerField(default=0)
    flash = models.BooleanField(default=False, db_default=False)
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "listings_special_price"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(price_minor__gte=0)
                & (Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("starts_at"))),
                name="listings_special_price_sane",
            ),
            models.CheckConstraint(
                condition=Q(taken__gte=0)
                & (Q(allocation__isnull=True) | Q(taken__lte=models.F("allocation"))),
                name="listings_special_price_allocation",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["listing_id"],
                condition=Q(ended_at__isnull=True),
                name="listings_special_price_open",
            )
        ]


class PresaleTerms(models.Model):
    """One SKU through one listing is sold against a deposit, the balance being due later.

    ``deposit_minor`` a piece is paid at once, the rest in ``[balance_from, balance_until)``.
    """

    pk = models.CompositePrimaryKey("shop_id", "listing_id", "sku_id")
    shop_id = models.UUIDField()
    listing_id = models.UUIDField()
    sku_id = models.UUIDField()
    deposit_minor = models.BigIntegerField()
    balance_from = models.DateTimeField()
    balance_until = models.DateTimeField()

    class Meta:
        db_table = "listings_presale_terms"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(deposit_minor__gt=0) & Q(balance_until__gt=models.F("balance_from")),
                name="listings_presale_terms_sane",
            )
        ]


class ListingSold(models.Model):
    """How many pieces were ordered through a listing, cancelled ones included.

    A row of its own, so that counting a rush never waits for a sweep over the listings.
    """

    listing_id = models.UUIDField(primary_key=True)
    quantity = models.PositiveBigIntegerField()

    class Meta:
        db_table = "listings_sold"


class PayingLink(models.Model):
    """A product's link as its source made it anew for an account, so that a sale through it pays.

    The source is told the row's ``id`` and brings it back with a sale, where it can. One of
    ``creator_id`` is for that creator's listings, one without for all others'. The account is a
    connection: that of the shop ``earner_id``, of which the goods are, or with null the platform's.

    ``waiting`` to be made; ``made``, good until ``valid_until``; ``outside`` the alliance: the
    source pays for none of its sales; ``refused`` in ``last_error``'s words; ``unreadable``:
    ``text`` is nothing that the source converts; ``ended``: its account is not the one to use any
    more, and only sales through it may still come. ``text`` is what is asked about next, at
    ``due_at``; ``pasted`` the share code it came from. Instants are of the wall clock.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    product = models.ForeignKey(Product, models.CASCADE, related_name="paying_links")
    creator_id = models.UUIDField(null=True)
    source = models.CharField(max_length=40)
    connection_id = models.UUIDField()
    earner_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default="waiting")
    text = models.CharField(max_length=2500)
    pasted = models.CharField(max_length=60, default="", blank=True)
    url = models.CharField(max_length=2000, default="", blank=True)
    code = models.CharField(max_length=200, default="", blank=True)
    external_id = models.CharField(max_length=200, default="", blank=True)
    made_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=wall)

    class Meta:
        db_table = "listings_paying_link"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=PAYING_STATES), name="listings_paying_link_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="made") | ~Q(url=""), name="listings_paying_link_made"
            ),
            models.UniqueConstraint(
                fields=["connection_id", "product", "creator_id"],
                condition=~Q(state="ended"),
                nulls_distinct=False,
                name="listings_paying_link_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["connection_id", "due_at"],
                condition=Q(due_at__isnull=False),
                name="listings_paying_link_due",
            ),
            models.Index(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="listings_paying_link_item",
            ),
        ]


class Click(models.Model):
    """A buyer left through a link: from where, under which rule, at what instant. Appended.

    ``link_id`` is the :class:`PayingLink` they left through, null where it was the pasted one.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="clicks")
    shop_id = models.UUIDField()
    product_id = models.UUIDField()
    source = models.CharField(max_length=40)
    surface = models.CharField(max_length=16)
    container_id = models.UUIDField()
    creator_id = models.UUIDField(null=True)
    viewer_id = models.UUIDField(null=True)
    link_id = models.UUIDField(null=True)
    rule_key = models.CharField(max_length=100, default="", blank=True)
    rule_revision = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "listings_click"
        indexes: ClassVar = [
            models.Index(fields=["source", "at"], name="listings_click_source"),
            BrinIndex(fields=["at"], name="listings_click_range", autosummarize=True),
            models.Index(
                fields=["link_id", "-at"],
                condition=Q(link_id__isnull=False),
                name="listings_click_link",
            ),
        ]
