"""Keys, publishers, and what viewers see of them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from tests.factories import make_account
from tests.media.worlds import Refused, key_of, on_air, opened, silent
from tests.rooms import make_creator, make_room, pass_for

from yellowcart.core import clock, outbox
from yellowcart.live import queries as live
from yellowcart.live.actions import do_cancel_room, do_end_room, do_go_live
from yellowcart.live.models import Room, RoomEvent
from yellowcart.media import actions, queries
from yellowcart.media.models import Broadcast, StreamKey

pytestmark = pytest.mark.django_db


def stage(room: Room) -> str:
    """What a viewer's snapshot says."""
    shown = live.snapshot(room.id, "en")
    assert shown is not None
    return str(shown["video"]["state"])


def test_a_secret_is_kept_nowhere() -> None:
    room = make_room(state="scheduled")
    key, secret = actions.do_make_stream_key(room.creator, room.id)
    row = StreamKey.objects.filter(id=key.id).values().get()
    assert secret.startswith(row["prefix"])
    assert not any(secret in str(value) for value in row.values())
    assert len(secret) > 30
    assert queries.find_key(secret) == key


def test_another_key_takes_the_place_of_the_first_and_of_who_publishes_with_it() -> None:
    room = make_room()
    first = key_of(room)
    broadcast = actions.do_broadcast_started(opened(first).id)
    key_of(room)
    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.reason) == ("ended", "revoked")
    with Refused("stream_key_invalid"):
        opened(first)


def test_the_page_has_a_key_of_its_own_beside_the_studio_s() -> None:
    room = make_room()
    studio, browser = key_of(room), key_of(room, "browser")
    assert queries.find_key(studio)
    assert queries.find_key(browser)


@pytest.mark.parametrize("word", ["", "yk_", "x" * 500, "yk_%00"])
def test_no_other_word_opens_a_broadcast(word: str) -> None:
    with Refused("stream_key_invalid"):
        opened(word)


def test_only_the_host_has_keys() -> None:
    room = make_room()
    key, _secret = actions.do_make_stream_key(room.creator, room.id)
    for stranger in (make_account(), make_creator()):
        with Refused("not_your_room"):
            actions.do_make_stream_key(stranger, room.id)
        with Refused("not_your_room"):
            actions.do_revoke_stream_key(stranger, key.id)
    with Refused("stream_key_not_found"):
        actions.do_revoke_stream_key(room.creator, uuid4())


def test_one_publisher_at_a_time() -> None:
    room = make_room()
    on_air(room)
    with Refused("already_publishing"):
        opened(key_of(room, "browser"))


def test_the_database_knows_one_publisher_even_where_code_errs() -> None:
    room = make_room()
    first = on_air(room)
    with pytest.raises(IntegrityError, match="media_one_publisher"), transaction.atomic():
        Broadcast.objects.create(
            room=room, stream_key=first.stream_key, protocol="rtmp", server="embedded"
        )


def test_a_publisher_who_fell_silent_does_not_lock_its_creator_out() -> None:
    room = make_room()
    secret = key_of(room)
    first = actions.do_broadcast_started(opened(secret).id)
    silent(first)
    again = opened(secret)
    assert again.id == first.id
    assert again.state == "lost"
    assert actions.do_broadcast_started(again.id).state == "live"


def test_a_lost_publisher_comes_back_to_the_same_broadcast() -> None:
    room = make_room()
    secret = key_of(room)
    broadcast = actions.do_broadcast_started(opened(secret).id)
    assert stage(room) == "live"
    actions.do_broadcast_lost(broadcast.id)
    assert stage(room) == "lost"
    again = opened(secret)
    assert again.id == broadcast.id
    assert stage(room) == "lost"
    with Refused("already_publishing"):
        opened(secret)
    actions.do_broadcast_started(again.id)
    assert stage(room) == "live"
    actions.do_broadcast_ended(again.id)
    assert stage(room) == "ended"
    assert opened(secret).id != broadcast.id


def test_what_is_told_twice_or_too_late_changes_nothing() -> None:
    room = make_room()
    broadcast = on_air(room)
    ended = actions.do_broadcast_ended(broadcast.id, "stopped")
    for verb in (actions.do_broadcast_started, actions.do_broadcast_lost):
        assert verb(broadcast.id).state == "ended"
    assert actions.do_broadcast_ended(broadcast.id, "revoked").reason == "stopped"
    assert Broadcast.objects.get(id=broadcast.id).ended_at == ended.ended_at


def test_a_preview_is_seen_by_the_host_alone_until_the_room_is_live() -> None:
    room = make_room(make_creator(), "scheduled")
    on_air(room)
    host, guest = pass_for(room, room.creator, role="host"), pass_for(room)
    assert queries.may_watch(room.id, host)
    assert not queries.may_watch(room.id, guest)
    assert stage(room) == "none"
    assert not queries.on_air(room.id)
    do_go_live(room.creator, room.id)
    outbox.relay_all()
    assert queries.may_watch(room.id, guest)
    assert stage(room) == "live"
    told = RoomEvent.objects.filter(room_id=room.id, type="video").latest("seq")
    assert told.payload["state"] == "live"
    assert [play["kind"] for play in told.payload["plays"]] == [
        play.kind for play in queries.plays(room.id)
    ]


def test_no_pass_of_another_room_opens_this_one() -> None:
    room = make_room()
    on_air(room)
    assert not queries.may_watch(room.id, pass_for(make_room(), room.creator, role="host"))
    assert not queries.may_watch(room.id, "nonsense")


@pytest.mark.parametrize("end", [do_end_room, do_cancel_room])
def test_a_room_that_is_over_has_no_keys_and_no_publisher(end) -> None:
    room = make_room(state="live" if end is do_end_room else "scheduled")
    secret = key_of(room)
    broadcast = actions.do_broadcast_started(opened(secret).id)
    end(room.creator, room.id)
    with Refused("room_not_open"):
        opened(secret)
    outbox.relay_all()
    broadcast.refresh_from_db()
    assert (broadcast.state, broadcast.reason) == ("ended", "room_over")
    assert queries.find_key(secret) is None
    assert queries.open_broadcasts([broadcast.id]) == set()
    with Refused("room_not_open"):
        key_of(room)


def test_health_is_kept_while_pictures_arrive() -> None:
    room = make_room()
    broadcast = on_air(room)
    silent(broadcast, 10)
    actions.do_report_health(broadcast.id, {"bitrate_kbps": 1_800, "fps": 30.0})
    broadcast.refresh_from_db()
    assert broadcast.health == {"bitrate_kbps": 1_800, "fps": 30.0}
    assert broadcast.seen_wall_at > clock.wall() - timedelta(seconds=5)
    actions.do_broadcast_ended(broadcast.id)
    actions.do_report_health(broadcast.id, {"bitrate_kbps": 1})
    broadcast.refresh_from_db()
    assert broadcast.health == {"bitrate_kbps": 1_800, "fps": 30.0}


def test_a_recording_told_twice_is_kept_once() -> None:
    broadcast = on_air(make_room())
    for size in (10, 20):
        actions.do_add_recording(broadcast.id, "a/1.mp4", clock.now(), 5_000, size)
    assert [row.size_bytes for row in broadcast.recordings.all()] == [20]
