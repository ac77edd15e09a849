"""Coupons: who gives and ends them, who claims them, what rooms and buyers see of them."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_shop
from tests.rooms import make_creator, make_goods, make_room, mount

from yellowcart.core import clock, outbox
from yellowcart.core.clock import now
from yellowcart.core.instants import iso
from yellowcart.core.problems import Problem
from yellowcart.live.models import RoomEvent
from yellowcart.live.queries import snapshot
from yellowcart.people.models import Follow
from yellowcart.promotions import queries
from yellowcart.promotions.actions import (
    NewCoupon,
    do_claim_coupon,
    do_end_coupon,
    do_give_coupon,
)
from yellowcart.promotions.models import Coupon, CouponClaim
from yellowcart.promotions.rules import WhyNot
from yellowcart.shops.models import ShopMember

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


class Show:
    """A host's live room with goods of one shop, and somebody who watches."""

    def __init__(self) -> None:
        self.owner, self.host, self.buyer = make_account(), make_creator(), make_account()
        self.operator = make_operator()
        self.shop = make_shop(self.owner)
        self.room = make_room(self.host)
        self.listing = mount(self.room, make_goods(self.shop))

    def give(self, actor, bearer: str, **fields) -> Coupon:
        if bearer == "merchant":
            fields = {"shop_id": self.shop.id, **fields}
        values = {
            "title": "Ten off",
            "off_minor": 1_000,
            "budget_minor": 5_000,
            "use_until": now() + HOUR,
            **fields,
        }
        return do_give_coupon(actor, NewCoupon(bearer=bearer, **values))

    def offered(self) -> list[str]:
        return [coupon["title"] for coupon in snapshot(self.room.id, "en")["coupons"]]

    def body(self, bearer: str) -> dict:
        body = {"title": "Off", "bearer": bearer, "off": 100, "budget": 1_000}
        if bearer == "merchant":
            body["shop_id"] = str(self.shop.id)
        return {**body, "use_until": iso(now() + HOUR)}


def why(refused: pytest.ExceptionInfo[Problem]) -> str:
    return refused.value.extra.get("why") or refused.value.code


def test_a_room_shows_what_can_be_claimed_in_it_and_hears_of_each_change() -> None:
    show = Show()
    merchants = show.give(show.owner, "merchant", title="shop's")
    show.give(show.host, "creator", title="host's", room_id=show.room.id)
    show.give(show.operator, "platform", title="everywhere")
    elsewhere = make_room(make_creator())
    mount(elsewhere, make_goods())
    outbox.relay_all()
    assert show.offered() == ["everywhere", "host's", "shop's"]
    assert [c["title"] for c in snapshot(elsewhere.id, "en")["coupons"]] == ["everywhere"]
    last = RoomEvent.objects.filter(room_id=show.room.id, type="coupons").latest("seq")
    assert [row["title"] for row in last.payload["rows"]] == show.offered()
    do_end_coupon(show.owner, merchants.id)
    outbox.relay_all()
    last = RoomEvent.objects.filter(room_id=show.room.id, type="coupons").latest("seq")
    assert [row["title"] for row in last.payload["rows"]] == ["everywhere", "host's"]


def test_a_room_shows_nothing_that_is_spent_over_or_for_goods_it_has_not() -> None:
    show = Show()
    other = mount(make_room(show.host), make_goods(show.shop))
    show.give(show.host, "creator", title="other room's", room_id=other.container_id)
    show.give(show.owner, "merchant", title="other listing's", listing_id=other.id)
    spent = show.give(show.owner, "merchant", title="spent")
    Coupon.objects.filter(id=spent.id).update(spent_minor=5_000)
    used = show.give(show.owner, "merchant", title="used up", most_uses=1)
    Coupon.objects.filter(id=used.id).update(used=1)
    show.give(show.owner, "merchant", title="short", claim_until=now() + HOUR / 2)
    assert show.offered() == ["short"]
    clock.set_timeline(clock.starting_at(now() + HOUR / 2))
    assert show.offered() == []


