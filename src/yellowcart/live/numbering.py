"""Gives a room's events their numbers, after the commit, without gaps.

The relay calls the subscribers below with what was written to the outbox, in one transaction with
the mark that it was relayed, one relay at a time. Whatever commits late is simply numbered later.
All work is set-based: a cut-over brings thousands of rooms in one batch.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connection

from yellowcart.core import bus, clock
from yellowcart.core.arrays import uuid_array
from yellowcart.core.outbox import Event
from yellowcart.listings import actions as listings
from yellowcart.listings.cart import BY_IDS
from yellowcart.live import events as types
from yellowcart.live.offers import OF_ROOMS
from yellowcart.live.stage import of_rooms as stages_of

#: Tells server processes in which rooms something happened: room ids in hex, comma between.
CHANNEL: Final = "rooms"
_ROOMS_A_MESSAGE: Final = bus.MAX_PAYLOAD // 33


@dataclass(frozen=True, slots=True)
class Unnumbered:
    """What happened in a room, before it has a number."""

    room_id: UUID
    type: str
    payload: dict[str, Any]
    at: datetime


def on_room_events(events: Sequence[Event]) -> None:
    """Number what was announced under ``room.<type>``."""
    waiting = [
        Unnumbered(event.room_id, event.topic.removeprefix(types.PREFIX), event.payload, event.at)
        for event in events
        if event.room_id is not None
    ]
    number(_without_stale_pins(_with_video(_with_coupons(_with_rows(waiting)))))


def on_orders_placed(events: Sequence[Event]) -> None:
    """Tell rooms what was sold in them, and every room that offers it what is left.

    However many orders a batch holds, a room hears one ``sold`` a listing and one ``stock`` a SKU.
    """
    if not events:
        return
    at = events[-1].at
    sold: dict[tuple[UUID, UUID], int] = {}
    for event in events:
        listing_id, room_id = event.payload.get("listing_id"), event.payload.get("room_id")
        if listing_id and room_id:
            key = (UUID(room_id), UUID(listing_id))
            sold[key] = sold.get(key, 0) + int(event.payload["quantity"])
    totals = listings.do_count_sold({listing: count for (_room, listing), count in sold.items()})
    skus = {UUID(event.payload["sku_id"]) for event in events if event.payload.get("sku_id")}
    number(
        [
            *_stock_of(_keys_of_skus(skus), at),
            *_allocations_of(events),
            *(
                Unnumbered(
                    room_id,
                    types.SOLD,
                    {
                        "listing_id": str(listing_id),
                        "quantity": count,
                        "total": totals[listing_id],
                    },
                    at,
                )
                for (room_id, listing_id), count in sold.items()
                if listing_id in totals
            ),
        ]
    )


def on_orders_closed(events: Sequence[Event]) -> None:
    """Tell every room that offers a SKU what is left of it, now that orders gave pieces back."""
    if events:
        skus = {UUID(event.payload["sku_id"]) for event in events}
        number([*_stock_of(_keys_of_skus(skus), events[-1].at), *_allocations_of(events)])


def on_stock_changed(events: Sequence[Event]) -> None:
    """Tell every room that offers a SKU what is left of it."""
    keys = {(event.shop_id, UUID(event.payload["sku_id"])) for event in events}
    number(_stock_of(sorted(keys), events[-1].at) if events else [])


def on_goods_changed(events: Sequence[Event]) -> None:
    """Show rooms what a product, or its shop, has become."""
    products = {UUID(e.payload["product_id"]) for e in events if "product_id" in e.payload}
    shops = {UUID(e.payload["shop_id"]) for e in events if "product_id" not in e.payload}
    if not products and not shops:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, l.container_id FROM listings_listing l"
            " JOIN live_room r ON r.id = l.container_id AND r.state IN ('scheduled', 'live')"
            " WHERE l.surface = 'live_room' AND l.state IN ('mounted', 'barred')"
            " AND (l.product_id = ANY(%s::uuid[]) OR l.shop_id = ANY(%s::uuid[]))",
            [list(products), list(shops)],
        )
        found = cursor.fetchall()
    at = events[-1].at
    number(
        _with_rows(
            [
                Unnumbered(room_id, types.MOUNTED, {"listing_id": str(listing_id)}, at)
                for listing_id, room_id in found
            ]
        )
    )


def number(waiting: Sequence[Unnumbered]) -> None:
    """Store events under the next numbers of their rooms, in the order given, and tell servers."""
    if not waiting:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH waiting AS (
              SELECT w.*, row_number() OVER (PARTITION BY room_id ORDER BY ord) AS n
              FROM jsonb_to_recordset(%s::jsonb)
                   AS w(room_id uuid, type text, payload jsonb, at timestamptz, ord int)
            ), counted AS (
              SELECT room_id, count(*) AS n FROM waiting GROUP BY room_id ORDER BY room_id
            ), given AS (
              INSERT INTO live_room_sequence (room_id, seq) SELECT room_id, n FROM counted
              ON CONFLICT (room_id) DO UPDATE SET seq = live_room_sequence.seq + EXCLUDED.seq
              RETURNING room_id, seq
            )
            INSERT INTO live_room_event (room_id, seq, type, payload, at)
            SELECT w.room_id, g.seq - c.n + w.n, w.type, w.payload, w.at
            FROM waiting w JOIN counted c USING (room_id) JOIN given g USING (room_id)
            """,
            [
                msgspec.json.encode(
                    [
                        {
                            "room_id": event.room_id,
                            "type": event.type,
                            "payload": event.payload,
                            "at": event.at,
                            "ord": place,
                        }
                        for place, event in enumerate(waiting)
                    ]
                ).decode()
            ],
        )
    rooms = sorted({event.room_id for event in waiting})
    for part in _parts(rooms, _ROOMS_A_MESSAGE):
        bus.publish(CHANNEL, ",".join(room.hex for room in part))


