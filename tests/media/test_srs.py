"""SRS's callbacks and HTTP API, with bodies as its documentation shows them."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.media.worlds import MediaBox, key_of, media_box
from tests.rooms import make_room, pass_for

from yellowcart.core import clock
from yellowcart.live.models import Room
from yellowcart.media import duties, jobs, queries
from yellowcart.media.actions import do_revoke_stream_key
from yellowcart.media.models import Broadcast, Recording, StreamKey

pytestmark = pytest.mark.django_db
HOOK = "/api/v1/media/hooks/srs?secret=hook-secret"


@pytest.fixture(autouse=True)
def _srs(settings) -> None:
    settings.MEDIA_SERVER = "srs"
    settings.MEDIA_SECRET = "hook-secret"
    settings.MEDIA_RTC_URL = "https://video.example"
    settings.MEDIA_PLAY_URL = "https://video.example"
    settings.MEDIA_RECORDINGS_URL = "https://files.example"


def told(action: str, stream: object, param: str = "", **more: object) -> dict[str, object]:
    """A callback's body."""
    return {
        "server_id": "vid-0xk989d",
        "service_id": "382a5k2l",
        "action": action,
        "client_id": "341w361a",
        "ip": "127.0.0.1",
        "vhost": "__defaultVhost__",
        "app": "live",
        "tcUrl": "rtmp://127.0.0.1:1935/live?vhost=__defaultVhost__",
        "stream": str(stream),
        "param": param,
        "stream_url": f"__defaultVhost__/live/{stream}",
        "stream_id": "vid-124q9y3",
        **more,
    }


def post(client, body: dict[str, object], url: str = HOOK):
    return client.post(url, json.dumps(body), content_type="application-json")


def code(client, body: dict[str, object]) -> int:
    answer = post(client, body)
    assert answer.status_code == 200, answer.content
    return int(answer.json()["code"])


def publish(client, room: Room) -> Broadcast:
    assert code(client, told("on_publish", room.id, f"?key={key_of(room)}")) == 0
    broadcast = queries.open_broadcast(room.id)
    assert broadcast is not None
    return broadcast


def test_a_publisher_comes_goes_and_comes_back(client) -> None:
    room = make_room()
    secret = key_of(room)
    assert code(client, told("on_publish", room.id, f"?key={secret}")) == 0
    broadcast = queries.open_broadcast(room.id)
    assert broadcast is not None
    assert (broadcast.state, broadcast.server, broadcast.protocol) == ("live", "srs", "rtmp")
    assert [play.kind for play in queries.plays(room.id)] == ["whep", "flv", "hls"]
    # Another client of that stream is nobody's business.
    assert code(client, told("on_unpublish", room.id, client_id="other")) == 0
    broadcast.refresh_from_db()
    assert broadcast.state == "live"
    assert code(client, told("on_unpublish", room.id, f"?key={secret}")) == 0
    broadcast.refresh_from_db()
    assert broadcast.state == "lost"
    assert code(client, told("on_publish", room.id, f"?key={secret}", client_id="9308h583")) == 0
    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.server_ref) == ("live", "9308h583")


def test_a_callback_that_is_sent_again_changes_nothing(client) -> None:
    room = make_room()
    broadcast = publish(client, room)
    again = told("on_publish", room.id, f"?key={key_of(room, 'browser')}", client_id="rival")
    assert code(client, again) != 0
    broadcast.refresh_from_db()
    assert broadcast.server_ref == "341w361a"
    for _time in range(2):
        assert code(client, told("on_unpublish", room.id)) == 0
    assert Broadcast.objects.filter(room=room).count() == 1


@pytest.mark.parametrize("param", ["", "?key=", "?key=yk_wrong", "?token=abc"])
def test_no_publisher_without_the_room_s_key(client, param: str) -> None:
    room, other = make_room(), make_room()
    assert code(client, told("on_publish", room.id, param)) != 0
    assert code(client, told("on_publish", room.id, f"?key={key_of(other)}")) != 0
    assert not Broadcast.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        told("on_publish", "livestream", "?key=x"),
        told("on_publish", uuid4(), "?key=x"),
        told("on_unpublish", uuid4()),
        told("on_dvr", uuid4(), file="./objs/nginx/html/live/x.1420254068776.mp4"),
        told("on_forward", UUID(int=1)),
        {"action": "on_publish"},
    ],
)
def test_streams_that_are_no_rooms_are_refused(client, body: dict[str, object]) -> None:
    assert code(client, body) != 0


def test_viewers_need_a_pass_for_the_room(client) -> None:
    room = make_room()
    good = told("on_play", room.id, f"?pass={pass_for(room)}", pageUrl="https://shop.example/")
    assert code(client, good) == 0
    assert code(client, told("on_play", room.id, f"?pass={pass_for(make_room())}")) != 0
    assert code(client, told("on_play", room.id)) != 0
    assert code(client, told("on_stop", room.id)) == 0


