"""How a room sells is its host's to choose."""

import pytest
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_shop
from tests.rooms import make_creator, make_goods, make_room, mount

from yellowcart.core import outbox
from yellowcart.live.models import RoomEvent
from yellowcart.live.queries import snapshot
from yellowcart.people.models import Follow

pytestmark = pytest.mark.django_db

MODE = {"reservation": "first_paid", "hold_seconds": 300, "purchase_limit": 2}


def test_a_host_chooses_before_and_while_live_and_viewers_see_it() -> None:
    for state in ("scheduled", "live"):
        room = make_room(state=state)
        assert Caller(room.creator)("PUT", f"/rooms/{room.id}/selling", MODE)[0] == 200
        shown = snapshot(room.id, "en")["selling"]
        assert (shown.reservation, shown.hold_seconds, shown.purchase_limit) == (
            "first_paid",
            300,
            2,
        )
        outbox.relay_all()
        event = RoomEvent.objects.get(room_id=room.id, type="room.state")
        assert event.payload["selling"] == MODE


def test_nobody_else_does_and_nobody_once_it_is_over() -> None:
    owner = make_account()
    room = make_room()
    mount(room, make_goods(make_shop(owner)))
    path = f"/rooms/{room.id}/selling"
    assert Caller()("PUT", path, MODE)[0] == 401
    for account in (owner, make_account(), make_creator(), make_operator()):
        assert Caller(account)("PUT", path, MODE)[0] == 403
    over = make_room(state="ended")
    assert Caller(over.creator)("PUT", f"/rooms/{over.id}/selling", MODE)[0] == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"reservation": "never"},
        {"hold_seconds": 29},
        {"hold_seconds": 7_201},
        {"purchase_limit": 0},
    ],
)
def test_a_room_can_not_sell_like_that(wrong: dict) -> None:
    room = make_room()
    status, problem = Caller(room.creator)("PUT", f"/rooms/{room.id}/selling", MODE | wrong)
    assert (status, problem["code"]) == (422, "selling_invalid")


def test_a_pass_says_whether_its_holder_follows_the_host() -> None:
    room, fan = make_room(), make_account()
    Follow.objects.create(follower=fan, followee=room.creator)
    for account, follows in ((fan, True), (room.creator, True), (make_account(), False)):
        assert Caller(account)("POST", f"/rooms/{room.id}/pass", {})[1]["fan"] is follows
    assert Caller()("POST", f"/rooms/{room.id}/pass", {})[1]["fan"] is False
