"""Reading orders, and who may see them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.orders import rules
from yellowcart.orders.cursors import after, read_cursor, write_cursor
from yellowcart.orders.models import Order, OrderEvent, OrderLine, Shipment, ShipmentLine
from yellowcart.orders.states import ON_THE_WAY, TO_SHIP, Party, allowed_steps
from yellowcart.payments.queries import Attempt, attempts_of
from yellowcart.people import reach
from yellowcart.people.models import Account
from yellowcart.shops import queries as shops
from yellowcart.shops.models import Shop
from yellowcart.shops.rules import may

PAGE = 20
MOST_IN_PAGE = 100


def order_not_found() -> Problem:
    """There is no such order, or it is none of the caller's business; the two look alike."""
    return Problem("order_not_found", 404, _("There is no such order among yours."))


@dataclass(frozen=True, slots=True)
class Seen:
    """An order and what the one who looks is to it."""

    order: Order
    parties: frozenset[Party]
    may_ship: bool

    @property
    def steps(self) -> list[str]:
        """What the one who looks can do now; for buttons."""
        steps = allowed_steps(self.order.state, self.parties)
        # Sending a part is the same button as sending the rest.
        hidden = {"ship_part"} if self.may_ship else {"ship_part", "ship"}
        if Party.SELLER in self.parties and not self.may_ship:
            hidden |= {"sign", "extend"}
        if self.order.open_cases:
            hidden.add("ship")
        return [step for step in steps if step not in hidden]

    @property
    def ship_to(self) -> dict[str, str]:
        """Where to: whole for the buyer and, once it is paid, for the shop; masked otherwise."""
        paid = self.order.paid_at is not None
        whole = Party.BUYER in self.parties or (Party.SELLER in self.parties and paid)
        return self.order.ship_to if whole else rules.masked_address(self.order.ship_to)


def access_order(account: Account, order_id: UUID, *, shop_id: UUID | None = None) -> Seen:
    """An order, for its buyer, a member of its shop, or an operator of the platform.

    Everybody else gets ``order_not_found``. ``shop_id`` narrows the search to one shop's orders.
    """
    roles = shops.roles_in_shops(account)
    is_buyer = reach.into_own(account)
    operator = shops.is_operator(account)
    # One after the other: each way in has an index of its own, all at once have none.
    ways = [Q(shop_id__in=list(roles))]
    if is_buyer:
        ways.insert(0, Q(buyer_id=account.id))
    if operator:
        ways.append(Q(shop_id__in=Shop.objects.values("id")))
    found = Order.objects.filter(id=order_id)
    if shop_id is not None:
        found = found.filter(shop_id=shop_id)
    order = next((row for way in ways if (row := found.filter(way).first())), None)
    if order is None:
        raise order_not_found()
    role = roles.get(order.shop_id)
    parties = {
        Party.BUYER: is_buyer and order.buyer_id == account.id,
        Party.SELLER: may(role, "view"),
        Party.OPERATOR: operator,
    }
    return Seen(
        order, frozenset(party for party, holds in parties.items() if holds), may(role, "ship")
    )


@dataclass(frozen=True, slots=True)
class Parcel:
    """A shipment, and how many pieces of which line are in it."""

    shipment: Shipment
    pieces: dict[int, int]


@dataclass(frozen=True, slots=True)
class Whole:
    """An order with everything that hangs on it."""

    seen: Seen
    lines: list[OrderLine]
    history: list[OrderEvent]
    payments: list[Attempt]
    parcels: list[Parcel]

    @property
    def shipment(self) -> Shipment | None:
        """The latest parcel; None where nothing was sent."""
        return self.parcels[-1].shipment if self.parcels else None


def whole_order(seen: Seen) -> Whole:
    """Everything about an order that :func:`access_order` let somebody see."""
    mine = {"shop_id": seen.order.shop_id, "order_id": seen.order.id}
    return Whole(
        seen=seen,
        lines=list(OrderLine.objects.filter(**mine).order_by("line_no")),
        history=list(OrderEvent.objects.filter(**mine).order_by("at", "id")),
        payments=attempts_of(seen.order.shop_id, seen.order.id),
        parcels=_parcels(**mine),
    )


