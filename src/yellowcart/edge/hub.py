"""The rooms of this process: who is connected, and how what happens reaches them.

A message on the bus says in which rooms something happened. Their new events are fetched in one
query, merged into one frame a room, encoded once, and put in every socket's queue; the next fetch
waits until 50 ms have passed, so that a rush costs frames, not messages. A client whose queue is
full is dropped to a snapshot and slows nobody.

Every client gets every event exactly once and in order: ``Client.seq`` is the last number it was
given, and a frame goes only to those who stand right before it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from itertools import groupby
from typing import Final
from uuid import UUID

from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.edge.frames import (
    Frame,
    clock_text,
    error_text,
    frame_text,
    snapshot_text,
    viewers_text,
)
from yellowcart.edge.problems import pass_expired
from yellowcart.edge.snapshots import Snapshots
from yellowcart.edge.store import FETCH, Store
from yellowcart.listings.cart import Ask
from yellowcart.live.passes import RoomPass
from yellowcart.live.problems import room_not_found

log = logging.getLogger(__name__)

FRAME_SECONDS: Final = 0.05
#: Frames that may wait for one slow client.
MOST_WAITING: Final = 64
#: Events a reconnecting client may have missed; beyond that a snapshot is cheaper.
MOST_MISSED: Final = 500
#: How often every room is looked at, in case a message was lost.
LOOK_SECONDS: Final = 5.0
#: Counting viewers: at most this often, and at least that often.
COUNT_SECONDS: Final = 1.0
RECOUNT_SECONDS: Final = 2.0

#: Close codes beside the standard ones.
CLOSE_PASS: Final = 4401
CLOSE_GONE: Final = 4404


class Client:
    """One socket: what it was given, and what waits to be sent."""

    __slots__ = ("base", "close_code", "holder", "language", "lost", "queue", "room", "seq", "wake")

    def __init__(self, holder: RoomPass, language: str, base: str) -> None:
        self.holder = holder
        self.room = holder.room
        self.language = language
        self.base = base
        self.seq: int | None = None
        self.queue: deque[str] = deque()
        self.lost = False
        self.close_code: int | None = None
        self.wake = asyncio.Event()

    def put(self, text: str) -> None:
        """Queue a frame; a client too slow to take it loses its queue and gets a snapshot."""
        if self.lost:
            return
        if len(self.queue) >= MOST_WAITING:
            self.queue.clear()
            self.lost = True
            self.seq = None
        else:
            self.queue.append(text)
        self.wake.set()

    def close(self, code: int) -> None:
        """Close the socket once what waits is sent."""
        self.close_code = code
        self.wake.set()


class Channel:
    """One room in this process."""

    __slots__ = ("clients", "seq", "viewers")

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self.seq: int | None = None
        self.viewers: int | None = None


class Hub:
    """All rooms of this process."""

    def __init__(self, store: Store, snapshots: Snapshots, ask: Ask) -> None:
        self._store = store
        self._snapshots = snapshots
        self._ask = ask
        self._node_id = new_id()
        self._channels: dict[UUID, Channel] = {}
        self._dirty: set[UUID] = set()
        self._wanted = asyncio.Event()
        self._moved = asyncio.Event()
        self._counted: set[UUID] = set()

    @property
    def sockets(self) -> int:
        """How many are connected to this process."""
        return sum(len(channel.clients) for channel in self._channels.values())

    def watched(self) -> dict[UUID, int]:
        """How many watch each room that anybody watches here, as last counted."""
        return {room_id: channel.viewers or 0 for room_id, channel in self._channels.items()}

    def heard(self, payload: str) -> None:
        """Something happened in these rooms (hex ids, comma between; empty: maybe in any)."""
        if payload:
            for word in payload.split(","):
                room_id = UUID(word)
                if room_id in self._channels:
                    self._dirty.add(room_id)
        else:
            self._dirty.update(self._channels)
        if self._dirty:
            self._wanted.set()

    async def join(self, client: Client, since: int | None) -> None:
        """Take a client in, with what it missed since a number, or a snapshot."""
        channel = self._channels.setdefault(client.room, Channel())
        channel.clients.add(client)
        self._moved.set()
        if since is not None and channel.viewers is not None:
            client.put(viewers_text(channel.viewers))
        await self._catch_up(client, since)

    def leave(self, client: Client) -> None:
        """Forget a client."""
        channel = self._channels.get(client.room)
        if channel is None:
            return
        channel.clients.discard(client)
        if not channel.clients:
            del self._channels[client.room]
        self._moved.set()

    async def resync(self, client: Client) -> None:
        """Give a client that fell behind a snapshot and the events since."""
        client.lost = False
        await self._catch_up(client, None)

    async def _catch_up(self, client: Client, since: int | None) -> None:
        at = await self._snapshot(client) if since is None else await self._missed(client, since)
        while at is not None:
            channel = self._channels.get(client.room)
            if channel is None or client.lost:
                return
            if channel.seq is None:
                channel.seq = at
                # What was told of until now found nobody to fetch for.
                self.heard(client.room.hex)
            if at >= channel.seq:
                client.seq = at
                return
            at = await self._missed(client, at)

    async def _snapshot(self, client: Client) -> int | None:
        view = await self._snapshots.view(client.room)
        if view is None:
            client.put(error_text(room_not_found(), client.language))
            client.close(CLOSE_GONE)
            return None
        client.put(snapshot_text(view.body(client.language, client.base)))
        return view.row.seq

    async def _missed(self, client: Client, since: int) -> int | None:
        channel = self._channels.get(client.room)
        if channel is not None and channel.seq == since:
            client.put(frame_text([], since, self._ask, client.language))
            return since
        rows, last = await self._store.history(client.room, since, MOST_MISSED + 1)
        complete = rows[0].seq == since + 1 if rows else since == last
        if not complete or len(rows) > MOST_MISSED:
            return await self._snapshot(client)
        reached = rows[-1].seq if rows else last
        client.put(frame_text(rows, reached, self._ask, client.language))
        return reached

    async def deliver(self) -> None:
        """Bring events to sockets as they are told of, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            started = loop.time()
            rooms, self._dirty = self._dirty, set()
            try:
                await self._fetch(rooms)
            except Exception:
                log.exception("events could not be fetched; it is tried again")
                self._dirty |= rooms
                self._wanted.set()
                await asyncio.sleep(0.5)
            await asyncio.sleep(max(0.0, FRAME_SECONDS - (loop.time() - started)))

    async def _fetch(self, rooms: Iterable[UUID]) -> None:
        wanted = [
            (room_id, channel.seq)
            for room_id in rooms
            if (channel := self._channels.get(room_id)) and channel.seq is not None
        ]
        if not wanted:
            return
        rows = await self._store.events_after(wanted)
        for room_id, group in groupby(rows, key=lambda row: row.room_id):
            if channel := self._channels.get(room_id):
                self._spread(channel, Frame(list(group), self._ask))
        if len(rows) >= FETCH:
            self._dirty.update(room_id for room_id, _seq in wanted)
            self._wanted.set()

    def _spread(self, channel: Channel, frame: Frame) -> None:
        if channel.seq is None or frame.last <= channel.seq:
            return
        gap = frame.first > channel.seq + 1
        channel.seq = frame.last
        for client in channel.clients:
            if client.seq is None or client.seq >= frame.last:
                continue
            if gap or client.seq < frame.first - 1:
                client.lost, client.seq = True, None
                client.queue.clear()
                client.wake.set()
                continue
            part = frame if client.seq == frame.first - 1 else frame.after(client.seq)
            client.seq = frame.last
            client.put(part.text(client.language))

    async def look(self) -> None:
        """Look at every room now and then, until cancelled: a message on the bus is only a hint."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.heard("")

    def tell_clock(self) -> None:
        """Say to everybody that the platform's clock was set: their pages flip by it."""
        text = clock_text()
        for channel in self._channels.values():
            for client in channel.clients:
                client.put(text)

    async def count(self) -> None:
        """Count viewers and tell the rooms, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(RECOUNT_SECONDS):
                    await self._moved.wait()
            except TimeoutError:
                pass
            self._moved.clear()
            try:
                await self._count_once()
            except Exception:
                log.exception("viewers could not be counted; it is tried again")
            self._show_out()
            await asyncio.sleep(COUNT_SECONDS)

    async def _count_once(self) -> None:
        counts = {
            room_id: len({client.holder.sub for client in channel.clients})
            for room_id, channel in self._channels.items()
        }
        for room_id in self._counted - counts.keys():
            counts[room_id] = 0
        if not counts:
            return
        self._counted = {room_id for room_id, viewers in counts.items() if viewers}
        totals = await self._store.count_viewers(self._node_id, counts)
        for room_id, channel in self._channels.items():
            viewers = totals.get(room_id)
            if viewers is not None and viewers != channel.viewers:
                channel.viewers = viewers
                text = viewers_text(viewers)
                for client in channel.clients:
                    client.put(text)

    def _show_out(self) -> None:
        """End the sockets whose pass has ended."""
        wall = clock.wall().timestamp()
        for channel in self._channels.values():
            for client in channel.clients:
                if client.holder.exp <= wall and client.close_code is None:
                    client.put(error_text(pass_expired(), client.language))
                    client.close(CLOSE_PASS)

    async def forget(self) -> None:
        """Take this process's viewers back when it ends."""
        await self._store.forget_presence(self._node_id)
