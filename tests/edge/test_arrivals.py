"""Who comes in and who follows is told in every process, merged, and never of guests."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.factories import make_account
from tests.rooms import Server, make_room, pass_for

from yellowcart.core import bus, outbox
from yellowcart.core.ids import new_id
from yellowcart.live.arrivals import CAME, FOLLOWED, MOST_NAMES, arrivals, heard, message
from yellowcart.live.queries import room_pass
from yellowcart.live.quiet import do_set_quiet
from yellowcart.people.actions import do_follow

ROOM = new_id()
NAMES = st.lists(st.text(max_size=80), min_size=1, max_size=20)


@given(NAMES, NAMES)
def test_merging_keeps_the_newest_names_and_counts_everybody(
    first: list[str], then: list[str]
) -> None:
    earlier, later = arrivals(ROOM, CAME, first), arrivals(ROOM, CAME, then)
    both = earlier.and_then(later)
    assert both.names[0] == then[-1][:60]
    assert len(both.names) <= MOST_NAMES
    assert len(both.names) + both.more == len(first) + len(then)
    told = message(both)
    assert heard(told) == both
    assert len(told.encode()) < bus.MAX_PAYLOAD
    assert heard("") is None


def told(frame: dict[str, Any], kind: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = frame.get(kind)
    return found


def test_who_comes_in_is_told_to_all_but_guests_are_not(servers: list[Server]) -> None:
    room = make_room()
    xiaowang = make_account(display_name="小王")
    with servers[0].viewer(room) as watching, servers[1].viewer(room, pass_for(room)) as other:
        for one in (watching, other):
            one.snapshot()
        with servers[1].viewer(room, pass_for(room, xiaowang)) as coming:
            coming.snapshot()
            for one in (watching, other, coming):
                news = one.until(lambda f: told(f, "came"))
                assert (news["names"], news["more"]) == (["小王"], 0)
        for one in (watching, other):
            assert not [f for f in one.frames if "followed" in f]


def test_the_host_and_who_only_comes_back_are_no_news(server: Server) -> None:
    room = make_room()
    back, host, fresh = (make_account(display_name=name) for name in ("Back", "Host", "Fresh"))
    with server.viewer(room) as watching:
        watching.snapshot()
        with (
            server.viewer(room, pass_for(room, back, seconds=600)),
            server.viewer(room, pass_for(room, host, role="host")),
            server.viewer(room, pass_for(room, fresh)),
        ):
            news = watching.until(lambda f: told(f, "came"))
    assert (news["names"], news["more"]) == (["Fresh"], 0)


def test_who_follows_the_host_is_told_in_the_live_room_only(servers: list[Server]) -> None:
    room = make_room()
    waiting = make_room(state="scheduled")
    fans = [make_account(display_name=f"Fan {n}") for n in range(3)]
    with (
        servers[0].viewer(room) as one,
        servers[1].viewer(room) as two,
        servers[0].viewer(waiting) as early,
    ):
        for viewer in (one, two, early):
            viewer.snapshot()
        for fan in fans:
            do_follow(fan, waiting.creator)
            do_follow(fan, room.creator)
        outbox.relay_all()
        for viewer in (one, two):
            news = viewer.until(lambda f: told(f, FOLLOWED))
            assert (news["names"], news["more"]) == (["Fan 2", "Fan 1"], 1)
        assert not [f for f in early.frames if FOLLOWED in f]


def test_who_keeps_quiet_is_not_told_of(server: Server) -> None:
    room = make_room()
    silent, loud = make_account(display_name="Silent"), make_account(display_name="Loud")
    do_set_quiet(silent, quiet=True)
    with server.viewer(room) as watching:
        watching.snapshot()
        ways = [room_pass(room, account, None)["pass"] for account in (silent, loud)]
        with server.viewer(room, ways[0]) as first:
            first.snapshot()
            with server.viewer(room, ways[1]):
                news = watching.until(lambda f: told(f, CAME))
        assert (news["names"], news["more"]) == (["Loud"], 0)
        for one in (silent, loud):
            do_follow(one, room.creator)
        outbox.relay_all()
        news = watching.until(lambda f: told(f, FOLLOWED))
        assert (news["names"], news["more"]) == (["Loud"], 0)
        assert not [f for f in watching.frames if "Silent" in f.get("here", [])]
