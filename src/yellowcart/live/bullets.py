"""Bullet messages of purchases (张** 刚刚下单): masked, merged and sampled.

However many orders there are, a room hears of them once every ``PAUSE_SECONDS`` at most, with a few
names and how many more there were. Where an order sets its pieces aside it is told when placed,
where the first to pay has them when paid. Who doesn't want to be named is never named.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from yellowcart.core.outbox import Event
from yellowcart.live import events as types
from yellowcart.live.numbering import Unnumbered, number

PAUSE_SECONDS: Final = 1.0
MOST_NAMES: Final = 3
_MOST_ROOMS: Final = 10_000


def masked(name: str) -> str:
    """A name of which only the first character is told."""
    kept = name.strip()[:1]
    return f"{kept}**" if kept else "**"


#: By room, the orders it is told of, as shop and id.
Orders = defaultdict[UUID, list[tuple[UUID, str]]]


class Pace:
    """When each room was last told, on the monotonic clock, and how many orders since.

    Only the process that relays has one; a restart forgets a second of merging, no more.
    """

    def __init__(self) -> None:
        self._told: dict[UUID, float] = {}
        self._since: Counter[UUID] = Counter()

    def count(self, room_id: UUID, orders: int, at: float) -> int | None:
        """How many orders to tell of now; None: not yet."""
        self._since[room_id] += orders
        if at - self._told.get(room_id, -PAUSE_SECONDS) < PAUSE_SECONDS:
            return None
        if len(self._told) > _MOST_ROOMS:
            self._told.clear()
        self._told[room_id] = at
        return self._since.pop(room_id)


_pace = Pace()


def on_orders_placed(events: Sequence[Event]) -> None:
    """Tell rooms in which orders hold their pieces who ordered."""
    orders: Orders = defaultdict(list)
    for event in events:
        if event.payload.get("room_id"):
            room = orders[UUID(event.payload["room_id"])]
            room += [(event.shop_id, order_id) for order_id in event.payload.get("orders", ())]
    _tell(orders, "hold", events)


def on_orders_paid(events: Sequence[Event]) -> None:
    """Tell rooms in which whoever pays first has the goods who paid."""
    orders: Orders = defaultdict(list)
    for event in events:
        if event.room_id is not None:
            orders[event.room_id].append((event.shop_id, event.payload["order_id"]))
    _tell(orders, "first_paid", events)


def _tell(orders: Orders, reservation: str, events: Sequence[Event]) -> None:
    at = time.monotonic()
    due = {}
    for room_id, ids in orders.items():
        count = _pace.count(room_id, len(ids), at) if ids else None
        if count is not None:
            due[room_id] = (ids[-MOST_NAMES:], count)
    if not due:
        return
    named = _named((one for ids, _count in due.values() for one in ids), reservation)
    number(
        [
            _bullet(room_id, rows, due[room_id][1], events[-1].at)
            for room_id, rows in named.items()
            if room_id in due
        ]
    )


def _bullet(room_id: UUID, rows: Sequence[dict[str, Any]], count: int, at: datetime) -> Unnumbered:
    payload = {"purchases": list(rows), "more": max(count - len(rows), 0)}
    return Unnumbered(room_id, types.PURCHASES, payload, at)


def _named(keys: Iterable[tuple[UUID, str]], reservation: str) -> dict[UUID, list[dict[str, Any]]]:
    """By room: who ordered what, without those who keep quiet; only rooms that sell like that."""
    found: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    shops, ids = zip(*keys, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, a.display_name, n.listing_id"
            " FROM unnest(%s::uuid[], %s::uuid[]) AS w(shop_id, id)"
            " JOIN orders_order o ON o.shop_id = w.shop_id AND o.id = w.id"
            "  AND o.surface = 'live_room'"
            " JOIN live_room r ON r.id = o.container_id AND r.reservation = %s"
            " AND r.state = 'live'"
            " JOIN LATERAL (SELECT n.listing_id FROM orders_line n WHERE n.shop_id = o.shop_id"
            "  AND n.order_id = o.id ORDER BY n.line_no LIMIT 1) n ON true"
            " JOIN people_account a ON a.id = o.buyer_id"
            " WHERE NOT EXISTS (SELECT FROM live_quiet_viewer q WHERE q.account_id = a.id)"
            " ORDER BY o.placed_at, o.id",
            [list(shops), list(ids), reservation],
        )
        for room_id, name, listing_id in cursor.fetchall():
            found[room_id].append({"name": masked(name), "listing_id": str(listing_id)})
    return found
