"""Lists of orders by what is to be done with them next, for buyers, shops and operators.

Each page is a few rows behind a place in an index, and what waits is counted up to
``MOST_COUNTED`` only: a million orders that are done cost none of them anything.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from yellowcart.core.clock import now
from yellowcart.orders.cursors import after, read_cursor, write_cursor
from yellowcart.orders.models import Order, OrderDiscount
from yellowcart.orders.queries import Page, lines_of
from yellowcart.orders.states import ON_THE_WAY, TO_SHIP
from yellowcart.people.access import access_operator
from yellowcart.people.models import Account
from yellowcart.shops import queries as shops

PAGE = 20
MOST_COUNTED = 100
"""A count that reaches this is shown as 99+."""

TO_PAY: Final = frozenset({"awaiting_payment", "deposit_paid"})

#: What a buyer looks for, and the states of it.
BUYER_SHELVES: Final[Mapping[str, frozenset[str]]] = {
    "to_pay": TO_PAY,
    "to_ship": TO_SHIP,
    "to_receive": ON_THE_WAY,
    "done": frozenset({"completed", "closed"}),
}


class Shelf(NamedTuple):
    """Orders of a shop in some states, in the order of an instant of theirs."""

    states: frozenset[str]
    column: str = "placed_at"
    descending: bool = True
    is_overdue: bool = False


#: What a shop looks for. What waits comes with the longest waiting first; while the buyer asks
#: for money back, an order can't be sent and waits among the cases.
SHOP_SHELVES: Final[Mapping[str, Shelf]] = {
    "to_ship": Shelf(TO_SHIP, "paid_at", descending=False),
    "overdue": Shelf(TO_SHIP, "ship_by", descending=False, is_overdue=True),
    "to_pay": Shelf(TO_PAY),
    "on_the_way": Shelf(ON_THE_WAY, "shipped_at"),
    "completed": Shelf(frozenset({"completed"})),
    "closed": Shelf(frozenset({"closed"})),
}
_EVERYTHING: Final = Shelf(frozenset())


def buyers_orders(account: Account, shelf: str = "", cursor: str = "", limit: int = PAGE) -> Page:
    """What somebody bought, newest first; an unknown shelf is all of it."""
    states = BUYER_SHELVES.get(shelf, frozenset())
    return _page(Order.objects.filter(buyer_id=account.id), Shelf(states), cursor, limit)


def shops_orders(
    account: Account, shop: str | UUID, shelf: str = "", cursor: str = "", limit: int = PAGE
) -> Page:
    """What a shop sold, for its members and operators; an unknown shelf is all of it."""
    found = shops.access_shop(account, shop, "view")
    wanted = SHOP_SHELVES.get(shelf, _EVERYTHING)
    return _page(_of_shop(found.id, wanted, now()), wanted, cursor, limit)


def _of_shop(shop_id: UUID, shelf: Shelf, at: datetime) -> QuerySet[Order]:
    rows = Order.objects.filter(shop_id=shop_id)
    if shelf.states == TO_SHIP:
        rows = rows.filter(open_cases=0)
    return rows.filter(ship_by__lte=at) if shelf.is_overdue else rows


class Waiting(NamedTuple):
    """How many orders of a shop wait, up to ``MOST_COUNTED`` each, and since when."""

    to_ship: int
    overdue: int
    to_pay: int
    oldest_paid_at: datetime | None


def waiting_in(shop_id: UUID) -> Waiting:
    """What waits in a shop. Asks no permission."""
    at = now()

    def rows(shelf: str) -> QuerySet[Order]:
        wanted = SHOP_SHELVES[shelf]
        found = _of_shop(shop_id, wanted, at).filter(state__in=sorted(wanted.states))
        return found.order_by(wanted.column, "id")

    unpaid = Order.objects.filter(shop_id=shop_id, state="awaiting_payment", expires_at__gt=at)
    return Waiting(
        to_ship=count_some(rows("to_ship")),
        overdue=count_some(rows("overdue")),
        to_pay=count_some(unpaid.order_by("expires_at")),
        oldest_paid_at=rows("to_ship").values_list("paid_at", flat=True).first(),
    )


def count_some(rows: QuerySet[Order]) -> int:
    """How many rows there are, up to ``MOST_COUNTED``; no more of them are read."""
    return rows[:MOST_COUNTED].count()


def found_orders(
    operator: Account,
    *,
    shop_id: UUID | None = None,
    buyer_id: UUID | None = None,
    state: str = "",
    cursor: str = "",
    limit: int = PAGE,
) -> Page:
    """Orders of a shop, of a buyer, or of one in the other, newest first; for operators.

    Without either it finds none: no index serves the newest orders of everybody.
    """
    access_operator(operator)
    if shop_id is None and buyer_id is None:
        return Page([], {}, None)
    rows = Order.objects.all()
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    if buyer_id is not None:
        rows = rows.filter(buyer_id=buyer_id)
    states = frozenset({state}) if state else frozenset()
    return _page(rows, Shelf(states), cursor, limit)


def _page(rows: QuerySet[Order], shelf: Shelf, cursor: str, limit: int) -> Page:
    if shelf.states:
        rows = rows.filter(state__in=sorted(shelf.states))
    if cursor:
        place = read_cursor(cursor)
        rows = rows.filter(after(shelf.column, place, descending=shelf.descending))
    sign = "-" if shelf.descending else ""
    found = list(rows.order_by(f"{sign}{shelf.column}", f"{sign}id")[: limit + 1])
    orders = found[:limit]
    lines = lines_of(orders)
    last = orders[-1] if len(found) > limit else None
    at = getattr(last, shelf.column) if last else None
    return Page(
        orders,
        {order.id: lines.get(order.id, []) for order in orders},
        write_cursor(at, last.id) if last and at else None,
    )


def checkouts_of(account: Account, checkout_ids: Iterable[UUID]) -> dict[UUID, list[Order]]:
    """All of a buyer's orders of these checkouts, by checkout, in the order of their lists."""
    found: dict[UUID, list[Order]] = {}
    rows = Order.objects.filter(Q(buyer_id=account.id), checkout_id__in=list(checkout_ids))
    for order in rows.order_by("-placed_at", "-id"):
        found.setdefault(order.checkout_id, []).append(order)
    return found


def discounts_of(order: Order) -> list[OrderDiscount]:
    """What coupons took off an order, and who bears it."""
    rows = OrderDiscount.objects.filter(shop_id=order.shop_id, order_id=order.id)
    return list(rows.order_by("bearer", "coupon_id"))