@pytest.mark.parametrize("url", [HOOK + "x", HOOK.partition("?")[0]])
def test_whoever_does_not_know_the_secret_gets_nowhere(client, url: str) -> None:
    room = make_room()
    answer = post(client, told("on_publish", room.id, f"?key={key_of(room)}"), url)
    assert (answer.status_code, answer.json()["code"]) == (403, "hook_refused")
    assert not Broadcast.objects.exists()


def test_without_a_secret_nobody_gets_in(client, settings) -> None:
    settings.MEDIA_SECRET = ""
    room = make_room()
    for url in (HOOK, "/api/v1/media/hooks/srs?secret="):
        assert post(
            client, told("on_publish", room.id, f"?key={key_of(room)}"), url
        ).status_code == (403)


def test_hooks_of_a_server_that_is_not_in_use_are_refused(client, settings) -> None:
    settings.MEDIA_SERVER = "embedded"
    assert post(client, told("on_stop", make_room().id)).status_code == 403


def test_a_recording_is_kept_with_its_start_and_its_address(client) -> None:
    room = make_room()
    publish(client, room)
    began = clock.wall() - timedelta(minutes=3)
    stamp = int(began.timestamp() * 1_000)
    file = f"./objs/nginx/html/live/{room.id}.{stamp}.mp4"
    body = told("on_dvr", room.id, cwd="/usr/local/srs", file=file)
    assert code(client, body) == 0
    kept = Recording.objects.get()
    assert kept.url == f"https://files.example/live/{room.id}.{stamp}.mp4"
    assert abs((clock.now() - kept.started_at) - timedelta(minutes=3)) < timedelta(seconds=30)
    assert 170_000 < kept.duration_ms < 230_000
    assert code(client, body) == 0
    assert Recording.objects.count() == 1
    for bad in (f"./objs/nginx/html/../../etc/x.{stamp}.mp4", f"/etc/x.{stamp}.mp4", "a.flv"):
        assert code(client, told("on_dvr", room.id, file=bad)) != 0


@pytest.fixture
def box(settings) -> MediaBox:
    with media_box() as found:
        settings.MEDIA_API_URL = found.url
        yield found


def test_a_revoked_key_kicks_its_client(client, box: MediaBox) -> None:
    room = make_room()
    broadcast = publish(client, room)
    do_revoke_stream_key(room.creator, StreamKey.objects.get(room=room).id)
    broadcast.refresh_from_db()
    assert broadcast.state == "ended"
    box.answers["/api/v1/clients/341w361a"] = (200, {"code": 0})
    jobs.drop(broadcast=str(broadcast.id))
    assert [(call.method, call.path) for call in box.calls] == [
        ("DELETE", "/api/v1/clients/341w361a")
    ]


def test_the_list_of_streams_tells_how_the_line_does(client, box: MediaBox) -> None:
    room = make_room()
    broadcast = publish(client, room)
    Broadcast.objects.update(seen_wall_at=clock.wall() - timedelta(seconds=6))
    stream = {
        "id": "vid-124q9y3",
        "name": str(room.id),
        "vhost": "vid-7j10nsl",
        "app": "live",
        "clients": 3,
        "frames": 4212,
        "kbps": {"recv_30s": 1841, "send_30s": 3682},
        "publish": {"active": True, "cid": "341w361a"},
        "video": {"codec": "H264", "profile": "High", "level": "3.1", "width": 720, "height": 1280},
        "audio": {"codec": "AAC", "sample_rate": 44100, "channel": 2, "profile": "LC"},
    }
    box.answers["/api/v1/streams"] = (200, {"code": 0, "streams": [stream]})
    duties.look_after_broadcasts()
    broadcast.refresh_from_db()
    assert broadcast.state == "live"
    assert broadcast.health == {
        "bitrate_kbps": 1841,
        "width": 720,
        "height": 1280,
        "video_codec": "H264",
        "audio_codec": "AAC",
        "viewers": 2,
    }
    Broadcast.objects.update(seen_wall_at=clock.wall() - timedelta(seconds=6))
    box.answers["/api/v1/streams"] = (200, {"code": 0, "streams": []})
    duties.look_after_broadcasts()
    broadcast.refresh_from_db()
    assert broadcast.state == "lost"


def test_a_server_that_is_down_for_a_moment_loses_nobody(client, box: MediaBox) -> None:
    broadcast = publish(client, make_room())
    Broadcast.objects.update(seen_wall_at=clock.wall() - timedelta(seconds=6))
    box.answers["/api/v1/streams"] = (500, {})
    duties.look_after_broadcasts()
    broadcast.refresh_from_db()
    assert broadcast.state == "live"
