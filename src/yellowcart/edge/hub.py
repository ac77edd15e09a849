"""The rooms of this process: how what happens reaches those who are connected.

A message on the bus says in which rooms something happened. Their new events are fetched in one
query and kept in the room's history; shard by shard everybody gets what is new in one frame,
encoded once and written straight to the sockets. What matters goes out at once, the rest in the
cadence of the room (:mod:`edge.rules`).

Every client gets every event exactly once and in order. One that takes no more is left alone
until it does, and is then told what it missed from the history, or given a snapshot; nothing is
queued for it meanwhile, and nobody else waits.
"""

import asyncio
import itertools
import logging
from collections.abc import Iterable
from itertools import groupby
from typing import Final
from uuid import UUID

from yellowcart.core import clock
from yellowcart.edge.channels import Channel, Client, Shard
from yellowcart.edge.frames import clock_frame, error_frame
from yellowcart.edge.history import KEPT, History
from yellowcart.edge.problems import pass_expired
from yellowcart.edge.rules import COUNTS_PACE
from yellowcart.edge.snapshots import Snapshots, View
from yellowcart.edge.spreading import A_STEP, Spreader
from yellowcart.edge.store import FETCH, Store
from yellowcart.edge.wire import PING
from yellowcart.listings.cart import Ask
from yellowcart.live.events import PATIENT
from yellowcart.live.passes import refusal
from yellowcart.live.problems import room_not_found

log = logging.getLogger(__name__)

#: Least time between two queries for new events.
FETCH_SECONDS: Final = 0.02
#: How often every room is looked at, in case a message was lost.
LOOK_SECONDS: Final = 5.0
#: Who says nothing for so long is asked for a sign of life, and let go after that.
QUIET_SECONDS: Final = 25.0
SILENT_SECONDS: Final = 70.0
#: Who takes nothing for so long is let go; they come back when they can.
HELD_SECONDS: Final = 20.0
_CARE_SECONDS: Final = 1.0
#: The viewers of a large room are looked after in so many turns.
_CARE_TURNS: Final = 5

#: Close codes beside the standard ones.
CLOSE_PASS: Final = 4401
CLOSE_BLOCKED: Final = 4403
CLOSE_GONE: Final = 4404


