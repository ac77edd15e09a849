"""Tells rooms of gifts, packets and bags, from the relay: however much happened, a room hears of
each combo, packet and bag once a batch, as it is now."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yellowcart.core.arrays import uuid_array
from yellowcart.core.outbox import Event
from yellowcart.live import giving, numbering
from yellowcart.live.numbering import Unnumbered

Latest = dict[UUID, Event]


def on_sent(events: Sequence[Event]) -> None:
    """One ``gift`` a combo, with its whole count and what the room was given in all."""
    latest = _latest(events, "combo_id")
    tallies = _count(events)
    rows = giving.combos(sorted(latest))
    _number(
        [
            (event, giving.GIFT, {"combo": rows[combo_id], **tallies[room_id]})
            for combo_id, event in latest.items()
            if combo_id in rows and (room_id := event.room_id) is not None
        ]
    )


def on_packets(events: Sequence[Event]) -> None:
    """One ``packet`` each, as it is now."""
    latest = _latest(events, "packet_id")
    rows = giving.packets(sorted(latest))
    _number(
        [
            (event, giving.PACKET, {"packet": rows[packet_id]})
            for packet_id, event in latest.items()
            if packet_id in rows
        ]
    )


def on_bags(events: Sequence[Event]) -> None:
    """One ``bag`` each, as it is now."""
    latest = _latest(events, "bag_id")
    rows = giving.bags(sorted(latest))
    _number(
        [
            (event, giving.BAG, {"bag": rows[bag_id]})
            for bag_id, event in latest.items()
            if bag_id in rows
        ]
    )


def _latest(events: Sequence[Event], name: str) -> Latest:
    # Placed where the last word on it stands, so that rooms hear of things in that order.
    found: Latest = {}
    for event in events:
        key = UUID(event.payload[name])
        found.pop(key, None)
        found[key] = event
    return found


def _count(events: Sequence[Event]) -> dict[UUID, dict[str, int]]:
    """Add up what rooms were given; what each was given in all."""
    gifts: Counter[UUID] = Counter()
    coins: Counter[UUID] = Counter()
    for event in events:
        if event.room_id is not None:
            gifts[event.room_id] += int(event.payload["quantity"])
            coins[event.room_id] += int(event.payload["coins"])
    rooms = sorted(gifts)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO gifts_room_tally AS t (room_id, gifts, coins)"
            " SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[])"
            " ON CONFLICT (room_id) DO UPDATE SET gifts = t.gifts + EXCLUDED.gifts,"
            " coins = t.coins + EXCLUDED.coins RETURNING room_id, gifts, coins",
            [uuid_array(rooms), [gifts[room] for room in rooms], [coins[room] for room in rooms]],
        )
        return {room: {"gifts": n, "coins": c} for room, n, c in cursor.fetchall()}


def _number(told: Sequence[tuple[Event, str, dict[str, Any]]]) -> None:
    numbering.number(
        [
            Unnumbered(event.room_id, type_, payload, _at(event))
            for event, type_, payload in told
            if event.room_id is not None
        ]
    )


def _at(event: Event) -> datetime:
    return event.at
