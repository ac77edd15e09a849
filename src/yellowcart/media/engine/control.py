"""What the engine asks of the platform, and how: the verbs of ``media.actions``, on threads.

The engine decides nothing about people: who may publish or watch is asked here each time, and
what happens to a broadcast is told here.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from django.db import close_old_connections

from yellowcart.core import home
from yellowcart.media import actions, queries
from yellowcart.media.models import Broadcast
from yellowcart.media.servers.embedded import Embedded
from yellowcart.media.states import OPEN

T = TypeVar("T")

_THREADS: Final = 4
#: How long "may watch" holds: a playlist is asked for twice a second.
_BELIEVED_SECONDS: Final = 5.0
_BELIEVED: Final = 20_000


@dataclass(frozen=True)
class Opened:
    """A publisher was let in."""

    broadcast_id: UUID
    room_id: UUID


def folder() -> Path:
    """Where recordings are kept."""
    path = home.data_dir() / "media"
    path.mkdir(exist_ok=True)
    return path


class Control(Protocol):
    """What the engine needs to know and to tell."""

    async def open(self, key: str, *, protocol: str, address: str) -> Opened:
        """Let a publisher in; raises a :class:`Problem`."""

    async def started(self, broadcast_id: UUID) -> None:
        """Pictures arrive."""

    async def health(self, broadcast_id: UUID, figures: dict[str, Any]) -> None:
        """How the line does."""

    async def lost(self, broadcast_id: UUID) -> None:
        """The line broke off."""

    async def ended(self, broadcast_id: UUID, reason: str) -> None:
        """The publisher said goodbye."""

    async def recorded(
        self, broadcast_id: UUID, path: str, started_at: datetime, duration_ms: int, size: int
    ) -> None:
        """A piece was written down; ``path`` is relative to :func:`folder`."""

    async def may_watch(self, room_id: UUID, token: str) -> bool:
        """Whether the holder of a pass may see a room now."""

    async def on_air(self, room_id: UUID) -> bool:
        """Whether the room is public, and so recorded."""

    async def still_open(self, broadcast_ids: Iterable[UUID]) -> set[UUID]:
        """Those that may go on."""

    def forget(self, room_id: UUID | None) -> None:
        """What was believed of a room (or of all) may have changed."""


class Platform:
    """The platform itself, over its database."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, "control")
        self._believed: dict[tuple[UUID, str], tuple[float, bool]] = {}

    async def open(self, key: str, *, protocol: str, address: str) -> Opened:
        """Let a publisher in."""
        found = await self._do(
            lambda: actions.do_open_broadcast(key, protocol=protocol, address=address)
        )
        return Opened(found.id, found.room_id)

    async def started(self, broadcast_id: UUID) -> None:
        """Pictures arrive."""
        await self._do(lambda: actions.do_broadcast_started(broadcast_id))

    async def health(self, broadcast_id: UUID, figures: dict[str, Any]) -> None:
        """How the line does."""
        await self._do(lambda: actions.do_report_health(broadcast_id, figures))

    async def lost(self, broadcast_id: UUID) -> None:
        """The line broke off."""
        await self._do(lambda: actions.do_broadcast_lost(broadcast_id))

    async def ended(self, broadcast_id: UUID, reason: str) -> None:
        """The publisher said goodbye."""
        await self._do(lambda: actions.do_broadcast_ended(broadcast_id, reason))

    async def recorded(
        self, broadcast_id: UUID, path: str, started_at: datetime, duration_ms: int, size: int
    ) -> None:
        """A piece was written down."""
        await self._do(
            lambda: actions.do_add_recording(broadcast_id, path, started_at, duration_ms, size)
        )

    async def may_watch(self, room_id: UUID, token: str) -> bool:
        """Whether the holder of a pass may see a room now; believed for some seconds."""
        now = time.monotonic()
        known = self._believed.get((room_id, token))
        if known is not None and now - known[0] < _BELIEVED_SECONDS:
            return known[1]
        may = await self._do(lambda: queries.may_watch(room_id, token))
        if len(self._believed) >= _BELIEVED:
            self._believed.clear()
        self._believed[room_id, token] = now, may
        return may

    async def on_air(self, room_id: UUID) -> bool:
        """Whether the room is public."""
        return await self._do(lambda: queries.on_air(room_id))

    async def begin(self) -> None:
        """No publisher is connected: those of the process before may come back at once."""

        def lose() -> None:
            left = Broadcast.objects.filter(state__in=OPEN, server=Embedded.kind)
            for broadcast_id in list(left.values_list("id", flat=True)):
                actions.do_broadcast_lost(broadcast_id)

        await self._do(lose)

    async def still_open(self, broadcast_ids: Iterable[UUID]) -> set[UUID]:
        """Those that may go on."""
        ids = list(broadcast_ids)
        return await self._do(lambda: queries.open_broadcasts(ids)) if ids else set()

    def forget(self, room_id: UUID | None) -> None:
        """What was believed may have changed."""
        for known in [k for k in self._believed if room_id in {None, k[0]}]:
            del self._believed[known]

    async def _do(self, work: Callable[[], T]) -> T:
        def done() -> T:
            close_old_connections()
            try:
                return work()
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._threads, done)
