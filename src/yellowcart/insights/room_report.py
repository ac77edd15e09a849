"""What a room came to, once it is over (or so far): for its creator and operators whole, for a
merchant the part that his own goods had in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Q, Sum

from yellowcart.core.clock import now, wall
from yellowcart.insights import room_moments, room_rules
from yellowcart.insights.models import RoomViewer
from yellowcart.insights.room_figures import ORDERS, RoomCounts, RoomSums, asked, counts_of, sums_of
from yellowcart.insights.room_kept import kept
from yellowcart.insights.room_moments import Mark, Stretch
from yellowcart.insights.room_questions import Question, questions_of
from yellowcart.insights.room_rules import ListingCounts
from yellowcart.insights.room_sellers import Sellers, sellers_of
from yellowcart.listings.models import Click, Listing
from yellowcart.live.models import Room
from yellowcart.orders.models import Conversion

#: How many of the creator's rooms before this one it is compared with.
COMPARED_ROOMS: Final = 5


@dataclass(frozen=True, slots=True)
class Goods:
    """One listing of the room and what it did."""

    listing_id: UUID
    title: str
    source: str
    integration: str
    shop_name: str
    counts: ListingCounts


@dataclass(frozen=True, slots=True)
class Buyers:
    """Who paid: new ones, and those who had paid before (for anything of this creator's, or of
    this shop where the report is a merchant's), with what they paid."""

    new: int
    returning: int
    new_minor: int
    returning_minor: int


@dataclass(frozen=True, slots=True)
class Refunds:
    """What went back so far, of how much that was paid."""

    orders: int
    minor: int
    paid_orders: int


@dataclass(frozen=True, slots=True)
class Away:
    """What left for one source, and what it told of since, in one currency.

    ``sales`` and ``minor`` are those it stands by; ``revoked`` are not among them.
    """

    source: str
    clicks: int
    people: int
    currency: str
    sales: int
    minor: int
    revoked: int
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch of the show with what it sold, where a recording shows it, and the replay's
    explanation that is cut there."""

    stretch: Stretch
    title: str
    bought: room_moments.Bought
    recording: tuple[UUID, int] | None
    clip: UUID | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the report says. ``shop_id`` names the merchant whose part it is."""

    room: Room
    started_at: datetime
    until: datetime
    shop_id: UUID | None
    counts: RoomCounts
    goods: Sequence[Goods]
    buyers: Buyers
    refunds: Refunds
    sellers: Sellers
    away: Sequence[Away]
    moments: Sequence[Moment]
    marks: Sequence[Mark]
    questions: Sequence[Question]
    stay_seconds: int | None
    before: Sequence[tuple[Room, RoomSums]]

    @property
    def minutes(self) -> list[room_rules.Minute]:
        """Every minute of the show."""
        return room_rules.filled(self.counts.minutes, self.started_at, self.until)


def report_of(room: Room, shop_id: UUID | None = None) -> Report | None:
    """The report; None of a room that never began."""
    if room.started_at is None:
        return None
    counts = counts_of(room, shop_id)
    until = room.ended_at or now()
    values = asked(
        room.id, room.started_at, room.ended_at, at=now(), seen_since=wall(), shop_id=shop_id
    )
    goods = _goods(room, counts, shop_id)
    whole = shop_id is None
    moments, marks = _moments(room, counts, goods, values, until)
    return Report(
        room=room,
        started_at=room.started_at,
        until=until,
        shop_id=shop_id,
        counts=counts,
        goods=goods,
        buyers=kept(
            room, shop_id, "buyers", Buyers, lambda: _buyers(room, values, counts.currency)
        ),
        refunds=kept(room, shop_id, "refunds", Refunds, lambda: _refunds(values, counts.currency)),
        sellers=kept(room, shop_id, "sellers", Sellers, lambda: sellers_of(room, values)),
        away=_away(room, until, shop_id),
        moments=moments,
        marks=marks if whole else [],
        questions=questions_of(room.id) if whole else [],
        stay_seconds=_stay(room) if whole else None,
        before=_before(room) if whole else [],
    )


def _goods(room: Room, counts: RoomCounts, shop_id: UUID | None) -> list[Goods]:
    done = {one.listing_id: one for one in counts.listings}
    rows = Listing.objects.filter(surface="live_room", container_id=room.id)
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    goods = [
        Goods(
            row.id,
            row.product.title,
            row.source,
            row.integration,
            row.shop.name,
            done.get(row.id) or ListingCounts(row.id),
        )
        for row in rows.select_related("product", "shop")
    ]
    return sorted(
        goods, key=lambda one: (-one.counts.placed_minor, -one.counts.jumps, -one.counts.seen)
    )


def _moments(
    room: Room,
    counts: RoomCounts,
    goods: Sequence[Goods],
    values: dict[str, Any],
    until: datetime,
) -> tuple[list[Moment], list[Mark]]:
    titles = {one.listing_id: one.title for one in goods}
    pins, marks = room_moments.pins_and_marks(room)
    found = [one for one in room_moments.stretches(pins, until) if one.listing_id in titles]
    bought = kept(
        room,
        values["shop"],
        "bought",
        list[room_moments.Bought],
        lambda: room_moments.bought_in(found, values, counts.currency),
    )
    recordings, clips = room_moments.recordings_of(room), room_moments.clips_of(room)
    places = [room_moments.place_in(recordings, one.start) for one in found]
    return [
        Moment(
            one,
            titles[one.listing_id],
            bought[number],
            places[number],
            room_moments.clip_at(clips, places[number], one.listing_id),
        )
        for number, one in enumerate(found)
    ], marks


_BUYERS: Final = f"""
WITH o AS MATERIALIZED ({ORDERS}),
paid AS (
  SELECT buyer_id, sum(amount_minor) AS minor FROM o
  WHERE paid_at IS NOT NULL AND currency = %(currency)s GROUP BY 1
), told AS (
  SELECT paid.minor, EXISTS (SELECT FROM orders_order p WHERE p.buyer_id = paid.buyer_id
    AND p.placed_at < %(start)s AND p.paid_at IS NOT NULL
    AND CASE WHEN %(shop)s::uuid IS NULL THEN p.creator_id = %(creator)s
             ELSE p.shop_id = %(shop)s::uuid END) AS back
  FROM paid
)
SELECT count(*) FILTER (WHERE NOT back), count(*) FILTER (WHERE back),
       coalesce(sum(minor) FILTER (WHERE NOT back), 0)::bigint,
       coalesce(sum(minor) FILTER (WHERE back), 0)::bigint
FROM told
"""  # noqa: S608  put together from constants

_REFUNDS: Final = f"""
WITH o AS MATERIALIZED ({ORDERS})
SELECT count(*) FILTER (WHERE refunded_minor > 0), coalesce(sum(refunded_minor), 0)::bigint,
       count(*)
FROM o WHERE paid_at IS NOT NULL AND currency = %(currency)s
"""  # noqa: S608  put together from constants


def _one(statement: str, values: dict[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def _buyers(room: Room, values: dict[str, Any], currency: str) -> Buyers:
    more = {**values, "currency": currency, "creator": room.creator_id}
    return Buyers(*_one(_BUYERS, more))


def _refunds(values: dict[str, Any], currency: str) -> Refunds:
    return Refunds(*_one(_REFUNDS, {**values, "currency": currency}))


def _away(room: Room, until: datetime, shop_id: UUID | None) -> list[Away]:
    """By source: sales may be learned long after the room ended."""
    only = Q() if shop_id is None else Q(shop_id=shop_id)
    clicks = (
        Click.objects.filter(
            only,
            surface="live_room",
            container_id=room.id,
            at__gte=room.started_at,
            at__lt=until,
        )
        .order_by()
        .values("source")
        .annotate(clicks=Count("id"), people=Count("viewer_id", distinct=True))
    )
    kept = ~Q(status="closed")
    told = (
        Conversion.objects.filter(
            only,
            surface="live_room",
            container_id=room.id,
            ordered_at__gte=room.started_at,
            in_window=True,
        )
        .order_by()
        .values("source", "currency")
        .annotate(
            sales=Count("id", filter=kept),
            minor=Sum("amount_minor", filter=kept),
            revoked=Count("id", filter=~kept),
            told_at=Max("last_told_at"),
        )
    )
    left = {row["source"]: (row["clicks"], row["people"]) for row in clicks}
    rows = [
        Away(
            row["source"],
            *left.get(row["source"], (0, 0)),
            row["currency"],
            row["sales"],
            int(row["minor"] or 0),
            row["revoked"],
            row["told_at"],
        )
        for row in told
    ]
    known = {row.source for row in rows}
    rows += [
        Away(source, count, people, "", 0, 0, 0, None)
        for source, (count, people) in left.items()
        if source not in known
    ]
    return sorted(rows, key=lambda one: (-one.clicks, one.source, one.currency))


def _stay(room: Room) -> int | None:
    """How long a viewer stayed on average, of those who have left; None without any."""
    found = RoomViewer.objects.filter(room_id=room.id, seconds__gt=0).aggregate(
        seconds=Sum("seconds"), people=Count("viewer_id")
    )
    return room_rules.per(int(found["seconds"]), found["people"]) if found["people"] else None


def _before(room: Room) -> list[tuple[Room, RoomSums]]:
    rooms = (
        Room.objects.filter(
            creator_id=room.creator_id,
            state="ended",
            practice=False,
            started_at__lt=room.started_at,
            started_at__gte=(room.started_at or now()) - timedelta(days=90),
        )
        .exclude(id=room.id)
        .order_by("-started_at")[:COMPARED_ROOMS]
    )
    return [(one, sums_of(one)) for one in rooms]
