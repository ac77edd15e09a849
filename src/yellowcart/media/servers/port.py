"""What the platform asks of a media server, whichever it is."""

from typing import Any, Literal, Protocol
from uuid import UUID

import msgspec

from yellowcart.media.models import Broadcast, StreamKey


class Play(msgspec.Struct, frozen=True):
    """One way to watch. ``latency_hint_ms`` is what to expect on a good line.

    ``url`` begins with ``/`` where this installation serves it itself. Players send the room pass:
    as ``Authorization: Bearer`` with WHEP, as ``?pass=`` otherwise.
    """

    kind: Literal["whep", "hls", "flv", "livekit"]
    url: str
    latency_hint_ms: int


class PublishPoint(msgspec.Struct, frozen=True):
    """One way to publish: what is typed into OBS, or given to ``whip.js``.

    ``key`` is the stream key for ``rtmp`` and the bearer token for ``whip``.
    """

    protocol: Literal["whip", "rtmp"]
    url: str
    key: str


class Health(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a publisher's line does; what a server cannot tell stays null.

    ``dropped_frames`` and ``lost_packets`` count since the publisher came. ``latency_ms`` is from
    the publisher's camera to a viewer, as far as it can be known.
    """

    bitrate_kbps: int | None = None
    fps: float | None = None
    width: int | None = None
    height: int | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    rtt_ms: int | None = None
    latency_ms: int | None = None
    dropped_frames: int | None = None
    lost_packets: int | None = None
    keyframe_seconds: float | None = None
    viewers: int | None = None

    def known(self) -> dict[str, Any]:
        """What is known, as JSON."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


class MediaServer(Protocol):
    """A media server. Its methods may call out: never ask it inside a transaction."""

    kind: str

    def publish_points(self, key: StreamKey, secret: str) -> list[PublishPoint]:
        """Where the holder of a key publishes, best first."""

    def plays(self, room_id: UUID) -> list[Play]:
        """Where a room is watched, lowest latency first. Calls nobody."""

    def drop(self, broadcast: Broadcast) -> None:
        """End the publisher's connection."""

    def forget_key(self, key: StreamKey) -> None:
        """The key was revoked; take it back where the server knows keys itself."""

    def health(self, broadcast: Broadcast) -> Health | None:
        """How the publisher does now; None where it is gone."""
