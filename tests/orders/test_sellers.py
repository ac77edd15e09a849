"""Who sold an order, through whose code its buyer came, and what carried it."""

from uuid import uuid4

import pytest
from tests.callers import Caller
from tests.checkout.test_lane import sell
from tests.checkout.test_selling import Show
from tests.checkout.worlds import basket, mount
from tests.factories import make_account
from tests.rooms import make_creator, make_room

from yellowcart.checkout.routes import request_of
from yellowcart.core.ids import new_id
from yellowcart.live import passes, shares
from yellowcart.live.models import Room
from yellowcart.live.tooltables import ShareCode
from yellowcart.orders.carriers import carrier_type
from yellowcart.orders.models import Order


def test_an_explanation_is_told_apart_from_the_whole_replay() -> None:
    assert carrier_type("replay") == 7
    assert carrier_type("replay", explained=True) == 100_010
    # Only a replay has explanations of its own: what a pass says elsewhere changes nothing.
    assert carrier_type("live_room", explained=True) == 2
    assert carrier_type("short_video") == 1
    assert carrier_type("product_page") == 0


def test_an_order_takes_its_share_code_from_the_pass_alone() -> None:
    room, listing = uuid4(), uuid4()
    token, _ends = passes.issue(room=room, sub=uuid4(), name="Li", share="K7Q2XW9M")
    body = (
        b'{"listing_id":"%b","sku_id":"%b","quantity":1,"unit_price":1,"idempotency_key":"a"}'
        % (str(listing).encode(), str(uuid4()).encode())
    )
    asked = request_of(f"/api/v1/rooms/{room}/orders".encode(), passes.verify(token), body)
    assert (asked.share_code, asked.explained) == ("K7Q2XW9M", False)


@pytest.mark.django_db(transaction=True)
def test_whoever_has_the_stage_sells_else_the_creator() -> None:
    show, guest = Show(), make_account()
    sell(show.buy(show.line(show.tea)))
    Room.objects.filter(id=show.room.id).update(on_stage_id=guest.id)
    # A basket of two shops takes the statement of whole baskets, the other that of single lines.
    sell(show.buy(show.line(show.tea), show.line(show.cake)))
    sold = Order.objects.order_by("placed_at").values_list("host_id", "carrier_type", "share_code")
    assert list(sold) == [(show.creator.id, 2, ""), (guest.id, 2, ""), (guest.id, 2, "")]


@pytest.mark.django_db(transaction=True)
def test_an_order_keeps_the_share_and_the_replay_it_came_from() -> None:
    show = Show()
    Room.objects.filter(id=show.room.id).update(state="ended", on_stage_id=make_account().id)
    listing = mount(show.tea, container_id=show.room.id, surface="replay")
    line = show.line(show.tea)
    line = type(line)(listing.id, line.sku_id, 1, line.unit_price_minor)
    wishes = [
        basket(line, container=show.room.id, share_code="K7Q2XW9M", explained=watched)
        for watched in (False, True)
    ]
    sell(*wishes)
    found = Order.objects.order_by("carrier_type")
    assert [(one.carrier_type, one.share_code) for one in found] == [
        (7, "K7Q2XW9M"),
        (100_010, "K7Q2XW9M"),
    ]
    assert {one.host_id for one in found} == {show.creator.id}


@pytest.mark.django_db
class TestComingThroughACode:
    def share(self, **room) -> ShareCode:
        return shares.do_share(make_creator(), make_room(**room).id)

    def of_pass(self, caller: Caller, room: Room, share: str = "") -> str:
        token = caller("POST", f"/rooms/{room.id}/pass?share={share}")[1]["pass"]
        return passes.verify(token).share

    def test_a_browser_that_opened_a_code_comes_through_it(self) -> None:
        code, buyer = self.share(), Caller(make_account())
        assert self.of_pass(buyer, code.room) == ""
        buyer.client.get(f"/s/{code.code}/")
        assert self.of_pass(buyer, code.room) == code.code
        assert self.of_pass(buyer, make_room()) == ""

    def test_the_latest_of_several_counts_and_an_app_may_name_one(self) -> None:
        first, buyer = self.share(), Caller(make_account())
        second = shares.do_share(make_account(), first.room_id)
        for code in (first, second):
            buyer.client.get(f"/s/{code.code}/")
        assert self.of_pass(buyer, first.room) == second.code
        assert self.of_pass(buyer, first.room, share=first.code) == first.code
        assert self.of_pass(buyer, first.room, share="ZZZZZZZZ") == second.code

    def test_nobody_comes_through_a_code_of_their_own(self) -> None:
        room, sharer = make_room(), make_account()
        code = shares.do_share(sharer, room.id)
        caller = Caller(sharer)
        caller.client.get(f"/s/{code.code}/")
        assert self.of_pass(caller, room) == ""

    @pytest.mark.parametrize("cookie", ["", "x", "K7Q2XW9M;", "0" * 8, "K7Q2XW9M." * 40])
    def test_what_is_no_cookie_of_ours_remembers_nothing(self, cookie: str) -> None:
        assert shares.opened_before(cookie) == []
        assert shares.remembered(cookie, "K7Q2XW9M") == "K7Q2XW9M"

    def test_a_cookie_keeps_the_last_five(self) -> None:
        cookie = ""
        for letter in "ABCDEFG":
            cookie = shares.remembered(cookie, letter * 8)
        assert [code[0] for code in shares.opened_before(cookie)] == list("GFEDC")
        assert shares.remembered(cookie, "E" * 8).startswith("EEEEEEEE.GGGGGGGG")


@pytest.mark.django_db
def test_an_order_is_answered_with_who_sold_it() -> None:
    from tests.insights.sales import order
    from tests.insights.test_room_report import EIGHT

    buyer, host = make_account(), new_id()
    one = order(100, EIGHT, buyer_id=buyer.id, host_id=host, share_code="K7Q2XW9M", carrier_type=2)
    body = Caller(buyer)("GET", f"/orders/{one.id}")[1]
    assert (body["host_id"], body["share_code"], body["carrier_type"]) == (
        str(host),
        "K7Q2XW9M",
        2,
    )
