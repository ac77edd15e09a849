"""Whole pictures and sounds out of a WebRTC publisher's packets, in order."""

from typing import Final

from yellowcart.media.engine import limits, pictures
from yellowcart.media.engine.feed import Packet, Track
from yellowcart.media.engine.samples import Picture, Samples, Sound
from yellowcart.media.engine.sound import RATE, opus_to_aac
from yellowcart.media.engine.sps import PictureSize, size_of

#: Packets that may come before a late one is given up.
_PATIENCE: Final = 60


class PictureAssembly:
    """Takes a track's H.264 packets; late ones get their place, holes cost pictures until the
    next key frame."""

    def __init__(self, track: Track, samples: Samples) -> None:
        self._track, self._samples = track, samples
        self._assembler = pictures.H264Assembler(limits.LARGEST_PICTURE)
        self._early: dict[int, Packet] = {}
        self._next: int | None = None
        self._time: int | None = None
        self._broken = True
        self._sets: tuple[bytes, tuple[bytes, ...]] | None = None
        self.size: PictureSize | None = None

    def take(self, packet: Packet) -> None:
        """A packet as it came."""
        if self._next is None:
            self._next = packet.number
        if packet.number < self._next:
            return
        self._early[packet.number] = packet
        if len(self._early) > _PATIENCE and self._next not in self._early:
            self._next = min(self._early)
            self._assembler.spoil()
            self._broken = True
        while (found := self._early.pop(self._next, None)) is not None:
            self._next += 1
            self._in_order(found)

    def _in_order(self, packet: Packet) -> None:
        if self._time is not None and packet.timestamp != self._time:
            self._finish(self._time)
        if not packet.payload:
            return  # padding
        self._time = packet.timestamp
        self._assembler.add(packet.payload)
        if packet.marker:
            self._finish(packet.timestamp)
            self._time = None

    def _finish(self, timestamp: int) -> None:
        units = self._assembler.take()
        if units is None:
            self._broken = True
            return
        kinds = [unit[0] & 0x1F for unit in units]
        key = pictures.IDR in kinds
        sps = next((u for u, k in zip(units, kinds, strict=True) if k == pictures.SPS), None)
        if sps is not None:
            pps = tuple(u for u, k in zip(units, kinds, strict=True) if k == pictures.PPS)
            if pps and (sps, pps) != self._sets:
                self._sets = sps, pps
                self.size = size_of(sps)
                self._samples.video_setup(sps, pps)
        if key:
            self._broken = False
        if self._broken or self._sets is None:
            return
        bare = [u for u, k in zip(units, kinds, strict=True) if 1 <= k <= pictures.SEI]
        if bare:
            at = self._track.clock.at(timestamp)
            self._samples.picture(Picture(at, at, bare, key))


class SoundAssembly:
    """Takes a track's Opus packets and hands on AAC."""

    def __init__(self, track: Track, samples: Samples) -> None:
        self._track, self._samples = track, samples
        self._transcoder = opus_to_aac()
        self._last = -1
        samples.audio_setup(self._transcoder.config[:2], RATE, 2)

    def take(self, packet: Packet) -> None:
        """A packet as it came; one that is late is left out."""
        if packet.number <= self._last:
            return
        self._last = packet.number
        time = round(self._track.clock.at(packet.timestamp) * RATE)
        for at, data in self._transcoder.convert(packet.payload, time):
            self._samples.sound(Sound(at / RATE, data))
