"""Every statement the edge sends to PostgreSQL."""

from collections.abc import Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from yellowcart.core import clock
from yellowcart.core.clock import Timeline
from yellowcart.core.ids import new_id
from yellowcart.core.models import PLATFORM
from yellowcart.listings.cart import BY_IDS, CartRow, decode_row
from yellowcart.live.snapshot import ONE_ROOM, PRESENCE_LASTS, RoomRow, asked, decode_room

#: Most events fetched for all rooms at once; what is left is fetched right after.
FETCH: Final = 5_000


class EventRow(NamedTuple):
    """A numbered event. ``payload`` is JSON text."""

    room_id: UUID
    seq: int
    type: str
    payload: str
    at: datetime


class FloorRow(NamedTuple):
    """What decides whether an account may speak in a room."""

    room_id: UUID
    account_id: UUID
    state: str
    slow_mode_seconds: int
    blocked_words: list[str]
    muted_until: datetime | None
    blocked: bool
    shown_out: bool
    last_message_id: UUID | None


class Line(msgspec.Struct, frozen=True):
    """A chat message to be written."""

    id: UUID
    room_id: UUID
    account_id: UUID
    name: str
    role: str
    text: str
    at: datetime


class ClickRow(msgspec.Struct, frozen=True):
    """A jump-out to be written."""

    id: UUID
    row: CartRow
    viewer_id: UUID | None
    rule: str
    revision: int
    at: datetime
    link_id: UUID | None = None


Connection = AsyncConnection[tuple[Any, ...]]


