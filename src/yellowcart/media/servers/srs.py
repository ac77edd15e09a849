"""SRS (https://ossrs.io): RTMP and WHIP in; WHEP, HLS and HTTP-FLV out.

A room's stream is ``live/<room id>``. OBS gets the server ``rtmp://host/live`` and the stream key
``<room id>?key=<secret>``; what stands behind the question mark reaches us as ``param``.

=============== =============================================================================
hook            what we do with it
=============== =============================================================================
on_publish      check ``key`` in ``param``; a code other than 0 and SRS drops the client
on_unpublish    the publisher is lost, if ``client_id`` is the one we let in
on_play         check ``pass``, a room pass, in ``param``
on_stop         nothing
on_dvr          keep the recording: ``[timestamp]`` in ``dvr_path`` is its start, now its end
on_hls          nothing: HLS is live here, recordings come by ``on_dvr``
=============== =============================================================================

SRS posts them all to one address and tells them apart by ``action``. It signs nothing, so the
address carries the secret. HTTP API: ``GET /api/v1/streams``, ``DELETE /api/v1/clients/{id}``.
"""

import re
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpRequest

from yellowcart.core.problems import Problem
from yellowcart.media import problems
from yellowcart.media.models import Broadcast, StreamKey
from yellowcart.media.servers import hooks
from yellowcart.media.servers.http import call
from yellowcart.media.servers.port import Gate, Health, Play, PublishPoint

APP: Final = "live"
#: Where SRS keeps what its HTTP server serves.
ROOT: Final = "nginx/html/"
#: SRS drops a client at any code but 0; this one is ours.
REFUSED: Final = 4031
_STARTED: Final = re.compile(r"\.(\d{13})\.mp4$")
#: Streams asked for at a time.
_MOST_STREAMS: Final = "1000"


class SRS:
    """SRS 5 or 6."""

    kind = "srs"

    def publish_points(self, key: StreamKey, secret: str) -> list[PublishPoint]:
        """RTMP, and WHIP with the key in the address."""
        stream = f"app={APP}&stream={key.room_id}"
        return [
            PublishPoint(
                "whip", f"{settings.MEDIA_RTC_URL}/rtc/v1/whip/?{stream}&key={secret}", secret
            ),
            PublishPoint("rtmp", f"{_rtmp_base()}/{APP}", f"{key.room_id}?key={secret}"),
        ]

    def plays(self, room_id: UUID) -> list[Play]:
        """WHEP, HTTP-FLV, HLS."""
        http = settings.MEDIA_PLAY_URL
        rtc = f"{settings.MEDIA_RTC_URL}/rtc/v1/whep/?app={APP}&stream={room_id}"
        return [
            Play("whep", f"{rtc}&pass={{pass}}", 500),
            Play("flv", f"{http}/{APP}/{room_id}.flv?pass={{pass}}", 2_000),
            Play("hls", f"{http}/{APP}/{room_id}.m3u8?pass={{pass}}", 8_000),
        ]

    def drop(self, broadcast: Broadcast) -> None:
        """Kick the client off. One that has gone already is no error."""
        if broadcast.server_ref:
            client = quote(broadcast.server_ref, safe="")
            call("DELETE", settings.MEDIA_API_URL, f"/api/v1/clients/{client}", missing=True)

    def forget_key(self, key: StreamKey) -> None:
        """SRS knows no keys."""

    def on_air(self, broadcast: Broadcast) -> None:
        """SRS records by itself (``dvr``)."""

    def health(self, broadcast: Broadcast) -> Health | None:
        """From the list of streams: bitrate over 30 s, size, codecs, clients."""
        answer = call(
            "GET", settings.MEDIA_API_URL, "/api/v1/streams", params={"count": _MOST_STREAMS}
        )
        for stream in answer.get("streams") or []:
            if stream.get("name") != str(broadcast.room_id) or stream.get("app") != APP:
                continue
            publish = stream.get("publish") or {}
            if not publish.get("active"):
                return None
            video, audio = stream.get("video") or {}, stream.get("audio") or {}
            return Health(
                bitrate_kbps=(stream.get("kbps") or {}).get("recv_30s"),
                width=video.get("width"),
                height=video.get("height"),
                video_codec=video.get("codec"),
                audio_codec=audio.get("codec"),
                # The publisher is one of the clients.
                viewers=max(int(stream.get("clients") or 1) - 1, 0),
            )
        return None

    def take_hook(self, request: HttpRequest, event: str, gate: Gate) -> tuple[int, dict[str, Any]]:
        """Answer a hook: ``{"code": 0}`` lets go on, anything else stops."""
        hooks.check_secret(request, settings.MEDIA_SECRET)
        try:
            told = msgspec.json.decode(hooks.checked_body(request), type=dict[str, Any])
            self._take(told, gate)
        except msgspec.MsgspecError:
            return 200, {"code": REFUSED, "msg": "no JSON object"}
        except Problem as problem:
            return 200, {"code": REFUSED, "msg": str(problem)}
        return 200, {"code": 0}

    def _take(self, told: dict[str, Any], gate: Gate) -> None:
        action, client = hooks.as_text(told, "action"), hooks.as_text(told, "client_id")
        query = hooks.as_text(told, "param")
        if hooks.as_text(told, "app") != APP:
            raise problems.stream_unknown()
        room_id = hooks.room_of(hooks.as_text(told, "stream"))
        match action:
            case "on_publish":
                protocol = "rtmp" if told.get("tcUrl", "").startswith("rtmp") else "whip"
                broadcast = gate.open(
                    room_id,
                    hooks.param(query, "key"),
                    protocol=protocol,
                    address=hooks.as_text(told, "ip"),
                    server_ref=client,
                )
                gate.started(broadcast)
            case "on_unpublish":
                gate.lost(room_id, client)
            case "on_play":
                gate.watch(room_id, hooks.param(query, "pass"))
            case "on_dvr":
                self._keep(room_id, hooks.as_text(told, "file"), gate)
            case "on_stop" | "on_hls":
                pass
            case _:
                raise problems.stream_unknown()

    def _keep(self, room_id: UUID, file: str, gate: Gate) -> None:
        found = _STARTED.search(file)
        if found is None:
            raise problems.stream_unknown()
        began = datetime.fromtimestamp(int(found[1]) / 1_000, UTC)
        started_at = hooks.platform_time(began)
        gate.recorded(
            room_id,
            url=f"{settings.MEDIA_RECORDINGS_URL}/{hooks.public_file(file, ROOT)}",
            started_at=started_at,
            duration_ms=round((hooks.ago(0) - started_at).total_seconds() * 1_000),
            size_bytes=0,
        )


def _rtmp_base() -> str:
    host = urlsplit(settings.MEDIA_PLAY_URL).hostname or "127.0.0.1"
    port = settings.MEDIA_RTMP_PORT
    return f"rtmp://{host}" if port == 1935 else f"rtmp://{host}:{port}"