def _parts(rooms: Sequence[UUID], size: int) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(rooms), size):
        yield rooms[start : start + size]


def _with_rows(waiting: list[Unnumbered]) -> list[Unnumbered]:
    """The same, with each mounted listing's row as it is now: stock and words are at least as new
    as every event numbered before."""
    wanted = {UUID(e.payload["listing_id"]) for e in waiting if e.type == types.MOUNTED}
    if not wanted:
        return waiting
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT q.id, q.item::text FROM ({BY_IDS}) q",  # noqa: S608  a constant
            {"ids": list(wanted)},
        )
        rows = {listing_id: msgspec.Raw(item.encode()) for listing_id, item in cursor.fetchall()}
    return [
        Unnumbered(e.room_id, e.type, {"row": rows[UUID(e.payload["listing_id"])]}, e.at)
        if e.type == types.MOUNTED
        else e
        for e in waiting
        if e.type != types.MOUNTED or UUID(e.payload["listing_id"]) in rows
    ]


def _allocations_of(events: Sequence[Event]) -> list[Unnumbered]:
    """The listings of these orders whose special prices are for so many pieces, as they are now:
    what is left of such a price has changed, and with it maybe the price."""
    listings_ = {UUID(e.payload["listing_id"]) for e in events if e.payload.get("listing_id")}
    at = events[-1].at
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, l.container_id FROM listings_listing l"
            " WHERE l.id = ANY(%s::uuid[]) AND l.surface = 'live_room'"
            " AND l.state IN ('mounted', 'barred')"
            " AND EXISTS (SELECT FROM listings_special_price p WHERE p.listing_id = l.id"
            "  AND p.ended_at IS NULL AND p.allocation IS NOT NULL"
            "  AND p.starts_at <= %s AND (p.ends_at IS NULL OR p.ends_at > %s)) ORDER BY l.id",
            [list(listings_), at, at],
        )
        found = cursor.fetchall()
    return _with_rows(
        [
            Unnumbered(room_id, types.MOUNTED, {"listing_id": str(listing_id)}, at)
            for listing_id, room_id in found
        ]
    )


