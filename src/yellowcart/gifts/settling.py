"""Parting gifts: a room's gifts of some time, in one balanced entry and one line of a statement.

``payment -> coins -> tips -> tax, host, platform``. What is given is the host's within a minute or
so; the worker's duty looks for it.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Min

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.gifts.models import GiftBatch, GiftSent
from yellowcart.ledger.actions import do_post
from yellowcart.ledger.rules import Kind, Line
from yellowcart.live.queries import get_room
from yellowcart.settlement import parties
from yellowcart.settlement.gifts import do_settle_tip

#: A room's gifts are parted together once the first of them is so old.
EVERY: Final = timedelta(minutes=1)
#: Rooms looked at in one go.
ROOMS: Final = 200


def settle_duty() -> datetime | None:
    """Part what was given long enough ago; when to look again."""
    at = now()
    waiting = GiftSent.objects.filter(batch_id__isnull=True)
    due = list(
        waiting.values("room_id").annotate(first=Min("at")).filter(first__lte=at - EVERY)[:ROOMS]
    )
    for row in due:
        do_settle_room(row["room_id"])
    first = waiting.aggregate(first=Min("at"))["first"]
    return first + EVERY if first is not None else None


@transaction.atomic
def do_settle_room(room_id: UUID) -> list[GiftBatch]:
    """Part everything a room was given and that was not parted yet."""
    at = now()
    batch_of: dict[str, UUID] = {
        currency: new_id()
        for currency in GiftSent.objects.filter(room_id=room_id, batch_id__isnull=True)
        .values_list("currency", flat=True)
        .distinct()
    }
    return [
        batch
        for currency, batch_id in batch_of.items()
        if (batch := _settle(room_id, batch_id, currency, at)) is not None
    ]


def _settle(room_id: UUID, batch_id: UUID, currency: str, at: datetime) -> GiftBatch | None:
    with connection.cursor() as cursor:
        # Another worker's uncommitted batch makes this wait, and then finds nothing of its own.
        cursor.execute(
            "WITH taken AS (UPDATE gifts_sent SET batch_id = %s"
            " WHERE room_id = %s AND currency = %s AND batch_id IS NULL"
            " RETURNING quantity, coins, worth_minor)"
            " SELECT coalesce(sum(quantity), 0)::bigint, coalesce(sum(coins), 0)::bigint,"
            " coalesce(sum(worth_minor), 0)::bigint FROM taken",
            [batch_id, room_id, currency],
        )
        gifts, coins, worth = cursor.fetchone()
    if not gifts:
        return None
    room = get_room(room_id)
    tax = host = platform = 0
    if worth:
        do_post(
            f"gifts:{batch_id}",
            f"Gifts in room {room_id}",
            [
                Line(parties.PLATFORM, Kind.COINS, currency, worth),
                Line(parties.PLATFORM, Kind.TIPS, currency, -worth),
            ],
        )
        parts = do_settle_tip(
            f"tip:{batch_id}",
            creator_id=room.creator_id,
            amount_minor=worth,
            currency=currency,
            reason=room.title,
        )
        tax, host, platform = parts.tax, parts.host, parts.platform
    return GiftBatch.objects.create(
        id=batch_id,
        room_id=room_id,
        host_id=room.creator_id,
        gifts=gifts,
        coins=coins,
        worth_minor=worth,
        tax_minor=tax,
        host_minor=host,
        platform_minor=platform,
        currency=currency,
        at=at,
    )
