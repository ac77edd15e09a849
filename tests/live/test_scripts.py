"""The script of a show, and the remote control on a second device."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from tests.callers import Caller
from tests.factories import make_account, make_shop
from tests.live.test_spotlight import Show, code, stand_at
from tests.rooms import make_creator, make_goods, make_room, mount

from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.live import actions, passes, remotes, scripts
from yellowcart.live.models import Room
from yellowcart.live.scriptplan import Step, neighbour, timing, wrong_with_step
from yellowcart.live.tooltables import RemoteControl, ScriptItem

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": "a", "notes": "x" * 1_001}, "notes"),
        ({"title": "a", "minutes": 601}, "minutes"),
        ({"title": "a", "action": "link_up"}, "action"),
        ({"title": "a", "action": "dance"}, "action"),
        ({"listing_id": uuid4(), "action": "flash"}, "percent"),
        ({"listing_id": uuid4(), "action": "count_down"}, "seconds"),
        ({"listing_id": uuid4(), "action": "flash", "percent": 20}, None),
    ],
)
def test_what_a_step_must_be(fields: dict, why: str | None) -> None:
    assert wrong_with_step(Step(**fields)) == why


def test_steps_follow_each_other_and_stop_at_the_ends() -> None:
    ids = [uuid4() for _ in range(3)]
    assert neighbour(ids, None, 1) == ids[0]
    assert neighbour(ids, None, -1) is None
    assert [neighbour(ids, one, 1) for one in ids] == [ids[1], ids[2], None]
    assert neighbour(ids, ids[0], -1) is None
    assert neighbour(ids, uuid4(), 1) == ids[0]
    assert neighbour([], None, 1) is None


def test_a_show_is_late_by_what_went_over_and_not_by_what_is_planned() -> None:
    began = now()
    # Two steps of five minutes; the first took seven, the second is three minutes in.
    stands = timing([5, 5], 1, began, began + 7 * MINUTE, began + 10 * MINUTE)
    assert (stands.step_planned, stands.step_gone, stands.planned) == (300, 180, 600)
    assert stands.behind == 120
    # Four minutes in the first: on time; seven: two late; and early where steps were skipped.
    assert timing([5, 5], 0, began, began, began + 4 * MINUTE).behind == 0
    assert timing([5, 5], 0, began, began, began + 7 * MINUTE).behind == 120
    assert timing([5, 5], 1, began, began + MINUTE, began + 2 * MINUTE).behind == -240


def write(show: Show, *steps: Step) -> list[ScriptItem]:
    scripts.do_write_script(show.host, show.room.id, steps)
    return scripts.items_of(show.room.id)


@pytest.mark.django_db
def test_stepping_explains_what_the_step_is_about() -> None:
    show = Show()
    hello, tea, cake = write(
        show,
        Step(title="Hello", minutes=2),
        Step(listing_id=show.tea.id, minutes=5),
        Step(listing_id=show.cake.id, action="flash", percent=20, seconds=60),
    )
    assert tea.title == show.tea.product.title

    def pinned() -> object:
        return Room.objects.get(id=show.room.id).pinned_listing_id

    assert scripts.do_step(show.host, show.room.id, "next") == hello.id
    assert pinned() is None
    assert scripts.do_step(show.host, show.room.id, "next") == tea.id
    assert pinned() == show.tea.id
    stand_at(now() + 7 * MINUTE)
    stands = scripts.script_of(show.room.id)
    assert (stands["place"], stands["timing"].step_gone, stands["timing"].behind) == (1, 420, 0)
    assert scripts.do_step(show.host, show.room.id, str(cake.id)) == cake.id
    scripts.do_planned(show.host, show.room.id)
    with pytest.raises(Problem) as refused:
        scripts.do_step(show.host, show.room.id, str(tea.id))
    assert code(refused) == "flash_running"
    assert scripts.script_of(show.room.id)["current"] == str(cake.id)
    assert scripts.do_step(show.host, show.room.id, "next") == cake.id
    assert scripts.do_step(show.host, show.room.id, "stop") is None
    with pytest.raises(Problem) as refused:
        scripts.do_planned(show.host, show.room.id)
    assert code(refused) == "nothing_planned"


@pytest.mark.django_db
def test_a_script_keeps_its_steps_when_it_is_written_again() -> None:
    show = Show()
    one, two = write(show, Step(title="One"), Step(title="Two"))
    scripts.do_step(show.host, show.room.id, str(two.id))
    write(
        show, Step(id=two.id, title="Two, changed"), Step(title="New"), Step(id=uuid4(), title="?")
    )
    assert [item.title for item in scripts.items_of(show.room.id)] == ["Two, changed", "New", "?"]
    assert scripts.script_of(show.room.id)["current"] == str(two.id)
    order = [item.id for item in scripts.items_of(show.room.id)][::-1]
    scripts.do_order_script(show.host, show.room.id, order)
    assert [item.id for item in scripts.items_of(show.room.id)] == order
    with pytest.raises(Problem):
        scripts.do_order_script(show.host, show.room.id, [*order[1:], one.id])
    stranger = mount(make_room(), make_goods(make_shop()))
    with pytest.raises(Problem) as refused:
        write(show, Step(listing_id=stranger.id))
    assert code(refused) == "listing_id"


@pytest.mark.django_db
def test_a_script_is_its_hosts() -> None:
    show = Show()
    base = f"/rooms/{show.room.id}/script"
    calls = [
        ("PUT", base, {"items": [{"title": "Hello", "minutes": 1}]}),
        ("GET", base, None),
        ("POST", f"{base}/step", {"to": "next"}),
        ("PUT", f"{base}/order", {"order": []}),
        ("POST", f"{base}/act", None),
    ]
    for other in (make_account(), make_creator()):
        assert [Caller(other)(*call)[0] for call in calls] == [403] * 5
    statuses = [Caller(show.host)(*call)[0] for call in calls]
    assert statuses == [200, 200, 200, 422, 409]


# The remote control


def page(show: Show, end: str = "") -> str:
    return f"/creator/rooms/{show.room.id}/remote/{end}"


def device(show: Show) -> Client:
    """A phone that took the remote control over."""
    client = Client(headers={"Accept-Language": "en"})
    answer = client.post(
        page(show, "open/"), {"code": remotes.do_make_remote(show.host, show.room.id)}
    )
    assert (answer.status_code, answer.url) == (302, page(show))
    assert client.cookies["yellowcart_remote"]["path"] == page(show)
    return client


@pytest.mark.django_db
def test_a_device_steers_its_room_and_nothing_else() -> None:
    show, other = Show(), Show()
    client = device(show)
    assert client.get(page(show)).status_code == 200
    client.post(page(show, "act/"), {"do": f"pin:{show.tea.id}"})
    assert Room.objects.get(id=show.room.id).pinned_listing_id == show.tea.id
    client.post(page(show, "act/"), {"do": f"flash:{show.tea.id}:20"})
    client.post(page(show, "act/"), {"do": "end_flash"})
    client.post(page(show, "act/"), {"do": f"count_down:{show.tea.id}:30"})
    show.tea.refresh_from_db()
    assert show.tea.sale_from is not None
    client.post(page(show, "act/"), {"do": f"link_up:{show.tea.id}"})
    client.post(page(show, "act/"), {"do": f"unmount:{show.tea.id}"})
    show.tea.refresh_from_db()
    assert show.tea.state == "mounted"
    # The token is for one room; nothing else of the host's opens with it.
    client.cookies["yellowcart_remote"]["path"] = "/"
    assert client.post(page(other, "act/"), {"do": f"pin:{other.tea.id}"}).status_code == 403
    assert client.get(f"/creator/rooms/{show.room.id}/").status_code in {302, 401, 403}
    assert client.delete(f"/api/v1/rooms/{show.room.id}/cart/{show.tea.id}").status_code == 401


@pytest.mark.django_db
def test_a_device_hears_its_room_with_a_pass_that_does_nothing_else() -> None:
    show = Show()
    client = device(show)
    assert client.get(page(show, "pass/")).status_code == 405
    held = passes.verify(client.post(page(show, "pass/")).json()["pass"])
    assert (held.room, held.sub, held.role) == (show.room.id, show.host.id, "remote")
    assert held.guest, "so it neither speaks nor buys"
    for stranger in (Client(), Caller(show.host).client, Caller(make_account()).client):
        assert stranger.post(page(show, "pass/")).status_code == 403
    remotes.do_revoke_remotes(show.host, show.room.id)
    assert client.post(page(show, "pass/")).status_code == 403


@pytest.mark.django_db
def test_a_code_is_good_once_for_minutes_and_a_token_until_it_is_taken_back() -> None:
    show = Show()
    first = remotes.do_make_remote(show.host, show.room.id)
    token = remotes.do_open_remote(show.room.id, first)
    assert remotes.access_remote(show.room.id, token)[1] == show.host
    assert {first, token}.isdisjoint(RemoteControl.objects.values_list("code_hash", flat=True))
    late = remotes.do_make_remote(show.host, show.room.id)
    for bad, room in ((first, show.room.id), ("", show.room.id), (late, Show().room.id)):
        with pytest.raises(Problem) as refused:
            remotes.do_open_remote(room, bad)
        assert code(refused) == "remote_refused"
    stand_at(now() + remotes.CODE_LASTS)
    with pytest.raises(Problem):
        remotes.do_open_remote(show.room.id, late)
    assert remotes.remotes_in_use(show.room.id) == 1
    assert remotes.do_revoke_remotes(show.host, show.room.id) == 2
    with pytest.raises(Problem):
        remotes.access_remote(show.room.id, token)


@pytest.mark.django_db
def test_a_token_ends_with_the_show_or_its_hours() -> None:
    show = Show()
    token = remotes.do_open_remote(show.room.id, remotes.do_make_remote(show.host, show.room.id))
    stand_at(now() + remotes.TOKEN_LASTS)
    with pytest.raises(Problem):
        remotes.access_remote(show.room.id, token)
    again = remotes.do_open_remote(show.room.id, remotes.do_make_remote(show.host, show.room.id))
    actions.do_end_room(show.host, show.room.id)
    with pytest.raises(Problem):
        remotes.access_remote(show.room.id, again)
    for other in (make_account(), make_creator()):
        with pytest.raises(Problem) as refused:
            remotes.do_make_remote(other, show.room.id)
        assert code(refused) == "not_your_room"
