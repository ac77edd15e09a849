"""A practice room is there for those who run it, sells nothing and counts nowhere."""

from uuid import uuid4

import pytest
from tests.callers import Caller
from tests.checkout.test_lane import sell
from tests.checkout.worlds import basket
from tests.factories import make_account, make_shop
from tests.rooms import make_creator, make_goods, make_room, mount, pass_for

from yellowcart.catalog.models import Sku
from yellowcart.checkout.values import Line, Refusal, Refused, Why
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.listings.models import Listing
from yellowcart.live import actions, queries
from yellowcart.live.models import Room, RoomModerator
from yellowcart.live.rules import may_enter
from yellowcart.live.tooltables import CoHost
from yellowcart.media import queries as media
from yellowcart.people.models import Account


class Rehearsal:
    """A practice room with goods, and everybody who could want to look in."""

    def __init__(self) -> None:
        self.host = make_creator()
        self.room = make_room(self.host, practice=True)
        self.listing = mount(self.room, make_goods(make_shop(self.host)))
        self.moderator, self.cohost, self.invited, self.viewer = (make_account() for _ in range(4))
        RoomModerator.objects.create(room=self.room, account=self.moderator)
        CoHost.objects.create(room=self.room, account=self.cohost, accepted_at=now())
        CoHost.objects.create(room=self.room, account=self.invited)

    def insiders(self) -> list[Account]:
        return [self.host, self.moderator, self.cohost]

    def outsiders(self) -> list[Account | None]:
        return [self.viewer, self.invited, make_creator(), None]


@pytest.mark.parametrize("role", ["host", "cohost", "moderator", "platform", "viewer"])
def test_who_may_enter(role: str) -> None:
    assert may_enter(False, role)
    assert may_enter(True, role) is (role != "viewer")


@pytest.mark.django_db
def test_only_those_who_run_it_get_a_pass_and_its_page() -> None:
    show = Rehearsal()
    for account in show.insiders():
        status, entry = Caller(account)("POST", f"/rooms/{show.room.id}/pass")
        assert status == 200
        assert media.may_watch(show.room.id, entry["pass"])
        assert Caller(account).client.get(f"/rooms/{show.room.id}/").status_code == 200
    for account in show.outsiders():
        status, problem = Caller(account)("POST", f"/rooms/{show.room.id}/pass")
        assert (status, problem["code"]) == (404, "room_not_found")
        assert Caller(account).client.get(f"/rooms/{show.room.id}/").status_code == 404
    assert not media.may_watch(show.room.id, pass_for(show.room))
    assert not media.on_air(show.room.id)


@pytest.mark.django_db
def test_no_list_leads_there() -> None:
    show = Rehearsal()
    shown = make_room(show.host)
    Room.objects.filter(id=show.room.id).update(state="scheduled")
    coming = make_room(show.host, practice=True, state="scheduled")
    caller = Caller(show.viewer)
    listed = {
        room["room_id"]
        for state in ("live", "scheduled")
        for room in caller("GET", f"/rooms?state={state}")[1]
    }
    assert listed == {str(shown.id)}
    for path in ("/", f"/@{show.host.handle}/", f"/products/{show.listing.product_id}/"):
        text = caller.client.get(path, follow=True).content.decode()
        assert str(show.room.id) not in text
        assert str(coming.id) not in text
    assert caller("GET", f"/listings/live_room/{show.room.id}") == (200, [])
    assert caller("GET", f"/listings/{show.listing.id}")[0] == 404
    # The host's own pages show it.
    assert str(show.room.id) in Caller(show.host).client.get("/creator/rooms/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sold() -> None:
    show = Rehearsal()
    sku = Sku.objects.get(product_id=show.listing.product_id)
    wish = basket(
        Line(show.listing.id, sku.id, 1, sku.price_minor), container=show.room.id, buyer=uuid4()
    )
    assert sell(wish)[0] == Refused(Refusal.NOT_ON_SALE, Why.PRACTICE)
    (item,) = queries.snapshot(show.room.id, "en")["cart"]
    assert item["on_sale"] is False


@pytest.mark.django_db
def test_it_needs_no_permit_and_counts_for_no_pilot() -> None:
    host = make_creator("sell_own")
    room = actions.do_schedule_room(host, title="Try", scheduled_at=now(), practice=True)
    actions.do_mount(host, room.id, make_goods(make_shop(host)).id)
    actions.do_go_live(host, room.id)
    began = Room.objects.get(id=room.id).started_at
    assert Listing.objects.filter(container_id=room.id).exists()
    assert queries.selling_lives(host.id, began, now()) == 0
    with pytest.raises(Problem):
        actions.do_go_live(
            host, actions.do_schedule_room(host, title="Real", scheduled_at=now()).id
        )
