"""MediaMTX (https://mediamtx.org): RTMP and WHIP in; WHEP and low-latency HLS out.

A room's path is its id. OBS gets the server ``rtmp://host/<room id>?token=<secret>`` and an empty
stream key, or the WHIP address with the secret as bearer token.

======================== ====================================================================
hook                     what we do with it
======================== ====================================================================
authHTTPAddress          ``publish``: check the stream key; ``read``: check the room pass; other
                         actions are refused. 401 where nothing was shown yet, so that clients
                         which wait for it send their credentials
runOnReady               pictures arrive from the source that was let in
runOnNotReady            they stopped
runOnRecordSegmentComplete keep the recording: it ended now and lasted the segment's duration
======================== ====================================================================

Newer versions name the second and third ``runOnAvailable`` and ``runOnUnavailable``. Commands call
us with curl (see docs/video.md). Control API v3: ``GET /v3/paths/get/{path}``,
``POST /v3/rtmpconns/kick/{id}``, ``POST /v3/webrtcsessions/kick/{id}``.
"""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpRequest

from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.media import problems
from yellowcart.media.models import Broadcast, StreamKey
from yellowcart.media.servers import hooks
from yellowcart.media.servers.http import call
from yellowcart.media.servers.port import Gate, Health, Play, PublishPoint

#: The folder in which ``recordPath`` keeps recordings.
ROOT: Final = "recordings/"
_KICK: Final = {"rtmp": "rtmpconns", "whip": "webrtcsessions"}
_PROTOCOLS: Final = {"rtmp": "rtmp", "rtmps": "rtmp", "webrtc": "whip"}


class Asked(msgspec.Struct, frozen=True):
    """A request to ``authHTTPAddress``. Older versions know no ``token``."""

    user: str = ""
    password: str = ""
    token: str = ""
    ip: str = ""
    action: str = ""
    path: str = ""
    protocol: str = ""
    id: str | None = None
    query: str = ""

    def shown(self, name: str) -> str:
        """The secret that was shown, in whichever way; ``name`` is its place in the query."""
        query = hooks.param(self.query, name) or hooks.param(self.query, "token")
        return self.token or self.password or query


class MediaMTX:
    """MediaMTX 1.x."""

    kind = "mediamtx"

    def publish_points(self, key: StreamKey, secret: str) -> list[PublishPoint]:
        """WHIP, and RTMP with the secret in the address, as OBS has it here."""
        host = urlsplit(settings.MEDIA_RTC_URL).hostname or "127.0.0.1"
        port = settings.MEDIA_RTMP_PORT
        return [
            PublishPoint("whip", f"{settings.MEDIA_RTC_URL}/{key.room_id}/whip", secret),
            PublishPoint("rtmp", f"rtmp://{host}:{port}/{key.room_id}?token={secret}", ""),
        ]

    def plays(self, room_id: UUID) -> list[Play]:
        """WHEP, low-latency HLS."""
        return [
            Play("whep", f"{settings.MEDIA_RTC_URL}/{room_id}/whep", 400),
            Play("hls", f"{settings.MEDIA_PLAY_URL}/{room_id}/index.m3u8?pass={{pass}}", 3_000),
        ]

    def drop(self, broadcast: Broadcast) -> None:
        """Kick the connection. One that has gone already is no error."""
        kind = _KICK.get(broadcast.protocol)
        if kind and broadcast.server_ref:
            connection = quote(broadcast.server_ref, safe="")
            call("POST", settings.MEDIA_API_URL, f"/v3/{kind}/kick/{connection}", missing=True)

    def forget_key(self, key: StreamKey) -> None:
        """MediaMTX knows no keys."""

    def on_air(self, broadcast: Broadcast) -> None:
        """MediaMTX records by itself (``record: yes``)."""

    def health(self, broadcast: Broadcast) -> Health | None:
        """From the path: bytes since the last look, tracks, readers."""
        path = quote(str(broadcast.room_id), safe="")
        found = call("GET", settings.MEDIA_API_URL, f"/v3/paths/get/{path}", missing=True)
        if not found or not (found.get("online") or found.get("ready")):
            return None
        total = found.get("inboundBytes", found.get("bytesReceived"))
        before = broadcast.health.get("inbound_bytes")
        seconds = (clock.wall() - broadcast.seen_wall_at).total_seconds()
        rate = None
        if total is not None and before is not None and total >= before and seconds > 0.5:
            rate = round((total - before) * 8 / 1_000 / seconds)
        tracks = found.get("tracks") or []
        return Health(
            bitrate_kbps=rate,
            video_codec=tracks[0] if tracks else None,
            audio_codec=tracks[1] if len(tracks) > 1 else None,
            viewers=len(found.get("readers") or []),
            inbound_bytes=total,
        )

    def take_hook(self, request: HttpRequest, event: str, gate: Gate) -> tuple[int, dict[str, Any]]:
        """Answer ``auth``, ``ready``, ``not-ready`` and ``recorded``."""
        hooks.check_secret(request, settings.MEDIA_SECRET)
        body = hooks.checked_body(request)
        if event == "auth":
            return self._authenticate(body, gate)
        told = request.POST
        room_id = hooks.room_of(told.get("path", ""))
        match event:
            case "ready":
                gate.started_by(room_id, told.get("source_id", ""))
            case "not-ready":
                gate.lost(room_id, told.get("source_id", ""))
            case "recorded":
                self._keep(room_id, told.get("segment_path", ""), told.get("duration", ""), gate)
            case _:
                raise problems.stream_unknown()
        return HTTPStatus.OK, {}

    def _authenticate(self, body: bytes, gate: Gate) -> tuple[int, dict[str, Any]]:
        try:
            asked = msgspec.json.decode(body, type=Asked)
        except msgspec.MsgspecError:
            return HTTPStatus.BAD_REQUEST, {"error": "no request to authenticate"}
        secret = asked.shown("pass")
        if asked.action not in {"publish", "read"}:
            return HTTPStatus.FORBIDDEN, {"error": "only publish and read are asked here"}
        if not secret:
            return HTTPStatus.UNAUTHORIZED, {"error": "show a stream key or a room pass"}
        try:
            room_id = hooks.room_of(asked.path)
            if asked.action == "read":
                gate.watch(room_id, secret)
            else:
                gate.open(
                    room_id,
                    secret,
                    protocol=_PROTOCOLS.get(asked.protocol, asked.protocol),
                    address=asked.ip,
                    server_ref=asked.id or "",
                )
        except Problem as problem:
            return HTTPStatus.FORBIDDEN, {"error": str(problem)}
        return HTTPStatus.OK, {}

    def _keep(self, room_id: UUID, path: str, duration: str, gate: Gate) -> None:
        try:
            seconds = float(duration)
        except ValueError as error:
            raise problems.stream_unknown() from error
        if not 0 < seconds < 7 * 86_400:
            raise problems.stream_unknown()
        gate.recorded(
            room_id,
            url=f"{settings.MEDIA_RECORDINGS_URL}/{hooks.public_file(path, ROOT)}",
            started_at=hooks.ago(seconds),
            duration_ms=round(seconds * 1_000),
            size_bytes=0,
        )
