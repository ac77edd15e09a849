"""What orders announce, typed. ``orders.placed`` is written by the checkout lane."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from uuid import UUID

from yellowcart.core.instants import iso
from yellowcart.core.models import OutboxEvent
from yellowcart.orders.models import Order, OrderLine, Waiting

PLACED = "orders.placed"
PAID = "orders.paid"
DEPOSIT_PAID = "orders.deposit_paid"
PARTLY_SHIPPED = "orders.partly_shipped"
SHIPPED = "orders.shipped"
SIGNED = "orders.signed"
LATE = "orders.late"
COMPLETED = "orders.completed"
CLOSED = "orders.closed"
REFUNDED = "orders.payment_refunded"
MONEY_BACK = "orders.money_back"
CONVERTED = "orders.converted"
DISPUTE_STEPPED = "orders.dispute_stepped"
WAITING_OFFERED = "orders.waiting_offered"


@dataclass(frozen=True, slots=True)
class OrderStep:
    """An order took a step. Amounts in minor units."""

    order_id: str
    buyer_id: str
    surface: str
    container_id: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Released:
    """Orders through one listing were closed unpaid and gave pieces of one SKU back.

    ``available`` is what can be sold of it now. The same shape as ``orders.placed``.
    """

    room_id: str | None
    surface: str
    container_id: str
    listing_id: str
    sku_id: str
    orders: list[str]
    quantity: int
    available: int
    reason: str


@dataclass(frozen=True, slots=True)
class Converted:
    """A source told of a sale of its own, or what became of it."""

    source: str
    external_order_id: str
    status: str
    click_id: str | None


@dataclass(frozen=True, slots=True)
class DisputeStepped:
    """Something was said or decided in a dispute about a sale elsewhere.

    ``holder_shop_id`` and ``holder_creator_id`` are whom the sale was credited to before the
    dispute ended, where that was not whoever raised it.
    """

    dispute_id: str
    step_id: str
    verb: str
    source: str
    external_order_id: str
    holder_shop_id: str | None = None
    holder_creator_id: str | None = None


@dataclass(frozen=True, slots=True)
class WaitingOffered:
    """Pieces were set aside until an instant for somebody who waited."""

    waiting_id: str
    buyer_id: str
    listing_id: str
    sku_id: str
    quantity: int
    offered_until: str


def waiting_offered(row: Waiting) -> OutboxEvent:
    """The outbox row of an offer."""
    payload = WaitingOffered(
        waiting_id=str(row.id),
        buyer_id=str(row.buyer_id),
        listing_id=str(row.listing_id),
        sku_id=str(row.sku_id),
        quantity=row.quantity,
        offered_until=iso(row.offered_until) if row.offered_until else "",
    )
    return OutboxEvent(shop_id=row.shop_id, topic=WAITING_OFFERED, payload=asdict(payload))


def room_of(order: Order) -> UUID | None:
    """The room an order was placed in, if it was in a live one."""
    return order.container_id if order.surface == "live_room" else None


def step(topic: str, order: Order) -> OutboxEvent:
    """The outbox row of a step."""
    payload = OrderStep(
        order_id=str(order.id),
        buyer_id=str(order.buyer_id),
        surface=order.surface,
        container_id=str(order.container_id),
        amount_minor=order.amount_minor,
        currency=order.currency,
    )
    return OutboxEvent(
        shop_id=order.shop_id, topic=topic, room_id=room_of(order), payload=asdict(payload)
    )


def released(
    orders: Iterable[Order],
    lines: Mapping[UUID, list[OrderLine]],
    free: Mapping[UUID, int],
    reason: str,
) -> list[OutboxEvent]:
    """One row for each shop, listing and SKU; ``free`` by SKU."""
    groups: defaultdict[tuple[UUID, UUID, UUID], list[tuple[Order, OrderLine]]] = defaultdict(list)
    for order in orders:
        for line in lines.get(order.id, []):
            groups[order.shop_id, line.listing_id, line.sku_id].append((order, line))
    rows = []
    for (shop_id, listing_id, sku_id), members in groups.items():
        first = members[0][0]
        room = room_of(first)
        payload = Released(
            room_id=str(room) if room else None,
            surface=first.surface,
            container_id=str(first.container_id),
            listing_id=str(listing_id),
            sku_id=str(sku_id),
            orders=[str(order.id) for order, _line in members],
            quantity=sum(line.quantity for _order, line in members),
            available=free.get(sku_id, 0),
            reason=reason,
        )
        rows.append(
            OutboxEvent(shop_id=shop_id, topic=CLOSED, room_id=room, payload=asdict(payload))
        )
    return rows
