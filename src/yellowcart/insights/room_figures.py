"""Reading a room's figures: one statement, the same for the live screen, the report and the API.

It reads the orders of the room's own hours once (block ranges of ``placed_at``) and sums them
three ways; everything else it reads is one row a minute. :mod:`insights.room_rules` says what
comes of it.
"""

from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connection

from yellowcart.core.clock import now, wall
from yellowcart.insights.room_kept import kept
from yellowcart.insights.room_rules import (
    PROMPT,
    RECENT,
    ListingCounts,
    Minute,
    Payments,
    Sold,
    main_currency,
)
from yellowcart.insights.rules import Definition
from yellowcart.live.models import Room
from yellowcart.live.snapshot import PRESENCE_LASTS

#: Attempts to pay are looked at for so many of the latest orders.
LATEST_ORDERS: Final = 300

#: When an order ``o`` counts, and what it adds; as ``rules.counted_minor`` says.
COUNTS: Final = {
    Definition.PLACED: "true",
    Definition.PAID: "o.paid_at IS NOT NULL",
    Definition.NET: (
        "o.paid_at IS NOT NULL AND o.state <> 'closed'"
        " AND (o.amount_minor = 0 OR o.refunded_minor < o.amount_minor)"
    ),
}
ADDS: Final = {
    Definition.PLACED: "o.amount_minor",
    Definition.PAID: "o.amount_minor",
    Definition.NET: "o.amount_minor - o.refunded_minor",
}


def _sum(definition: Definition) -> str:
    """What the orders of a group add up to by a definition."""
    return f"coalesce(sum({ADDS[definition]}) FILTER (WHERE {COUNTS[definition]}), 0)::bigint"


def _money(definition: Definition) -> str:
    """A JSON object of :class:`room_rules.Money`: what a definition counts in a group."""
    counts = COUNTS[definition]
    return (
        f"json_build_object('orders', count(*) FILTER (WHERE {counts}),"
        f" 'minor', {_sum(definition)},"
        f" 'buyers', count(DISTINCT o.buyer_id) FILTER (WHERE {counts}))"
    )


#: The orders of the room ``%(room)s`` placed in ``[%(start)s, %(until)s)``, of one shop or all.
ORDERS: Final = """
SELECT shop_id, id, checkout_id, buyer_id, currency, state, placed_at, paid_at, amount_minor,
       refunded_minor
FROM orders_order
WHERE surface = 'live_room' AND container_id = %(room)s
  AND placed_at >= %(start)s AND placed_at < %(until)s
  AND (%(shop)s::uuid IS NULL OR shop_id = %(shop)s::uuid)
"""

_NET_LINE: Final = (
    "CASE WHEN o.paid_at IS NULL OR o.state = 'closed' THEN 0 ELSE"
    " n.unit_price_minor * n.quantity - n.discount_minor - n.refunded_minor END"
)
_LINE: Final = "n.unit_price_minor * n.quantity - n.discount_minor"

#: Attempts to pay the latest orders: one failed where the provider refused, or said nothing.
_TRIED: Final = f"""
tried AS (
  SELECT p.state = 'failed' OR (p.state = 'started' AND p.provider_ref IS NULL) AS failed
  FROM (SELECT DISTINCT checkout_id FROM (
          SELECT o.checkout_id FROM o WHERE o.placed_at >= %(pay_since)s
          ORDER BY o.placed_at DESC LIMIT {LATEST_ORDERS}) latest) w
  JOIN payments_payment p ON p.checkout_id = w.checkout_id
  WHERE p.started_at < %(settled)s
)
"""  # noqa: S608  put together from constants