def test_goods_that_come_and_go_bring_their_shops_coupons() -> None:
    show = Show()
    shop = make_shop(show.owner)
    show.give(show.owner, "merchant", shop_id=shop.id)
    outbox.relay_all()
    assert not RoomEvent.objects.filter(room_id=show.room.id, type="coupons").exists()
    product = make_goods(shop)
    caller = Caller(show.host)
    caller("POST", f"/rooms/{show.room.id}/cart", {"product_id": str(product.id)})
    outbox.relay_all()
    assert RoomEvent.objects.filter(room_id=show.room.id, type="coupons").count() == 1


def test_a_coupon_is_claimed_once_by_whoever_may() -> None:
    show = Show()
    coupon = show.give(show.owner, "merchant")
    path = f"/promotions/coupons/{coupon.id}/claim"
    buyer = Caller(show.buyer)
    assert Caller()("POST", path)[0] == 401
    assert [buyer("POST", path)[0] for _twice in range(2)] == [201, 200]
    assert CouponClaim.objects.count() == 1
    assert buyer("POST", f"/promotions/coupons/{uuid4()}/claim")[0] == 404
    (seen,) = buyer("GET", f"/promotions/rooms/{show.room.id}")[1]
    assert (seen["claimed"], seen["why"]) == (True, None)
    (seen,) = Caller()("GET", f"/promotions/rooms/{show.room.id}")[1]
    assert (seen["claimed"], seen["why"]) == (False, "not_claimed")


@pytest.mark.parametrize(
    ("fields", "changes", "reason"),
    [
        ({"claim_from": now() + HOUR / 2}, {}, "not_yet"),
        ({}, {"claim_until": now() - HOUR, "claim_from": now() - 2 * HOUR}, "over"),
        ({}, {"ended_at": now()}, "over"),
        ({}, {"spent_minor": 5_000}, "spent"),
        ({"most_uses": 1}, {"used": 1}, "spent"),
    ],
)
def test_what_can_not_be_claimed_says_why(fields: dict, changes: dict, reason: str) -> None:
    show = Show()
    coupon = show.give(show.owner, "merchant", **fields)
    Coupon.objects.filter(id=coupon.id).update(**changes)
    with pytest.raises(Problem) as refused:
        do_claim_coupon(show.buyer, coupon.id)
    assert why(refused) == reason


@pytest.mark.parametrize("bound", ["creator", "room", "listing"])
def test_a_fans_coupon_is_claimed_by_fans(bound: str) -> None:
    show = Show()
    coupon = {
        "creator": lambda: show.give(show.host, "creator", fans_only=True),
        "room": lambda: show.give(show.owner, "merchant", fans_only=True, room_id=show.room.id),
        "listing": lambda: show.give(
            show.owner, "merchant", fans_only=True, listing_id=show.listing.id
        ),
    }[bound]()
    with pytest.raises(Problem) as refused:
        do_claim_coupon(show.buyer, coupon.id)
    assert why(refused) == "fans_only"
    Follow.objects.create(follower=show.buyer, followee=show.host)
    assert do_claim_coupon(show.buyer, coupon.id)[1]


def test_a_buyer_sees_what_they_hold_and_why_it_is_no_use() -> None:
    show = Show()
    for title in ("good", "used", "ended"):
        do_claim_coupon(show.buyer, show.give(show.owner, "merchant", title=title).id)
    CouponClaim.objects.filter(coupon_id=Coupon.objects.get(title="used").id).update(used=1)
    do_end_coupon(show.owner, Coupon.objects.get(title="ended").id)
    held = {one.coupon.title: one.why for one in queries.held_by(show.buyer)}
    assert held == {"good": None, "used": WhyNot.USED, "ended": WhyNot.OVER}
    listed = Caller(show.buyer)("GET", "/promotions/coupons/mine")[1]
    assert {one["title"]: one["why_words"] for one in listed} == {
        "good": "",
        "used": "Used",
        "ended": "Over",
    }
    assert Caller(make_account())("GET", "/promotions/coupons/mine")[1] == []
    assert Caller()("GET", "/promotions/coupons/mine")[0] == 401


