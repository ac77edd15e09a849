"""Bullet messages of purchases: masked, merged, sampled, and never of those who keep quiet."""

from uuid import UUID, uuid4

import pytest
from django.db import transaction
from tests.checkout.test_lane import sell
from tests.checkout.test_selling import Show
from tests.factories import make_account

from yellowcart.core import outbox
from yellowcart.live import bullets, quiet
from yellowcart.live.bullets import MOST_NAMES, PAUSE_SECONDS, Pace, masked
from yellowcart.live.models import RoomEvent
from yellowcart.orders.actions import do_cancel_unpaid
from yellowcart.orders.models import Order
from yellowcart.promotions.models import Coupon


def told(show: Show, type_: str = "purchases") -> list[dict]:
    outbox.relay_all()
    rows = RoomEvent.objects.filter(room_id=show.room.id, type=type_).order_by("seq")
    return [row.payload for row in rows]


@pytest.mark.parametrize(
    ("name", "shown"), [("张三丰", "张**"), (" Daniel ", "D**"), ("", "**"), ("李", "李**")]
)
def test_of_a_name_the_first_character_is_told(name: str, shown: str) -> None:
    assert masked(name) == shown


def test_a_rush_is_told_once_a_pause_with_how_many_more() -> None:
    pace, room, other = Pace(), uuid4(), uuid4()
    assert pace.count(room, 900, 100.0) == 900
    assert [pace.count(room, 1_000, 100.0 + n / 20) for n in range(1, 20)] == [None] * 19
    assert pace.count(other, 1, 100.5) == 1
    assert pace.count(room, 1, 100.0 + PAUSE_SECONDS) == 19_001


@pytest.mark.django_db(transaction=True)
def test_a_room_hears_of_many_orders_in_one_event() -> None:
    show = Show()
    buyers = [make_account(display_name=f"{name}某") for name in "赵钱孙李周"]
    hidden = make_account(display_name="吴某")
    quiet.do_set_quiet(hidden, quiet=True)
    sell(
        *(
            show.buy(show.line(show.tea), buyer=buyer.id)
            for buyer in [*buyers[:4], hidden, buyers[4]]
        )
    )
    (event,) = told(show)
    names = [one["name"] for one in event["purchases"]]
    assert len(names) <= MOST_NAMES
    assert "吴**" not in names
    assert all(name[1:] == "**" for name in names)
    assert len(names) + event["more"] == 6
    assert {UUID(one["listing_id"]) for one in event["purchases"]} == {show.listings[show.tea].id}


@pytest.mark.django_db(transaction=True)
def test_where_the_first_to_pay_has_it_an_order_is_told_when_paid() -> None:
    show = Show(reservation="first_paid")
    sell(show.buy(show.line(show.tea)))
    assert told(show) == []
    order = Order.objects.get()
    with transaction.atomic():
        outbox.append(
            "orders.paid", {"order_id": str(order.id)}, shop_id=order.shop_id, room_id=show.room.id
        )
    bullets._pace = Pace()
    (event,) = told(show)
    assert event["more"] == 0


# Coupons leave and come back by themselves


@pytest.mark.django_db(transaction=True)
def test_a_coupon_that_is_used_up_leaves_the_room_and_returns_with_its_order() -> None:
    show = Show()
    first = show.coupon("creator", creator_id=show.creator.id, most_uses=1)
    Coupon.objects.filter(id=first.id).update(title="First")
    show.coupon("platform", budget_minor=1_000)
    show.coupon("merchant", shop_id=show.tea.shop_id)
    sell(show.buy(show.line(show.tea), coupons=(first.id,)))
    (event,) = told(show, "coupons")
    assert "First" not in {row["title"] for row in event["rows"]}
    assert len(event["rows"]) == 2
    sell(show.buy(show.line(show.cake)))
    assert len(told(show, "coupons")) == 1
    order = Order.objects.get(discount_minor__gt=0)
    do_cancel_unpaid(actor=show.buyer, order_id=order.id)
    assert "First" in {row["title"] for row in told(show, "coupons")[-1]["rows"]}