STATEMENT: Final = f"""
WITH o AS MATERIALIZED ({ORDERS}),
main AS (SELECT currency FROM o GROUP BY 1 ORDER BY count(*) DESC, 1 DESC LIMIT 1),
{_TRIED},
looked AS (
  SELECT m.* FROM insights_listing_minute m WHERE m.room_id = %(room)s
    AND (%(shop)s::uuid IS NULL OR EXISTS (SELECT FROM listings_listing l
         WHERE l.id = m.listing_id AND l.shop_id = %(shop)s::uuid))
)
SELECT json_build_object(
  'sold', (SELECT coalesce(json_agg(s.row ORDER BY s.currency), '[]') FROM (
     SELECT o.currency, json_build_object('currency', o.currency,
       'placed', {_money(Definition.PLACED)}, 'paid', {_money(Definition.PAID)},
       'net', {_money(Definition.NET)}) AS row
     FROM o GROUP BY 1) s),
  'minutes', (SELECT coalesce(json_agg(to_json(t) ORDER BY t.minute), '[]') FROM (
     SELECT minute, sum(viewers) AS viewers, sum(entries) AS entries, max(online) AS online,
            sum(messages) AS messages, sum(seen) AS seen, sum(opened) AS opened,
            sum(orders) AS orders, sum(placed) AS placed_minor, sum(paid) AS paid_minor,
            sum(net) AS net_minor
     FROM (
       SELECT minute, viewers, entries, online, messages, 0 AS seen, 0 AS opened, 0 AS orders,
              0 AS placed, 0 AS paid, 0 AS net
       FROM insights_room_minute WHERE room_id = %(room)s AND %(shop)s::uuid IS NULL
       UNION ALL
       SELECT minute, 0, 0, 0, 0, sum(seen), sum(opened), 0, 0, 0, 0 FROM looked GROUP BY minute
       UNION ALL
       SELECT date_trunc('minute', o.placed_at), 0, 0, 0, 0, 0, 0, count(*),
              {_sum(Definition.PLACED)}, {_sum(Definition.PAID)}, {_sum(Definition.NET)}
       FROM o JOIN main USING (currency) GROUP BY 1
     ) parts GROUP BY minute) t),
  'listings', (SELECT coalesce(json_agg(to_json(t)), '[]') FROM (
     SELECT listing_id, max(currency) AS currency, sum(seen) AS seen, sum(opened) AS opened,
            sum(jumps) AS jumps, sum(orders) AS orders, sum(paid_orders) AS paid_orders,
            sum(pieces) AS pieces, sum(recent) AS recent, sum(placed) AS placed_minor,
            sum(paid) AS paid_minor, sum(net) AS net_minor
     FROM (
       SELECT listing_id, '' AS currency, sum(seen) AS seen, sum(opened) AS opened, 0 AS jumps,
              0 AS orders, 0 AS paid_orders, 0 AS pieces, 0 AS recent, 0 AS placed, 0 AS paid,
              0 AS net
       FROM looked GROUP BY listing_id
       UNION ALL
       SELECT c.listing_id, '', 0, 0, count(*), 0, 0, 0, 0, 0, 0, 0 FROM listings_click c
       WHERE c.surface = 'live_room' AND c.container_id = %(room)s
         AND c.at >= %(start)s AND c.at < %(until)s
         AND (%(shop)s::uuid IS NULL OR c.shop_id = %(shop)s::uuid) GROUP BY 1
       UNION ALL
       SELECT n.listing_id, max(o.currency), 0, 0, 0, count(DISTINCT n.order_id),
              count(DISTINCT n.order_id) FILTER (WHERE o.paid_at IS NOT NULL), sum(n.quantity),
              coalesce(sum(n.quantity) FILTER (WHERE o.state <> 'closed'
                AND o.placed_at >= %(recent)s), 0),
              sum({_LINE}), coalesce(sum({_LINE}) FILTER (WHERE o.paid_at IS NOT NULL), 0),
              sum({_NET_LINE})
       FROM o JOIN orders_line n ON n.shop_id = o.shop_id AND n.order_id = o.id GROUP BY 1
     ) parts GROUP BY listing_id) t),
  'payments', (SELECT to_json(t) FROM (
     SELECT count(*) FILTER (WHERE o.placed_at >= %(pay_since)s) AS recent,
       count(*) FILTER (WHERE o.placed_at >= %(pay_since)s
         AND o.paid_at < o.placed_at + %(prompt)s) AS recent_prompt,
       count(*) FILTER (WHERE o.placed_at < %(pay_since)s) AS earlier,
       count(*) FILTER (WHERE o.placed_at < %(pay_since)s
         AND o.paid_at < o.placed_at + %(prompt)s) AS earlier_prompt,
       (SELECT count(*) FROM tried) AS attempts,
       (SELECT count(*) FROM tried WHERE tried.failed) AS failed
     FROM o WHERE o.placed_at < %(pay_until)s) t),
  'video', (SELECT json_build_object('state', b.state, 'since', b.state_at)
     FROM media_broadcast b WHERE b.room_id = %(room)s AND b.started_at IS NOT NULL
     ORDER BY b.opened_at DESC LIMIT 1),
  'likes', coalesce((SELECT c.value FROM live_room_counter c
     WHERE c.room_id = %(room)s AND c.key = 'likes'), 0),
  'gifts', coalesce((SELECT g.gifts FROM gifts_room_tally g WHERE g.room_id = %(room)s), 0),
  'coins', coalesce((SELECT g.coins FROM gifts_room_tally g WHERE g.room_id = %(room)s), 0),
  'online', (SELECT coalesce(sum(v.viewers), 0) FROM live_presence v
     WHERE v.room_id = %(room)s AND v.seen_wall_at > %(seen_since)s)
)::text
"""  # noqa: S608  put together from constants
#: How long a provider may take to answer that a payment was begun.
_ANSWERS: Final = timedelta(seconds=20)


