"""What is asked of Medusa's Admin API along with its defaults, and the shapes of its answers."""

import html
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from django.utils.translation import gettext_lazy as _

from yellowcart.sources.connector import Parcel, Progress
from yellowcart.sources.connectors.answers import checked, minor_of, pieces
from yellowcart.sources.files.drafts import Item, ProductDraft, Refusal, SkuDraft

#: Relations only, so that Medusa adds them to what it answers by default.
PRODUCT_FIELDS: Final = (
    "*categories,*variants.inventory_items,*variants.inventory_items.inventory,"
    "*variants.inventory_items.inventory.location_levels"
)
ORDER_FIELDS: Final = (
    "id,status,currency_code,*items,*fulfillments,*fulfillments.items,*fulfillments.labels,"
    "*payment_collections,*payment_collections.payments,*payment_collections.payments.refunds"
)
#: What Medusa's dashboard calls the only option of a product without variants, and its value.
_NO_OPTION: Final = ("Default option", "Default option value")


class Named(msgspec.Struct):
    """A category, a store: whatever is only wanted for its name."""

    name: str


class Tag(msgspec.Struct):
    """A word on a product."""

    value: str


class Picture(msgspec.Struct):
    """A picture of a product."""

    url: str


class Option(msgspec.Struct):
    """An option of a product, such as its colour."""

    id: str
    title: str


class Chosen(msgspec.Struct):
    """A variant's value of an option."""

    option_id: str
    value: str


class Price(msgspec.Struct):
    """A price in major units; ``rules`` and quantities say whom and how many it is for."""

    currency_code: str
    amount: int | float | str
    min_quantity: float | None = None
    rules: dict[str, Any] | None = None

    @property
    def for_anybody(self) -> bool:
        """Whether it is what anybody pays for one piece."""
        return not self.rules and (self.min_quantity or 1) <= 1


class LocationLevel(msgspec.Struct):
    """Pieces in one stock location; ``reserved_quantity`` of them are sold already."""

    stocked_quantity: float
    reserved_quantity: float


class Inventory(msgspec.Struct):
    """An inventory item with its levels."""

    location_levels: tuple[LocationLevel, ...] | None = None


