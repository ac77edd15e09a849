"""Facts of a room on their way into the tables, added up before they are written.

Server processes collect what their sockets tell in a :class:`Tally` and write it every second with
the statements below: one row a room and minute, one a listing and minute, one a viewer who came
or left, however much happened meanwhile. Only rooms that are scheduled or live count, and only
listings of theirs, whatever a client says. Messages come from the relay, which hands on every one
exactly once.

Rows are written in the order of their keys, so that two processes never wait for each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from yellowcart.core.outbox import Event

#: Who comes back within this time never left: a page loaded again, a line that broke.
SAME_VISIT: Final = timedelta(seconds=60)
#: Most viewers of listings told apart within a minute; beyond it everybody counts anew.
MOST_TOLD_APART: Final = 500_000

#: Rooms in which what happens counts.
_COUNTING: Final = (
    "SELECT r.id FROM live_room r WHERE r.id = ANY(%(rooms)s) AND r.state IN ('scheduled', 'live')"
    " AND NOT r.practice"
)

#: Viewers who came, told apart from those known, added to their minutes.
CAME: Final = f"""
WITH told AS (
  SELECT w.* FROM unnest(%(rooms)s::uuid[], %(viewers)s::uuid[], %(guests)s::bool[],
                         %(ats)s::timestamptz[]) AS w(room_id, viewer_id, guest, at)
  JOIN ({_COUNTING}) r ON r.id = w.room_id
), known AS (
  SELECT v.room_id, v.viewer_id, v.last_at FROM insights_room_viewer v JOIN told USING (room_id, viewer_id)
), put AS (
  INSERT INTO insights_room_viewer AS v (room_id, viewer_id, guest, first_at, last_at, entries)
  SELECT room_id, viewer_id, guest, at, at, 1 FROM told ORDER BY room_id, viewer_id
  ON CONFLICT (room_id, viewer_id) DO UPDATE SET
    entries = v.entries + (EXCLUDED.last_at - v.last_at > %(same)s)::int,
    last_at = greatest(v.last_at, EXCLUDED.last_at)
  RETURNING v.room_id, v.viewer_id, xmax = 0 AS fresh
)
INSERT INTO insights_room_minute AS m (room_id, minute, viewers, entries)
SELECT p.room_id, date_trunc('minute', t.at), count(*) FILTER (WHERE p.fresh),
       count(*) FILTER (WHERE p.fresh OR t.at - k.last_at > %(same)s)
FROM put p JOIN told t USING (room_id, viewer_id) LEFT JOIN known k USING (room_id, viewer_id)
GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (room_id, minute) DO UPDATE SET
  viewers = m.viewers + EXCLUDED.viewers, entries = m.entries + EXCLUDED.entries
"""  # noqa: S608, E501  put together from constants

#: Viewers who left, and for how long they had been there.
LEFT: Final = """
UPDATE insights_room_viewer v
SET last_at = greatest(v.last_at, w.at), seconds = v.seconds + w.seconds
FROM (SELECT * FROM unnest(%(rooms)s::uuid[], %(viewers)s::uuid[], %(ats)s::timestamptz[],
                           %(seconds)s::bigint[]) AS w(room_id, viewer_id, at, seconds)
      ORDER BY 1, 2) w
WHERE v.room_id = w.room_id AND v.viewer_id = w.viewer_id
"""

#: How many watch, the most of a minute.
ONLINE: Final = f"""
INSERT INTO insights_room_minute AS m (room_id, minute, online)
SELECT w.room_id, %(minute)s, w.online
FROM unnest(%(rooms)s::uuid[], %(online)s::int[]) AS w(room_id, online)
JOIN ({_COUNTING}) r ON r.id = w.room_id ORDER BY 1
ON CONFLICT (room_id, minute) DO UPDATE SET online = greatest(m.online, EXCLUDED.online)
WHERE m.online < EXCLUDED.online
"""  # noqa: S608  put together from constants

#: Listings that were seen and opened.
LOOKED: Final = f"""
INSERT INTO insights_listing_minute AS m (room_id, listing_id, minute, seen, opened)
SELECT w.room_id, w.listing_id, w.minute, w.seen, w.opened
FROM unnest(%(rooms)s::uuid[], %(listings)s::uuid[], %(minutes)s::timestamptz[], %(seen)s::int[],
            %(opened)s::int[]) AS w(room_id, listing_id, minute, seen, opened)
JOIN ({_COUNTING}) r ON r.id = w.room_id
JOIN listings_listing l ON l.id = w.listing_id AND l.container_id = w.room_id
  AND l.surface = 'live_room'
ORDER BY 1, 2, 3
ON CONFLICT (room_id, listing_id, minute) DO UPDATE SET
  seen = m.seen + EXCLUDED.seen, opened = m.opened + EXCLUDED.opened
