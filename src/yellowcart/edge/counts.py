"""What is counted rather than told: viewers, likes, who came in. Merged, and never numbered.

Every process adds up what it hears and writes the sum once a second; what all processes have
comes back in the same transaction. Viewers get numbers with the next frame of their room.
"""

import asyncio
import logging
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.edge.channels import Channel, Client
from yellowcart.edge.hub import Hub
from yellowcart.edge.inbound import Bucket, Ref
from yellowcart.edge.store import Store
from yellowcart.live import arrivals
from yellowcart.live.arrivals import Arrivals
from yellowcart.live.counters import LIKES

log = logging.getLogger(__name__)

#: Counting: at most this often, and at least that often, in seconds.
COUNT_SECONDS: Final = 1.0
RECOUNT_SECONDS: Final = 2.0
#: Likes of one viewer that count: so many at once, so many a second in the long run.
LIKES_BURST: Final = 60
LIKES_A_SECOND: Final = 20.0
#: A viewer whose pass is younger than this has just come in; others only came back.
_JUST_SECONDS: Final = 30.0
#: A room is told of those who came in and who follow at most this often, in seconds.
ARRIVALS_SECONDS: Final = 4.0
#: Names of viewers that are told of those who are here.
_HERE_NAMES: Final = 8
_HERE_EVERY: Final = 10


class Counts:
    """The numbers of all rooms of this process."""

    def __init__(self, store: Store, hub: Hub, tell: Callable[[str], None]) -> None:
        """``tell`` says something to all processes, this one included, on the channel of
        :mod:`live.arrivals`."""
        self._store = store
        self._hub = hub
        self._tell = tell
        self._node_id = new_id()
        #: What was added here and is not written yet, by room and key.
        self._added: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
        #: Who came in here and was not told of yet: names by room and account.
        self._came: defaultdict[UUID, dict[UUID, str]] = defaultdict(dict)
        #: What all processes said of arrivals and is not shown yet; when a room was last shown any.
        self._arrived: dict[tuple[UUID, str], Arrivals] = {}
        self._shown_at: dict[tuple[UUID, str], float] = {}
        self._written: set[UUID] = set()
        self._rounds = 0

    def like(self, client: Client, likes: int, _ref: Ref = None) -> None:
        """A viewer likes what they see; more than fingers can do does not count."""
        now = asyncio.get_running_loop().time()
        if client.likes is None:
            client.likes = Bucket(now, LIKES_BURST, LIKES_A_SECOND)
        counted = client.likes.take_up_to(now, likes)
        channel = client.channel
        if counted and channel is not None:
            self._added[channel.room][LIKES] += counted
            counts = channel.numbers.get("counts", {})
            # Written in a moment; seen at once.
            self._show(channel, {"counts": {**counts, LIKES: counts.get(LIKES, 0) + counted}})
            self._hub.moved.set()

    def came(self, client: Client) -> None:
        """Somebody is let in. Whoever only comes back after a break has come before."""
        holder = client.holder
        issued = holder.exp - settings.PASS_SECONDS
        is_told = holder.role == "viewer" and not (holder.guest or holder.quiet)
        if is_told and clock.wall_seconds() - issued < _JUST_SECONDS:
            self._came[holder.room][holder.sub] = holder.name

    def heard_arrivals(self, payload: str) -> None:
        """Some process says who came in, or who follows now."""
        told = arrivals.heard(payload)
        if told is None or told.room_id not in self._hub.channels:
            return
        key = (told.room_id, told.kind)
        before = self._arrived.get(key)
        self._arrived[key] = before.and_then(told) if before is not None else told
        self._hub.moved.set()

    def heard(self, _payload: str) -> None:
        """Somebody else counted something."""
        self._hub.moved.set()

    async def count(self) -> None:
        """Count and tell the rooms, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(RECOUNT_SECONDS):
                    await self._hub.moved.wait()
            except TimeoutError:
                pass
            self._hub.moved.clear()
            try:
                await self.count_once()
            except Exception:
                log.exception("rooms could not be counted; it is tried again")
            await asyncio.sleep(COUNT_SECONDS)

    async def count_once(self) -> None:
        """Write what was added, and tell the rooms what all processes have together."""
        channels = self._hub.channels
        viewers = {room: len(channel.present) for room, channel in channels.items()}
        for room in self._written - viewers.keys():
            viewers[room] = 0
        added, self._added = self._added, defaultdict(Counter)
        if not viewers and not added:
            return
        try:
            totals = await self._store.count(self._node_id, viewers, added)
        except BaseException:
            for room, counter in added.items():
                self._added[room].update(counter)
            raise
        self._written = {room for room, count in viewers.items() if count}
        came, self._came = self._came, defaultdict(dict)
        for room, names in came.items():
            told = arrivals.arrivals(room, arrivals.CAME, list(names.values()))
            self._tell(arrivals.message(told))
        self._rounds += 1
        if self._rounds % _HERE_EVERY == 1:
            self._forget_closed()
        for room, channel in list(channels.items()):
            self._show(channel, self._numbers(channel, totals.get(room)))

    def _numbers(
        self, channel: Channel, total: tuple[int, dict[str, int]] | None
    ) -> dict[str, Any]:
        numbers: dict[str, Any] = {}
        if total is not None:
            viewers, counts = total
            since = self._added.get(channel.room)
            if since:
                # What was tapped while the total was being read.
                counts = {**counts, LIKES: counts.get(LIKES, 0) + since[LIKES]}
            numbers |= {"viewers": viewers, "counts": counts}
        numbers |= self._arrivals(channel.room)
        if self._rounds % _HERE_EVERY == 1 or "here" not in channel.numbers:
            numbers["here"] = _some_names(channel)
        return numbers

    def _arrivals(self, room: UUID) -> dict[str, Any]:
        """What is to be shown now. ``turn`` tells one time from the next: numbers are repeated."""
        now = asyncio.get_running_loop().time()
        numbers: dict[str, Any] = {}
        for kind in (arrivals.CAME, arrivals.FOLLOWED):
            key = (room, kind)
            last = self._shown_at.get(key, float("-inf"))
            if key in self._arrived and now - last >= ARRIVALS_SECONDS:
                told = self._arrived.pop(key)
                self._shown_at[key] = now
                numbers[kind] = {"turn": self._rounds, "names": told.names, "more": told.more}
        return numbers

    def _forget_closed(self) -> None:
        channels = self._hub.channels
        for kept in (self._arrived, self._shown_at):
            for key in [key for key in kept if key[0] not in channels]:
                del kept[key]

    def _show(self, channel: Channel, numbers: dict[str, Any]) -> None:
        if channel.count(numbers):
            self._hub.tell_numbers(channel)

    async def forget(self) -> None:
        """Write what is left, and take this process's viewers back when it ends."""
        added, self._added = self._added, defaultdict(Counter)
        if added:
            await self._store.count(self._node_id, {}, added)
        await self._store.forget_presence(self._node_id)


def _some_names(channel: Channel) -> list[str]:
    """A few of those who are here, signed in and not quiet, drawn by chance."""
    some = random.sample(list(channel.clients), min(len(channel.clients), 4 * _HERE_NAMES))
    holders = [client.holder for client in some]
    names = dict.fromkeys(one.name for one in holders if not (one.guest or one.quiet))
    return list(names)[:_HERE_NAMES]
