"""Sockets of a real server: frames, recovery, refusals, several processes."""

from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
from django.db import transaction
from tests.factories import make_account
from tests.rooms import (
    Server,
    Viewer,
    cart,
    eventually,
    make_goods,
    make_room,
    mount,
    pass_for,
    relayed,
)
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from yellowcart.core import clock, outbox
from yellowcart.core.timeline import do_reset_clock, do_set_clock
from yellowcart.listings.actions import do_mount, do_unmount
from yellowcart.live import events, numbering
from yellowcart.live.actions import do_pin
from yellowcart.live.models import Room, RoomEvent


def happen(room: Room, count: int, **payload: Any) -> None:
    """Number so many harmless events in a room."""
    numbering.number(
        [
            numbering.Unnumbered(room.id, "chat.removed", {"id": str(n), **payload}, clock.now())
            for n in range(count)
        ]
    )


def test_a_viewer_gets_a_snapshot_and_then_what_happens(server: Server) -> None:
    room = make_room()
    listing = mount(room, make_goods())
    with server.viewer(room) as viewer:
        snapshot = viewer.snapshot()
        assert snapshot["seq"] == 0
        assert [item["listing_id"] for item in snapshot["cart"]] == [str(listing.id)]
        do_pin(room.creator, room.id, listing.id)
        outbox.relay_all()
        event = viewer.event("listing.pinned")
        assert (event["seq"], event["listing_id"]) == (1, str(listing.id))


def test_who_comes_back_gets_exactly_what_was_missed(server: Server) -> None:
    room = make_room()
    happen(room, 3)
    with server.viewer(room) as viewer:
        assert viewer.snapshot()["seq"] == 3
    happen(room, 4)
    with server.viewer(room, since=3) as viewer:
        assert [event["seq"] for event in viewer.events_up_to(7)] == [4, 5, 6, 7]
        happen(room, 1)
        assert [event["seq"] for event in viewer.events_up_to(8)] == [4, 5, 6, 7, 8]
        assert not any("snapshot" in frame for frame in viewer.frames)


def test_who_missed_nothing_is_told_so(server: Server) -> None:
    room = make_room()
    happen(room, 2)
    with server.viewer(room, since=2) as viewer:
        assert viewer.until(lambda f: f if "seq" in f else None) == {"seq": 2, "events": []}


@pytest.mark.parametrize(
    ("since", "lost"), [(10_000, 0), (2, 3), (0, 0)], ids=["the future", "gone", "too far"]
)
def test_who_cannot_be_caught_up_gets_a_snapshot(server: Server, since: int, lost: int) -> None:
    room = make_room()
    happen(room, 501)
    RoomEvent.objects.filter(room_id=room.id, seq__lte=lost).delete()
    with server.viewer(room, since=since) as viewer:
        assert viewer.snapshot()["seq"] == 501
        happen(room, 1)
        assert viewer.events_up_to(502)[-1]["seq"] == 502


def test_what_happens_at_once_is_one_frame(server: Server) -> None:
    room = make_room()
    with server.viewer(room) as viewer:
        viewer.snapshot()
        happen(room, 200)
        viewer.events_up_to(200)
        assert len([frame for frame in viewer.frames if frame.get("events")]) == 1


def test_two_processes_show_one_room(servers: list[Server]) -> None:
    room = make_room()
    listing = mount(room, make_goods())
    ming = make_account(display_name="Ming")
    with (
        servers[0].viewer(room, pass_for(room, ming)) as here,
        servers[1].viewer(room) as there,
    ):
        here.snapshot()
        there.snapshot()
        here.say("hello")
        eventually(lambda: relayed(room, "chat"))
        do_pin(room.creator, room.id, listing.id)
        outbox.relay_all()
        both = [viewer.events_up_to(2) for viewer in (here, there)]
        assert both[0] == both[1]
        assert [event["type"] for event in both[0]] == ["chat", "listing.pinned"]
        assert both[0][0] | {"text": "hello", "name": "Ming", "role": "viewer"} == both[0][0]
        for viewer in (here, there):
            viewer.recall(lambda frame: frame.get("viewers") == 2)
    eventually(lambda: servers[0].snapshot(room)["viewers"] == 0)


def test_many_viewers_all_hear_the_same(server: Server) -> None:
    room = make_room()
    with ExitStack() as stack:
        viewers: list[Viewer] = [stack.enter_context(server.viewer(room)) for _ in range(40)]
        for viewer in viewers:
            viewer.snapshot()
        for _ in range(10):
            happen(room, 3)
        heard = {tuple(e["seq"] for e in viewer.events_up_to(30)) for viewer in viewers}
        assert heard == {tuple(range(1, 31))}


def test_what_commits_late_is_not_skipped(server: Server) -> None:
    """The id of an outbox row is older than its commit; the relay goes by state, not by id."""
    room = make_room()
    with server.viewer(room) as viewer:
        viewer.snapshot()
        early = outbox.OutboxEvent(
            topic="room.chat.removed", room_id=room.id, payload={"id": "early"}
        )
        with transaction.atomic():
            events.announce(room.id, "chat.removed", {"id": "late"})
        outbox.relay_all()
        with transaction.atomic():
            outbox.append_all([early])
        outbox.relay_all()
        assert [event["id"] for event in viewer.events_up_to(2)] == ["late", "early"]