def _parcels(shop_id: UUID, order_id: UUID) -> list[Parcel]:
    mine = {"shop_id": shop_id, "order_id": order_id}
    pieces: dict[UUID, dict[int, int]] = {}
    for row in ShipmentLine.objects.filter(**mine).order_by("line_no"):
        pieces.setdefault(row.shipment_id, {})[row.line_no] = row.quantity
    shipments = Shipment.objects.filter(**mine).order_by("shipped_at", "id")
    return [Parcel(shipment, pieces.get(shipment.id, {})) for shipment in shipments]


def lines_of(orders: Iterable[Order]) -> dict[UUID, list[OrderLine]]:
    """The lines of orders, by order."""
    found: defaultdict[UUID, list[OrderLine]] = defaultdict(list)
    keys = [(order.shop_id, order.id) for order in orders]
    rows = OrderLine.objects.filter(
        shop_id__in={key[0] for key in keys}, order_id__in=[key[1] for key in keys]
    )
    for line in rows.order_by("order_id", "line_no"):
        found[line.order_id].append(line)
    return dict(found)


class Page(NamedTuple):
    """Orders, newest first, each with its lines, and the cursor of what comes after."""

    orders: list[Order]
    lines: dict[UUID, list[OrderLine]]
    next_cursor: str | None


def orders_of_buyer(
    account: Account, *, state: str = "", cursor: str = "", limit: int = PAGE
) -> Page:
    """What somebody bought."""
    return _page(Order.objects.filter(buyer_id=account.id), state, cursor, limit)


def orders_of_shop(
    account: Account, shop: str | UUID, *, state: str = "", cursor: str = "", limit: int = PAGE
) -> Page:
    """What a shop sold, for its members and the platform's operators."""
    found = shops.access_shop(account, shop, "view")
    return _page(Order.objects.filter(shop_id=found.id), state, cursor, limit)


def _page(rows: QuerySet[Order], state: str, cursor: str, limit: int) -> Page:
    limit = min(max(limit, 1), MOST_IN_PAGE)
    if state:
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(after("placed_at", read_cursor(cursor), descending=True))
    found = list(rows.order_by("-placed_at", "-id")[: limit + 1])
    orders = found[:limit]
    more = len(found) > limit
    last = orders[-1] if orders else None
    cursor_on = write_cursor(last.placed_at, last.id) if more and last else None
    lines = lines_of(orders)
    return Page(orders, {order.id: lines.get(order.id, []) for order in orders}, cursor_on)


def last_address(account: Account) -> dict[str, str]:
    """Where this buyer's latest order goes; empty where there is none yet."""
    found = (
        Order.objects.filter(buyer_id=account.id)
        .exclude(ship_to={})
        .order_by("-placed_at")
        .values_list("ship_to", flat=True)
        .first()
    )
    return found or {}


def next_expiry() -> datetime | None:
    """The instant at which the next unpaid order ends."""
    return (
        Order.objects.filter(state="awaiting_payment")
        .order_by("expires_at")
        .values_list("expires_at", flat=True)
        .first()
    )


def next_receipt() -> datetime | None:
    """The instant at which the next receipt is looked at."""
    return (
        Order.objects.filter(state__in=sorted(ON_THE_WAY), open_cases=0, receipt_at__isnull=False)
        .order_by("receipt_at")
        .values_list("receipt_at", flat=True)
        .first()
    )


def next_promise() -> datetime | None:
    """The instant at which the next order should have left."""
    return (
        Order.objects.filter(
            state__in=sorted(TO_SHIP), late_at__isnull=True, open_cases=0, ship_by__isnull=False
        )
        .order_by("ship_by")
        .values_list("ship_by", flat=True)
        .first()
    )
