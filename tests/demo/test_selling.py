"""The demo's rooms have something special from the start."""

from datetime import timedelta

import pytest

from yellowcart.core.clock import now
from yellowcart.demo.seed import fill_once
from yellowcart.ledger import queries as ledger
from yellowcart.ledger.checking import check_books
from yellowcart.ledger.rules import Kind
from yellowcart.live.models import Room
from yellowcart.live.queries import snapshot
from yellowcart.orders.models import Conversion
from yellowcart.settlement import parties
from yellowcart.settlement.jumpouts import earned_from, sums_by_source
from yellowcart.settlement.models import Bill


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


@pytest.mark.django_db
def test_sales_elsewhere_are_billed_by_the_platforms_rules() -> None:
    assert fill_once()
    rows = list(Conversion.objects.all())
    bills = {bill.id for bill in Bill.objects.filter(kind="conversion")}
    assert {row.id for row in rows} <= bills
    sums = sums_by_source(now() - timedelta(days=60), now() + timedelta(days=1))
    for one in sums:
        assert one.platform_minor + one.promoters_minor == one.commission_minor - one.kept_minor
        assert 0 < one.settled_minor < one.platform_minor
        assert one.promoters_minor > 0
        owed = ledger.balance(parties.source(one.source), Kind.RECEIVABLE, one.currency)
        assert owed >= one.settled_minor
    assert {one.source for one in sums} == {row.source for row in rows}
    gone = [row for row in rows if row.status == "closed"]
    assert all(one.platform_minor == 0 for one in earned_from(gone).values())
    creators = {row.creator_id for row in rows if row.status == "settled"}
    assert all(
        ledger.balance(parties.creator(one), Kind.PAYABLE, "CNY") < 0 for one in creators if one
    )
    assert check_books().breaks == []
