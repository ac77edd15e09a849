"""Say what happened, in the same transaction; hand it on after the commit, exactly once.

Writers call :func:`append` inside their transaction. One relay at a time (an advisory lock)
takes what waits, in id order, and gives it to the subscribers of its topic in one transaction
with the mark that it was relayed: a subscriber that only writes to the database sees every event
exactly once; one that reaches outside defers a job.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction

from yellowcart.core import bus
from yellowcart.core.arrays import uuid_array
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.models import PLATFORM, AuditEntry, OutboxEvent

#: Wakes the relay.
CHANNEL = bus.OUTBOX
#: Said on it where somebody waits for what was written, and where people talk to each other.
AT_ONCE = "now"
SOON = "soon"
BATCH = 2_000
_RELAY_LOCK = 0x79656C6C  # any number all relays share


@dataclass(frozen=True, slots=True)
class Event:
    """One outbox row as a subscriber sees it."""

    id: UUID
    shop_id: UUID
    topic: str
    room_id: UUID | None
    payload: dict[str, Any]
    at: datetime


Subscriber = Callable[[Sequence[Event]], None]
_subscribers: defaultdict[str, list[Subscriber]] = defaultdict(list)


def subscribe(topic: str, subscriber: Subscriber) -> None:
    """Call ``subscriber`` with every batch of events whose topic starts with ``topic``."""
    if subscriber not in _subscribers[topic]:
        _subscribers[topic].append(subscriber)


def append(
    topic: str,
    payload: Mapping[str, Any],
    *,
    shop_id: UUID = PLATFORM,
    room_id: UUID | None = None,
    at_once: bool = False,
) -> UUID:
    """Record that something happened. Call it inside the transaction that made it so.

    The relay rests a little between two rounds; ``at_once`` wakes it from that.
    """
    event = OutboxEvent(
        shop_id=shop_id, id=new_id(), topic=topic, room_id=room_id, payload=dict(payload)
    )
    append_all([event], at_once=at_once)
    return event.id


def append_all(events: Sequence[OutboxEvent], *, at_once: bool = False) -> None:
    """Record many at once, and wake the relay when the transaction commits."""
    if not connection.in_atomic_block:
        raise RuntimeError("an outbox event belongs in the transaction that caused it")
    with connection.cursor() as cursor:
        # One JSON array: the driver would quote every element of seven arrays by itself.
        cursor.execute(
            "INSERT INTO core_outbox (shop_id, id, topic, room_id, payload, created_at)"
            " SELECT e.shop_id, e.id, e.topic, e.room_id, e.payload, e.created_at"
            " FROM jsonb_to_recordset(%s::jsonb) AS e(shop_id uuid, id uuid, topic text,"
            " room_id uuid, payload jsonb, created_at timestamptz)",
            [msgspec.json.encode([_row(event) for event in events]).decode()],
        )
    bus.publish(CHANNEL, AT_ONCE if at_once else "")


def _row(event: OutboxEvent) -> dict[str, Any]:
    return {
        "shop_id": event.shop_id,
        "id": event.id,
        "topic": event.topic,
        "room_id": event.room_id,
        "payload": event.payload,
        "created_at": event.created_at,
    }


def audit(actor_id: UUID | None, verb: str, target: str, **detail: Any) -> None:
    """Record who did what. Call it inside the transaction of the deed."""
    AuditEntry.objects.create(actor_id=actor_id, verb=verb, target=target, detail=detail)


def relay_once(limit: int = BATCH) -> int:
    """Relay what waits, up to ``limit`` events; how many were relayed."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_RELAY_LOCK])
            row = cursor.fetchone()
            if row is None or not row[0]:
                return 0
        rows = list(
            OutboxEvent.objects.filter(relayed_at__isnull=True)
            .select_for_update(no_key=True, skip_locked=True)
            .order_by("id")[:limit]
        )
        if not rows:
            return 0
        events = [
            Event(row.id, row.shop_id, row.topic, row.room_id, row.payload, row.created_at)
            for row in rows
        ]
        told = {event.topic for event in events}
        for prefix, subscribers in _subscribers.items():
            heard = {topic for topic in told if topic.startswith(prefix)}
            if heard:
                # A full room's batch is a thousand events of two or three topics.
                matching = (
                    events if heard == told else [one for one in events if one.topic in heard]
                )
                for subscriber in subscribers:
                    subscriber(matching)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE core_outbox SET relayed_at = %s"
                " FROM unnest(%s::uuid[], %s::uuid[]) AS done(shop_id, id)"
                " WHERE core_outbox.shop_id = done.shop_id AND core_outbox.id = done.id",
                [
                    now(),
                    uuid_array(row.shop_id for row in rows),
                    uuid_array(row.id for row in rows),
                ],
            )
    return len(rows)


def relay_all() -> int:
    """Relay until nothing waits; how many were relayed."""
    total = 0
    while count := relay_once():
        total += count
    return total
