"""What is counted rather than told: viewers, likes, who came. Merged, and never numbered.

Every process adds up what it hears and writes the sum once a second; what all processes have
comes back in the same transaction. Viewers get numbers with the next frame of their room.
"""

import asyncio
import logging
import random
from collections import Counter, defaultdict
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.edge.channels import Channel, Client
from yellowcart.edge.hub import Hub
from yellowcart.edge.inbound import Bucket, Ref
from yellowcart.edge.store import Store
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
#: Names of viewers that are told: of those who just came, and of those who are here.
_CAME_NAMES: Final = 3
_HERE_NAMES: Final = 8
_HERE_EVERY: Final = 10


class Counts:
    """The numbers of all rooms of this process."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._store = store
        self._hub = hub
        self._node_id = new_id()
        #: What was added here and is not written yet, by room and key.
        self._added: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
        self._came: defaultdict[UUID, list[str]] = defaultdict(list)
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
        issued = client.holder.exp - settings.PASS_SECONDS
        if not client.holder.guest and clock.wall_seconds() - issued < _JUST_SECONDS:
            self._came[client.holder.room].append(client.holder.name)

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
        came, self._came = self._came, defaultdict(list)
        self._rounds += 1
        for room, channel in list(channels.items()):
            self._show(channel, self._numbers(channel, totals.get(room), came.get(room, [])))

    def _numbers(
        self, channel: Channel, total: tuple[int, dict[str, int]] | None, came: list[str]
    ) -> dict[str, Any]:
        numbers: dict[str, Any] = {}
        if total is not None:
            viewers, counts = total
            since = self._added.get(channel.room)
            if since:
                # What was tapped while the total was being read.
                counts = {**counts, LIKES: counts.get(LIKES, 0) + since[LIKES]}
            numbers |= {"viewers": viewers, "counts": counts}
        if came:
            numbers["came"] = came[-_CAME_NAMES:]
        if self._rounds % _HERE_EVERY == 1 or "here" not in channel.numbers:
            numbers["here"] = _some_names(channel)
        return numbers

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
    """A few of those who are here and signed in, drawn by chance."""
    some = random.sample(list(channel.clients), min(len(channel.clients), 4 * _HERE_NAMES))
    names = dict.fromkeys(client.holder.name for client in some if not client.holder.guest)
    return list(names)[:_HERE_NAMES]
