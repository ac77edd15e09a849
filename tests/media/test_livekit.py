"""LiveKit's webhooks, tokens and Twirp calls, shaped as its documentation has them."""

import base64
import json
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import jwt
import pytest
from tests.factories import make_account
from tests.media.worlds import MediaBox, latest_key, media_box
from tests.rooms import make_room, pass_for

from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.live.models import Room
from yellowcart.media import actions, jobs, queries, studio
from yellowcart.media.models import Broadcast, Recording, StreamKey

pytestmark = pytest.mark.django_db
KEY, SECRET = "APIxyz", "a-secret-of-at-least-thirty-two-bytes"
HOOK = "/api/v1/media/hooks/livekit"


@pytest.fixture
def box(settings) -> MediaBox:
    settings.MEDIA_SERVER = "livekit"
    settings.MEDIA_API_KEY = KEY
    settings.MEDIA_SECRET = SECRET
    settings.MEDIA_RTC_URL = "wss://live.example"
    settings.MEDIA_RECORDINGS_URL = "https://files.example"
    with media_box() as found:
        settings.MEDIA_API_URL = found.url
        found.answers["/twirp/livekit.Ingress/CreateIngress"] = (200, _ingress)
        yield found


def _ingress(asked: dict[str, Any]) -> dict[str, Any]:
    whip = asked["input_type"] == 1
    return {
        "ingressId": "IN_whip" if whip else "IN_rtmp",
        "name": asked["name"],
        "streamKey": "whipkey" if whip else "rtmpkey",
        "url": "https://live.example/w" if whip else "rtmp://live.example/x",
        "inputType": "WHIP_INPUT" if whip else "RTMP_INPUT",
        "roomName": asked["room_name"],
        "state": {"status": "ENDPOINT_INACTIVE"},
    }


def event(name: str, **more: Any) -> dict[str, Any]:
    """A webhook's body, in protobuf's JSON."""
    at = str(int(clock.wall().timestamp()))
    return {"event": name, "id": f"EV_{uuid4().hex[:12]}", "createdAt": at, **more}


def started(room: Room, ingress: str = "IN_rtmp") -> dict[str, Any]:
    info = {
        "ingressId": ingress,
        "roomName": str(room.id),
        "participantIdentity": "host",
        "inputType": "RTMP_INPUT",
        "state": {"status": "ENDPOINT_PUBLISHING", "startedAt": "1636977600000000000"},
    }
    return event("ingress_started", ingressInfo=info)


def ended(room: Room, ingress: str = "IN_rtmp") -> dict[str, Any]:
    info = {"ingressId": ingress, "roomName": str(room.id)}
    return event("ingress_ended", ingressInfo=info)


def post(
    client,
    body: dict[str, Any],
    *,
    secret: str = SECRET,
    key: str = KEY,
    signed: bytes = b"",
    seconds: int = 300,
) -> int:
    """The status that a webhook is answered with."""
    raw = json.dumps(body).encode()
    digest = base64.b64encode(sha256(signed or raw).digest()).decode()
    at = int(clock.wall().timestamp())
    claims = {"iss": key, "nbf": at - 5, "exp": at + seconds, "sha256": digest}
    token = jwt.encode(claims, secret, algorithm="HS256")
    answer = client.generic(
        "POST", HOOK, raw, content_type="application/webhook+json", HTTP_AUTHORIZATION=token
    )
    return int(answer.status_code)


def keyed(room: Room) -> StreamKey:
    studio.make_key(room.creator, room.id, purpose="studio")
    return latest_key(room)


def test_a_key_becomes_an_ingress_for_each_protocol(box: MediaBox) -> None:
    room = make_room()
    key, points = studio.make_key(room.creator, room.id, purpose="studio")
    assert [(p.protocol, p.url, p.key) for p in points] == [
        ("whip", "https://live.example/w", "whipkey"),
        ("rtmp", "rtmp://live.example/x", "rtmpkey"),
    ]
    assert StreamKey.objects.get(id=key.id).server_ref == "IN_whip,IN_rtmp"
    call = box.calls[0]
    claims = jwt.decode(call.authorization.removeprefix("Bearer "), SECRET, algorithms=["HS256"])
    assert (claims["iss"], claims["video"]) == (KEY, {"ingressAdmin": True})
    assert call.body["room_name"] == str(room.id)


def test_no_key_is_left_where_livekit_is_silent(box: MediaBox) -> None:
    box.answers["/twirp/livekit.Ingress/CreateIngress"] = (503, {"code": "unavailable"})
    room = make_room()
    with pytest.raises(Problem, match="media server"):
        studio.make_key(room.creator, room.id, purpose="studio")
    assert queries.keys_of(room.id) == []


