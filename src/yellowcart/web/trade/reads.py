"""What the pages of orders read from several folders at once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from yellowcart.catalog.models import Product
from yellowcart.core import clock
from yellowcart.gifts.queries import bag_of_order
from yellowcart.orders.lists import discounts_of
from yellowcart.orders.models import Order, OrderLine
from yellowcart.orders.queries import Parcel, Whole
from yellowcart.pictures.rules import place_of
from yellowcart.promotions.models import Coupon
from yellowcart.shops.models import Shop

#: The way of an order, and the column that keeps when each step was taken.
_STEPS: Final = (
    ("awaiting_payment", "placed_at", ()),
    ("paid", "paid_at", ("deposit_paid",)),
    ("shipped", "shipped_at", ("partly_shipped",)),
    ("completed", "completed_at", ("signed",)),
)


@dataclass(frozen=True, slots=True)
class LineCard:
    """A line of an order with the picture of its product."""

    line: OrderLine
    picture: str

    @property
    def sum_minor(self) -> int:
        """What the pieces cost before coupons."""
        return self.line.unit_price_minor * self.line.quantity

    @property
    def left(self) -> int:
        """Pieces that were not refunded."""
        return self.line.quantity - self.line.refunded_quantity


@dataclass(frozen=True, slots=True)
class OrderCard:
    """An order with its lines and its shop."""

    order: Order
    lines: list[LineCard]
    shop: Shop | None

    @property
    def expired(self) -> bool:
        """Whether it can't be paid any more, although nobody has closed it yet."""
        order = self.order
        return order.state in {"awaiting_payment", "deposit_paid"} and (
            order.expires_at <= clock.now()
        )

    @property
    def pieces(self) -> int:
        """How many pieces were bought."""
        return sum(card.line.quantity for card in self.lines)


def order_cards(
    orders: Iterable[Order], lines: Mapping[UUID, Iterable[OrderLine]]
) -> list[OrderCard]:
    """The cards of orders, in their order."""
    orders = list(orders)
    shops = Shop.objects.in_bulk({order.shop_id for order in orders})
    pictures = _pictures({line.product_id for own in lines.values() for line in own})
    return [
        OrderCard(
            order,
            [LineCard(line, pictures.get(line.product_id, "")) for line in lines.get(order.id, [])],
            shops.get(order.shop_id),
        )
        for order in orders
    ]


def _pictures(product_ids: set[UUID]) -> dict[UUID, str]:
    rows = Product.objects.filter(id__in=product_ids).values_list("id", "images")
    return {product_id: place_of(images[0]) for product_id, images in rows if images}


def steps_of(order: Order) -> list[tuple[str, datetime | None, bool]]:
    """The way of an order: each step, when it was taken, and whether the order stands there."""
    steps = [(name, getattr(order, column)) for name, column, _states in _STEPS]
    taken = [at is not None for _name, at in steps]
    here = len(taken) - 1 - taken[::-1].index(True)
    return [(name, at, number == here) for number, (name, at) in enumerate(steps)]


@dataclass(frozen=True, slots=True)
class Off:
    """What a coupon took off."""

    title: str
    bearer: str
    amount_minor: int


def coupons_of(order: Order) -> list[Off]:
    """What coupons took off an order."""
    rows = discounts_of(order)
    titles = dict(
        Coupon.objects.filter(id__in=[row.coupon_id for row in rows]).values_list("id", "title")
    )
    return [Off(titles.get(row.coupon_id, ""), row.bearer, row.amount_minor) for row in rows]


@dataclass(frozen=True, slots=True)
class ParcelCard:
    """A parcel and what is in it, in words."""

    parcel: Parcel
    contents: list[tuple[str, int]]


def parcel_cards(whole: Whole) -> list[ParcelCard]:
    """The parcels of an order, the latest first."""
    titles = {line.line_no: line.title for line in whole.lines}
    return [
        ParcelCard(parcel, [(titles.get(no, ""), count) for no, count in parcel.pieces.items()])
        for parcel in reversed(whole.parcels)
    ]


@dataclass(frozen=True, slots=True)
class Stamp:
    """A step that only its instant tells of, as an :class:`OrderEvent` is shown."""

    verb: str
    state: str
    at: datetime
    detail: Mapping[str, object]


def _by_stamps(order: Order) -> Iterator[Stamp]:
    """The history of an order that was taken over from elsewhere and has none of its own."""
    ended = "expire" if order.close_reason == "expired" else "cancel"
    for verb, state, at in (
        ("pay", "paid", order.paid_at),
        ("ship", "shipped", order.shipped_at),
        ("confirm", "completed", order.completed_at),
        (ended, "closed", order.closed_at),
    ):
        if at is not None:
            yield Stamp(verb, state, at, {})


def whole_context(whole: Whole) -> dict[str, Any]:
    """What every page of one order shows, whoever looks."""
    order = whole.seen.order
    return {
        "order": order,
        "whole": whole,
        "card": order_cards([order], {order.id: whole.lines})[0],
        "bag": None if order.goods_minor else bag_of_order(order.id),
        "coupons": coupons_of(order),
        "parcels": parcel_cards(whole),
        "history": whole.history or list(_by_stamps(order)),
        "ship_to": whole.seen.ship_to,
        "can": whole.seen.steps,
        "sent": sum(line.shipped_quantity for line in whole.lines),
        "unsent": sum(line.unsent for line in whole.lines),
    }
