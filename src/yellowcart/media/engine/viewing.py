"""One WHEP session: a feed's packets, under the viewer's own numbers."""

import asyncio
import secrets
import time
from collections.abc import Callable
from struct import Struct
from typing import Final

from yellowcart.media.engine import limits, rtcp
from yellowcart.media.engine.feed import Feed, Packet, Track
from yellowcart.media.engine.peers import Peer

_HEADER: Final = Struct("!BBHII")
#: Who comes late gets what led to the present picture in steps, so that no buffer overflows.
_STEP_PACKETS: Final = 32
_STEP_SECONDS: Final = 0.004
#: RTP ticks between the pictures that lead to the present one: shown at once, one after another.
_QUICK: Final = 90
#: A line that loses so much of what it gets cannot carry it, whatever is repeated.
_TOO_MUCH_LOST: Final = 0.25
#: Reports in a row that say so.
_PATIENCE: Final = 2


class Sending:
    """One track on its way to one viewer."""

    def __init__(self, feed: Feed, track: Track, peer: Peer, payload_type: int) -> None:
        self.track = track
        self.ssrc = secrets.randbits(32) or 1
        self._feed, self._peer = feed, peer
        self._type = payload_type
        #: The sequence of packet ``n`` is ``n - _offset``; packets before ``_from`` are not sent.
        self._offset = secrets.randbits(15)
        self._from = 0
        self._sent = -1
        #: The next packet of those that lead to the present picture; None when up to date.
        self._behind: int | None = None
        self._waiting = track.kind == "video"
        self._quick: dict[int, int] = {}
        self.packets = self.bytes = 0
        self.pauses = 0
        self._repeats = 0
        self._lossy = 0
        self._since_ms = 0.0

    def start(self) -> None:
        """Begin, with the newest key frame where one is kept."""
        if self.track.kind == "video":
            self._begin_at_key()
        self.track.sinks.append(self)

    def stop(self) -> None:
        """Send no more."""
        if self in self.track.sinks:
            self.track.sinks.remove(self)

    def take(self, packet: Packet) -> None:
        """A packet of the feed."""
        if self._behind is not None:
            return  # it gets its turn
        if self._waiting:
            if not packet.key:
                return
            self._go_on_at(packet.number)
        self._send(packet)

    def again(self, sequences: tuple[int, ...]) -> None:
        """Packets that the viewer misses, if they are still here."""
        for sequence in sequences:
            if self._repeats >= limits.MOST_REPEATS:
                return
            # The number nearest to the last one sent that has this sequence.
            number = self._sent - ((self._sent - self._offset - sequence) & 0xFFFF)
            if number < self._from or (packet := self.track.get(number)) is None:
                continue
            self._repeats += 1
            self._peer.send_rtp(self._framed(packet))

    def arrives(self, report: rtcp.Reception) -> None:
        """How the viewer gets it. Who loses too much gets no pictures until the next key frame."""
        if self.track.kind != "video":
            return
        self._lossy = self._lossy + 1 if report.lost > _TOO_MUCH_LOST else 0
        if self._lossy >= _PATIENCE:
            self._lossy = 0
            self.pause()

    def pause(self) -> None:
        """Send no picture until the next key frame."""
        if not self._waiting:
            self._waiting, self._behind = True, None
            self.pauses += 1

    def report(self, name: str) -> None:
        """Tell the viewer when the timestamps are; called once a second."""
        self._repeats = 0
        clock = self.track.clock
        if not clock.known:
            return
        now = time.time()
        self._peer.send_rtcp(
            rtcp.sender_report(
                self.ssrc,
                seconds=now,
                timestamp=clock.reading(now),
                packets=self.packets,
                size=self.bytes,
                name=name,
            )
        )

    def _begin_at_key(self) -> None:
        kept = self.track.since_key()
        if not kept:
            self._feed.want_key_frame()
            return
        self._go_on_at(kept[0])
        self._sent = kept[0] - 1
        times = sorted({p.timestamp for n in kept if (p := self.track.get(n)) is not None})
        newest = times[-1]
        self._quick = {t: newest - _QUICK * (len(times) - 1 - i) for i, t in enumerate(times)}
        self._behind = kept[0]
        self._catch_up()

    def _catch_up(self) -> None:
        if self._behind is None or self._peer.over:
            return
        last = min(self._behind + _STEP_PACKETS - 1, self.track.head)
        for number in range(self._behind, last + 1):
            if (packet := self.track.get(number)) is not None:
                self._send(packet)
        if self._waiting or last >= self.track.head:
            self._behind = None
            return
        self._behind = last + 1
        asyncio.get_running_loop().call_later(_STEP_SECONDS, self._catch_up)

    def _go_on_at(self, number: int) -> None:
        """Leave no hole in the sequence for what was not sent."""
        if self._sent >= 0:
            self._offset += number - self._sent - 1
        self._from = number
        self._waiting = False

    def _send(self, packet: Packet) -> None:
        if packet.number < self._from:
            return
        self._sent = max(self._sent, packet.number)
        framed = self._framed(packet)
        self.packets += 1
        self.bytes += len(packet.payload)
        if not self._peer.send_rtp(framed) and self.track.kind == "video":
            self.pause()

    def _framed(self, packet: Packet) -> bytes:
        timestamp = packet.timestamp
        if self._quick:
            timestamp = self._quick.get(timestamp, timestamp)
        return (
            _HEADER.pack(
                0x80,
                self._type | 0x80 if packet.marker else self._type,
                (packet.number - self._offset) & 0xFFFF,
                timestamp & 0xFFFF_FFFF,
                self.ssrc,
            )
            + packet.payload
        )


class Viewer:
    """One WHEP session."""

    def __init__(self, feed: Feed, peer: Peer, *, ended: Callable[["Viewer"], None]) -> None:
        self.feed, self.peer = feed, peer
        self.id = secrets.token_urlsafe(16)
        self.name = secrets.token_hex(4)
        self.sendings: list[Sending] = []
        self._ended = ended
        peer.opened = self._opened
        peer.closed = lambda _why: self._over()
        peer.rtcp = self._heard

    def add(self, track: Track, payload_type: int) -> Sending:
        """A track to send."""
        sending = Sending(self.feed, track, self.peer, payload_type)
        self.sendings.append(sending)
        return sending

    def report(self) -> None:
        """Once a second."""
        for sending in self.sendings:
            sending.report(self.name)

    def close(self) -> None:
        """End it."""
        self.peer.close()
        self._over()

    def _opened(self) -> None:
        self.report()
        for sending in self.sendings:
            sending.start()

    def _over(self) -> None:
        for sending in self.sendings:
            sending.stop()
        self._ended(self)

    def _heard(self, data: bytes) -> None:
        for report in rtcp.parse(data):
            if isinstance(report, rtcp.Bye):
                continue  # a browser says so of a track, and ends a session with DELETE
            sending = next((s for s in self.sendings if s.ssrc == report.ssrc), None)
            if sending is None:
                continue
            if isinstance(report, rtcp.Nack):
                sending.again(report.sequences)
            elif isinstance(report, rtcp.Reception):
                sending.arrives(report)
            elif isinstance(report, rtcp.KeyFrameWanted):
                self.feed.want_key_frame()
