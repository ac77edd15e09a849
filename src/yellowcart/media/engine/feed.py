"""What one room shows: its tracks, the packets kept of them, and who gets them.

A feed outlives its publishers. Whoever publishes, its packets get the feed's own numbering: a
sequence that goes on where the last publisher's ended, and timestamps that go on by the time that
passed. So a viewer sees a pause, not another stream.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol
from uuid import UUID

from yellowcart.media.engine import limits
from yellowcart.media.engine.hls import LiveHls

#: RTP ticks a second.
CLOCKS: Final = {"h264": 90_000, "vp8": 90_000, "opus": 48_000}
_STALE_SECONDS: Final = 8.0


@dataclass(slots=True)
class Packet:
    """One packet of a track, in the feed's numbering."""

    #: Counts on for as long as the feed lives.
    number: int
    #: RTP time in the feed's numbering; counts on too.
    timestamp: int
    marker: bool
    payload: bytes
    #: Begins a picture that needs no other.
    key: bool


class Sink(Protocol):
    """Who gets a track's packets as they come."""

    def take(self, packet: Packet) -> None:
        """One packet; late ones come out of order."""


@dataclass
class Clock:
    """When a track's timestamps are, in seconds since 1970 by our clock."""

    rate: int
    timestamp: int = 0
    seconds: float = 0.0
    known: bool = False

    def at(self, timestamp: int) -> float:
        """The instant of an RTP time."""
        return self.seconds + (timestamp - self.timestamp) / self.rate

    def reading(self, seconds: float) -> int:
        """The RTP time at an instant."""
        return self.timestamp + round((seconds - self.seconds) * self.rate)

    def set(self, timestamp: int, seconds: float) -> None:
        """This RTP time is this instant."""
        self.timestamp, self.seconds, self.known = timestamp, seconds, True


class Track:
    """One track of a feed."""

    def __init__(self, codec: str) -> None:
        self.codec = codec
        self.kind = "audio" if codec == "opus" else "video"
        self.rate = CLOCKS[codec]
        self.clock = Clock(self.rate)
        self._ring: list[Packet | None] = [None] * (
            limits.AUDIO_RING if self.kind == "audio" else limits.VIDEO_RING
        )
        #: The number of the newest packet; a feed begins high enough for what is late.
        self.head = 1 << 16
        self._timestamp = secrets.randbits(31)
        self._moved = time.monotonic()
        #: The first packet of the newest key frame, and when it came.
        self.key_number = -1
        self.key_time = -1
        self.key_at = 0.0
        self.sinks: list[Sink] = []

    def begin(self) -> tuple[int, int]:
        """Where a new source goes on: the number and RTP time of its first packet."""
        passed = time.monotonic() - self._moved
        self._timestamp += max(1, round(passed * self.rate))
        self.clock.known = False
        return self.head + 1, self._timestamp

    def push(self, packet: Packet) -> None:
        """A packet of the source, in the feed's numbering."""
        size = len(self._ring)
        if packet.number <= self.head - size or packet.number > self.head + size:
            if packet.number <= self.head:
                return  # far too late
            self._ring = [None] * size
        self._ring[packet.number % size] = packet
        now = time.monotonic()
        if packet.number > self.head:
            self.head = packet.number
            self._moved = now
            self._timestamp = max(self._timestamp, packet.timestamp)
        if not self.clock.known:
            self.clock.set(packet.timestamp, time.time())
        if packet.key and packet.timestamp > self.key_time:
            self.key_number, self.key_time, self.key_at = packet.number, packet.timestamp, now
        for sink in self.sinks:
            sink.take(packet)

    def get(self, number: int) -> Packet | None:
        """A kept packet."""
        packet = self._ring[number % len(self._ring)]
        return packet if packet is not None and packet.number == number else None

    def since_key(self) -> list[int]:
        """The numbers from the newest key frame on, or nothing where it is gone or too old."""
        start = self.key_number
        if start < 0 or self.head - start >= len(self._ring) - 64:
            return []
        if time.monotonic() - self.key_at > _STALE_SECONDS:
            return []
        return list(range(start, self.head + 1))


class Source(Protocol):
    """Who publishes."""

    def want_key_frame(self) -> None:
        """Send a key frame soon, if you can."""

    def close(self, why: str) -> None:
        """You may not publish any longer."""


@dataclass
class Feed:
    """What one room shows."""

    room_id: UUID
    tracks: dict[str, Track] = field(default_factory=dict)
    source: Source | None = None
    hls: LiveHls = field(default_factory=LiveHls)
    #: Called when the tracks are others than before: viewers must ask anew.
    changed: Callable[[], None] = lambda: None
    _asked: float = 0.0

    def track(self, codec: str) -> Track:
        """The track for a codec; another codec of the same kind takes its place."""
        kind = "audio" if codec == "opus" else "video"
        found = self.tracks.get(kind)
        if found is None or found.codec != codec:
            found = self.tracks[kind] = Track(codec)
            self.changed()
        return found

    @property
    def ready(self) -> bool:
        """Whether there is something to show."""
        return bool(self.tracks) and any(t.head > 1 << 16 for t in self.tracks.values())

    def want_key_frame(self) -> None:
        """Ask the publisher, but not all the time."""
        now = time.monotonic()
        if self.source is not None and now - self._asked >= limits.KEY_REQUEST_SECONDS:
            self._asked = now
            self.source.want_key_frame()
