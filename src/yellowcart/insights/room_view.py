"""A room's figures as the live screen and the API show them: counts, the cart and what the rules
say, put together at an instant. Amounts in minor units, instants in UTC; only alerts have words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from yellowcart.core.instants import iso
from yellowcart.insights import room_rules
from yellowcart.insights.room_alerts import Alert, alerts_of
from yellowcart.insights.room_figures import RoomCounts
from yellowcart.insights.room_rules import ListingCounts, Money, Sold
from yellowcart.insights.rules import Definition
from yellowcart.listings.cart import Ask, CartRow, permitted

#: Minutes that are shown one by one; earlier ones are in the sums alone.
MOST_MINUTES: Final = 240
_DIRECTIONS: Final = ("entries", "seen", "opened", "orders", "placed_minor", "messages")


@dataclass(frozen=True, slots=True)
class Show:
    """A room as figures need it."""

    room_id: UUID
    title: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    pinned: UUID | None
    cart: Sequence[CartRow]


def figures_body(
    show: Show, counts: RoomCounts, ask: Ask, at: datetime, language: str
) -> dict[str, Any]:
    """Everything the live screen shows."""
    until = show.ended_at or at
    minutes = room_rules.filled(counts.minutes, show.started_at, until, MOST_MINUTES)
    lines = [_line(row, counts, show, ask, until) for row in show.cart]
    alerts = alerts_of(show.cart, lines, counts, ask, at, language) if not show.ended_at else []
    return {
        "room_id": str(show.room_id),
        "title": show.title,
        "state": show.state,
        "at": iso(at),
        "started_at": iso(show.started_at),
        "ended_at": iso(show.ended_at) if show.ended_at else None,
        "video": counts.video.state if counts.video else None,
        **sums_body(counts),
        "directions": {
            name: _direction(room_rules.direction(minutes, until, name)) for name in _DIRECTIONS
        },
        "minutes": [minute_body(one) for one in minutes],
        "listings": lines,
        "alerts": [_alert(one) for one in alerts],
    }


def as_part(body: dict[str, Any]) -> dict[str, Any]:
    """The same for one shop's part: without what only the whole room has, as in its report."""
    return {**body, "alerts": [], "gifts": 0, "coins": 0, "funnel": body["funnel"][1:]}


def sums_body(counts: RoomCounts) -> dict[str, Any]:
    """The sums of the whole show: who came, the funnel, GMV by every definition."""
    viewers, entries = counts.total("viewers"), counts.total("entries")
    orders = sum(one.placed.orders for one in counts.sold)
    paid = sum(one.paid.orders for one in counts.sold)
    steps = room_rules.funnel(
        viewers=viewers,
        seen=counts.total("seen"),
        opened=counts.total("opened"),
        orders=orders,
        paid=paid,
    )
    return {
        "online": counts.online,
        "online_peak": counts.online_peak,
        "viewers": viewers,
        "entries": entries,
        "messages": counts.total("messages"),
        "likes": counts.likes,
        "gifts": counts.gifts,
        "coins": counts.coins,
        "jumps": sum(one.jumps for one in counts.listings),
        "funnel": [
            {"step": one.name, "count": one.count, "rate_bps": one.rate_bps} for one in steps
        ],
        "currency": counts.currency,
        "gmv": [sold_body(one, viewers, entries) for one in _main_first(counts)],
    }


def sold_body(sold: Sold, viewers: int, entries: int) -> dict[str, Any]:
    """One currency by every definition, with what is derived from it."""
    return {
        "currency": sold.currency,
        **{one.value: money_body(sold.by(one), viewers, entries) for one in Definition},
    }


def money_body(money: Money, viewers: int, entries: int) -> dict[str, int]:
    """What one definition counts, and what that is for an entry, a viewer and a buyer."""
    return {
        "gmv_minor": money.minor,
        "orders": money.orders,
        "buyers": money.buyers,
        "per_buyer_minor": money.per_buyer_minor,
        "gpm_minor": room_rules.gpm_minor(money.minor, entries),
        "uv_value_minor": room_rules.uv_value_minor(money.minor, viewers),
    }


def _main_first(counts: RoomCounts) -> list[Sold]:
    return sorted(counts.sold, key=lambda one: (one.currency != counts.currency, one.currency))


def minute_body(one: room_rules.Minute) -> dict[str, Any]:
    """One minute."""
    return {
        "minute": iso(one.minute),
        "online": one.online,
        "entries": one.entries,
        "messages": one.messages,
        "seen": one.seen,
        "opened": one.opened,
        "orders": one.orders,
        **{f"{each.value}_minor": getattr(one, f"{each.value}_minor") for each in Definition},
    }


def _line(row: CartRow, counts: RoomCounts, show: Show, ask: Ask, at: datetime) -> dict[str, Any]:
    found = next((one for one in counts.listings if one.listing_id == row.listing_id), None)
    done = found or ListingCounts(row.listing_id)
    known = [sku.available for sku in row.skus if sku.available is not None]
    available = sum(known) if known else None
    pace = room_rules.speed(done.recent, show.started_at, at)
    left = room_rules.minutes_left(available, pace)
    return {
        "listing_id": str(row.listing_id),
        "title": row.title,
        "image": row.picture,
        "integration": row.integration,
        "source": row.source,
        "pinned": row.listing_id == show.pinned,
        "barred": not permitted(row, ask(row.facts, at)),
        "available": available,
        "pieces_a_minute": round(pace, 1),
        "minutes_left": round(left, 1) if left is not None else None,
        **counts_body(done, row.currency),
    }


def counts_body(done: ListingCounts, currency: str) -> dict[str, Any]:
    """What one listing did."""
    return {
        "seen": done.seen,
        "opened": done.opened,
        "jumps": done.jumps,
        "orders": done.orders,
        "paid_orders": done.paid_orders,
        "pieces": done.pieces,
        "currency": done.currency or currency,
        **{f"{one.value}_minor": getattr(done, f"{one.value}_minor") for one in Definition},
    }


def _direction(one: room_rules.Direction) -> dict[str, int | None]:
    return {"recent": one.recent, "before": one.before, "change_bps": one.change_bps}


def _alert(one: Alert) -> dict[str, Any]:
    return {
        "code": one.code,
        "level": one.level,
        "text": one.text,
        "listings": [str(each) for each in one.listings],
        "until": iso(one.until) if one.until else None,
    }
