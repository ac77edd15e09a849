"""A room as it stands: one statement for its rows, one pure function for what a viewer sees.

The statement reads state and last event number in one database snapshot. Events numbered later
may tell what the state already holds; each says how things are, not what to add, so taking them
in again changes nothing.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from yellowcart.core import clock
from yellowcart.core.instants import iso
from yellowcart.listings.cart import ROWS, Ask, CartRow, cart_item, holds_until, permitted
from yellowcart.live.giving import GIFTS, LATEST_BAG, PACKETS
from yellowcart.live.offers import COUPONS, CouponRow, coupon_items
from yellowcart.live.stage import VIDEO, VideoRow

#: Chat messages that a snapshot carries.
LAST_MESSAGES: Final = 50
#: A server process that has not counted for this long counts no more.
PRESENCE_LASTS: Final = timedelta(seconds=12)

ONE_ROOM: Final = f"""
SELECT jsonb_build_object(
  'room_id', r.id, 'title', r.title, 'practice', r.practice,
  'on_stage', coalesce(r.on_stage_id, r.creator_id),
  'cohosts', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', b.id, 'name', b.display_name,
      'handle', b.handle, 'avatar_url', b.avatar_url) ORDER BY h.accepted_at, h.id), '[]'::jsonb)
    FROM live_cohost h JOIN people_account b ON b.id = h.account_id
    WHERE h.room_id = r.id AND h.accepted_at IS NOT NULL),
  'cover_url', r.cover_url, 'state', r.state,
  'host', jsonb_build_object('id', a.id, 'name', a.display_name, 'handle', a.handle,
                             'avatar_url', a.avatar_url),
  'scheduled_at', r.scheduled_at, 'started_at', r.started_at, 'ended_at', r.ended_at,
  'slow_mode_seconds', r.slow_mode_seconds, 'pinned_listing_id', r.pinned_listing_id,
  'selling', jsonb_build_object('reservation', r.reservation, 'hold_seconds', r.hold_seconds,
                                'purchase_limit', r.purchase_limit),
  'coupons', {COUPONS},
  'video', {VIDEO},
  'gifts', {GIFTS}, 'packets', {PACKETS}, 'bag', {LATEST_BAG},
  'seq', coalesce((SELECT q.seq FROM live_room_sequence q WHERE q.room_id = r.id), 0),
  'viewers', (SELECT coalesce(sum(v.viewers), 0) FROM live_presence v
              WHERE v.room_id = r.id AND v.seen_wall_at > %(seen_since)s),
  'counts', (SELECT coalesce(jsonb_object_agg(n.key, n.value), '{{}}'::jsonb)
             FROM live_room_counter n WHERE n.room_id = r.id
               AND (n.shown_until_wall IS NULL OR n.shown_until_wall > %(wall)s)),
  'cart', (SELECT coalesce(jsonb_agg(c.item ORDER BY c.position, c.id), '[]'::jsonb) FROM ({ROWS}
           WHERE l.surface = 'live_room' AND l.container_id = r.id
             AND l.state IN ('mounted', 'barred')) c),
  'chat', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'name', m.name,
             'role', m.role, 'text', m.text, 'account_id', m.account_id) ORDER BY m.id),
             '[]'::jsonb)
           FROM (SELECT * FROM live_chat_message m WHERE m.room_id = r.id AND m.hidden_at IS NULL
                 ORDER BY m.id DESC LIMIT {LAST_MESSAGES}) m),
  'pinned_message', (SELECT jsonb_build_object('id', m.id, 'name', m.name, 'role', m.role,
                       'text', m.text, 'account_id', m.account_id)
                     FROM live_chat_message m
                     WHERE m.id = r.pinned_message_id AND m.hidden_at IS NULL)
  )::text
FROM live_room r JOIN people_account a ON a.id = r.creator_id
WHERE r.id = %(room)s AND r.state <> 'cancelled'
"""  # noqa: S608  put together from constants


class Host(msgspec.Struct, frozen=True):
    """Whose room it is."""

    id: UUID
    name: str
    handle: str
    avatar_url: str


class Said(msgspec.Struct, frozen=True):
    """One chat message."""

    id: UUID
    name: str
    role: str
    text: str
    account_id: UUID


class Selling(msgspec.Struct, frozen=True):
    """How a room sells; see :class:`live.models.Room`."""

    reservation: str
    hold_seconds: int | None
    purchase_limit: int | None


class RoomRow(msgspec.Struct, frozen=True, kw_only=True):
    """A room as :data:`ONE_ROOM` yields it."""

    room_id: UUID
    title: str
    cover_url: str
    state: str
    host: Host
    scheduled_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    slow_mode_seconds: int
    pinned_listing_id: UUID | None
    selling: Selling
    coupons: list[CouponRow]
    video: VideoRow
    gifts: dict[str, Any]
    packets: list[dict[str, Any]]
    bag: dict[str, Any] | None
    seq: int
    viewers: int
    counts: dict[str, int]
    cart: list[CartRow]
    chat: list[Said]
    pinned_message: Said | None
    practice: bool = False
    cohosts: list[Host] = []
    on_stage: UUID | None = None


_decoder: Final = msgspec.json.Decoder(RoomRow)


def asked(room_id: UUID) -> dict[str, Any]:
    """The parameters of :data:`ONE_ROOM` at this instant."""
    wall = clock.wall()
    return {"room": room_id, "seen_since": wall - PRESENCE_LASTS, "wall": wall, "at": clock.now()}


def decode_room(text: str | bytes) -> RoomRow:
    """A room from the statement's JSON."""
    return _decoder.decode(text)


def room_view(
    row: RoomRow, ask: Ask, at: datetime, language: str, events_url: str
) -> dict[str, Any]:
    """The public snapshot of a room at an instant, in a language."""
    offered = {item.listing_id for item in row.cart if permitted(item, ask(item.facts, at))}
    pinned = row.pinned_listing_id
    return {
        "room_id": row.room_id,
        "title": row.title,
        "cover_url": row.cover_url,
        "state": row.state,
        "practice": row.practice,
        "cohosts": row.cohosts,
        "on_stage": row.on_stage,
        "host": row.host,
        "scheduled_at": iso(row.scheduled_at),
        "started_at": iso(row.started_at) if row.started_at else None,
        "ended_at": iso(row.ended_at) if row.ended_at else None,
        "slow_mode_seconds": row.slow_mode_seconds,
        "pinned_listing_id": pinned if pinned in offered else None,
        "selling": row.selling,
        "coupons": coupon_items(row.coupons, at, language),
        "video": row.video.view(),
        "gifts": row.gifts,
        "packets": row.packets,
        "bag": row.bag,
        "viewers": row.viewers,
        "counts": row.counts,
        "seq": row.seq,
        "server_time": iso(at),
        "clock_speed": clock.timeline().speed,
        "events_url": events_url,
        "cart": [cart_item(item, ask, at, language) for item in row.cart],
        "chat": row.chat,
        "pinned_message": row.pinned_message,
    }


def view_holds_until(row: RoomRow, ask: Ask, at: datetime) -> datetime | None:
    """The first instant after ``at`` at which the same rows show something else."""
    instants = [holds_until(item, ask, at) for item in row.cart]
    instants += [ends for coupon in row.coupons if (ends := coupon.ends()) > at]
    return min((i for i in instants if i is not None), default=None)