class Hub:
    """All rooms of this process."""

    def __init__(self, store: Store, snapshots: Snapshots, ask: Ask) -> None:
        self._store = store
        self._snapshots = snapshots
        self._ask = ask
        self._dirty: set[UUID] = set()
        self._wanted = asyncio.Event()
        self._resyncing: set[asyncio.Task[None]] = set()
        self.channels: dict[UUID, Channel] = {}
        self.spreader = Spreader(self.flush)
        #: Set whenever somebody comes or goes.
        self.moved = asyncio.Event()
        self.sockets = 0

    def watched(self) -> dict[UUID, int]:
        """How many watch each room that anybody watches here, as last counted."""
        return {
            room_id: channel.numbers.get("viewers", 0) for room_id, channel in self.channels.items()
        }

    def heard(self, payload: str) -> None:
        """Something happened in these rooms (hex ids, comma between; empty: maybe in any)."""
        if payload:
            for word in payload.split(","):
                room_id = UUID(word)
                if room_id in self.channels:
                    self._dirty.add(room_id)
        else:
            self._dirty.update(self.channels)
        if self._dirty:
            self._wanted.set()

    async def join(self, client: Client, since: int | None) -> None:
        """Take a client in, with what it missed since a number, or a snapshot."""
        if not self.welcome(client, since):
            await self.catch_up(client, since)

    def welcome(self, client: Client, since: int | None) -> bool:
        """Take a client in at once, where all it has to be told is in memory. If not, it is here
        but knows nothing yet, and :meth:`catch_up` must follow."""
        channel = self.channels.get(client.holder.room)
        if channel is None:
            channel = self.channels[client.holder.room] = Channel(client.holder.room)
        channel.come(client)
        self.sockets += 1
        self.moved.set()
        history = channel.history
        if history is None or (since is not None and since > history.last):
            return False
        if self._tell_missed(client, channel, history, since):
            return True
        view = self._snapshots.at_hand(channel.room)
        if view is None or view.row.seq < history.before:
            return False
        self._tell_whole(client, channel, history, view)
        return True

    def leave(self, client: Client) -> None:
        """Forget a client."""
        channel, shard = client.channel, client.shard
        if client.gone or channel is None:
            return
        client.gone = True
        channel.go(client)
        self.sockets -= 1
        if shard is not None and not shard.size:
            self.spreader.forget(shard)
        if not channel.clients:
            del self.channels[channel.room]
        self.moved.set()

    async def catch_up(self, client: Client, since: int | None) -> None:
        """Read what a client of a room is to be told, and tell it."""
        channel = client.channel
        if channel is None:
            return
        history = channel.history or await self._open(channel)
        if since is not None and since > history.last:
            # Another process may have told it of what is not fetched here yet.
            await self._fetch([channel.room])
        if client.has_left() or self._tell_missed(client, channel, history, since):
            return
        view = await self._snapshots.recent(channel.room)
        if view is not None and view.row.seq < history.before:
            view = await self._snapshots.view(channel.room)
        if client.has_left():
            return
        if view is None:
            client.put(error_frame(room_not_found(), client.language))
            client.close(CLOSE_GONE)
            return
        self._tell_whole(client, channel, history, view)

    def _tell_missed(
        self, client: Client, channel: Channel, history: History, since: int | None
    ) -> bool:
        if since is None or not history.can_follow(since):
            return False
        client.line.write(history.frame(since, client.language, packed=client.line.packs))
        if channel.numbers:
            client.put(channel.numbers_frame())
        client.seq = history.last
        self._follow(client, channel, history)
        return True

    def _tell_whole(self, client: Client, channel: Channel, history: History, view: View) -> None:
        client.line.write(view.frame(client.language, client.base, packed=client.line.packs))
        client.seq = view.row.seq
        if client.seq > history.last:
            self.heard(channel.room.hex)
        self._follow(client, channel, history)

    async def _open(self, channel: Channel) -> History:
        """The room's last events, read once however many come at the same time."""
        opening = channel.opening
        if opening is None:
            opening = channel.opening = asyncio.create_task(self._read(channel))
        try:
            await asyncio.shield(opening)
        finally:
            if opening.done() and channel.history is None:
                channel.opening = None  # it failed; whoever comes next tries again
        assert channel.history is not None  # noqa: S101  it was just read
        return channel.history

    async def _read(self, channel: Channel) -> None:
        rows, last = await self._store.last_events(channel.room, KEPT)
        history = History(rows[0].seq - 1 if rows else last, self._ask)
        history.add(rows)
        channel.history = history
        # What was told of until now found nobody to fetch for.
        self.heard(channel.room.hex)

    def _follow(self, client: Client, channel: Channel, history: History) -> None:
        """A client that stands at a number hears what came since, and takes its place."""
        if client.has_left() or client.seq is None or client.is_held():
            return
        if client.seq < history.last:
            if not history.can_follow(client.seq):
                self._resync(client)
                return
            frame = history.frame(client.seq, client.language, packed=client.line.packs)
            client.seq = history.last
            client.line.write(frame)
            if client.is_held():
                return
        channel.place(client)

    def held(self, client: Client) -> None:
        """A client takes no more for now. What was written to it so far will reach it."""
        client.held_at = asyncio.get_running_loop().time()
        if client.shard is not None:
            client.shard.drop(client)

    def flowing(self, client: Client) -> None:
        """A client takes frames again."""
        client.held_at = None
        channel = client.channel
        if client.seq is None or channel is None or channel.history is None:
            return
        self._follow(client, channel, channel.history)
        # Whatever had no number passed it by.
        client.put(clock_frame())
        if channel.numbers:
            client.put(channel.numbers_frame())

    def _resync(self, client: Client) -> None:
        client.seq = None
        task = asyncio.create_task(self._give_snapshot(client))
        self._resyncing.add(task)
        task.add_done_callback(self._resyncing.discard)

    async def _give_snapshot(self, client: Client) -> None:
        try:
            await self.catch_up(client, None)
        except Exception:
            log.exception("a snapshot could not be read")
            client.close(1013)

    async def deliver(self) -> None:
        """Fetch events as they are told of, until cancelled."""
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
            await asyncio.sleep(max(0.0, FETCH_SECONDS - (loop.time() - started)))

    async def _fetch(self, rooms: Iterable[UUID]) -> None:
        wanted = [
            (room_id, channel.history.last)
            for room_id in rooms
            if (channel := self.channels.get(room_id)) is not None and channel.history is not None
        ]
        if not wanted:
            return
        rows = await self._store.events_after(wanted)
        for room_id, group in groupby(rows, key=lambda row: row.room_id):
            channel = self.channels.get(room_id)
            if channel is not None and channel.history is not None:
                types = channel.history.add(list(group))
                if types:
                    self.spreader.want(channel, urgent=not PATIENT.issuperset(types))
        if len(rows) >= FETCH:
            self._dirty.update(room_id for room_id, _seq in wanted)
            self._wanted.set()

    def flush(self, shard: Shard) -> int:
        """Tell a shard all that is new, in one write to each; to how many it was written."""
        channel = shard.channel
        history = channel.history
        assert history is not None  # noqa: S101  only an open room has shards
        since, shard.seq = shard.seq, history.last
        channel.numbers_wait = False
        if since < history.before:
            return self._lose(shard)
        data = b""
        if since < history.last:
            data = history.frame(since, shard.language, packed=shard.packed)
        if shard.told != channel.changed:
            shard.told = channel.changed
            data += channel.numbers_frame()
        writes = list(shard.writes.values()) if data else []
        for write in writes:
            write(data)
        newcomers, shard.newcomers = shard.newcomers, []
        for client in newcomers:
            if client.seq is not None and client.seq > history.last:
                shard.newcomers.append(client)
            elif client.shard is shard:
                client.shard = None
                self._follow(client, channel, history)
        return len(writes) + len(newcomers)

    def _lose(self, shard: Shard) -> int:
        """What a shard was last told of is no longer kept: its viewers get a snapshot."""
        clients = [*shard.writes, *shard.newcomers]
        shard.writes.clear()
        shard.newcomers.clear()
        shard.channel.shards.remove(shard)
        for client in clients:
            client.shard = None
            self._resync(client)
        return len(clients)

    async def look(self) -> None:
        """Look at every room now and then, until cancelled: a message on the bus is only a hint."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.heard("")

    def tell_numbers(self, channel: Channel) -> None:
        """Numbers of a room have changed; they go with its next frame, or alone before long."""
        if not channel.numbers_wait:
            channel.numbers_wait = bool(channel.shards)
            self.spreader.want(channel, urgent=False, slowest=COUNTS_PACE)

    def tell_clock(self) -> None:
        """Say to everybody that the platform's clock was set: their pages flip by it."""
        frame = clock_frame()
        for channel in self.channels.values():
            for client in list(channel.clients):
                client.put(frame)

    def show_out(self) -> None:
        """End the sockets of those whose pass was taken back."""
        for channel in list(self.channels.values()):
            for client in list(channel.clients):
                refused = refusal(client.holder)
                if refused is not None and not client.ending:
                    client.put(error_frame(refused, client.language))
                    client.close(CLOSE_BLOCKED)

    async def care(self) -> None:
        """Let go of those who do not answer or whose pass has ended, until cancelled."""
        loop = asyncio.get_running_loop()
        before = loop.time()
        for turn in itertools.cycle(range(_CARE_TURNS)):
            await asyncio.sleep(_CARE_SECONDS)
            now, wall = loop.time(), clock.wall_seconds()
            self.spreader.measured(now - before)
            before = now
            for channel in list(self.channels.values()):
                few = len(channel.clients) < A_STEP
                for client in list(channel.clients)[
                    0 if few else turn :: 1 if few else _CARE_TURNS
                ]:
                    self._care_for(client, now, wall)

    @staticmethod
    def _care_for(client: Client, now: float, wall: float) -> None:
        if client.holder.exp <= wall:
            if not client.ending:
                client.put(error_frame(pass_expired(), client.language))
                client.close(CLOSE_PASS)
            return
        quiet = now - client.line.heard_at
        if quiet > SILENT_SECONDS or (
            client.held_at is not None and now - client.held_at > HELD_SECONDS
        ):
            client.line.cut()
        elif quiet > QUIET_SECONDS and now - client.asked_at > QUIET_SECONDS:
            client.asked_at = now
            client.put(PING)
