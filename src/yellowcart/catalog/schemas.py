"""Products as JSON."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema

from yellowcart.catalog import rules
from yellowcart.catalog.copies import PriceRule
from yellowcart.catalog.models import Product, ReviewEvent, Sku
from yellowcart.catalog.queries import sku_price

Verb = Literal["submit", "withdraw", "on-shelf", "off-shelf"]


class SkuOut(Schema):
    """One variant. ``price`` is what it costs now, all money in minor units."""

    id: UUID
    code: str
    barcode: str
    options: list[str]
    price: int
    regular_price: int
    compare_at_price: int | None
    sale_price: int | None
    sale_from: datetime | None
    sale_until: datetime | None
    weight_grams: int
    image_url: str
    active: bool


class ProductOut(Schema):
    """One product. ``origin_id`` names the supplier's product it is a copy of.

    The last four before ``updated_at`` are its promises; see ``ServiceIn``.
    """

    id: UUID
    shop_id: UUID
    title: str
    description_html: str
    source: str
    integration: str
    external_id: str
    external_url: str
    vendor: str
    category: str
    tags: list[str]
    images: list[str]
    option_names: list[str]
    currency: str
    review_state: str
    on_shelf: bool
    origin_id: UUID | None
    ship_within_seconds: int | None
    presale_days: int | None
    return_rule: str
    price_protect_days: int
    updated_at: datetime
    skus: list[SkuOut]


class ProductPage(Schema):
    """A page of products; ask again with ``cursor`` for the next, ``null`` at the end."""

    items: list[ProductOut]
    next_cursor: UUID | None


class SkuIn(Schema):
    """One variant to write; money in minor units of the product's currency."""

    price: int
    options: list[str] = []
    code: str = Field("", max_length=200)
    barcode: str = Field("", max_length=64)
    compare_at_price: int | None = None
    sale_price: int | None = None
    sale_from: datetime | None = None
    sale_until: datetime | None = None
    weight_grams: int = Field(0, ge=0, lt=2**31)
    image_url: str = Field("", max_length=2_000)


class ProductIn(Schema):
    """A product to write."""

    title: str
    skus: list[SkuIn]
    description_html: str = Field("", max_length=200_000)
    vendor: str = ""
    category: str = ""
    tags: list[str] = []
    images: list[str] = []
    option_names: list[str] = []


class ServiceIn(Schema):
    """What a product promises: it leaves within so many seconds, or days of a pre-sale; how it
    may be given back without a reason (empty: as its category does); and for how many days a
    fallen price is given back."""

    ship_within_seconds: int | None = None
    presale_days: int | None = None
    return_rule: str = ""
    price_protect_days: int = 0


class LinkIn(Schema):
    """A pasted link, share text or code to make a product of; ``price`` in minor units."""

    text: str = Field(max_length=4_000)
    title: str = Field("", max_length=300)
    price: int = Field(0, ge=0)


class DecisionIn(Schema):
    """An operator's decision about a product."""

    decision: Literal["approved", "needs_changes", "rejected"]
    words: str = ""


class PriceRuleIn(Schema):
    """What copies cost: ``follow`` the supplier, a ``margin`` in basis points, or ``fixed``."""

    kind: Literal["follow", "margin", "fixed"] = "follow"
    margin_bps: int = 0
    fixed_price: int = 0


class SupplyIn(Schema):
    """A supplier's goods to list: all of them where ``product_ids`` is left out."""

    supplier: str
    product_ids: list[UUID] | None = Field(None, max_length=10_000)
    price: PriceRuleIn | None = None


class SupplyOut(Schema):
    """What one click did, by native product id; ``missing`` are wanted ids not on offer."""

    created: list[UUID]
    changed: list[UUID]
    unchanged: list[UUID]
    missing: list[UUID]


class ReviewOut(Schema):
    """One step of a product's review."""

    state: str
    words: str
    at: datetime


def product_out(product: Product, skus: list[Sku], at: datetime) -> ProductOut:
    """A product with its variants, priced at an instant."""
    return ProductOut(
        **{name: getattr(product, name) for name in _PLAIN},
        skus=[_sku_out(sku, at) for sku in skus],
    )


def review_out(event: ReviewEvent) -> ReviewOut:
    """A step of a review."""
    return ReviewOut(state=event.state, words=event.words, at=event.at)


def product_in(wanted: ProductIn, currency: str) -> rules.ProductInput:
    """The input of the verbs from JSON."""
    return rules.ProductInput(
        title=wanted.title,
        description_html=wanted.description_html,
        vendor=wanted.vendor,
        category=wanted.category,
        tags=tuple(wanted.tags),
        images=tuple(wanted.images),
        option_names=tuple(wanted.option_names),
        currency=currency,
        skus=tuple(_sku_in(sku) for sku in wanted.skus),
    )


def price_rule(wanted: PriceRuleIn | None) -> PriceRule | None:
    """The price rule from JSON."""
    if wanted is None:
        return None
    return PriceRule(wanted.kind, wanted.margin_bps, wanted.fixed_price)


_PLAIN = tuple(name for name in ProductOut.model_fields if name != "skus")


def _sku_out(sku: Sku, at: datetime) -> SkuOut:
    return SkuOut(
        id=sku.id,
        code=sku.code,
        barcode=sku.barcode,
        options=sku.options,
        price=sku_price(sku, at),
        regular_price=sku.price_minor,
        compare_at_price=sku.compare_at_minor,
        sale_price=sku.sale_price_minor,
        sale_from=sku.sale_from,
        sale_until=sku.sale_until,
        weight_grams=sku.weight_grams,
        image_url=sku.image_url,
        active=sku.active,
    )


def _sku_in(wanted: SkuIn) -> rules.SkuInput:
    return rules.SkuInput(
        price_minor=wanted.price,
        options=tuple(wanted.options),
        code=wanted.code,
        barcode=wanted.barcode,
        compare_at_minor=wanted.compare_at_price,
        sale_price_minor=wanted.sale_price,
        sale_from=wanted.sale_from,
        sale_until=wanted.sale_until,
        weight_grams=wanted.weight_grams,
        image_url=wanted.image_url,
    )
