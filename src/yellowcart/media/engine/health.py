"""How a publisher's media comes in, as figures for the creator (``media.servers.port.Health``)."""

import time
from collections.abc import Iterable
from typing import Any

from yellowcart.media.engine.intake import RtpIntake


class Figures:
    """Rates since they were last asked for, and counts since the publisher came."""

    def __init__(self) -> None:
        self._at = time.monotonic()
        self._bytes = self._pictures = 0

    def measure(
        self, *, size: int, pictures: int, key_interval: float, extra: dict[str, Any]
    ) -> dict[str, Any]:
        """``size`` (bytes) and ``pictures`` count from the beginning; ``extra`` is added."""
        now = time.monotonic()
        seconds = max(now - self._at, 0.001)
        found = {
            "bitrate_kbps": max(0, round((size - self._bytes) * 8 / seconds / 1_000)),
            "fps": max(0.0, round((pictures - self._pictures) / seconds, 1)),
            "keyframe_seconds": round(key_interval, 2) or None,
            **extra,
        }
        self._at, self._bytes, self._pictures = now, size, pictures
        return {name: value for name, value in found.items() if value is not None}


def of_streams(
    figures: Figures, streams: Iterable[RtpIntake], rtt_ms: float | None
) -> dict[str, Any]:
    """The figures of a WebRTC publisher."""
    streams = list(streams)
    codecs = {s.track.kind: s.track.codec for s in streams}
    return figures.measure(
        size=sum(s.bytes for s in streams),
        pictures=sum(s.pictures for s in streams),
        key_interval=max((s.key_interval for s in streams), default=0.0),
        extra={
            "rtt_ms": None if rtt_ms is None else round(rtt_ms),
            "lost_packets": sum(s.lost for s in streams),
            "video_codec": codecs.get("video"),
            "audio_codec": codecs.get("audio"),
        },
    )