def test_words_come_in_the_language_of_the_reader(server: Server) -> None:
    room = make_room()
    url = f"{server.events}/{room.id}/events?pass={pass_for(room)}"
    with server.viewer(room) as english, connect(f"{url}&lang=zh") as socket:
        chinese = Viewer(socket)
        english.snapshot()
        chinese.snapshot()
        product = make_goods(price=12_345)
        listing = do_mount(room.creator, cart(room), product.id)
        outbox.relay_all()
        items = [viewer.event("listing.mounted") for viewer in (english, chinese)]
        assert [item["price"]["display"] for item in items] == ["CN¥123.45", "¥123.45"]
        assert "row" not in items[0]
        snapshot = server.snapshot(room)
        assert snapshot["cart"] == [
            {key: value for key, value in items[0].items() if key not in {"seq", "type", "at"}}
        ]
        do_unmount(room.creator, cart(room), listing.id)
        outbox.relay_all()
        assert english.event("listing.unmounted")["listing_id"] == str(listing.id)


def refusal(server: Server, room: Room, query: str, **options: Any) -> tuple[str, int]:
    """The code of the problem a socket is refused with, and the code it is closed with."""
    with connect(f"{server.events}/{room.id}/events?lang=en&{query}", **options) as socket:
        viewer = Viewer(socket)
        code: str = viewer.error()["code"]
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(60)
        assert closed.value.rcvd is not None
        return code, closed.value.rcvd.code


def test_nobody_comes_in_without_a_good_pass(server: Server) -> None:
    room, other = make_room(), make_room()
    good = pass_for(room)
    head, body, signature = good.split(".")
    assert refusal(server, room, "") == ("pass_required", 4401)
    assert refusal(server, room, "pass=nonsense") == ("pass_invalid", 4401)
    assert refusal(server, room, f"pass={head}.{body}x.{signature}") == ("pass_invalid", 4401)
    assert refusal(server, room, f"pass={pass_for(other)}") == ("pass_for_another_room", 4401)
    assert refusal(server, room, f"pass={pass_for(room, seconds=-1)}") == ("pass_expired", 4401)


def test_a_pass_also_travels_in_the_header(server: Server) -> None:
    room = make_room()
    headers = {"Authorization": f"Bearer {pass_for(room)}"}
    with connect(f"{server.events}/{room.id}/events", additional_headers=headers) as socket:
        assert Viewer(socket).snapshot()["room_id"] == str(room.id)


def test_a_room_that_is_not_there(server: Server) -> None:
    room = make_room()
    token = pass_for(room)
    Room.objects.filter(id=room.id).delete()
    assert refusal(server, room, f"pass={token}") == ("room_not_found", 4404)


def test_pages_of_other_sites_are_refused(server: Server) -> None:
    room = make_room()
    query = f"pass={pass_for(room)}"
    assert refusal(server, room, query, origin="https://evil.example") == ("origin_refused", 4401)
    url = f"{server.events}/{room.id}/events?{query}"
    with connect(url, origin=server.base_url) as socket:
        assert Viewer(socket).snapshot()["state"] == "live"


def test_a_pass_that_ends_ends_the_socket(server: Server) -> None:
    room = make_room()
    with server.viewer(room, pass_for(room, seconds=6)) as viewer:
        viewer.snapshot()
        assert viewer.error()["code"] == "pass_expired"
        with pytest.raises(ConnectionClosed) as closed:
            viewer.socket.recv(60)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize("frame", ["", "[]", "no json", '{"chat": 1}', "x" * 2_001])
def test_nonsense_is_answered_and_forgotten(server: Server, frame: str) -> None:
    room = make_room()
    with server.viewer(room) as viewer:
        viewer.snapshot()
        viewer.socket.send(frame)
        assert viewer.error()["code"] == "frame_invalid"
        viewer.socket.send('{"ping": 7}')
        assert viewer.until(lambda f: f.get("pong")) == 7


def test_who_floods_is_slowed_and_then_shown_out(server: Server) -> None:
    room = make_room()
    with server.viewer(room) as viewer:
        viewer.snapshot()
        for _ in range(60):
            viewer.socket.send('{"ping": 1}')
        with pytest.raises(ConnectionClosed):
            viewer.until(lambda _frame: None)
        codes = [frame["error"]["code"] for frame in viewer.frames if "error" in frame]
        assert set(codes) == {"chat_too_fast"}


def test_a_lost_message_on_the_bus_is_made_up_for(server: Server) -> None:
    room = make_room()
    with server.viewer(room) as viewer:
        viewer.snapshot()
        with mock.patch.object(numbering.bus, "publish"):
            happen(room, 1)
        assert viewer.events_up_to(1)[0]["seq"] == 1


def test_a_clock_that_is_set_is_told_to_those_connected(server: Server) -> None:
    with server.viewer(make_room()) as viewer:
        viewer.snapshot()
        do_set_clock(datetime(2021, 11, 15, 15, 59, tzinfo=UTC), 60.0)
        try:
            told = viewer.until(lambda frame: frame.get("clock"))
        finally:
            do_reset_clock()
        assert told["speed"] == 60.0
        assert told["time"].startswith("2021-11-15T")
