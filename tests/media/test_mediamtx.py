"""MediaMTX's authentication and hooks, with requests as its documentation shows them."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.media.worlds import MediaBox, key_of, media_box
from tests.rooms import make_room, pass_for

from yellowcart.core import clock
from yellowcart.live.models import Room
from yellowcart.media import actions, duties, jobs, queries, studio
from yellowcart.media.models import Broadcast, Recording

pytestmark = pytest.mark.django_db
AUTH = "/api/v1/media/hooks/mediamtx/auth?secret=hook-secret"
BEARER = {"HTTP_AUTHORIZATION": "Bearer hook-secret"}


@pytest.fixture(autouse=True)
def _mediamtx(settings) -> None:
    settings.MEDIA_SERVER = "mediamtx"
    settings.MEDIA_SECRET = "hook-secret"
    settings.MEDIA_RTC_URL = "https://video.example:8889"
    settings.MEDIA_PLAY_URL = "https://video.example:8888"
    settings.MEDIA_RECORDINGS_URL = "https://files.example"


def ask(client, room: object, *, url: str = AUTH, **asked: object) -> int:
    """The status that an authentication request is answered with."""
    body = {
        "user": "",
        "password": "",
        "token": "",
        "ip": "192.0.2.7",
        "action": "publish",
        "path": str(room),
        "protocol": "rtmp",
        "id": "2b1d9c0e-5d2f-4f0e-9a58-6a4ab0a4f1aa",
        "query": "",
        **asked,
    }
    return int(client.post(url, json.dumps(body), content_type="application/json").status_code)


def tell(client, event: str, **told: object) -> int:
    """The status that a hook's command gets."""
    url = f"/api/v1/media/hooks/mediamtx/{event}"
    return int(client.post(url, {k: str(v) for k, v in told.items()}, **BEARER).status_code)


def publish(client, room: Room) -> Broadcast:
    assert ask(client, room.id, query=f"token={key_of(room)}") == 200
    source = "2b1d9c0e-5d2f-4f0e-9a58-6a4ab0a4f1aa"
    assert tell(client, "ready", path=room.id, source_type="rtmpConn", source_id=source) == 200
    broadcast = queries.open_broadcast(room.id)
    assert broadcast is not None
    return broadcast


@pytest.mark.parametrize(
    "shown",
    [
        lambda key: {"query": f"token={key}"},
        lambda key: {"query": f"user=host&pass={key}", "user": "host", "password": key},
        lambda key: {"protocol": "webrtc", "token": key},
        lambda key: {"protocol": "webrtc", "user": "host", "password": key},
    ],
)
def test_a_stream_key_lets_in_however_it_is_shown(client, shown) -> None:
    room = make_room()
    assert ask(client, room.id, **shown(key_of(room))) == 200
    broadcast = queries.open_broadcast(room.id)
    assert broadcast is not None
    assert broadcast.state == "waiting"


def test_a_client_that_is_asked_twice_is_one_publisher(client) -> None:
    room = make_room()
    query = f"token={key_of(room)}"
    assert [ask(client, room.id, query=query) for _time in range(2)] == [200, 200]
    assert ask(client, room.id, query=query, id=str(uuid4())) == 403


def test_who_shows_nothing_is_asked_for_it(client) -> None:
    assert ask(client, make_room().id) == 401
    assert ask(client, make_room().id, action="read", protocol="webrtc") == 401


@pytest.mark.parametrize("action", ["api", "metrics", "pprof", "playback", ""])
def test_nothing_else_is_opened_by_a_key(client, action: str) -> None:
    room = make_room()
    assert ask(client, room.id, action=action, token=key_of(room)) == 403


