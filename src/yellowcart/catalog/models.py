"""Products, their SKUs, and how they were reviewed."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.pictures.models import Address
from yellowcart.shops.models import Shop

REVIEW_STATES = ["draft", "in_review", "approved", "needs_changes", "rejected"]

#: ``refundRule`` of the field's item API, in its order: 1, 4, 5, 6, 7, 8, 9, 10.
RETURN_RULES = [
    "no_reason",
    "not_supported",
    "not_after_unsealing",
    "not_after_activation",
    "not_after_installation",
    "not_custom_made",
    "not_after_use",
    "not_after_opening",
]


class Product(models.Model):
    """What is sold. ``source`` and ``integration`` say where it comes from and how it is bought.

    ``external_id`` identifies it at its source and makes imports repeatable; ``import_base`` keeps
    what the last import said of each field, so that the next one tells a change of the file from
    an edit made here. ``share_code`` is the code of the source's own that was pasted last.
    ``origin`` points at the supplier's product of which this one is a native
    copy, priced by ``supply_terms`` (see ``copies.PriceRule``); its ``import_base`` keeps what was
    taken over from there.

    What the product promises its buyers: it leaves within ``ship_within_seconds``, or as a
    pre-sale within ``presale_days``; neither says that the platform's default holds.
    ``return_rule`` says whether it may be given back without a reason (empty: as its category
    does), and ``price_protect_days`` how long a fallen price is given back after the purchase.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="products")
    title = models.CharField(max_length=300)
    description_html = models.TextField(default="", blank=True)
    source = models.CharField(max_length=40, default="native")
    integration = models.CharField(max_length=16, default="native")
    external_id = models.CharField(max_length=200, default="", blank=True)
    external_url = models.CharField(max_length=2000, default="", blank=True)
    share_code = models.CharField(max_length=60, default="", db_default="", blank=True)
    vendor = models.CharField(max_length=200, default="", blank=True)
    category = models.CharField(max_length=300, default="", blank=True)
    tags = models.JSONField(default=list)
    images = models.JSONField(default=list)
    option_names = models.JSONField(default=list)
    currency = models.CharField(max_length=3, default="CNY")
    review_state = models.CharField(max_length=16, default="draft")
    on_shelf = models.BooleanField(default=False)
    origin = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="copies"
    )
    import_digest = models.CharField(max_length=64, default="", blank=True)
    import_base = models.JSONField(default=dict, blank=True)
    supply_terms = models.JSONField(default=dict, blank=True)
    ship_within_seconds = models.PositiveIntegerField(null=True, blank=True)
    presale_days = models.PositiveSmallIntegerField(null=True, blank=True)
    return_rule = models.CharField(max_length=24, default="", blank=True)
    price_protect_days = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "catalog_product"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop", "source", "external_id"],
                condition=~Q(external_id=""),
                name="catalog_product_external",
            ),
            models.UniqueConstraint(
                fields=["shop", "origin"],
                condition=Q(origin__isnull=False),
                name="catalog_product_one_copy",
            ),
            models.CheckConstraint(
                condition=Q(integration__in=["native", "link", "supply"]),
                name="catalog_product_integration",
            ),
            models.CheckConstraint(
                condition=Q(review_state__in=REVIEW_STATES), name="catalog_product_review"
            ),
            models.CheckConstraint(
                condition=Q(ship_within_seconds__isnull=True) | Q(presale_days__isnull=True),
                name="catalog_product_one_promise",
            ),
            models.CheckConstraint(
                condition=Q(return_rule__in=["", *RETURN_RULES]), name="catalog_product_return_rule"
            ),
        ]


class Sku(models.Model):
    """One buyable variant. Its stock may be another SKU's row: copies share the supplier's.

    ``price_minor`` is the regular price; ``sale_price_minor`` holds in
    ``[sale_from, sale_until)``, either end open when null.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, related_name="skus")
    position = models.PositiveIntegerField(default=0)
    code = models.CharField(max_length=200, default="", blank=True)
    external_id = models.CharField(max_length=300, default="", blank=True)
    barcode = models.CharField(max_length=64, default="", blank=True)
    options = models.JSONField(default=list)
    price_minor = models.BigIntegerField()
    compare_at_minor = models.BigIntegerField(null=True)
    sale_price_minor = models.BigIntegerField(null=True)
    sale_from = models.DateTimeField(null=True)
    sale_until = models.DateTimeField(null=True)
    weight_grams = models.PositiveIntegerField(default=0)
    image_url = models.CharField(max_length=2000, default="", blank=True)
    stock_shop_id = models.UUIDField()
    stock_sku_id = models.UUIDField()
    active = models.BooleanField(default=True)

    class Meta:
        db_table = "catalog_sku"
        indexes: ClassVar = [
            models.Index(fields=["stock_shop_id", "stock_sku_id"], name="catalog_sku_stock")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "external_id"],
                condition=~Q(external_id=""),
                name="catalog_sku_external",
            ),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="catalog_sku_price"),
            models.CheckConstraint(
                condition=Q(sale_price_minor__isnull=True) | Q(sale_price_minor__gte=0),
                name="catalog_sku_sale_price",
            ),
            models.CheckConstraint(
                condition=Q(sale_from__isnull=True)
                | Q(sale_until__isnull=True)
                | Q(sale_until__gt=F("sale_from")),
                name="catalog_sku_sale_window",
            ),
        ]


class PictureUse(models.Model):
    """A product names an address: as its picture, a variant's, or one in its description."""

    pk = models.CompositePrimaryKey("product_id", "address_id")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    address = models.ForeignKey(Address, models.PROTECT, related_name="+")

    class Meta:
        db_table = "catalog_picture_use"


class ReviewEvent(models.Model):
    """One step of a product's review; appended."""

    id = models.UUIDField(primary_key=True, default=new_id)
    product = models.ForeignKey(Product, models.CASCADE, related_name="review_events")
    state = models.CharField(max_length=16)
    words = models.TextField(default="")
    actor_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "catalog_review_event"
