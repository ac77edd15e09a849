"""RTP that a publisher sends: numbered for the feed, counted, and asked for again where missing."""

import time
from typing import Final

from yellowcart.media.engine import rtcp
from yellowcart.media.engine.feed import Packet, Track
from yellowcart.media.engine.pictures import begins_key_frame
from yellowcart.media.engine.rtp import Incoming, Unwrapper

#: A hole this wide is not asked for packet by packet; a key frame mends it.
_WIDEST_HOLE: Final = 150
#: How long and how often a packet is asked for.
_ASK_SECONDS: Final = 1.0
_ASK_TIMES: Final = 6
#: The publisher's clock and ours may part by so much before its reports are measured anew.
_DRIFT_SECONDS: Final = 1.0


class SenderClock:
    """What one publisher's clock is ahead of ours, the same for all its tracks."""

    def __init__(self) -> None:
        self.behind: float | None = None


class RtpIntake:
    """One stream of a publisher, into one track."""

    def __init__(self, track: Track, ssrc: int, clock: SenderClock) -> None:
        self.track, self.ssrc = track, ssrc
        self._clock = clock
        self._sequences, self._times = Unwrapper(16), Unwrapper(32)
        self._first_number, self._first_time = track.begin()
        self._base: tuple[int, int] | None = None
        self._highest = 0
        #: Missing packets: when next to ask, and how often that was done.
        self._missing: dict[int, tuple[float, float, int]] = {}
        self.received = self.bytes = 0
        self.pictures = 0
        self.key_frames = 0
        self.key_interval = 0.0
        self.last_at = time.monotonic()
        self._key_seen = 0.0
        self._jitter = 0.0
        self._transit: float | None = None
        self._report = (0.0, 0)
        self._last_report = (0, 0, 0)

    def deliver(self, packet: Incoming) -> bool:
        """Hand a packet to the feed. False where so much is missing that a key frame must help."""
        now = time.monotonic()
        sequence = self._sequences.unwrap(packet.sequence)
        timestamp = self._times.unwrap(packet.timestamp)
        if self._base is None:
            self._base = sequence, timestamp
            self._highest = sequence - 1
        whole = self._note(sequence, now)
        if sequence < self._base[0]:
            return whole  # older than what the feed began with
        self.received += 1
        self.bytes += len(packet.payload)
        self.last_at = now
        self._measure(packet.timestamp, now)
        key = self.track.kind == "video" and begins_key_frame(self.track.codec, packet.payload)
        out = Packet(
            self._first_number + sequence - self._base[0],
            self._first_time + timestamp - self._base[1],
            packet.marker,
            packet.payload,
            key,
        )
        if packet.marker and self.track.kind == "video":
            self.pictures += 1
        before = self.track.key_time
        self.track.push(out)
        if self.track.key_time != before:
            self.key_frames += 1
            self.key_interval = now - self._key_seen if self._key_seen else 0.0
            self._key_seen = now
        return whole

    def _note(self, sequence: int, now: float) -> bool:
        """Keep account of holes."""
        if sequence <= self._highest:
            self._missing.pop(sequence, None)
            return True
        hole = sequence - self._highest - 1
        missing = range(self._highest + 1, sequence)
        self._highest = sequence
        if hole > _WIDEST_HOLE:
            self._missing.clear()
            return False
        for number in missing:
            self._missing[number] = (now, now, 0)
        return True

    def to_ask(self, rtt_seconds: float) -> tuple[list[int], bool]:
        """What to ask for again now, and whether anything was given up."""
        if not self._missing:
            return [], False
        now = time.monotonic()
        wanted: list[int] = []
        lost = False
        for number, (since, due, tries) in list(self._missing.items()):
            if now - since > _ASK_SECONDS or tries >= _ASK_TIMES:
                del self._missing[number]
                lost = True
            elif now >= due:
                self._missing[number] = since, now + max(rtt_seconds, 0.03) + 0.02, tries + 1
                wanted.append(number)
        return sorted(wanted), lost

    def _measure(self, timestamp: int, now: float) -> None:
        """Interarrival jitter, as in RFC 3550, appendix A.8."""
        transit = now * self.track.rate - timestamp
        if self._transit is not None:
            difference = abs(transit - self._transit)
            if difference < self.track.rate:
                self._jitter += (difference - self._jitter) / 16
        self._transit = transit

    def heard(self, report: rtcp.SenderReport) -> None:
        """When the publisher says its timestamps are: keeps picture and sound in step."""
        middle = rtcp.ntp(report.seconds) >> 16 & 0xFFFF_FFFF
        self._last_report = (middle, int(time.monotonic() * 65_536), 1)
        if self._base is None or not self.track.clock.known:
            return
        timestamp = self._first_time + self._times.unwrap(report.timestamp) - self._base[1]
        by_arrival = self.track.clock.at(timestamp)
        behind = self._clock.behind
        if behind is None or abs(report.seconds + behind - time.time()) > _DRIFT_SECONDS:
            self._clock.behind = behind = by_arrival - report.seconds
        self.track.clock.set(timestamp, report.seconds + behind)

    def arrival(self) -> rtcp.Arrival | None:
        """For a receiver report; None before the first packet."""
        if self._base is None:
            return None
        expected = self._highest - self._base[0] + 1
        lost = self.lost
        expected_before, lost_before = self._report
        span, gone = expected - expected_before, lost - lost_before
        self._report = expected, lost
        middle, at, known = self._last_report
        return rtcp.Arrival(
            self.ssrc,
            max(0.0, gone / span) if span > 0 else 0.0,
            lost,
            self._highest,
            int(self._jitter),
            middle,
            (int(time.monotonic() * 65_536) - at) * known,
        )

    @property
    def missing(self) -> bool:
        """Whether anything is being asked for."""
        return bool(self._missing)

    @property
    def lost(self) -> int:
        """Packets that never came, as far as known."""
        if self._base is None:
            return 0
        return max(0, self._highest - self._base[0] + 1 - self.received)