class Needed(msgspec.Struct):
    """An inventory item of a variant: how many pieces of it one piece of the variant takes."""

    required_quantity: float = 1
    inventory: Inventory | None = None

    def enough_for(self) -> int:
        """For how many pieces of the variant all locations together have enough."""
        levels = (self.inventory.location_levels if self.inventory else None) or ()
        here = sum(one.stocked_quantity - one.reserved_quantity for one in levels)
        return pieces(int(here // max(self.required_quantity, 1)))


class FoundVariant(msgspec.Struct):
    """A variant as an administrator sees it."""

    id: str
    manage_inventory: bool
    prices: tuple[Price, ...] | None = None
    options: tuple[Chosen, ...] | None = None
    inventory_items: tuple[Needed, ...] | None = None
    sku: str | None = None
    barcode: str | None = None
    ean: str | None = None
    upc: str | None = None
    variant_rank: int | None = None

    def price_minor(self, currency: str) -> int | None:
        """What anybody pays for one piece; ``ValueError`` where the currency can't say it."""
        code = currency.lower()
        found = [
            one
            for one in self.prices or ()
            if one.currency_code.lower() == code and one.for_anybody
        ]
        return minor_of(found[0].amount, currency) if found else None

    def stock(self) -> int | None:
        """Pieces that can be sold, ``None`` where Medusa keeps no count. All items are needed."""
        if not self.manage_inventory:
            return None
        return min((one.enough_for() for one in self.inventory_items or ()), default=0)


class FoundProduct(msgspec.Struct):
    """A product with all its variants."""

    id: str
    title: str
    status: str
    variants: tuple[FoundVariant, ...] | None = None
    options: tuple[Option, ...] | None = None
    categories: tuple[Named, ...] | None = None
    tags: tuple[Tag, ...] | None = None
    images: tuple[Picture, ...] | None = None
    description: str | None = None
    thumbnail: str | None = None

    def axes(self) -> tuple[Option, ...]:
        """The options that tell variants apart."""
        options, variants = self.options or (), self.variants or ()
        values = [chosen.value for one in variants for chosen in one.options or ()]
        if [one.title for one in options] == [_NO_OPTION[0]] and values == [_NO_OPTION[1]]:
            return ()
        return options


def item_of(raw: Any, line: int, currency: str) -> Item:
    """A product of a list as a draft, or why it can't be taken over."""
    try:
        return _draft(msgspec.convert(raw, FoundProduct, strict=False), line, currency)
    except (msgspec.ValidationError, ValueError, OverflowError) as error:
        return Refusal(
            line, _("A product is not as documented: %(why)s"), {"why": str(error)[:200]}
        )


def _draft(found: FoundProduct, line: int, currency: str) -> Item:
    axes = found.axes()
    variants = sorted(found.variants or (), key=lambda one: (one.variant_rank or 0, one.id))
    skus = [_sku(one, axes, line, currency) for one in variants]
    priced = tuple(one for one in skus if one is not None)
    if len(priced) < len(skus):
        return Refusal(
            line,
            _("%(product)s has a variant without a price in %(currency)s; set one in Medusa."),
            {"product": found.title[:80], "currency": currency},
        )
    thumbnail = (found.thumbnail,) if found.thumbnail else ()
    return checked(
        ProductDraft(
            key=found.id,
            line=line,
            title=found.title,
            description_html=html.escape(found.description or "").replace("\n", "<br>"),
            category=found.categories[0].name if found.categories else "",
            tags=tuple(one.value for one in found.tags or ()),
            images=thumbnail + tuple(one.url for one in found.images or ()),
            option_names=tuple(one.title for one in axes),
            published=found.status == "published",
            skus=priced,
        )
    )


def _sku(found: FoundVariant, axes: Sequence[Option], line: int, currency: str) -> SkuDraft | None:
    price = found.price_minor(currency)
    if price is None:
        return None
    chosen = {one.option_id: one.value for one in found.options or ()}
    return SkuDraft(
        key=found.id,
        line=line,
        price_minor=price,
        options=tuple(chosen[one.id] for one in axes if one.id in chosen),
        code=found.sku or "",
        barcode=found.barcode or found.ean or found.upc or "",
        stock=found.stock(),
    )


class Region(msgspec.Struct):
    """Where orders go to; its currency is what they are in."""

    currency_code: str


class Line(msgspec.Struct):
    """Pieces ordered."""

    id: str
    quantity: float
    variant_id: str | None = None


class Sent(msgspec.Struct):
    """Pieces of a line in a fulfilment."""

    quantity: float
    line_item_id: str | None = None


class Label(msgspec.Struct):
    """What was stuck on a parcel."""

    tracking_number: str | None = None


class Fulfillment(msgspec.Struct):
    """A parcel, perhaps not yet on its way; instants are texts, or ``None``."""

    id: str
    items: tuple[Sent, ...] | None = None
    labels: tuple[Label, ...] | None = None
    provider_id: str | None = None
    shipped_at: str | None = None
    delivered_at: str | None = None
    canceled_at: str | None = None

    @property
    def on_its_way(self) -> bool:
        """Whether it left, or arrived already."""
        return not self.canceled_at and bool(self.shipped_at or self.delivered_at)

    def parcel(self, variants: dict[str, str]) -> Parcel:
        """``variants`` by the line that they were ordered in.

        Of many labels the first.
        """
        counts: dict[str, int] = {}
        for one in self.items or ():
            variant = variants.get(one.line_item_id or "")
            if variant:
                counts[variant] = counts.get(variant, 0) + int(one.quantity)
        provider = self.provider_id or ""
        numbers = [one.tracking_number for one in self.labels or () if one.tracking_number]
        carrier = "" if provider.startswith("manual") else provider
        return Parcel(carrier, numbers[0] if numbers else "", counts, self.id)


class Refund(msgspec.Struct):
    """Money given back, in major units."""

    amount: int | float | str


class Payment(msgspec.Struct):
    """A payment with what was given back of it."""

    refunds: tuple[Refund, ...] | None = None


class PaymentCollection(msgspec.Struct):
    """The payments of an order."""

    payments: tuple[Payment, ...] | None = None


class FoundOrder(msgspec.Struct):
    """An order as an administrator sees it."""

    id: str
    status: str
    currency_code: str
    items: tuple[Line, ...]
    fulfillments: tuple[Fulfillment, ...] | None = None
    payment_collections: tuple[PaymentCollection, ...] | None = None

    def progress(self) -> Progress:
        """How far it is; ``ValueError`` where a refund is no amount."""
        variants = {one.id: one.variant_id for one in self.items if one.variant_id}
        sent = [one for one in self.fulfillments or () if one.on_its_way]
        count = sum(line.quantity for one in sent for line in one.items or ())
        if self.status == "canceled":
            state = "cancelled"
        elif count and count >= sum(one.quantity for one in self.items):
            state = "received" if all(one.delivered_at for one in sent) else "sent"
        else:
            state = "part_sent" if count else "taken"
        refunds = [
            refund
            for collection in self.payment_collections or ()
            for payment in collection.payments or ()
            for refund in payment.refunds or ()
        ]
        return Progress(
            external_id=self.id,
            state=state,  # type: ignore[arg-type]
            parcels=[one.parcel(variants) for one in sent],
            refunded_minor=sum(minor_of(one.amount, self.currency_code.upper()) for one in refunds),
        )
