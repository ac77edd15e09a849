"""Who sold what in a room, through whose share codes its buyers came, and what its replay sold:
each order says so itself, so these sums need nothing but the orders."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q

from yellowcart.core.instants import iso
from yellowcart.insights.room_figures import ADDS, COUNTS
from yellowcart.insights.rules import Definition
from yellowcart.live.models import Room
from yellowcart.live.tooltables import ShareCode
from yellowcart.orders.models import Order
from yellowcart.people.models import Account


@dataclass(frozen=True, slots=True)
class Part:
    """Orders with something in common, in one currency; amounts by definition of GMV.

    ``key`` is a host's id, a share code or a carrier's number, ``name`` whose it is.
    """

    key: str
    name: str
    currency: str
    orders: int
    paid_orders: int
    placed_minor: int
    paid_minor: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class Sellers:
    """The orders of a room and its replay, parted three ways, the most first.

    ``hosts`` and ``shares`` are of the show itself; ``carriers`` tell it from the whole replay
    and from single explanations, until now.
    """

    hosts: list[Part]
    shares: list[Part]
    carriers: list[Part]


def _sum(definition: Definition) -> str:
    return (
        f"coalesce(sum({ADDS[definition]}) FILTER (WHERE {COUNTS[definition]}), 0)::bigint"
        f" AS {definition.value}_minor"
    )


_SUMS: Final = (
    "count(*) AS orders, count(*) FILTER (WHERE o.paid_at IS NOT NULL) AS paid_orders, "
    + ", ".join(_sum(one) for one in Definition)
)
#: Of the show; and, in a statement's second half, of what its replay sold since.
_SELLERS: Final = f"""
SELECT o.host_id, o.share_code, o.carrier_type, o.currency, {_SUMS}
FROM orders_order o
WHERE o.surface = 'live_room' AND o.container_id = %(room)s
  AND o.placed_at >= %(start)s AND o.placed_at < %(until)s
  AND (%(shop)s::uuid IS NULL OR o.shop_id = %(shop)s::uuid)
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT NULL::uuid, '', o.carrier_type, o.currency, {_SUMS}
FROM orders_order o
WHERE o.surface = 'replay' AND o.container_id = %(room)s
  AND (%(shop)s::uuid IS NULL OR o.shop_id = %(shop)s::uuid)
GROUP BY 1, 2, 3, 4
"""  # noqa: S608  put together from constants


def sellers_of(room: Room, values: dict[str, Any]) -> Sellers:
    """Sums of a room's orders; ``values`` are those of :func:`room_figures.asked`."""
    with connection.cursor() as cursor:
        cursor.execute(_SELLERS, values)
        rows = cursor.fetchall()
    show = [row for row in rows if row[0] is not None]
    names = _names({row[0] for row in show})
    sharers = _sharers(room, {row[1] for row in show if row[1]})
    return Sellers(
        hosts=_parts([(str(row[0]), names.get(row[0], ""), *row[3:]) for row in show]),
        shares=_parts([(row[1], sharers.get(row[1], ""), *row[3:]) for row in show if row[1]]),
        carriers=_parts([(str(row[2]), "", *row[3:]) for row in rows]),
    )


def _parts(rows: list[tuple[Any, ...]]) -> list[Part]:
    sums: dict[tuple[str, str, str], list[int]] = {}
    for key, name, currency, *counts in rows:
        sum_ = sums.setdefault((key, name, currency), [0] * len(counts))
        for place, count in enumerate(counts):
            sum_[place] += count
    parts = [Part(*key, *counts) for key, counts in sums.items()]
    return sorted(parts, key=lambda one: (-one.placed_minor, one.key, one.currency))


def _names(account_ids: set[UUID]) -> dict[UUID, str]:
    found = Account.objects.filter(id__in=account_ids)
    return dict(found.values_list("id", "display_name"))


def _sharers(room: Room, codes: set[str]) -> dict[str, str]:
    rows = ShareCode.objects.filter(room=room, code__in=codes)
    return dict(rows.values_list("code", "made_by__display_name"))


def part_body(part: Part) -> dict[str, Any]:
    """A part as data, beside its key."""
    return {
        "currency": part.currency,
        "orders": part.orders,
        "paid_orders": part.paid_orders,
        "placed_minor": part.placed_minor,
        "paid_minor": part.paid_minor,
        "net_minor": part.net_minor,
    }


def orders_of(room: Room, shop_id: UUID | None) -> Iterator[dict[str, Any]]:
    """The orders of a room and its replay one by one, the earliest first, without who bought."""
    found = Order.objects.filter(
        Q(surface="replay") | Q(surface="live_room", placed_at__gte=room.started_at),
        container_id=room.id,
    )
    if shop_id is not None:
        found = found.filter(shop_id=shop_id)
    hosts = found.values_list("host_id", flat=True).distinct()
    names = _names({host for host in hosts if host is not None})
    fields = ("id", "shop_id", "placed_at", "state", "currency", "amount_minor", "refunded_minor")
    more = ("paid_at", "host_id", "share_code", "carrier_type")
    for row in found.order_by("placed_at", "id").values(*fields, *more).iterator(5_000):
        yield {
            "order_id": str(row["id"]),
            "shop_id": str(row["shop_id"]),
            "placed_at": iso(row["placed_at"]),
            "paid_at": iso(row["paid_at"]) if row["paid_at"] else "",
            "state": row["state"],
            "currency": row["currency"],
            "amount_minor": row["amount_minor"],
            "refunded_minor": row["refunded_minor"],
            "host_id": str(row["host_id"] or ""),
            "host": names.get(row["host_id"], ""),
            "share_code": row["share_code"],
            "carrier_type": row["carrier_type"],
        }
