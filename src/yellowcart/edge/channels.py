"""Who is connected to which room, and how far each has been told.

A channel is one room in this process. Its viewers stand in shards of at most
:data:`SHARD_SIZE`, one language each: all of a shard have been told up to the same number, so a
frame for it is made once and written to each without looking at any. Shards of a large room take
their turns one after the other, which keeps the event loop free in between.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from yellowcart.edge.frames import numbers_frame
from yellowcart.edge.history import History
from yellowcart.edge.rules import Pace
from yellowcart.live.passes import RoomPass

SHARD_SIZE: Final = 500


class Line(Protocol):
    """A socket, as the hub uses it. ``write`` takes whole frames and never waits."""

    @property
    def heard_at(self) -> float:
        """When it last said anything (loop time)."""

    @property
    def address(self) -> str:
        """Where it comes from."""

    @property
    def packs(self) -> bool:
        """Whether the other side reads deflated messages."""

    @property
    def write(self) -> Callable[[bytes], None]:
        """Writes at once; the line says ``held`` where the other side takes no more."""

    def end(self, code: int, reason: str = "") -> None:
        """Close it, once what was written is sent."""

    def cut(self) -> None:
        """Close it now, whatever waits to be sent."""


class Client:
    """One viewer's socket: ``seq`` is the last number it was given, None while it has none.

    In a shard the shard's number counts instead. ``held_at`` is since when it takes no more.
    """

    __slots__ = (
        "asked_at",
        "base",
        "came_at",
        "channel",
        "ending",
        "gone",
        "held_at",
        "holder",
        "language",
        "likes",
        "line",
        "refused",
        "seq",
        "shard",
        "talk",
    )

    def __init__(self, holder: RoomPass, language: str, base: str, line: Line) -> None:
        self.holder = holder
        self.language = language
        self.base = base
        self.line = line
        self.channel: Channel | None = None
        self.seq: int | None = None
        self.shard: Shard | None = None
        self.held_at: float | None = None
        #: Since when the viewer is here, on the platform's clock.
        self.came_at: datetime | None = None
        #: When it was last asked for a sign of life.
        self.asked_at = 0.0
        self.ending = False
        self.gone = False
        #: What keeps it from flooding, once it speaks: see :mod:`edge.inbound`.
        self.talk: Any = None
        self.likes: Any = None
        self.refused = 0

    def has_left(self) -> bool:
        """Whether its socket is gone or being closed. Asked again after every wait."""
        return self.gone or self.ending

    def is_held(self) -> bool:
        """Whether it takes no more for now. Any write to it may make it so."""
        return self.held_at is not None

    def put(self, frame: bytes) -> None:
        """Write a frame of its own; nothing is kept for a client that takes no more."""
        if self.held_at is None and not self.has_left():
            self.line.write(frame)

    def close(self, code: int, reason: str = "") -> None:
        """Close its socket. Nothing may follow a close frame (RFC 6455, section 5.5.1)."""
        if not self.ending:
            self.ending = True
            if self.shard is not None:
                self.shard.drop(self)
            self.line.end(code, reason)


class Shard:
    """Some viewers of a room of one language, deflated or not, who stand at the same number."""

    __slots__ = ("channel", "due", "language", "newcomers", "pace", "packed", "queued", "seq",
                 "timer", "told", "writes")  # fmt: skip

    def __init__(self, channel: "Channel", language: str, seq: int, *, packed: bool) -> None:
        self.channel = channel
        self.language = language
        self.packed = packed
        self.seq = seq
        #: The channel's ``changed`` when its numbers were last told here.
        self.told = channel.changed
        self.writes: dict[Client, Callable[[bytes], None]] = {}
        #: Those who stand at a number of their own until the next frame.
        self.newcomers: list[Client] = []
        self.pace = Pace(0.0, 0.0)
        #: When its turn comes, and what wakes it then. uvloop's own handles do not all say when.
        self.due = 0.0
        self.timer: asyncio.TimerHandle | None = None
        self.queued = False

    @property
    def size(self) -> int:
        """How many stand here."""
        return len(self.writes) + len(self.newcomers)

    def suits(self, client: Client) -> bool:
        """Whether what is written here is what a client reads."""
        return self.language == client.language and self.packed == client.line.packs

    def take(self, client: Client) -> None:
        """Have a client stand here."""
        client.shard = self
        if client.seq == self.seq:
            self.writes[client] = client.line.write
        else:
            self.newcomers.append(client)

    def drop(self, client: Client) -> None:
        """Let a client go; its own number counts again."""
        client.shard = None
        if self.writes.pop(client, None) is not None:
            client.seq = self.seq
        elif client in self.newcomers:
            self.newcomers.remove(client)


class Channel:
    """One room in this process."""

    def __init__(self, room: UUID) -> None:
        self.room = room
        self.clients: set[Client] = set()
        self.shards: list[Shard] = []
        #: None until the room's last events are read.
        self.history: History | None = None
        self.opening: asyncio.Task[None] | None = None
        #: How many sockets each viewer has here.
        self.present: Counter[UUID] = Counter()
        #: What is counted, as last told, and how often it changed.
        self.numbers: dict[str, Any] = {}
        self.changed = 0
        #: Whether the numbers' turn is coming already, so that nobody need ask for it again.
        self.numbers_wait = False
        self._numbers_frame: bytes | None = None

    def come(self, client: Client) -> None:
        """Somebody connected."""
        client.channel = self
        self.clients.add(client)
        self.present[client.holder.sub] += 1

    def go(self, client: Client) -> None:
        """Somebody left."""
        if client not in self.clients:
            return
        self.clients.discard(client)
        self.present[client.holder.sub] -= 1
        if not self.present[client.holder.sub]:
            del self.present[client.holder.sub]
        if client.shard is not None:
            shard = client.shard
            shard.drop(client)
            if not shard.size:
                self.shards.remove(shard)

    def place(self, client: Client) -> Shard:
        """A client that stands at a number takes its place."""
        assert self.history is not None, "the history is read first"  # noqa: S101
        # The newest first: the others are full, but for those who left.
        for shard in reversed(self.shards):
            if shard.suits(client) and shard.size < SHARD_SIZE:
                break
        else:
            shard = Shard(self, client.language, self.history.last, packed=client.line.packs)
            self.shards.append(shard)
            self.numbers_wait = False
        shard.take(client)
        return shard

    def count(self, numbers: dict[str, Any]) -> bool:
        """Take in what is counted; whether any of it is new."""
        if all(self.numbers.get(name) == value for name, value in numbers.items()):
            return False
        self.numbers |= numbers
        self.changed += 1
        self._numbers_frame = None
        return True

    def numbers_frame(self) -> bytes:
        """All numbers as they stand."""
        if self._numbers_frame is None:
            self._numbers_frame = numbers_frame(self.numbers)
        return self._numbers_frame
