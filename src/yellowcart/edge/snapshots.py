"""Room snapshots for many at once.

Whoever asks while the database is being read waits for the next reading and shares it with all
who wait. So an answer never misses what was committed before it was asked for, and a full room
costs one query at a time, however many ask.
"""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from yellowcart.core import clock
from yellowcart.edge.frames import snapshot_frame
from yellowcart.edge.store import Store
from yellowcart.listings.cart import Ask
from yellowcart.live.snapshot import RoomRow, room_view, view_holds_until

_encode: Final = msgspec.json.Encoder().encode

#: How old a reading may be for those who get everything since from the room's history; or twice
#: as old as it took to read, so that a crowd enters however slow the database is.
RECENT_SECONDS: Final = 1.0
_MOST_RECENT: Final = 256


@dataclass(slots=True)
class _Rendered:
    body: bytes
    at: datetime
    until: datetime | None
    frames: dict[bool, bytes] = field(default_factory=dict)


class View:
    """One reading of a room, rendered once a language and base address."""

    def __init__(self, row: RoomRow, ask: Ask) -> None:
        self.row = row
        self._ask = ask
        self._rendered: dict[tuple[str, str], _Rendered] = {}

    def body(self, language: str, base: str) -> bytes:
        """The snapshot as JSON, true at this instant."""
        return self._draw(language, base).body

    def frame(self, language: str, base: str, *, packed: bool) -> bytes:
        """The same for a socket; ``packed`` for those who read deflated messages."""
        drawn = self._draw(language, base)
        found = drawn.frames.get(packed)
        if found is None:
            found = drawn.frames[packed] = snapshot_frame(drawn.body, packed=packed)
        return found

    def _draw(self, language: str, base: str) -> _Rendered:
        at = clock.now()
        found = self._rendered.get((language, base))
        if found is not None and found.at <= at and (found.until is None or at < found.until):
            return found
        url = f"{base}/api/v1/rooms/{self.row.room_id}/events"
        body = _encode(room_view(self.row, self._ask, at, language, url))
        until = view_holds_until(self.row, self._ask, at)
        drawn = self._rendered[language, base] = _Rendered(body, at, until)
        return drawn


class Snapshots:
    """Reads rooms for everybody who asks."""

    def __init__(self, store: Store, ask: Ask) -> None:
        self._store = store
        self._ask = ask
        self._running: dict[UUID, asyncio.Task[View | None]] = {}
        self._next: dict[UUID, asyncio.Task[View | None]] = {}
        #: The newest reading of a room, and until when it may be shared.
        self._recent: dict[UUID, tuple[View, float]] = {}

    async def recent(self, room_id: UUID) -> View | None:
        """The room as it stood a moment ago, for a socket: what happened since follows by number,
        so a crowd that enters at once shares a reading."""
        return self.at_hand(room_id) or await self.view(room_id)

    def at_hand(self, room_id: UUID) -> View | None:
        """What :meth:`recent` would give without reading; None where it would read."""
        found = self._recent.get(room_id)
        return found[0] if found is not None and time.monotonic() < found[1] else None

    async def view(self, room_id: UUID) -> View | None:
        """The room as it stands now; None where there is none to show."""
        task = self._next.get(room_id)
        if task is None:
            task = asyncio.create_task(self._read(room_id, self._running.get(room_id)))
            self._next[room_id] = task
        return await asyncio.shield(task)

    async def _read(self, room_id: UUID, before: asyncio.Task[View | None] | None) -> View | None:
        me = self._next[room_id]
        if before is not None:
            await asyncio.wait([before])
        # Whoever asks from here on may have seen a commit that this reading misses.
        self._running[room_id] = self._next.pop(room_id)
        try:
            began = time.monotonic()
            row = await self._store.room(room_id)
            if row is None:
                self._recent.pop(room_id, None)
                return None
            view = View(row, self._ask)
            if len(self._recent) >= _MOST_RECENT:
                self._recent.clear()
            now = time.monotonic()
            self._recent[room_id] = (view, now + max(RECENT_SECONDS, 2 * (now - began)))
            return view
        finally:
            if self._running.get(room_id) is me:
                del self._running[room_id]
