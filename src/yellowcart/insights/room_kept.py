"""Sums of rooms that are over, and of live ones with many orders, kept until something changes.

They are never added up as orders come: what is kept is what the very statements said that the live
screen and the report ask, so there is one truth. Of a room that is over it holds until the outbox
tells of an order of the room, so that the next room's report, which stands beside it, need not
read its orders again; of one that is live, for as long as keeps reading to one part in ``SHARE`` of
the time. Live rooms with fewer orders are read each time.
"""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from django.db.models import F

from yellowcart.core.clock import now, wall
from yellowcart.core.outbox import Event
from yellowcart.insights.models import RoomKept
from yellowcart.live.models import Room
from yellowcart.orders.models import Order

#: From so many orders on, reading a live room costs tens of milliseconds.
MANY: Final = 2_000
#: Of the time that passes, reading a live room takes at most one part in so many.
SHARE: Final = 20
#: What servers count of a room, such as who watches, is written within seconds of its end.
SETTLED: Final = timedelta(minutes=5)
_WHOLE: Final = UUID(int=0)

T = TypeVar("T")


def kept(room: Room, shop_id: UUID | None, part: str, kind: type[T], compute: Callable[[], T]) -> T:
    """What ``compute`` says of a room or one shop's part, as it is or as it was kept.

    ``part`` names it, ``kind`` is its type, as msgspec reads it. What a rival changes while it is
    computed is not kept: changes count up the row's version.
    """
    key = {"room_id": room.id, "shop_id": shop_id or _WHOLE, "part": part}
    row = RoomKept.objects.filter(**key).first()
    over = room.ended_at is not None and room.ended_at < now() - SETTLED
    if row is None:
        if not over and not _has_many(room):
            return compute()
        RoomKept.objects.bulk_create([RoomKept(**key)], ignore_conflicts=True)
        row = RoomKept.objects.get(**key)
    if row.text and (row.fresh_until is None or wall() < row.fresh_until):
        return msgspec.json.decode(row.text, type=kind)
    began = time.monotonic()
    found = compute()
    fresh_for = timedelta(seconds=(time.monotonic() - began) * SHARE)
    RoomKept.objects.filter(**key, version=row.version).update(
        text=msgspec.json.encode(found).decode(), fresh_until=None if over else wall() + fresh_for
    )
    return found


def on_orders(events: Sequence[Event]) -> None:
    """Forget what is kept of rooms, and their replays, of which orders changed."""
    rooms = {event.room_id for event in events if event.room_id is not None}
    rooms |= {
        UUID(event.payload["container_id"])
        for event in events
        if event.payload.get("surface") == "replay"
    }
    if rooms:
        RoomKept.objects.filter(room_id__in=rooms).update(text="", version=F("version") + 1)


def _has_many(room: Room) -> bool:
    placed = Order.objects.filter(
        surface="live_room", container_id=room.id, placed_at__gte=room.started_at
    )
    if room.ended_at is not None:
        placed = placed.filter(placed_at__lt=room.ended_at)
    return placed[:MANY].count() >= MANY
