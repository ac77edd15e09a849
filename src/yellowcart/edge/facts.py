"""Counts what sockets tell of a room: who came, who left, what they looked at."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from yellowcart.core import clock
from yellowcart.edge.channels import Client
from yellowcart.edge.inbound import Ref
from yellowcart.edge.store import Store
from yellowcart.insights.room_facts import Tally
from yellowcart.live.passes import RoomPass

log = logging.getLogger(__name__)

WRITE_SECONDS: Final = 1.0
#: Listings that one frame may tell of.
MOST_AT_ONCE: Final = 30


class Facts:
    """This process's tally, written every second. Only viewers count: a host does not watch."""

    def __init__(self, store: Store, online: Callable[[], Mapping[UUID, int]]) -> None:
        self._store = store
        self._online = online
        self._tally = Tally()

    def came(self, holder: RoomPass) -> datetime:
        """A line stands; the instant, for :meth:`left`."""
        at = clock.now()
        if holder.role == "viewer":
            self._tally.came(holder.room, holder.sub, guest=holder.guest, at=at)
        return at

    def left(self, holder: RoomPass, since: datetime) -> None:
        """The line that stood since an instant ended."""
        if holder.role == "viewer":
            self._tally.left(holder.room, holder.sub, since=since, at=clock.now())

    def saw(self, client: Client, listings: list[UUID], _ref: Ref = None) -> None:
        """What a viewer had before their eyes."""
        self.looked(client.holder, listings, [])

    def opened(self, client: Client, listings: list[UUID], _ref: Ref = None) -> None:
        """What a viewer opened."""
        self.looked(client.holder, [], listings)

    def looked(self, holder: RoomPass, seen: list[UUID], opened: list[UUID]) -> None:
        """What a viewer had before their eyes and what they opened."""
        if holder.role == "viewer":
            self._tally.looked(
                holder.room,
                holder.sub,
                clock.now(),
                seen=seen[:MOST_AT_ONCE],
                opened=opened[:MOST_AT_ONCE],
            )

    async def write(self) -> None:
        """Write what was collected every second, until cancelled."""
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Write what was collected. What can't be written is lost: it is a count, not an order."""
        for statement, values in self._tally.take(self._online(), clock.now()):
            try:
                async with self._store.transaction() as conn:
                    await conn.execute(statement, values)
            except Exception:
                log.exception("facts of rooms could not be written")
