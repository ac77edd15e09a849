"""The moments that sold: what was explained, from when to when, and what was bought meanwhile.

A stretch is the time in which one listing was explained without a break: from its pin to the next
one, or to the end of the show. Beside the stretches stand marks: prices that began, lucky bags,
rules that took goods out, pictures that were lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connection

from yellowcart.gifts.models import Bag
from yellowcart.insights.room_figures import COUNTS, ORDERS
from yellowcart.insights.rules import Definition
from yellowcart.listings.models import Listing, SpecialPrice
from yellowcart.live import events as types
from yellowcart.live.models import Room, RoomEvent
from yellowcart.media.models import Clip, Recording

#: Stretches and marks that one report lists, from the beginning.
MOST_STRETCHES: Final = 300
#: Shorter stretches are slips of the finger.
SHORTEST_SECONDS: Final = 3

#: An explanation may be cut so much later than its pin, where pictures begin.
CUT_MS: Final = 2_000

#: Events that are marks, and what the report calls them.
MARKS: Final = {types.BARRED: "barred", types.VIDEO: "video"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """One listing, explained in ``[start, until)``."""

    listing_id: UUID
    start: datetime
    until: datetime


class Bought(msgspec.Struct, frozen=True):
    """What was bought in a stretch: of the listing explained, and of everything."""

    place: int
    orders: int
    pieces: int
    placed_minor: int
    paid_minor: int
    net_minor: int
    all_orders: int
    all_placed_minor: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at an instant. ``listing_id`` where it was about one."""

    kind: str
    at: datetime
    listing_id: UUID | None = None
    word: str = ""


def stretches(pins: Sequence[tuple[datetime, UUID | None]], ended_at: datetime) -> list[Stretch]:
    """The stretches that pins in order make; the same listing pinned again goes on."""
    found: list[Stretch] = []
    open_since: tuple[UUID, datetime] | None = None
    for at, listing_id in [*pins, (ended_at, None)]:
        if open_since is not None and open_since[0] == listing_id:
            continue
        if open_since is not None:
            found.append(Stretch(open_since[0], open_since[1], min(at, ended_at)))
        open_since = (listing_id, at) if listing_id is not None and at < ended_at else None
    return [one for one in found if (one.until - one.start).total_seconds() >= SHORTEST_SECONDS][
        :MOST_STRETCHES
    ]


def _adds(definition: Definition) -> str:
    line = "n.unit_price_minor * n.quantity - n.discount_minor"
    if definition is Definition.NET:
        line += " - n.refunded_minor"
    return (
        f"coalesce(sum({line}) FILTER (WHERE n.listing_id = w.listing_id AND {COUNTS[definition]}),"
        " 0)::bigint"
    )


_BOUGHT: Final = f"""
WITH o AS MATERIALIZED ({ORDERS}),
w AS (SELECT * FROM unnest(%(places)s::int[], %(listings)s::uuid[], %(starts)s::timestamptz[],
                           %(untils)s::timestamptz[]) AS w(place, listing_id, start, until))
SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.place), '[]')::text FROM (
  SELECT w.place,
    count(DISTINCT o.id) FILTER (WHERE n.listing_id = w.listing_id) AS orders,
    coalesce(sum(n.quantity) FILTER (WHERE n.listing_id = w.listing_id), 0) AS pieces,
    {_adds(Definition.PLACED)} AS placed_minor, {_adds(Definition.PAID)} AS paid_minor,
    {_adds(Definition.NET)} AS net_minor,
    count(DISTINCT o.id) AS all_orders,
    coalesce(sum(n.unit_price_minor * n.quantity - n.discount_minor), 0)::bigint
      AS all_placed_minor
  FROM w LEFT JOIN o ON o.placed_at >= w.start AND o.placed_at < w.until
    AND o.currency = %(currency)s
  LEFT JOIN orders_line n ON n.shop_id = o.shop_id AND n.order_id = o.id
  GROUP BY w.place) t
"""  # noqa: S608  put together from constants

_bought: Final = msgspec.json.Decoder(list[Bought])


def bought_in(found: Sequence[Stretch], values: dict[str, Any], currency: str) -> list[Bought]:
    """What was bought in each stretch, in one currency; ``values`` as ``room_figures.asked``."""
    if not found:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _BOUGHT,
            {
                **values,
                "currency": currency,
                "places": list(range(len(found))),
                "listings": [one.listing_id for one in found],
                "starts": [one.start for one in found],
                "untils": [one.until for one in found],
            },
        )
        return _bought.decode(cursor.fetchone()[0])


def pins_and_marks(room: Room) -> tuple[list[tuple[datetime, UUID | None]], list[Mark]]:
    """What the room's numbered events say of pins, rules and pictures, in order."""
    rows = RoomEvent.objects.filter(room_id=room.id, type__in=[types.PINNED, *MARKS]).order_by(
        "seq"
    )
    pins: list[tuple[datetime, UUID | None]] = []
    marks: list[Mark] = []
    for row in rows.iterator():
        if row.type == types.PINNED:
            word = row.payload.get("listing_id")
            pins.append((row.at, UUID(word) if word else None))
        elif row.type == types.BARRED and row.payload.get("listings"):
            marks.append(Mark("barred", row.at, word=str(row.payload.get("rule") or "")))
        elif row.type == types.VIDEO and row.payload.get("state") in {"lost", "live"}:
            marks.append(Mark(f"video_{row.payload['state']}", row.at))
    marks += [
        Mark("price", price.starts_at, price.listing_id)
        for price in SpecialPrice.objects.filter(
            listing_id__in=Listing.objects.filter(surface="live_room", container_id=room.id).values(
                "id"
            ),
            starts_at__gte=room.started_at or room.scheduled_at,
        ).order_by("starts_at", "id")
    ]
    marks += [
        Mark("bag", bag.opens_at, word=bag.title)
        for bag in Bag.objects.filter(room_id=room.id).order_by("opens_at", "id")
    ]
    return pins, sorted(marks, key=lambda one: one.at)[:MOST_STRETCHES]


def recordings_of(room: Room) -> list[Recording]:
    """What was recorded of a room and is still there, in order."""
    return list(
        Recording.objects.filter(broadcast__room=room, state="ready").order_by("started_at")
    )


def clips_of(room: Room) -> list[Clip]:
    """The explanations of a room's replay, unless its host deleted it."""
    return list(Clip.objects.filter(replay__room=room, replay__deleted_at__isnull=True))


def clip_at(clips: Sequence[Clip], place: tuple[UUID, int] | None, listing_id: UUID) -> UUID | None:
    """The explanation of a listing that plays at a place of a recording."""
    if place is None:
        return None
    recording_id, offset = place
    return next(
        (
            one.id
            for one in clips
            if one.recording_id == recording_id
            and one.listing_id == listing_id
            and one.from_ms - CUT_MS <= offset < one.until_ms
        ),
        None,
    )


def place_in(recordings: Sequence[Recording], at: datetime) -> tuple[UUID, int] | None:
    """The recording that shows an instant, and how many milliseconds into it."""
    for one in recordings:
        offset = int((at - one.started_at).total_seconds() * 1_000)
        if 0 <= offset < one.duration_ms:
            return one.id, offset
    return None
