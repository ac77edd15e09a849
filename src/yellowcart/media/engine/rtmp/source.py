"""A publisher over RTMP as the engine sees it: FLV messages into a feed."""

import time
from collections.abc import Callable
from typing import Any, Final

from yellowcart.media.engine import limits, pictures, samples
from yellowcart.media.engine.feed import Feed, Packet, Track
from yellowcart.media.engine.health import Figures
from yellowcart.media.engine.rtmp import flv
from yellowcart.media.engine.rtp import Unwrapper
from yellowcart.media.engine.sound import RATE, Transcoder, aac_to_opus
from yellowcart.media.engine.sps import PictureSize, size_of

#: Units that browsers need not get: delimiters, end marks, filler.
_LEFT_OUT: Final = frozenset({pictures.DELIMITER, 10, 11, 12})
#: A publisher's time that jumps by more begins anew, in milliseconds.
_JUMP_MS: Final = 3_000


class _Out:
    """One track that is filled from here."""

    def __init__(self, track: Track) -> None:
        self.track = track
        self._number, self._time = track.begin()
        self._first: int | None = None

    def again(self) -> None:
        """The source's time begins anew."""
        self._number, self._time = self.track.begin()
        self._first = None

    def push(self, ticks: int, payloads: list[bytes], *, key: bool, marked: bool) -> None:
        """The packets of one picture or sound at ``ticks`` of the track's clock."""
        if self._first is None:
            self._first = ticks
        timestamp = self._time + ticks - self._first
        for place, payload in enumerate(payloads):
            last = marked and place == len(payloads) - 1
            self.track.push(Packet(self._number, timestamp, last, payload, key and place == 0))
            self._number += 1


class RtmpSource:
    """What one connection publishes."""

    def __init__(self, feed: Feed, *, hang_up: Callable[[str], None]) -> None:
        self.feed = feed
        self.samples: samples.Samples = samples.Nobody()
        self.last_at = 0.0
        self.rtt_ms: Callable[[], float | None] = lambda: None
        self._hang_up = hang_up
        self._video: _Out | None = None
        self._audio: _Out | None = None
        self._setup: flv.VideoSetup | None = None
        self._sound: flv.AudioSetup | None = None
        self._transcoder: Transcoder | None = None
        self._clock = Unwrapper(32)
        #: What a time of the publisher's is by our clock: seconds to add to its milliseconds.
        self._ahead: float | None = None
        self._last_ms: int | None = None
        self._figures = Figures()
        self._bytes = self._pictures = 0
        self._key_at = self._key_interval = 0.0
        self._size: PictureSize | None = None
        #: Pictures that are shown in another order than they come in; browsers can't do that.
        self._reordered = False

    # --- as a publisher

    def want_key_frame(self) -> None:
        """RTMP has no way to ask: the encoder's own interval counts."""

    def close(self, why: str) -> None:
        """End the connection."""
        self._hang_up(why)

    def tick(self) -> None:
        """Nothing is due."""

    def health(self) -> dict[str, Any]:
        """How it comes in."""
        rtt = self.rtt_ms()
        return self._figures.measure(
            size=self._bytes,
            pictures=self._pictures,
            key_interval=self._key_interval,
            extra={
                "rtt_ms": None if rtt is None else round(rtt),
                "width": self._size.width if self._size else None,
                "height": self._size.height if self._size else None,
                "b_frames": self._reordered or None,
                "video_codec": "h264" if self._video else None,
                "audio_codec": "aac" if self._audio else None,
            },
        )

    # --- messages

    def video(self, body: bytes, milliseconds: int) -> None:
        """A video message; raises :class:`flv.FlvError`."""
        found = flv.video(body, self._setup)
        self._bytes += len(body)
        if isinstance(found, flv.VideoSetup):
            if found != self._setup:
                self._setup = found
                self._size = size_of(found.sps)
                self.samples.video_setup(found.sps, found.pps)
            if self._video is None:
                self._video = _Out(self.feed.track("h264"))
        elif found is not None and self._video is not None and self._setup is not None:
            self._picture(found, self._now(milliseconds), self._setup, self._video)

    def _picture(
        self, picture: flv.Picture, time_ms: int, setup: flv.VideoSetup, out: _Out
    ) -> None:
        key = picture.key and any(unit[0] & 0x1F == pictures.IDR for unit in picture.units)
        units = [u for u in picture.units if u[0] & 0x1F not in _LEFT_OUT]
        if not units:
            return
        self._pictures += 1
        self._reordered = self._reordered or picture.offset != 0
        now = time.monotonic()
        if key:
            self._key_interval = now - self._key_at if self._key_at else 0.0
            self._key_at = now
        inside = {unit[0] & 0x1F for unit in units}
        whole = units
        if key and pictures.SPS not in inside:
            whole = [setup.sps, *setup.pps, *units]
        out.push(
            (time_ms + picture.offset) * 90,
            pictures.cut(whole, limits.RTP_PAYLOAD),
            key=key,
            marked=True,
        )
        decoded = self._seconds(time_ms)
        bare = [u for u in units if u[0] & 0x1F not in {pictures.SPS, pictures.PPS}]
        if bare:
            self.samples.picture(
                samples.Picture(decoded + picture.offset / 1_000, decoded, bare, key)
            )

    def audio(self, body: bytes, milliseconds: int) -> None:
        """An audio message; raises :class:`flv.FlvError`."""
        found = flv.audio(body)
        self._bytes += len(body)
        if isinstance(found, flv.AudioSetup):
            if found != self._sound:
                self._sound = found
                self._transcoder = aac_to_opus(found.config)
                self.samples.audio_setup(found.config, found.rate, found.channels)
            if self._audio is None:
                self._audio = _Out(self.feed.track("opus"))
        elif found is not None and self._audio is not None and self._transcoder is not None:
            time_ms = self._now(milliseconds)
            self.samples.sound(samples.Sound(self._seconds(time_ms), found.data))
            for ticks, packet in self._transcoder.convert(found.data, time_ms * RATE // 1_000):
                self._audio.push(ticks, [packet], key=False, marked=False)

    def _now(self, milliseconds: int) -> int:
        """The publisher's time, counted on."""
        time_ms = self._clock.unwrap(milliseconds)
        if self._last_ms is not None and abs(time_ms - self._last_ms) > _JUMP_MS:
            self._ahead = None
            for out in (self._video, self._audio):
                if out is not None:
                    out.again()
        self._last_ms = time_ms
        self.last_at = time.monotonic()
        if self._ahead is None:
            self._ahead = time.time() - time_ms / 1_000
        return time_ms

    def _seconds(self, time_ms: int) -> float:
        return time_ms / 1_000 + (self._ahead or 0.0)
