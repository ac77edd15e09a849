"""Our own engine (``media/engine/``): WHIP and RTMP in, WHEP and low-latency HLS out.

It runs with the platform and takes part in the bus, so the platform calls nobody: dropping a
publisher is a message on ``media.events.CHANNEL``, and health comes by
``media.actions.do_report_health``.
"""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from yellowcart.media import problems
from yellowcart.media.models import Broadcast, StreamKey
from yellowcart.media.servers.port import Gate, Health, Play, PublishPoint


class Embedded:
    """The engine that comes with the platform."""

    kind = "embedded"

    def publish_points(self, key: StreamKey, secret: str) -> list[PublishPoint]:
        """WHIP with the key as bearer; RTMP with the key as the stream's name."""
        base = settings.BASE_URL.rstrip("/")
        host = urlsplit(base).hostname or "127.0.0.1"
        return [
            PublishPoint("whip", f"{base}/media/whip", secret),
            PublishPoint("rtmp", f"rtmp://{host}:{settings.MEDIA_RTMP_PORT}/live", secret),
        ]

    def plays(self, room_id: UUID) -> list[Play]:
        """WHEP first, low-latency HLS where UDP does not get through."""
        return [
            Play("whep", f"/media/rooms/{room_id}/whep", 400),
            Play("hls", f"/media/rooms/{room_id}/hls/index.m3u8", 3_000),
        ]

    def drop(self, broadcast: Broadcast) -> None:
        """Nothing to call: the engine hears ``drop`` on the bus."""

    def forget_key(self, key: StreamKey) -> None:
        """Nothing to call: the engine asks for the key each time."""

    def on_air(self, broadcast: Broadcast) -> None:
        """Nothing to call: the engine hears ``air`` on the bus."""

    def health(self, broadcast: Broadcast) -> Health | None:
        """The engine reports by itself; what it said last."""
        return Health(**broadcast.health)

    def take_hook(self, request: HttpRequest, event: str, gate: Gate) -> tuple[int, dict[str, Any]]:
        """The engine calls ``media.actions`` and has no hooks."""
        raise problems.hook_refused()
