"""The host's desk: coupons as prizes, and packets that a shop or the platform pays for."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_shop
from tests.gifts.worlds import Stage, key, make_stage
from tests.settlement.worlds import on_books, prove

from yellowcart.core.clock import now
from yellowcart.gifts.models import Bag, Packet
from yellowcart.gifts.rules import bearer_of
from yellowcart.ledger.rules import Kind, Line
from yellowcart.people.models import RoleGrant
from yellowcart.promotions.actions import NewCoupon, do_give_coupon
from yellowcart.promotions.models import Coupon
from yellowcart.settlement import parties
from yellowcart.settlement.money import Movement, Till

pytestmark = pytest.mark.django_db


@transaction.atomic
def earn(party: str, minor: int) -> None:
    """Money that a party can take out."""
    till = Till([(party, "CNY")], now())
    cash = Line("provider:sandbox", Kind.CASH, "CNY", 0)
    till.post(f"earn:{key()}", "Earned", "CNY", cash, [Movement(party, "", minor, "packet")])
    till.close()


def coupon(actor: Any, bearer: str = "creator", **fields: Any) -> Coupon:
    values = {
        "title": f"Of the {bearer}",
        "bearer": bearer,
        "budget_minor": 5_000,
        "off_minor": 500,
        "use_until": now() + timedelta(days=3),
        **fields,
    }
    return do_give_coupon(actor, NewCoupon(**values))


def post(stage: Stage, what: str, **fields: Any) -> str:
    values = {
        "packet": {"coins": 100, "pieces": 4, "split": "lucky", "entry": "all", "wait": 0},
        "bag": {"title": "Luck", "winners": 2, "minutes": 5, "funder": "wallet"},
    }[what]
    path = f"/creator/rooms/{stage.room.id}/giving/{what}/"
    reply = Caller(stage.host).client.post(path, {**values, "idempotency_key": key(), **fields})
    assert reply.status_code == 200
    return reply.content.decode()


@pytest.mark.parametrize(
    ("funder", "bearer"),
    [
        ("wallet", "creator"),
        ("creator:018f", "creator"),
        ("shop:018f", "merchant"),
        ("platform", "platform"),
    ],
)
def test_who_bears_what_a_funder_pays(funder: str, bearer: str) -> None:
    assert bearer_of(funder) == bearer


def test_a_shops_owner_gives_its_money_and_the_shop_bears_it() -> None:
    stage = make_stage()
    shop, other = make_shop(stage.host), make_shop()
    party = parties.shop(shop.id)
    earn(party, 1_500)
    assert f'value="{party}"' in desk_of(stage)
    assert f'value="{parties.shop(other.id)}"' not in desk_of(stage)
    assert "paid by the shop" in post(stage, "packet", funder=party)
    assert Packet.objects.get().bearer == "merchant"
    assert on_books(party, Kind.PAYABLE) == -500
    # Not one of the choices, whatever a page is made to send.
    for funder in (parties.shop(other.id), "platform"):
        post(stage, "packet", funder=funder)
    assert Packet.objects.count() == 1
    prove()


def test_an_operator_who_hosts_may_give_the_platforms_money() -> None:
    stage = make_stage()
    assert 'value="platform"' not in desk_of(stage)
    RoleGrant.objects.create(account=stage.host, role="operator")
    assert 'value="platform"' in desk_of(stage)
    assert "paid by the platform" in post(stage, "packet", funder="platform")
    assert on_books("platform", Kind.EXPENSE) == 1_000
    prove()


def test_a_coupon_is_a_prize_and_its_bearer_is_named() -> None:
    stage = make_stage()
    shop = make_shop(stage.host)
    mine = coupon(stage.host)
    shops = coupon(stage.host, "merchant", shop_id=shop.id)
    stranger, operator = make_account(), make_operator()
    theirs = coupon(make_stage().host)
    coupon(operator, "platform", title="Everybody's")
    ended = coupon(stage.host, title="Over")
    Coupon.objects.filter(id=ended.id).update(ended_at=now())
    page = desk_of(stage)
    for one in (mine, shops):
        assert f'value="coupon:{one.id}"' in page
    for one in (theirs, ended):
        assert f'value="coupon:{one.id}"' not in page
    assert "Everybody's" not in page
    for prize in (f"coupon:{theirs.id}", f"coupon:{ended.id}"):
        post(stage, "bag", prize=prize)
    assert not Bag.objects.exists()
    assert "paid by the shop" in post(stage, "bag", prize=f"coupon:{shops.id}")
    bag = Bag.objects.get()
    assert (bag.prize, bag.coupon_id, bag.funder) == ("coupon", shops.id, parties.shop(shop.id))
    path = f"/creator/rooms/{stage.room.id}/giving/bag/"
    assert Caller(stranger).client.post(path, {}).status_code == 403


def test_the_api_names_the_bearer() -> None:
    stage = make_stage()
    one = coupon(stage.host)
    body = {
        "title": "Luck",
        "prize": "coupon",
        "coupon_id": str(one.id),
        "winners": 1,
        "seconds": 60,
        "idempotency_key": key(),
    }
    status, bag = Caller(stage.host)("POST", f"/gifts/rooms/{stage.room.id}/bags", body)
    assert (status, bag["bearer"]) == (201, "creator")


def desk_of(stage: Stage) -> str:
    return Caller(stage.host).client.get(f"/creator/rooms/{stage.room.id}/").content.decode()
