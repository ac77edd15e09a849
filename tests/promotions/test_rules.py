from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checkout.test_admit_everything import HOUR, terms
from tests.checkout.worlds import NOON

from yellowcart.promotions.rules import Goods, WhyNot, good_for, off, spread, why_not_now


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=20), st.data())
def test_an_amount_is_spread_to_the_last_unit_and_nobody_bears_more_than_they_can(over, data):
    amount = data.draw(st.integers(0, sum(over)))
    shares = spread(amount, over)
    assert sum(shares) == amount
    assert all(0 <= share <= most for share, most in zip(shares, over, strict=True))
    total = sum(over)
    for share, most in zip(shares, over, strict=True):
        assert not total or abs(share - amount * most / total) < 1


def test_more_than_can_be_borne_is_refused():
    with pytest.raises(ValueError, match="can't be spread"):
        spread(11, [5, 5])


@pytest.mark.parametrize(
    ("changes", "goods", "taken"),
    [
        ({"off_minor": 50}, 1_000, 50),
        ({"off_minor": 50}, 30, 30),
        ({"off_minor": None, "off_bps": 1_500}, 999, 150),
        ({"off_minor": 100, "off_bps": 1_500}, 999, 100),
    ],
)
def test_what_a_coupon_takes_off(changes, goods: int, taken: int):
    assert off(terms("platform", **changes), goods) == taken


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"use_from": NOON}, None),
        ({"use_from": NOON + HOUR}, WhyNot.NOT_YET),
        ({"use_until": NOON}, WhyNot.OVER),
        ({"ended": True}, WhyNot.OVER),
        ({"left_uses": 0}, WhyNot.SPENT),
    ],
)
def test_when_a_coupon_is_in_force(changes, why):
    assert why_not_now(terms("platform", **changes), NOON) == why


@pytest.mark.parametrize("narrowed", ["shop_id", "creator_id", "room_id", "listing_id"])
def test_what_a_coupon_is_good_for(narrowed: str):
    goods = Goods(uuid4(), uuid4(), uuid4(), uuid4(), 100)
    mine = getattr(goods, {"room_id": "container_id"}.get(narrowed, narrowed))
    assert good_for(terms("platform"), goods)
    assert good_for(terms("platform", **{narrowed: mine}), goods)
    assert not good_for(terms("platform", **{narrowed: uuid4()}), goods)
