"""The host's figures over a socket: who may open it, and that they move."""

from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.factories import make_account
from tests.insights.sales import order
from tests.rooms import Server, make_goods, make_room, mount, pass_for
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from yellowcart.core.clock import now
from yellowcart.live.models import Room


@contextmanager
def screen(server: Server, room: Room, token: str, path: UUID | None = None) -> Any:
    address = f"{server.events}/{path or room.id}/figures?pass={token}&lang=en"
    with connect(address, max_size=None) as socket:
        yield lambda: msgspec.json.decode(socket.recv(60))


def host(room: Room) -> str:
    return pass_for(room, room.creator, role="host")


def test_figures_come_at_once_and_follow_what_is_sold(server: Server) -> None:
    room = make_room()
    listing = mount(room, make_goods())
    with screen(server, room, host(room)) as read:
        first = read()["figures"]
        assert (first["room_id"], first["gmv"], first["viewers"]) == (str(room.id), [], 0)
        assert [line["listing_id"] for line in first["listings"]] == [str(listing.id)]
        order(1_250, now() - timedelta(milliseconds=1), container_id=room.id)
        figures = first
        while not figures["gmv"]:
            figures = read()["figures"]
        assert figures["gmv"][0]["placed"]["gmv_minor"] == 1_250
        assert sum(minute["placed_minor"] for minute in figures["minutes"]) == 1_250


def test_a_room_that_waits_has_none_and_one_that_ended_says_a_last_word(server: Server) -> None:
    waiting = make_room(state="scheduled")
    with screen(server, waiting, host(waiting)) as read:
        assert read() == {"figures": None}
    ended = make_room(state="ended", started_at=now() - timedelta(hours=1), ended_at=now())
    with screen(server, ended, host(ended)) as read:
        assert read()["figures"]["state"] == "ended"
        with pytest.raises(ConnectionClosed):
            read()


@pytest.mark.parametrize("who", ["viewer", "moderator", "guest", "other_room", "nobody"])
def test_nobody_else_sees_them(server: Server, who: str) -> None:
    room, other = make_room(), make_room()
    tokens = {
        "viewer": pass_for(room, make_account()),
        "moderator": pass_for(room, make_account(), role="moderator"),
        "guest": pass_for(room),
        "other_room": host(other),
        "nobody": "no-pass",
    }
    with screen(server, room, tokens[who]) as read:
        refused = read()["error"]
        assert refused["code"] in {"figures_forbidden", "pass_for_another_room", "pass_invalid"}
        with pytest.raises(ConnectionClosed):
            read()


def test_a_pass_for_the_figures_opens_the_whole_or_a_shops_part(server: Server) -> None:
    room = make_room()
    mine, theirs = mount(room, make_goods()), mount(room, make_goods())
    order(1_250, now() - timedelta(minutes=1), container_id=room.id, shop_id=mine.shop_id)
    order(400, now() - timedelta(minutes=1), container_id=room.id, shop_id=theirs.shop_id)
    Room.objects.filter(id=room.id).update(started_at=now() - timedelta(hours=1))
    seen = {}
    for claim in ("room", str(mine.shop_id), str(theirs.shop_id)):
        token = pass_for(room, make_account(), role="figures", guest=True, figures=claim)
        with screen(server, room, token) as read:
            found = read()["figures"]
        lines = {line["listing_id"] for line in found["listings"]}
        seen[claim] = (found["gmv"][0]["placed"]["gmv_minor"], lines)
    assert seen == {
        "room": (1_650, {str(mine.id), str(theirs.id)}),
        str(mine.shop_id): (1_250, {str(mine.id)}),
        str(theirs.shop_id): (400, {str(theirs.id)}),
    }