class Store:
    """The edge's reads and writes, over a pool of its own."""

    def __init__(self, pool: AsyncConnectionPool[Connection]) -> None:
        self._pool = pool

    async def room(self, room_id: UUID) -> RoomRow | None:
        """A room as it stands, in one database snapshot; None where there is none to show."""
        async with self._pool.connection() as conn:
            cursor = await conn.execute(ONE_ROOM, asked(room_id))
            row = await cursor.fetchone()
        return decode_room(row[0]) if row else None

    async def picture(self, address_id: UUID, size: str) -> tuple[str, bytes] | None:
        """Our copy of what is at an address, and the mark of what it shows; None without one."""
        async with self._pool.connection() as conn:
            cursor = await conn.execute(
                "SELECT p.digest, CASE WHEN %s = 'large' THEN p.large ELSE p.small END"
                " FROM pictures_address a JOIN pictures_picture p ON p.digest = a.picture_id"
                " WHERE a.id = %s",
                [size, address_id],
            )
            row = await cursor.fetchone()
        return (row[0], bytes(row[1])) if row else None

    async def listing(self, listing_id: UUID) -> CartRow | None:
        """A listing, whatever its state."""
        async with self._pool.connection() as conn:
            cursor = await conn.execute(
                f"SELECT q.item::text FROM ({BY_IDS}) q",  # noqa: S608  a constant
                {"ids": [listing_id]},
            )
            row = await cursor.fetchone()
        return decode_row(row[0]) if row else None

    async def one_text(self, statement: str, values: Mapping[str, Any]) -> str:
        """The one value, as text, of the one row that a statement yields."""
        async with self._pool.connection() as conn:
            cursor = await conn.execute(statement, values)
            row = await cursor.fetchone()
        return str(row[0]) if row else ""

    async def last_events(self, room_id: UUID, most: int) -> tuple[list[EventRow], int]:
        """The room's last ``most`` events, first to last, and its last number."""
        async with self._pool.connection() as conn:
            cursor = await conn.execute(
                "SELECT q.seq, e.seq, e.type, e.payload::text, e.at"
                " FROM (SELECT coalesce((SELECT seq FROM live_room_sequence"
                "  WHERE room_id = %(room)s), 0) AS seq) q"
                " LEFT JOIN live_room_event e ON e.room_id = %(room)s"
                " ORDER BY e.seq DESC NULLS LAST LIMIT %(most)s",
                {"room": room_id, "most": most},
            )
            found = await cursor.fetchall()
        rows = [EventRow(room_id, *row[1:]) for row in reversed(found) if row[1] is not None]
        return rows, found[0][0]

    async def events_after(self, rooms: Sequence[tuple[UUID, int]]) -> list[EventRow]:
        """What happened in each room after its number, by room and number; at most
        :data:`FETCH`."""
        async with self._pool.connection() as conn:
            cursor = await conn.execute(
                "SELECT e.room_id, e.seq, e.type, e.payload::text, e.at"
                " FROM unnest(%s::uuid[], %s::bigint[]) AS w(room_id, seq)"
                " JOIN live_room_event e ON e.room_id = w.room_id AND e.seq > w.seq"
                " ORDER BY e.room_id, e.seq LIMIT %s",
                [[room for room, _seq in rooms], [seq for _room, seq in rooms], FETCH],
            )
            return [EventRow(*row) for row in await cursor.fetchall()]

    async def count(
        self,
        node_id: UUID,
        viewers: Mapping[UUID, int],
        added: Mapping[UUID, Mapping[str, int]],
    ) -> dict[UUID, tuple[int, dict[str, int]]]:
        """Say how many viewers this process has in each room and what it adds to rooms' counters;
        viewers and counters of all processes, of the rooms in ``viewers``."""
        rooms = sorted(viewers)
        adding = sorted((room, key, n) for room, keys in added.items() for key, n in keys.items())
        wall = clock.wall()
        async with self._pool.connection() as conn, conn.transaction():
            if rooms:
                await conn.execute(
                    "INSERT INTO live_presence (id, node_id, room_id, viewers, seen_wall_at)"
                    " SELECT w.id, %s, w.room_id, w.viewers, %s"
                    " FROM unnest(%s::uuid[], %s::uuid[], %s::int[]) AS w(id, room_id, viewers)"
                    " ON CONFLICT (node_id, room_id) DO UPDATE"
                    " SET viewers = EXCLUDED.viewers, seen_wall_at = EXCLUDED.seen_wall_at",
                    [node_id, wall, [new_id() for _ in rooms], rooms, [viewers[r] for r in rooms]],
                )
            if adding:
                await conn.execute(
                    "INSERT INTO live_room_counter (room_id, key, value)"
                    " SELECT * FROM unnest(%s::uuid[], %s::text[], %s::bigint[])"
                    " ON CONFLICT (room_id, key) DO UPDATE"
                    " SET value = live_room_counter.value + EXCLUDED.value",
                    [list(column) for column in zip(*adding, strict=True)],
                )
            cursor = await conn.execute(
                "SELECT w.room_id, (SELECT coalesce(sum(p.viewers), 0)::int FROM live_presence p"
                "  WHERE p.room_id = w.room_id AND p.seen_wall_at > %(since)s),"
                " (SELECT coalesce(jsonb_object_agg(n.key, n.value), '{}'::jsonb)"
                "  FROM live_room_counter n WHERE n.room_id = w.room_id"
                "  AND (n.shown_until_wall IS NULL OR n.shown_until_wall > %(wall)s))"
                " FROM unnest(%(rooms)s::uuid[]) AS w(room_id)",
                {"rooms": rooms, "since": wall - PRESENCE_LASTS, "wall": wall},
            )
            return {room: (here, counts) for room, here, counts in await cursor.fetchall()}

    async def forget_presence(self, node_id: UUID) -> None:
        """Take back this process's counts, and those of processes long gone."""
        async with self._pool.connection() as conn:
            await conn.execute(
                "DELETE FROM live_presence WHERE node_id = %s OR seen_wall_at < %s",
                [node_id, clock.wall() - 10 * PRESENCE_LASTS],
            )

    async def shown_out(self) -> tuple[frozenset[tuple[UUID, UUID]], frozenset[UUID]]:
        """Who may not be in rooms that are open or to come: (room, viewer); and accounts that the
        platform blocked so lately that passes of theirs may still be good."""
        since = clock.now() - timedelta(seconds=settings.PASS_SECONDS)
        async with self._pool.connection() as conn:
            cursor = await conn.execute(
                "SELECT b.room_id, b.viewer_id FROM live_room_block b"
                " JOIN live_room r ON r.id = b.room_id AND r.state IN ('scheduled', 'live')"
                " UNION ALL SELECT NULL, a.id FROM people_account a WHERE a.blocked_at > %s",
                [since],
            )
            found = await cursor.fetchall()
        return (
            frozenset((room, viewer) for room, viewer in found if room is not None),
            frozenset(account for room, account in found if room is None),
        )

    async def clock_line(self) -> Timeline:
        """The installation's clock."""
        async with self._pool.connection() as conn:
            cursor = await conn.execute("SELECT wall_us, platform_us, speed FROM core_clock")
            row = await cursor.fetchone()
        return Timeline(*row) if row else Timeline()

    @asynccontextmanager
    async def transaction(self) -> Any:
        """A connection in a transaction."""
        async with self._pool.connection() as conn, conn.transaction():
            yield conn

    async def floors(
        self, conn: Connection, speakers: Sequence[tuple[UUID, UUID]]
    ) -> dict[tuple[UUID, UUID], FloorRow]:
        """What decides for each (room, account); missing where room or account is unknown."""
        cursor = await conn.execute(
            "SELECT r.id, a.id, r.state, r.slow_mode_seconds, r.blocked_words, m.until,"
            " a.blocked_at IS NOT NULL OR NOT a.is_active,"
            " EXISTS (SELECT FROM live_room_block b"
            "  WHERE b.room_id = r.id AND b.viewer_id = a.id),"
            " (SELECT c.id FROM live_chat_message c WHERE c.room_id = r.id AND c.account_id = a.id"
            "  ORDER BY c.id DESC LIMIT 1)"
            " FROM unnest(%s::uuid[], %s::uuid[]) AS w(room_id, account_id)"
            " JOIN live_room r ON r.id = w.room_id JOIN people_account a ON a.id = w.account_id"
            " LEFT JOIN live_chat_mute m ON m.room_id = r.id AND m.account_id = a.id",
            [[room for room, _account in speakers], [account for _room, account in speakers]],
        )
        rows = [FloorRow(*row) for row in await cursor.fetchall()]
        return {(row.room_id, row.account_id): row for row in rows}

    async def say(self, conn: Connection, lines: Sequence[Line]) -> None:
        """Write messages and what announces them; wake the relay once that is committed."""
        await conn.execute(
            "INSERT INTO live_chat_message (id, room_id, account_id, name, role, text, at)"
            " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[],"
            " %s::text[], %s::timestamptz[])",
            [[getattr(line, name) for line in lines] for name in Line.__struct_fields__],
        )
        payloads = [
            msgspec.json.encode(
                {
                    "id": line.id,
                    "account_id": line.account_id,
                    "name": line.name,
                    "role": line.role,
                    "text": line.text,
                }
            ).decode()
            for line in lines
        ]
        await conn.execute(
            "INSERT INTO core_outbox (shop_id, id, topic, room_id, payload, created_at)"
            " SELECT %s, w.id, 'room.chat', w.room_id, w.payload::jsonb, w.at"
            " FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[])"
            " AS w(id, room_id, payload, at)",
            [
                PLATFORM,
                [new_id() for _ in lines],
                [line.room_id for line in lines],
                payloads,
                [line.at for line in lines],
            ],
        )

    async def record_click(self, click: ClickRow) -> None:
        """Note that a buyer left through a link."""
        row = click.row
        async with self._pool.connection() as conn:
            await conn.execute(
                "INSERT INTO listings_click (id, listing_id, shop_id, product_id, source, surface,"
                " container_id, creator_id, viewer_id, rule_key, rule_revision, at, link_id)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    click.id,
                    row.listing_id,
                    row.shop_id,
                    row.product_id,
                    row.source,
                    row.surface,
                    row.container_id,
                    row.creator_id,
                    click.viewer_id,
                    click.rule,
                    click.revision,
                    click.at,
                    click.link_id,
                ],
            )
