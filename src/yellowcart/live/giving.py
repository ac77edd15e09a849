"""What a room shows of gifts, red packets and lucky bags.

The folder ``gifts``, which stands above this one, writes them; here they are read by name, with
the room in one statement, or by themselves for the events that tell of them. Both ways give the
same JSON, so that a viewer who was there and one who comes later see the same.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connection

from yellowcart.core.arrays import uuid_array

GIFT: Final = "gift"
PACKET: Final = "packet"
BAG: Final = "bag"

#: Combos that a snapshot carries, the latest.
LAST_COMBOS: Final = 12
#: Entrants' names among the winners are masked by the database, as :func:`gifts.rules.masked` does.
_MASKED: Final = """
CASE WHEN length(z.name) <= 1 THEN z.name || '*'
     ELSE left(z.name, 1) || repeat('*', least(greatest(length(z.name) - 2, 1), 3))
          || CASE WHEN length(z.name) > 2 THEN right(z.name, 1) ELSE '' END END
"""


def _iso(column: str) -> str:
    """An instant as JSON carries it, whatever zone the connection is set to."""
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


_COMBO: Final = f"""
jsonb_build_object('id', o.id, 'account_id', o.account_id, 'name', o.name, 'gift', o.gift,
  'count', o.count, 'coins', o.coins, 'at', {_iso("o.last_at")})
"""
_PACKET: Final = f"""
jsonb_build_object('id', p.id, 'name', p.made_by_name, 'by', split_part(p.funder, ':', 1),
  'coins', p.coins, 'pieces', p.pieces, 'split', p.split, 'entry', p.entry,
  'opens_at', {_iso("p.opens_at")}, 'expires_at', {_iso("p.expires_at")}, 'state', p.state,
  'taken', (SELECT count(*) FROM gifts_packet_share s
            WHERE s.packet_id = p.id AND s.claimed_by IS NOT NULL))
"""  # noqa: S608  put together from constants
_BAG: Final = f"""
jsonb_build_object('id', b.id, 'title', b.title, 'prize', b.prize, 'winners_wanted', b.winners,
  'coins_each', b.coins_each, 'listing_id', b.listing_id, 'coupon_id', b.coupon_id,
  'needs', jsonb_build_object('follow', b.must_follow, 'say', b.must_say,
                              'watch_seconds', b.must_watch_seconds, 'buy', b.must_buy),
  'opens_at', {_iso("b.opens_at")}, 'closes_at', {_iso("b.closes_at")}, 'state', b.state,
  'commit', b.commit,
  'entrants_hash', b.entrants_hash, 'drawn_at', {_iso("b.drawn_at")},
  'entrants', CASE WHEN b.state = 'open'
    THEN (SELECT count(*) FROM gifts_bag_entry e WHERE e.bag_id = b.id) ELSE b.entrants END,
  'winners', CASE WHEN b.state = 'drawn' THEN (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'pseudonym', z.pseudonym, 'name', {_MASKED})
      ORDER BY z.number), '[]'::jsonb)
    FROM gifts_prize z WHERE z.bag_id = b.id AND z.account_id IS NOT NULL) ELSE '[]'::jsonb END)
"""  # noqa: S608  put together from constants

#: Of the room ``r``: what it was given in all, and the latest combos, the last one last.
GIFTS: Final = f"""
jsonb_build_object(
  'gifts', coalesce((SELECT t.gifts FROM gifts_room_tally t WHERE t.room_id = r.id), 0),
  'coins', coalesce((SELECT t.coins FROM gifts_room_tally t WHERE t.room_id = r.id), 0),
  'combos', (SELECT coalesce(jsonb_agg({_COMBO} ORDER BY o.last_at, o.id), '[]'::jsonb)
             FROM (SELECT * FROM gifts_combo o WHERE o.room_id = r.id
                   ORDER BY o.last_at DESC, o.id DESC LIMIT {LAST_COMBOS}) o))
"""  # noqa: S608  put together from constants
#: Of the room ``r``: its red packets that are not over.
PACKETS: Final = f"""
(SELECT coalesce(jsonb_agg({_PACKET} ORDER BY p.opens_at, p.id), '[]'::jsonb)
 FROM gifts_packet p WHERE p.room_id = r.id AND p.state = 'open')
"""  # noqa: S608  put together from constants
#: Of the room ``r``: its latest lucky bag, or null.
LATEST_BAG: Final = f"""
(SELECT {_BAG} FROM gifts_bag b WHERE b.room_id = r.id ORDER BY b.opens_at DESC, b.id DESC LIMIT 1)
"""  # noqa: S608  put together from constants


def combos(ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Combos as rooms are told of them."""
    return _read(f"SELECT o.id, ({_COMBO})::text FROM gifts_combo o WHERE o.id = ANY(%s)", ids)  # noqa: S608  constants


def packets(ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Red packets as rooms are told of them."""
    return _read(f"SELECT p.id, ({_PACKET})::text FROM gifts_packet p WHERE p.id = ANY(%s)", ids)  # noqa: S608  constants


def bags(ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Lucky bags as rooms are told of them; the seed is not in it."""
    return _read(f"SELECT b.id, ({_BAG})::text FROM gifts_bag b WHERE b.id = ANY(%s)", ids)  # noqa: S608  constants


def _read(statement: str, ids: Sequence[UUID]) -> dict[UUID, Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("ANY(%s)", "ANY(%s::uuid[])"), [uuid_array(ids)])
        return {key: msgspec.Raw(text.encode()) for key, text in cursor.fetchall()}
