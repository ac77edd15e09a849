"""How a publisher's media comes in, as figures for the creator (``media.servers.port.Health``)."""

import time
from collections.abc import Iterable
from typing import Any

from yellowcart.media.engine.intake import RtpIntake
from yellowcart.media.engine.sps import PictureSize


class Figures:
    """Rates since they were last asked for, and counts since the publisher came."""

    def __init__(self) -> None:
        self._at = time.monotonic()
        self._bytes = self._pictures = self._received = self._lost = 0

    def measure(
        self,
        *,
        size: int,
        pictures: int,
        key_interval: float,
        extra: dict[str, Any],
        packets: tuple[int, int] | None = None,
    ) -> dict[str, Any]:
        """``size`` (bytes), ``pictures`` and ``packets`` (received and lost) count from the
        beginning; ``extra`` is added."""
        now = time.monotonic()
        seconds = max(now - self._at, 0.001)
        found: dict[str, Any] = {
            "bitrate_kbps": max(0, round((size - self._bytes) * 8 / seconds / 1_000)),
            "fps": max(0.0, round((pictures - self._pictures) / seconds, 1)),
            "keyframe_seconds": round(key_interval, 2) or None,
            **extra,
        }
        self._at, self._bytes, self._pictures = now, size, pictures
        if packets is not None:
            received, lost = packets
            came, gone = max(0, received - self._received), max(0, lost - self._lost)
            self._received, self._lost = received, lost
            found["lost_packets"] = lost
            found["loss_percent"] = round(100 * gone / max(1, came + gone), 1)
        return {name: value for name, value in found.items() if value is not None}


def of_streams(
    figures: Figures,
    streams: Iterable[RtpIntake],
    *,
    rtt_ms: float | None,
    size: PictureSize | None,
) -> dict[str, Any]:
    """The figures of a WebRTC publisher."""
    streams = list(streams)
    codecs = {s.track.kind: s.track.codec for s in streams}
    return figures.measure(
        size=sum(s.bytes for s in streams),
        pictures=sum(s.pictures for s in streams),
        key_interval=max((s.key_interval for s in streams), default=0.0),
        packets=(sum(s.received for s in streams), sum(s.lost for s in streams)),
        extra={
            "rtt_ms": None if rtt_ms is None else round(rtt_ms),
            "width": size.width if size else None,
            "height": size.height if size else None,
            "video_codec": codecs.get("video"),
            "audio_codec": codecs.get("audio"),
        },
    )
