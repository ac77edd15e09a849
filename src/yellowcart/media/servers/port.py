"""What the platform asks of a media server, whichever it is."""

from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

import msgspec
from django.http import HttpRequest

from yellowcart.media.models import Broadcast, StreamKey


class Play(msgspec.Struct, frozen=True):
    """One way to watch. ``latency_hint_ms`` is what to expect on a good line.

    ``url`` begins with ``/`` where this installation serves it itself. Players send the room pass:
    as ``Authorization: Bearer`` with WHEP, as ``?pass=`` otherwise. Where the address has a place
    ``{pass}``, as other servers' have, they put it there as well.
    """

    kind: Literal["whep", "hls", "flv", "livekit"]
    url: str
    latency_hint_ms: int


class PublishPoint(msgspec.Struct, frozen=True):
    """One way to publish: what is typed into OBS, or given to ``whip.js``.

    ``key`` is the stream key for ``rtmp``, left empty where it is empty, and the bearer token for
    ``whip``.
    """

    protocol: Literal["whip", "rtmp"]
    url: str
    key: str


class Health(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a publisher's line does; what a server cannot tell stays null.

    ``dropped_frames`` and ``lost_packets`` count since the publisher came; ``loss_percent`` is the
    share of packets lost lately. ``latency_ms`` is from
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
    loss_percent: float | None = None
    keyframe_seconds: float | None = None
    b_frames: bool | None = None
    viewers: int | None = None
    inbound_bytes: int | None = None

    def known(self) -> dict[str, Any]:
        """What is known, as JSON."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


class Gate(Protocol):
    """What a server's hooks ask of the platform; each answers for that server's broadcasts only.

    Problems of ``open`` and ``watch`` are refusals, to be told to the client.
    """

    def open(
        self, room_id: UUID, secret: str, *, protocol: str, address: str, server_ref: str
    ) -> Broadcast:
        """Somebody who shows a stream key wants to publish to a room."""

    def open_for(self, key_ref: str, *, protocol: str, server_ref: str) -> Broadcast:
        """The same, where the server checked the key that it knows as ``key_ref``."""

    def started(self, broadcast: Broadcast) -> None:
        """Pictures arrive."""

    def started_by(self, room_id: UUID, server_ref: str) -> None:
        """Pictures arrive from this connection."""

    def lost(self, room_id: UUID, server_ref: str) -> None:
        """This connection went; others than the publisher's are nobody's business."""

    def watch(self, room_id: UUID, room_pass: str) -> None:
        """Somebody wants to watch. Problems: ``may_not_watch``."""

    def recorded(
        self, room_id: UUID, *, url: str, started_at: datetime, duration_ms: int, size_bytes: int
    ) -> None:
        """A recording of the room's latest broadcast is ready."""

    def is_first(self, event_id: str) -> bool:
        """Whether this event was not taken in before; remembers it."""


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

    def on_air(self, broadcast: Broadcast) -> None:
        """The room is public and its pictures arrive: begin what has to be begun."""

    def health(self, broadcast: Broadcast) -> Health | None:
        """How the publisher does now; None where it is gone."""

    def take_hook(self, request: HttpRequest, event: str, gate: Gate) -> tuple[int, dict[str, Any]]:
        """Answer a call of the server: status and JSON body, as its documentation wants them.

        Problems: ``hook_refused`` to whoever does not know the secret or cannot sign,
        ``stream_unknown`` where it speaks of no room of ours.
        """
