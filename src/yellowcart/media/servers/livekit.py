"""LiveKit (https://docs.livekit.io): WHIP and RTMP in by Ingress, HLS and recordings by Egress.

LiveKit checks keys itself: a stream key of ours becomes an ingress of LiveKit's for each protocol,
whose own key is shown to the creator. A LiveKit room bears our room's id; the publisher's identity
is ``host``. Our pages watch the live playlist that an egress writes; apps that carry LiveKit's
client take a token from ``POST /api/v1/media/rooms/{id}/livekit`` and watch in real time.

================ ============================================================================
webhook          what we do with it
================ ============================================================================
ingress_started  a publisher came, by the ingress of a key in force: open and start
ingress_ended    it is lost
egress_ended     keep each file of ``fileResults``
others           nothing
================ ============================================================================

Webhooks are signed: ``Authorization`` holds a JWT (HS256) of our API key whose claim ``sha256`` is
the base64 SHA-256 of the raw body. Each event has an ``id``; one that came before is not taken
again. Calls of ours are Twirp: ``POST /twirp/livekit.<Service>/<Method>`` with a JWT of grants.
"""

import base64
import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import jwt
import msgspec
from django.conf import settings
from django.http import HttpRequest

from yellowcart.core import clock
from yellowcart.media import problems
from yellowcart.media.models import Broadcast, StreamKey
from yellowcart.media.servers import hooks
from yellowcart.media.servers.http import call
from yellowcart.media.servers.port import Gate, Health, Play, PublishPoint

IDENTITY: Final = "host"
#: How long a token of ours for one call is good, and how far clocks may be apart.
_CALL_SECONDS: Final = 60
_LEEWAY_SECONDS: Final = 60
#: A webhook that was made longer ago is refused, whatever its token says.
OLDEST: Final = timedelta(minutes=10)
_INPUTS: Final = {"whip": 1, "rtmp": 0}


class LiveKit:
    """LiveKit, one's own or its cloud."""

    kind = "livekit"

    def publish_points(self, key: StreamKey, secret: str) -> list[PublishPoint]:
        """Makes an ingress for each protocol; ``key.server_ref`` names them."""
        points = []
        made = []
        for protocol in ("whip", "rtmp"):
            info = self._call(
                "Ingress",
                "CreateIngress",
                {"ingressAdmin": True},
                {
                    "input_type": _INPUTS[protocol],
                    "name": f"{key.room_id} {key.purpose}",
                    "room_name": str(key.room_id),
                    "participant_identity": IDENTITY,
                    "enable_transcoding": protocol == "rtmp",
                },
            )
            made.append(_field(info, "ingressId", "ingress_id"))
            points.append(
                PublishPoint(
                    "whip" if protocol == "whip" else "rtmp",
                    hooks.as_text(info, "url"),
                    _field(info, "streamKey", "stream_key"),
                )
            )
        key.server_ref = ",".join(made)
        return points

    def plays(self, room_id: UUID) -> list[Play]:
        """The live playlist that the egress writes; real time for apps with LiveKit's client."""
        return [
            Play("livekit", settings.MEDIA_RTC_URL, 300),
            Play("hls", f"{settings.MEDIA_RECORDINGS_URL}/{room_id}/live.m3u8", 8_000),
        ]

    def drop(self, broadcast: Broadcast) -> None:
        """Take the publisher out of the room."""
        room = str(broadcast.room_id)
        self._call(
            "RoomService",
            "RemoveParticipant",
            {"roomAdmin": True, "room": room},
            {"room": room, "identity": IDENTITY},
            missing=True,
        )

    def forget_key(self, key: StreamKey) -> None:
        """Delete the key's ingresses, which drops who publishes by them."""
        for ingress in filter(None, key.server_ref.split(",")):
            self._call(
                "Ingress",
                "DeleteIngress",
                {"ingressAdmin": True},
                {"ingress_id": ingress},
                missing=True,
            )

    def on_air(self, broadcast: Broadcast) -> None:
        """Begin the egress, unless it runs: a live playlist, and a file for the replay."""
        room = str(broadcast.room_id)
        grant = {"roomRecord": True}
        running = self._call("Egress", "ListEgress", grant, {"room_name": room, "active": True})
        if (running or {}).get("items"):
            return
        self._call(
            "Egress",
            "StartParticipantEgress",
            grant,
            {
                "room_name": room,
                "identity": IDENTITY,
                "segment_outputs": [
                    {
                        "filename_prefix": f"{room}/{broadcast.id}",
                        "playlist_name": "all.m3u8",
                        "live_playlist_name": "live.m3u8",
                        "segment_duration": 2,
                    }
                ],
                "file_outputs": [{"file_type": 1, "filepath": f"{room}/{broadcast.id}-{{time}}"}],
            },
        )

    def health(self, broadcast: Broadcast) -> Health | None:
        """What the ingress says of its input."""
        answer = self._call(
            "Ingress",
            "ListIngress",
            {"ingressAdmin": True},
            {"ingress_id": broadcast.server_ref},
        )
        for info in (answer or {}).get("items") or []:
            state = info.get("state") or {}
            if state.get("status") not in {"ENDPOINT_PUBLISHING", "ENDPOINT_BUFFERING", 1, 2}:
                continue
            video, audio = state.get("video") or {}, state.get("audio") or {}
            bits = video.get("averageBitrate", video.get("average_bitrate"))
            return Health(
                bitrate_kbps=round(int(bits) / 1_000) if bits is not None else None,
                fps=video.get("framerate"),
                width=video.get("width"),
                height=video.get("height"),
                video_codec=video.get("mimeType", video.get("mime_type")),
                audio_codec=audio.get("mimeType", audio.get("mime_type")),
            )
        return None

    def take_hook(self, request: HttpRequest, event: str, gate: Gate) -> tuple[int, dict[str, Any]]:
        """Take in a webhook once."""
        body = hooks.checked_body(request)
        self._check(request.headers.get("Authorization", ""), body)
        try:
            told = msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise problems.hook_refused() from error
        made_at = int(_field(told, "createdAt", "created_at") or 0)
        if clock.wall() - datetime.fromtimestamp(made_at, UTC) > OLDEST:
            raise problems.hook_refused()
        if not gate.is_first(hooks.as_text(told, "id")):
            return HTTPStatus.OK, {"repeated": True}
        self._take(told, gate)
        return HTTPStatus.OK, {}

    def _check(self, token: str, body: bytes) -> None:
        try:
            claims = jwt.decode(
                token.removeprefix("Bearer "),
                settings.MEDIA_SECRET,
                algorithms=["HS256"],
                issuer=settings.MEDIA_API_KEY,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss"]},
            )
        except jwt.PyJWTError as error:
            raise problems.hook_refused() from error
        expected = base64.b64encode(sha256(body).digest())
        if not settings.MEDIA_SECRET or not hmac.compare_digest(
            str(claims.get("sha256", "")).encode(), expected
        ):
            raise problems.hook_refused()

    def _take(self, told: dict[str, Any], gate: Gate) -> None:
        match told.get("event"):
            case "ingress_started":
                info = _object(told, "ingressInfo", "ingress_info")
                ingress = _field(info, "ingressId", "ingress_id")
                whip = _field(info, "inputType", "input_type") in {"WHIP_INPUT", "1"}
                gate.started(
                    gate.open_for(ingress, protocol="whip" if whip else "rtmp", server_ref=ingress)
                )
            case "ingress_ended":
                info = _object(told, "ingressInfo", "ingress_info")
                room_id = hooks.room_of(_field(info, "roomName", "room_name"))
                gate.lost(room_id, _field(info, "ingressId", "ingress_id"))
            case "egress_ended":
                info = _object(told, "egressInfo", "egress_info")
                room_id = hooks.room_of(_field(info, "roomName", "room_name"))
                for file in info.get("fileResults", info.get("file_results")) or []:
                    _keep(room_id, file, gate)
            case _:
                pass

    def _call(
        self,
        service: str,
        method: str,
        grant: dict[str, Any],
        body: dict[str, Any],
        *,
        missing: bool = False,
    ) -> Any:
        return call(
            "POST",
            settings.MEDIA_API_URL,
            f"/twirp/livekit.{service}/{method}",
            json=body,
            headers={"Authorization": f"Bearer {token(grant, seconds=_CALL_SECONDS)}"},
            missing=missing,
        )