def test_a_listing_offers_what_is_good_for_it_wherever_it_is() -> None:
    show = Show()
    goods = make_goods(show.shop)
    page = mount(show.room, goods, surface="shop_page", container_id=show.shop.id, creator_id=None)
    for title, fields in (
        ("shop's", {}),
        ("room's", {"room_id": show.room.id}),
        ("listing's", {"listing_id": show.listing.id}),
    ):
        show.give(show.owner, "merchant", title=title, **fields)
    show.give(show.host, "creator", title="host's")
    show.give(show.operator, "platform", title="everywhere")
    ended = show.give(show.owner, "merchant", title="ended")
    do_end_coupon(show.owner, ended.id)
    titles = [
        {one["title"] for one in Caller()("GET", f"/promotions/listings/{listing.id}")[1]}
        for listing in (show.listing, page)
    ]
    assert titles[0] == {"shop's", "room's", "listing's", "host's", "everywhere"}
    assert titles[1] == {"shop's", "everywhere"}
    do_claim_coupon(show.buyer, Coupon.objects.get(title="shop's").id)
    mine = Caller(show.buyer)("GET", f"/promotions/listings/{page.id}")[1]
    assert {one["title"]: one["claimed"] for one in mine}["shop's"]
    assert Caller()("GET", f"/promotions/listings/{uuid4()}")[0] == 404


def test_each_gives_and_ends_only_what_they_bear() -> None:
    show = Show()
    staff, manager, stranger, rival = (make_account() for _ in range(4))
    for account, role in ((staff, "staff"), (manager, "manager")):
        ShopMember.objects.create(shop=show.shop, account=account, role=role)
    make_shop(rival)
    may = {
        "merchant": {show.owner, manager},
        "creator": {show.host},
        "platform": {show.operator},
    }
    everybody = {show.owner, manager, show.host, show.operator, staff, stranger, rival}
    for bearer, givers in may.items():
        body = show.body(bearer)
        assert Caller()("POST", "/promotions/coupons", body)[0] == 401
        for account in everybody - givers:
            assert Caller(account)("POST", "/promotions/coupons", body)[0] == 403, bearer
        for account in givers:
            status, made = Caller(account)("POST", "/promotions/coupons", body)
            assert status == 201, made
            path = f"/promotions/coupons/{made['coupon_id']}/end"
            assert Caller()("POST", path)[0] == 401
            for other in everybody - givers:
                assert Caller(other)("POST", path)[0] == 403, bearer
            assert Caller(account)("POST", path)[0] == 200
    shop = f"/promotions/coupons?bearer=merchant&shop_id={show.shop.id}"
    for account, listing, status in (
        (staff, shop, 200),
        (rival, shop, 403),
        (stranger, "/promotions/coupons?bearer=creator", 403),
        (show.host, "/promotions/coupons?bearer=creator", 200),
        (show.host, "/promotions/coupons?bearer=platform", 403),
        (show.operator, "/promotions/coupons?bearer=platform", 200),
        (show.owner, "/promotions/coupons?bearer=merchant", 422),
    ):
        assert Caller(account)("GET", listing)[0] == status, listing
    assert len(Caller(staff)("GET", shop)[1]) == 2


def test_a_creator_gives_coupons_for_their_own_rooms_and_listings() -> None:
    show = Show()
    other = mount(make_room(make_creator()), make_goods(show.shop))
    with pytest.raises(Problem) as refused:
        show.give(show.host, "creator", room_id=other.container_id)
    assert why(refused) == "forbidden"
    with pytest.raises(Problem) as refused:
        show.give(show.host, "creator", listing_id=other.id)
    assert why(refused) == "listing"
    assert show.give(show.owner, "merchant", listing_id=other.id).listing_id == other.id


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"title": " "}, "title"),
        ({"off_minor": None}, "off"),
        ({"off_minor": 0}, "off"),
        ({"off_bps": 10_001}, "off"),
        ({"threshold_minor": -1}, "threshold"),
        ({"budget_minor": 999}, "budget"),
        ({"per_buyer": 0}, "uses"),
        ({"most_uses": 0}, "uses"),
        ({"claim_until": now() - HOUR}, "claim"),
        ({"use_until": now() - HOUR}, "use"),
        ({"use_until": now() + 2_000 * timedelta(days=1)}, "use"),
        ({"fans_only": True}, "fans"),
        ({"listing_id": UUID(int=1)}, "listing"),
        ({"shop_id": None}, "shop"),
    ],
)
def test_a_coupon_that_makes_no_sense_is_refused(fields: dict, reason: str) -> None:
    show = Show()
    with pytest.raises(Problem) as refused:
        show.give(show.owner, "merchant", **fields)
    assert why(refused) == reason
    assert not Coupon.objects.exists()