def _with_coupons(waiting: list[Unnumbered]) -> list[Unnumbered]:
    """The same, with what rooms offer as it is now, also where goods came or left whose shop
    gives coupons."""
    asked = {event.room_id: event.at for event in waiting if event.type == types.COUPONS}
    carts = {
        event.room_id: event.at
        for event in waiting
        if event.type in {types.MOUNTED, types.UNMOUNTED} and event.room_id not in asked
    }
    with connection.cursor() as cursor:
        if carts:
            cursor.execute(
                "SELECT DISTINCT l.container_id FROM listings_listing l"
                " JOIN promotions_coupon c ON c.shop_id = l.shop_id AND c.ended_at IS NULL"
                "  AND c.use_until > %s"
                " WHERE l.surface = 'live_room' AND l.container_id = ANY(%s::uuid[])",
                [clock.now(), uuid_array(carts)],
            )
            asked |= {room_id: carts[room_id] for (room_id,) in cursor.fetchall()}
        if not asked:
            return waiting
        cursor.execute(OF_ROOMS, {"rooms": list(asked), "at": clock.now()})
        offered = {room_id: msgspec.Raw(text.encode()) for room_id, text in cursor.fetchall()}
    return [event for event in waiting if event.type != types.COUPONS] + [
        Unnumbered(room_id, types.COUPONS, {"rows": offered[room_id]}, at)
        for room_id, at in asked.items()
        if room_id in offered
    ]


def _with_video(waiting: list[Unnumbered]) -> list[Unnumbered]:
    """The same, with each stage as it is now, also where the room went on or off air."""
    asked = {e.room_id: e.at for e in waiting if e.type in {types.VIDEO, types.STATE}}
    if not asked:
        return waiting
    return [event for event in waiting if event.type != types.VIDEO] + [
        Unnumbered(room_id, types.VIDEO, stage, asked[room_id])
        for room_id, stage in stages_of(asked).items()
    ]


def _without_stale_pins(waiting: list[Unnumbered]) -> list[Unnumbered]:
    """The same, and the end of every pin whose listing left or was barred."""
    gone: set[str] = set()
    rooms: dict[UUID, datetime] = {}
    for event in waiting:
        if event.type == types.UNMOUNTED:
            gone.add(event.payload["listing_id"])
        elif event.type == types.BARRED:
            gone.update(event.payload["listings"])
        else:
            continue
        rooms[event.room_id] = event.at
    if not gone:
        return waiting
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE live_room SET pinned_listing_id = NULL"
            " WHERE id = ANY(%s::uuid[]) AND pinned_listing_id = ANY(%s::uuid[]) RETURNING id",
            [uuid_array(rooms), "{" + ",".join(gone) + "}"],
        )
        cleared = [room_id for (room_id,) in cursor.fetchall()]
    return waiting + [
        Unnumbered(room_id, types.PINNED, {"listing_id": None}, rooms[room_id])
        for room_id in cleared
    ]


def _keys_of_skus(skus: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    """The stock rows that SKUs draw on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT stock_shop_id, stock_sku_id FROM catalog_sku"
            " WHERE id = ANY(%s::uuid[])",
            [list(skus)],
        )
        return [(shop_id, sku_id) for shop_id, sku_id in cursor.fetchall()]


def _stock_of(keys: Sequence[tuple[UUID, UUID]], at: datetime) -> list[Unnumbered]:
    """What is left of each stock row, for every SKU that draws on it in every open room."""
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.container_id, l.id, k.id, st.on_hand - st.reserved - st.sold"
            " FROM unnest(%s::uuid[], %s::uuid[]) AS w(shop_id, sku_id)"
            " JOIN inventory_stock st ON st.shop_id = w.shop_id AND st.sku_id = w.sku_id"
            " JOIN catalog_sku k ON k.stock_shop_id = w.shop_id AND k.stock_sku_id = w.sku_id"
            "  AND k.active"
            " JOIN listings_listing l ON l.product_id = k.product_id AND l.surface = 'live_room'"
            "  AND l.state IN ('mounted', 'barred') AND l.integration <> 'link'"
            " JOIN live_room r ON r.id = l.container_id AND r.state IN ('scheduled', 'live')"
            " ORDER BY l.container_id, l.id, k.position, k.id",
            [[shop_id for shop_id, _sku in keys], [sku_id for _shop, sku_id in keys]],
        )
        return [
            Unnumbered(
                room_id,
                types.STOCK,
                {"listing_id": str(listing_id), "sku_id": str(sku_id), "available": available},
                at,
            )
            for room_id, listing_id, sku_id, available in cursor.fetchall()
        ]