class Video(msgspec.Struct, frozen=True):
    """The room's latest broadcast; see ``media.states``."""

    state: str
    since: datetime


class RoomCounts(msgspec.Struct, frozen=True):
    """What :data:`STATEMENT` yields."""

    sold: list[Sold]
    minutes: list[Minute]
    listings: list[ListingCounts]
    payments: Payments
    video: Video | None = None
    online: int = 0
    likes: int = 0
    gifts: int = 0
    coins: int = 0

    @property
    def currency(self) -> str:
        """The currency of most orders, in which minutes are counted."""
        return main_currency(self.sold)

    @property
    def online_peak(self) -> int:
        """The most that watched at once."""
        return max((one.online for one in self.minutes), default=0)

    def total(self, field: str) -> int:
        """A count of all minutes together."""
        return sum(map(attrgetter(field), self.minutes))


class RoomSums(msgspec.Struct, frozen=True):
    """What another room is compared by: a line of its counts, so that it is quick to keep."""

    sold: list[Sold]
    viewers: int
    entries: int
    online_peak: int


_decoder: Final = msgspec.json.Decoder(RoomCounts)


def decode(text: str | bytes) -> RoomCounts:
    """The counts from the statement's JSON."""
    return _decoder.decode(text)


def asked(
    room_id: UUID,
    started_at: datetime,
    ended_at: datetime | None,
    *,
    at: datetime,
    seen_since: datetime,
    shop_id: UUID | None = None,
) -> dict[str, Any]:
    """The parameters of :data:`STATEMENT` at an instant, for one shop's goods or for all.

    ``seen_since`` is the wall time since which a process must have counted its viewers.
    """
    return {
        "room": room_id,
        "shop": shop_id,
        "start": started_at,
        "until": max(ended_at or at, started_at + timedelta(microseconds=1)),
        "recent": at - RECENT,
        "pay_since": at - PROMPT - RECENT,
        "pay_until": at - PROMPT,
        "prompt": PROMPT,
        "settled": at - _ANSWERS,
        "seen_since": seen_since,
    }


def counts_of(room: Room, shop_id: UUID | None = None) -> RoomCounts:
    """A room's counts until now, or of all of it once it has ended; empty before it began.

    A room with many orders may be told as it was kept: see :mod:`insights.room_kept`.
    """
    if room.started_at is None:
        return RoomCounts([], [], [], Payments())
    return kept(
        room, shop_id, "counts", RoomCounts, partial(_count, room, room.started_at, shop_id)
    )


def sums_of(room: Room) -> RoomSums:
    """A room in one line, of the same counts."""

    def add_up() -> RoomSums:
        counts = counts_of(room)
        return RoomSums(
            counts.sold, counts.total("viewers"), counts.total("entries"), counts.online_peak
        )

    return kept(room, None, "sums", RoomSums, add_up)


def _count(room: Room, started_at: datetime, shop_id: UUID | None) -> RoomCounts:
    values = asked(
        room.id,
        started_at,
        room.ended_at,
        at=now(),
        seen_since=wall() - PRESENCE_LASTS,
        shop_id=shop_id,
    )
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, values)
        return decode(cursor.fetchone()[0])
