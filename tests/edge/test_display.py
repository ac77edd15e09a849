"""Strict at display: a verdict flips at its instant, with no sweep and no message."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from tests.factories import make_rule
from tests.rooms import Server, cart, eventually, make_goods, make_link, make_room, mount

from yellowcart.core import clock, outbox
from yellowcart.core.ids import new_id
from yellowcart.core.instants import parse_instant
from yellowcart.core.timeline import do_reset_clock, do_set_clock
from yellowcart.listings.actions import do_mount
from yellowcart.listings.models import Listing
from yellowcart.live.actions import do_pin
from yellowcart.policy.actions import do_write_rule

MIDNIGHT = parse_instant("2021-11-15T24:00+08:00")


@pytest.fixture
def eve(servers: list[Server]) -> Iterator[None]:
    """It is the evening before, on every process."""
    set_clock(servers, MIDNIGHT - timedelta(hours=2))
    yield
    do_reset_clock()


def set_clock(servers: list[Server], instant: datetime) -> None:
    do_set_clock(instant)
    room = make_room()
    for server in servers:
        eventually(lambda server=server: abs(read_clock(server, room) - clock.now()) < HOUR / 60)


HOUR = timedelta(hours=1)


def read_clock(server: Server, room) -> datetime:
    return parse_instant(server.snapshot(room)["server_time"])


def cut(servers: list[Server]) -> str:
    """A source whose links leave live rooms at midnight."""
    source = f"s{new_id().hex[-8:]}"
    rule = make_rule(
        f"cut-{source}", sources=[source], surfaces=["live_room"], effective_from=MIDNIGHT
    )
    do_write_rule(rule, by=None)
    probe = make_room()
    mount(probe, make_link(source))
    for server in servers:
        eventually(lambda server=server: server.snapshot(probe)["cart"][0]["verdict"]["until"])
    return source


def states(server: Server, room) -> dict[str, str]:
    return {item["source"]: item["state"] for item in server.snapshot(room)["cart"]}


def test_the_cart_flips_at_midnight_by_itself(servers: list[Server], eve: None) -> None:
    source = cut(servers)
    room = make_room()
    link, goods = mount(room, make_link(source)), mount(room, make_goods())
    profile = mount(room, link.product, surface="profile", container_id=room.creator_id)
    do_pin(room.creator, room.id, link.id)
    for server in servers:
        assert states(server, room) == {source: "mounted", "native": "mounted"}
        assert server.get(f"/go/{link.id}").status_code == 302
        assert server.snapshot(room)["pinned_listing_id"] == str(link.id)
    set_clock(servers, MIDNIGHT)
    for server in servers:
        assert states(server, room) == {source: "barred", "native": "mounted"}
        shown = server.snapshot(room)
        assert shown["pinned_listing_id"] is None
        (item,) = [item for item in shown["cart"] if item["listing_id"] == str(link.id)]
        assert item["jump_url"] is None
        assert item["verdict"]["rule"] == f"cut-{source}"
        assert item["verdict"]["since"] == "2021-11-15T16:00:00Z"
        assert server.get(f"/go/{link.id}").status_code == 403
        assert server.get(f"/go/{profile.id}").status_code == 302
    assert set(Listing.objects.filter(id__in=[link.id, goods.id]).values_list("state")) == {
        ("mounted",)
    }


def test_the_last_microsecond_is_still_open(servers: list[Server], eve: None) -> None:
    """Half-open: closed from midnight on, open before it, on a clock that nearly stands still."""
    source = cut(servers)
    room = make_room()
    mount(room, make_link(source))
    for instant, state in (
        (MIDNIGHT - timedelta(milliseconds=1), "mounted"),
        (MIDNIGHT, "barred"),
    ):
        do_set_clock(instant, speed=1e-9)
        for server in servers:
            eventually(
                lambda server=server, instant=instant: (
                    read_clock(server, room) == instant
                    or abs(read_clock(server, room) - instant) < timedelta(microseconds=5)
                )
            )
            assert states(server, room) == {source: state}


def test_an_old_event_is_judged_when_it_is_read(servers: list[Server], eve: None) -> None:
    """Who catches up after midnight hears of a mount before it, and is not shown the link."""
    source = cut(servers)
    room = make_room()
    do_mount(room.creator, cart(room), make_link(source).id)
    outbox.relay_all()
    with servers[0].viewer(room, since=0) as viewer:
        assert viewer.event("listing.mounted")["state"] == "mounted"
    set_clock(servers, MIDNIGHT)
    with servers[0].viewer(room, since=0) as viewer:
        late = viewer.event("listing.mounted")
        assert (late["state"], late["jump_url"]) == ("barred", None)


def test_a_snapshot_shows_what_was_committed_before_it_was_asked_for(server: Server) -> None:
    room = make_room()
    for count in range(1, 6):
        mount(room, make_goods())
        assert len(server.snapshot(room)["cart"]) == count


def test_there_is_nothing_to_show_of_a_cancelled_room(server: Server) -> None:
    room = make_room(state="cancelled")
    answer = server.get(f"/api/v1/rooms/{room.id}?lang=zh")
    assert (answer.status_code, answer.json()["detail"]) == (404, "没有这个直播间。")


def test_the_snapshot_is_in_the_readers_language(server: Server) -> None:
    room = make_room()
    mount(room, make_goods(price=1_000))
    words = {
        language: server.get(
            f"/api/v1/rooms/{room.id}", headers={"accept-language": language}
        ).json()["cart"][0]["verdict"]["reason"]
        for language in ("zh-CN,zh;q=0.9", "en-GB")
    }
    assert words["en-GB"].startswith("No rule")
    assert words["zh-CN,zh;q=0.9"].startswith("没有规则")


def test_the_address_of_events_is_the_one_the_caller_used(server: Server) -> None:
    room = make_room()
    shown = server.snapshot(room)
    assert shown["events_url"] == f"{server.events}/{room.id}/events"
    answer = server.get(f"/api/v1/rooms/{room.id}", headers={"host": "evil.example"})
    assert answer.json()["events_url"] == shown["events_url"]