def test_a_publisher_comes_and_goes(client, box: MediaBox) -> None:
    room = make_room()
    keyed(room)
    assert post(client, started(room)) == 200
    broadcast = queries.open_broadcast(room.id)
    assert broadcast is not None
    assert (broadcast.state, broadcast.protocol, broadcast.server) == ("live", "rtmp", "livekit")
    assert post(client, ended(room, "IN_other")) == 200
    broadcast.refresh_from_db()
    assert broadcast.state == "live"
    assert post(client, ended(room)) == 200
    broadcast.refresh_from_db()
    assert broadcast.state == "lost"


def test_an_event_that_comes_again_is_not_taken_again(client, box: MediaBox) -> None:
    room = make_room()
    keyed(room)
    first = started(room)
    assert post(client, first) == 200
    assert post(client, ended(room)) == 200
    assert post(client, first) == 200
    broadcast = queries.open_broadcast(room.id)
    assert broadcast is not None
    assert broadcast.state == "lost"


def test_a_webhook_must_be_signed_over_its_own_body(client, box: MediaBox) -> None:
    room = make_room()
    keyed(room)
    body = started(room)
    assert post(client, body, secret="another-secret-of-thirty-two-bytes!") == 403
    assert post(client, body, key="APIother") == 403
    assert post(client, body, signed=b"{}") == 403
    assert post(client, body, seconds=-3_600) == 403
    assert client.post(HOOK, body, content_type="application/json").status_code == 403
    old = int((clock.wall() - timedelta(hours=1)).timestamp())
    assert post(client, {**body, "createdAt": str(old)}) == 403
    assert not Broadcast.objects.exists()


def test_only_ingresses_of_keys_in_force_publish(client, box: MediaBox) -> None:
    room = make_room()
    key = keyed(room)
    assert post(client, started(room, "IN_")) == 403
    assert post(client, started(room, "IN_unknown")) == 403
    actions.do_revoke_stream_key(room.creator, key.id)
    assert post(client, started(room)) == 403
    assert not Broadcast.objects.exists()
    box.answers["/twirp/livekit.Ingress/DeleteIngress"] = (200, {})
    jobs.forget_key(key=str(key.id), server="livekit")
    deleted = [call.body["ingress_id"] for call in box.asked("DeleteIngress")]
    assert deleted == ["IN_whip", "IN_rtmp"]


def test_a_public_room_is_recorded_once(client, box: MediaBox) -> None:
    room = make_room()
    keyed(room)
    assert post(client, started(room)) == 200
    broadcast = Broadcast.objects.get()
    box.answers["/twirp/livekit.Egress/ListEgress"] = (200, {"items": []})
    box.answers["/twirp/livekit.Egress/StartParticipantEgress"] = (200, {"egressId": "EG_1"})
    jobs.on_air(broadcast=str(broadcast.id))
    asked = box.asked("StartParticipantEgress")[0].body
    assert asked["identity"] == "host"
    assert asked["segment_outputs"][0]["live_playlist_name"] == "live.m3u8"
    box.answers["/twirp/livekit.Egress/ListEgress"] = (200, {"items": [{"egressId": "EG_1"}]})
    jobs.on_air(broadcast=str(broadcast.id))
    assert len(box.asked("StartParticipantEgress")) == 1


def test_the_file_of_an_egress_is_a_recording(client, box: MediaBox) -> None:
    room = make_room()
    keyed(room)
    post(client, started(room))
    began = int((clock.wall() - timedelta(minutes=5)).timestamp() * 1e9)
    info = {
        "egressId": "EG_1",
        "roomName": str(room.id),
        "status": "EGRESS_COMPLETE",
        "fileResults": [
            {
                "filename": f"{room.id}/show.mp4",
                "startedAt": str(began),
                "endedAt": str(began + 290_000_000_000),
                "duration": "290000000000",
                "size": "73400320",
                "location": "s3://bucket/show.mp4",
            }
        ],
    }
    assert post(client, event("egress_ended", egressInfo=info)) == 200
    kept = Recording.objects.get()
    assert (kept.url, kept.duration_ms, kept.size_bytes) == (
        f"https://files.example/{room.id}/show.mp4",
        290_000,
        73_400_320,
    )


def test_a_viewer_s_token_only_watches(client, box: MediaBox) -> None:
    room = make_room()
    viewer = make_account()
    url = f"/api/v1/media/rooms/{room.id}/livekit"
    answer = client.post(url, HTTP_AUTHORIZATION=f"Bearer {pass_for(room, viewer)}")
    assert answer.status_code == 200
    claims = jwt.decode(answer.json()["token"], SECRET, algorithms=["HS256"])
    assert claims["sub"] == str(viewer.id)
    assert claims["video"]["canPublish"] is False
    assert claims["video"]["room"] == str(room.id)
    other = client.post(url, HTTP_AUTHORIZATION=f"Bearer {pass_for(make_room(), viewer)}")
    assert other.status_code == 403


def test_events_of_no_concern_are_taken_in_quietly(client, box: MediaBox) -> None:
    room = make_room()
    info = {"sid": "RM_1", "name": str(room.id)}
    assert post(client, event("room_finished", room=info)) == 200
