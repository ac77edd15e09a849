"""A room's figures: one statement and one set of rules, that agree with orders and with GMV."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.insights import sales
from tests.insights.sales import at, order

from yellowcart.core.ids import new_id
from yellowcart.insights import queries, room_figures, room_rules
from yellowcart.insights.models import ListingMinute, RoomMinute
from yellowcart.insights.room_rules import Direction, Minute, Money, Payments
from yellowcart.insights.rules import Definition, Loop, counted_minor
from yellowcart.live.models import Room
from yellowcart.orders.models import Order, OrderLine
from yellowcart.payments.models import Payment

EIGHT, ELEVEN = at("11-15 20:00"), at("11-15 23:00")


def show(**fields: Any) -> Room:
    return sales.room(sales.account(), EIGHT, fields.get("ended", ELEVEN))


def sell(
    room: Room, amount: int, minute: int, *, listing: UUID | None = None, **more: Any
) -> Order:
    """An order with one line, so many minutes into the show."""
    made = order(amount, EIGHT + timedelta(minutes=minute), container_id=room.id, **more)
    OrderLine.objects.create(
        shop_id=made.shop_id,
        order_id=made.id,
        line_no=1,
        listing_id=listing or new_id(),
        product_id=new_id(),
        sku_id=new_id(),
        title="Tea",
        quantity=1,
        unit_price_minor=amount,
        refunded_minor=more.get("refunded_minor", 0),
    )
    return made


@pytest.mark.django_db
def test_a_rooms_sums_by_every_definition() -> None:
    room, anna = show(), new_id()
    sell(room, 100, 1, buyer_id=anna)
    sell(room, 50, 2, buyer_id=anna, refunded_minor=20)
    sell(room, 7, 3, refunded_minor=7)
    sell(room, 1_000, 4, paid=False)
    sell(room, 2_000, 5, state="closed")
    sell(room, 3_000, -1)
    sell(show(), 9, 1)
    (sold,) = room_figures.counts_of(room).sold
    assert sold.placed == Money(5, 3_157, 4)
    assert sold.paid == Money(4, 2_157, 3)
    assert sold.net == Money(2, 130, 1)


@pytest.mark.django_db
def test_the_report_the_room_and_gmv_say_the_same() -> None:
    room = show()
    for place in range(24):
        sell(
            room,
            100 + place,
            place * 7,
            paid=place % 3 > 0,
            refunded_minor=place if place % 3 > 1 else 0,
            state="closed" if place % 8 == 0 else "paid" if place % 3 else "awaiting_payment",
        )
    counts = room_figures.counts_of(room)
    for definition in Definition:
        figures, _clicks = queries.room_figures(room.id, definition)
        (gmv,) = [one for one in figures if one.key[queries.Dimension.LOOP] == Loop.CLOSED]
        money = counts.sold[0].by(definition)
        assert (money.minor, money.orders, money.buyers) == (
            gmv.gmv_minor,
            gmv.sales,
            gmv.buyers,
        )
        field = f"{definition.value}_minor"
        assert counts.total(field) == money.minor
        assert sum(getattr(one, field) for one in counts.listings) == money.minor
    assert counts.total("orders") == 24 == sum(one.orders for one in counts.listings)


STATES = st.sampled_from(["paid", "shipped", "closed", "awaiting_payment"])
ORDERS = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 500), st.booleans(), STATES), max_size=12
)


@pytest.mark.django_db
@settings(max_examples=25)
@given(ORDERS)
def test_the_database_counts_as_the_rules_say(rows: list[tuple[int, int, bool, str]]) -> None:
    room = show()
    made = [
        order(
            amount,
            EIGHT,
            container_id=room.id,
            paid=paid,
            state=state,
            refunded_minor=min(amount, refunded),
        )
        for amount, refunded, paid, state in rows
    ]
    sold = {one.currency: one for one in room_figures.counts_of(room).sold}
    for definition in Definition:
        counted = [
            minor
            for one in made
            if (
                minor := counted_minor(
                    definition,
                    amount_minor=one.amount_minor,
                    refunded_minor=one.refunded_minor,
                    paid=one.paid_at is not None,
                    closed=one.state == "closed",
                )
            )
            is not None
        ]
        money = sold["CNY"].by(definition) if made else Money()
        assert (money.orders, money.minor) == (len(counted), sum(counted))
        figures, _clicks = queries.room_figures(room.id, definition)
        assert sum(one.gmv_minor for one in figures) == sum(counted)


@pytest.mark.django_db
def test_a_shop_sees_its_own_goods_alone() -> None:
    room, mine = show(), sales.shop()
    listing = sales.listing(mine)
    sell(room, 100, 1, shop_id=mine.id, listing=listing.id)
    theirs = sell(room, 900, 1)
    for seen, one in ((3, listing.id), (5, sales.listing(sales.shop()).id)):
        ListingMinute.objects.create(room_id=room.id, listing_id=one, minute=EIGHT, seen=seen)
    RoomMinute.objects.create(room_id=room.id, minute=EIGHT, viewers=9, entries=11)
    counts = room_figures.counts_of(room, mine.id)
    assert [one.placed.minor for one in counts.sold] == [100]
    assert [(one.listing_id, one.seen, one.orders) for one in counts.listings] == [
        (listing.id, 3, 1)
    ]
    assert (counts.total("viewers"), counts.total("seen")) == (0, 3)
    assert theirs.shop_id != mine.id


@pytest.mark.django_db
def test_currencies_are_told_apart_and_minutes_are_of_the_main_one() -> None:
    room = show()
    sell(room, 100, 1)
    sell(room, 100, 1)
    sell(room, 5, 1, currency="USD")
    counts = room_figures.counts_of(room)
    assert [(one.currency, one.placed.minor) for one in counts.sold] == [("CNY", 200), ("USD", 5)]
    assert (counts.currency, counts.total("placed_minor")) == ("CNY", 200)


@pytest.mark.django_db
def test_payments_of_the_last_minutes_stand_beside_those_before(monkeypatch: Any) -> None:
    room = sales.room(sales.account(), EIGHT)
    monkeypatch.setattr(room_figures, "now", lambda: EIGHT + timedelta(minutes=30))
    for place in range(10):
        sell(room, 100, place)  # paid after a minute
        late = sell(room, 100, 24, paid=place < 2)
        state = "failed" if place < 4 else "succeeded"
        Payment.objects.create(
            checkout_id=late.checkout_id,
            buyer_id=late.buyer_id,
            provider="sandbox",
            provider_ref=str(place),
            state=state,
            amount_minor=100,
            currency="CNY",
            started_at=late.placed_at,
        )
    sell(room, 100, 29, paid=False)  # too young to say anything
    found = room_figures.counts_of(room).payments
    assert found == Payments(10, 2, 10, 10, 10, 4)
    assert room_rules.share_dropped(found)
    assert room_rules.provider_fails(found)


def test_a_room_that_never_began_has_no_figures() -> None:
    counts = room_figures.counts_of(Room(title="Later"))
    assert (counts.sold, counts.minutes, counts.currency) == ([], [], "")


def test_formulas() -> None:
    assert room_rules.gpm_minor(12_345, 250) == 49_380
    assert room_rules.uv_value_minor(100, 3) == 33
    assert room_rules.uv_value_minor(200, 3) == 67
    assert Money(3, 1_000, 2).per_buyer_minor == 500
    assert room_rules.gpm_minor(5, 0) == 0
    steps = room_rules.funnel(viewers=200, seen=3_000, opened=300, orders=60, paid=45)
    assert [(one.name, one.rate_bps) for one in steps] == [
        ("entered", None),
        ("seen", 150_000),
        ("opened", 1_000),
        ("orders", 2_000),
        ("paid", 7_500),
    ]


def test_a_direction_compares_five_whole_minutes_with_the_five_before() -> None:
    rows = [Minute(EIGHT + timedelta(minutes=n), entries=10**n) for n in range(12)]
    when = EIGHT + timedelta(minutes=11, seconds=30)
    assert room_rules.direction(rows, when, "entries") == Direction(11_111_000_000, 111_110)
    assert Direction(3, 2).change_bps == 5_000
    assert Direction(3, 0).change_bps is None


def test_stock_that_runs_out_at_this_speed() -> None:
    when = EIGHT + timedelta(minutes=2)
    assert room_rules.speed(10, EIGHT, when) == 5.0
    assert room_rules.speed(10, EIGHT, EIGHT + timedelta(hours=1)) == 2.0
    assert room_rules.minutes_left(10, 2.0) == 5.0
    assert room_rules.minutes_left(None, 2.0) is None
    assert room_rules.runs_out(20, 10.0)
    assert not room_rules.runs_out(21, 10.5)
    assert not room_rules.runs_out(0, 0.0)
    assert not room_rules.runs_out(5, None)


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_an_average_is_the_nearest_unit(minor: int, count: int) -> None:
    assert abs(room_rules.per(minor, count) * count - minor) * 2 <= count


def test_every_minute_has_a_row() -> None:
    rows = [Minute(EIGHT - timedelta(minutes=2), viewers=1), Minute(EIGHT, viewers=2)]
    filled = room_rules.filled(rows, EIGHT + timedelta(seconds=5), EIGHT + timedelta(minutes=3))
    assert [one.viewers for one in filled] == [1, 0, 2, 0, 0]
    forgotten = room_rules.filled(rows, EIGHT, EIGHT + timedelta(days=2_000), 3)
    assert [EIGHT + timedelta(days=2_000) - one.minute for one in forgotten] == [
        timedelta(minutes=3),
        timedelta(minutes=2),
        timedelta(minutes=1),
    ]