"""  # noqa: S608  put together from constants

#: Messages that were said.
_SAID: Final = f"""
INSERT INTO insights_room_minute AS m (room_id, minute, messages)
SELECT w.room_id, w.minute, w.messages
FROM unnest(%(rooms)s::uuid[], %(minutes)s::timestamptz[], %(messages)s::int[])
  AS w(room_id, minute, messages)
JOIN ({_COUNTING}) r ON r.id = w.room_id ORDER BY 1, 2
ON CONFLICT (room_id, minute) DO UPDATE SET messages = m.messages + EXCLUDED.messages
"""  # noqa: S608  put together from constants

Statement = tuple[str, dict[str, Any]]


def minute_of(at: datetime) -> datetime:
    """The beginning of the minute in which an instant lies."""
    return at.replace(second=0, microsecond=0)


class Tally:
    """What one process saw since it last wrote. No database, no clock: instants are given."""

    def __init__(self) -> None:
        self._came: dict[tuple[UUID, UUID], tuple[bool, datetime]] = {}
        self._left: dict[tuple[UUID, UUID], tuple[datetime, int]] = {}
        self._looked: defaultdict[tuple[UUID, UUID, datetime], list[int]] = defaultdict(
            lambda: [0, 0]
        )
        self._apart: set[tuple[UUID, UUID, bool]] = set()
        self._apart_of: datetime | None = None

    def came(self, room_id: UUID, viewer_id: UUID, *, guest: bool, at: datetime) -> None:
        """A viewer's line to a room stands."""
        self._came.setdefault((room_id, viewer_id), (guest, at))

    def left(self, room_id: UUID, viewer_id: UUID, *, since: datetime, at: datetime) -> None:
        """It ended."""
        _before, seconds = self._left.get((room_id, viewer_id), (at, 0))
        stayed = max(0, int((at - since).total_seconds()))
        self._left[room_id, viewer_id] = (at, seconds + stayed)

    def looked(
        self,
        room_id: UUID,
        viewer_id: UUID,
        at: datetime,
        *,
        seen: Iterable[UUID] = (),
        opened: Iterable[UUID] = (),
    ) -> None:
        """A viewer had listings before their eyes, or opened them; once a minute each."""
        minute = minute_of(at)
        if minute != self._apart_of or len(self._apart) >= MOST_TOLD_APART:
            self._apart.clear()
            self._apart_of = minute
        for which, listings in enumerate((seen, opened)):
            for listing_id in listings:
                who = (viewer_id, listing_id, bool(which))
                if who not in self._apart:
                    self._apart.add(who)
                    self._looked[room_id, listing_id, minute][which] += 1

    def take(self, online: Mapping[UUID, int], at: datetime) -> list[Statement]:
        """The statements that write what was collected, which is forgotten with that.

        ``online`` is how many watch each room now.
        """
        came, self._came = sorted(self._came.items()), {}
        left, self._left = sorted(self._left.items()), {}
        looked, self._looked = sorted(self._looked.items()), defaultdict(lambda: [0, 0])
        statements: list[Statement] = []
        if came:
            values = {
                "rooms": [key[0] for key, _row in came],
                "viewers": [key[1] for key, _row in came],
                "guests": [guest for _key, (guest, _at) in came],
                "ats": [when for _key, (_guest, when) in came],
                "same": SAME_VISIT,
            }
            statements.append((CAME, values))
        if left:
            values = {
                "rooms": [key[0] for key, _row in left],
                "viewers": [key[1] for key, _row in left],
                "ats": [when for _key, (when, _seconds) in left],
                "seconds": [seconds for _key, (_when, seconds) in left],
            }
            statements.append((LEFT, values))
        if looked:
            values = {
                "rooms": [key[0] for key, _row in looked],
                "listings": [key[1] for key, _row in looked],
                "minutes": [key[2] for key, _row in looked],
                "seen": [row[0] for _key, row in looked],
                "opened": [row[1] for _key, row in looked],
            }
            statements.append((LOOKED, values))
        watched = {room: count for room, count in online.items() if count}
        if watched:
            values = {
                "rooms": list(watched),
                "online": list(watched.values()),
                "minute": minute_of(at),
            }
            statements.append((ONLINE, values))
        return statements


def on_chat(events: Sequence[Event]) -> None:
    """Count messages as the relay hands them on."""
    counts: defaultdict[tuple[UUID, datetime], int] = defaultdict(int)
    for event in events:
        if event.topic == "room.chat" and event.room_id is not None:
            counts[event.room_id, minute_of(event.at)] += 1
    if not counts:
        return
    keys = sorted(counts)
    with connection.cursor() as cursor:
        cursor.execute(
            _SAID,
            {
                "rooms": [room for room, _minute in keys],
                "minutes": [minute for _room, minute in keys],
                "messages": [counts[key] for key in keys],
            },
        )