def test_wrong_keys_paths_and_secrets_are_refused(client) -> None:
    room = make_room()
    key = key_of(room)
    assert ask(client, room.id, token="yk_wrong") == 403
    assert ask(client, uuid4(), token=key) == 403
    assert ask(client, "mystream", token=key) == 403
    assert ask(client, make_room().id, token=key) == 403
    assert ask(client, room.id, token=key, url=AUTH + "x") == 403
    assert not Broadcast.objects.exists()
    assert tell(client, "ready", path=uuid4()) == 404
    assert tell(client, "ready", path="../etc") == 404
    assert tell(client, "renamed", path=room.id) == 404


def test_viewers_need_a_pass(client) -> None:
    room = make_room()
    read = {"action": "read", "protocol": "hls"}
    assert ask(client, room.id, query=f"pass={pass_for(room)}", **read) == 200
    assert ask(client, room.id, token=pass_for(room), **read) == 200
    assert ask(client, room.id, token=pass_for(make_room()), **read) == 403
    assert ask(client, room.id, token=key_of(room), **read) == 403


def test_pictures_come_and_go_with_the_source_that_was_let_in(client) -> None:
    room = make_room()
    broadcast = publish(client, room)
    assert broadcast.state == "live"
    assert tell(client, "not-ready", path=room.id, source_id=uuid4()) == 200
    broadcast.refresh_from_db()
    assert broadcast.state == "live"
    assert tell(client, "not-ready", path=room.id, source_id=broadcast.server_ref) == 200
    broadcast.refresh_from_db()
    assert broadcast.state == "lost"


def test_a_finished_segment_is_a_recording(client) -> None:
    room = make_room()
    publish(client, room)
    path = f"./recordings/{room.id}/2021-11-15_20-00-00-000000.mp4"
    told = {"path": room.id, "segment_path": path, "duration": "59.98"}
    assert tell(client, "recorded", **told) == 200
    kept = Recording.objects.get()
    assert kept.url == f"https://files.example/{room.id}/2021-11-15_20-00-00-000000.mp4"
    assert kept.duration_ms == 59_980
    assert tell(client, "recorded", **{**told, "duration": "nan"}) == 404
    assert tell(client, "recorded", **{**told, "segment_path": "./recordings/../x.mp4"}) == 404


def test_the_control_api_kicks_and_tells_how_the_line_does(client, settings) -> None:
    room = make_room()
    with media_box() as box:
        settings.MEDIA_API_URL = box.url
        broadcast = publish(client, room)
        _look(box, room, received=1_000_000)
        _look(box, room, received=4_000_000)
        broadcast.refresh_from_db()
        # 3 MB in some six seconds.
        assert 2_000 < broadcast.health["bitrate_kbps"] < 4_100
        assert broadcast.health["viewers"] == 1
        actions.do_broadcast_ended(broadcast.id, "revoked")
        jobs.drop(broadcast=str(broadcast.id))
        kicked = [call for call in box.calls if call.method == "POST"]
    assert [call.path for call in kicked] == [f"/v3/rtmpconns/kick/{broadcast.server_ref}"]


def _look(box: MediaBox, room: Room, *, received: int) -> None:
    Broadcast.objects.update(seen_wall_at=clock.wall() - timedelta(seconds=6))
    box.answers[f"/v3/paths/get/{room.id}"] = (
        200,
        {
            "name": str(room.id),
            "confName": "all_others",
            "source": {"type": "rtmpConn", "id": "2b1d9c0e-5d2f-4f0e-9a58-6a4ab0a4f1aa"},
            "ready": True,
            "readyTime": "2021-11-15T12:00:00Z",
            "tracks": ["H264", "MPEG-4 Audio"],
            "bytesReceived": received,
            "bytesSent": 0,
            "readers": [{"type": "webRTCSession", "id": "x"}],
        },
    )
    duties.look_after_broadcasts()


def test_obs_is_told_what_its_documentation_wants() -> None:
    room = make_room()
    _key, points = studio.make_key(room.creator, room.id, purpose="studio")
    whip, rtmp = points
    assert whip.url == f"https://video.example:8889/{room.id}/whip"
    assert rtmp.url == f"rtmp://video.example:1935/{room.id}?token={whip.key}"
    assert rtmp.key == ""