def token(grant: dict[str, Any], *, seconds: int, identity: str = "") -> str:
    """A LiveKit access token with a video grant."""
    at = int(clock.wall().timestamp())
    claims = {
        "iss": settings.MEDIA_API_KEY,
        "sub": identity or "yellowcart",
        "nbf": at,
        "exp": at + seconds,
        "video": grant,
    }
    return jwt.encode(claims, settings.MEDIA_SECRET, algorithm="HS256")


def viewer_token(room_id: UUID, viewer: UUID, *, seconds: int) -> str:
    """A token to watch a room, and nothing else."""
    grant = {
        "roomJoin": True,
        "room": str(room_id),
        "canPublish": False,
        "canPublishData": False,
        "canSubscribe": True,
        "hidden": True,
    }
    return token(grant, seconds=seconds, identity=str(viewer))


def _keep(room_id: UUID, file: dict[str, Any], gate: Gate) -> None:
    # Times are in nanoseconds; numbers of 64 bits are texts in protobuf's JSON.
    began = int(_field(file, "startedAt", "started_at") or 0) / 1e9
    lasted = int(hooks.as_text(file, "duration") or file.get("duration") or 0) / 1e6
    name = hooks.as_text(file, "filename")
    if began <= 0 or lasted < 1 or not name.endswith(".mp4"):
        return
    gate.recorded(
        room_id,
        url=f"{settings.MEDIA_RECORDINGS_URL}/{hooks.public_file('/' + name, '/')}",
        started_at=hooks.platform_time(datetime.fromtimestamp(began, UTC)),
        duration_ms=round(lasted),
        size_bytes=int(file.get("size") or 0),
    )


def _field(told: dict[str, Any], camel: str, snake: str) -> str:
    """A field under either of protobuf's JSON names, as text."""
    value = told.get(camel, told.get(snake))
    return "" if value is None else str(value)


def _object(told: dict[str, Any], camel: str, snake: str) -> dict[str, Any]:
    value = told.get(camel, told.get(snake))
    if not isinstance(value, dict):
        raise problems.stream_unknown()
    return value
