"""The demo's rooms have something special from the start."""

import pytest

from yellowcart.demo.seed import fill_once
from yellowcart.live.models import Room
from yellowcart.live.queries import snapshot


@pytest.mark.django_db
def test_every_live_room_has_a_flash_price_a_fans_price_and_a_coupon() -> None:
    assert fill_once()
    rooms = Room.objects.filter(state="live")
    assert rooms.count() == 2
    for room in rooms:
        shown = snapshot(room.id, "en")
        flash, fans = shown["cart"][:2]
        assert flash["price"]["minor"] < flash["skus"][0]["regular_price"]["minor"]
        assert flash["skus"][0]["specials"][0]["left"] == 30
        assert fans["skus"][0]["fans_price"]
        assert fans["skus"][0]["unit_price"] == fans["skus"][0]["regular_price"]["minor"]
        assert [coupon["bearer"] for coupon in shown["coupons"]] == ["merchant"]
