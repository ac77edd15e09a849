"""Sums of big rooms: kept, dropped with the first change, and never other than the statement's."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.insights import sales
from tests.insights.test_room_report import EIGHT, ELEVEN, offered, sell

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.insights import room_kept
from yellowcart.insights.models import RoomKept
from yellowcart.insights.room_figures import counts_of
from yellowcart.insights.room_report import report_of
from yellowcart.insights.room_report_body import body
from yellowcart.live.models import Room
from yellowcart.orders import events
from yellowcart.orders.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr(room_kept, "MANY", 2)
    made = sales.room(sales.account(), EIGHT, ELEVEN)
    tea = offered(made)
    for minute in (1, 2):
        sell(made, tea, 100, minute)
    return made


def placed(room: Room) -> int:
    return sum(one.placed.minor for one in counts_of(room).sold)


def change(order: Order) -> None:
    """Its price changes, and the outbox tells of it."""
    Order.objects.filter(id=order.id).update(goods_minor=500, amount_minor=500)
    with transaction.atomic():
        outbox.append_all([events.step(events.MONEY_BACK, order)])
    outbox.relay_all()


def test_what_is_kept_holds_until_an_order_of_the_room_changes(room: Room) -> None:
    assert placed(room) == 200
    first = Order.objects.first()
    assert first is not None
    Order.objects.filter(id=first.id).update(goods_minor=300, amount_minor=300)
    assert placed(room) == 200
    elsewhere = sales.order(70, EIGHT)
    change(elsewhere)
    assert placed(room) == 200
    change(first)
    assert placed(room) == 600
    assert RoomKept.objects.get(part="counts").version == 1


def test_a_change_while_it_is_computed_is_not_lost(room: Room) -> None:
    told = outbox.Event(new_id(), new_id(), "orders.paid", room.id, {}, now())

    def compute() -> list[int]:
        room_kept.on_orders([told])
        return [1]

    assert room_kept.kept(room, None, "some", list[int], compute) == [1]
    assert RoomKept.objects.get(part="some").text == ""
    assert room_kept.kept(room, None, "some", list[int], lambda: [2]) == [2]
    assert room_kept.kept(room, None, "some", list[int], lambda: [3]) == [2]


def test_a_report_from_what_is_kept_is_the_same(room: Room) -> None:
    first, second = report_of(room), report_of(room)
    assert first is not None
    assert second is not None
    assert RoomKept.objects.filter(room_id=room.id).exclude(text="").count() >= 4
    assert body(first) == body(second)
    part = report_of(room, sales.shop().id)
    assert part is not None
    assert body(part)["gmv"] == []


def test_a_live_room_is_read_again_soon(room: Room) -> None:
    Room.objects.filter(id=room.id).update(state="live", ended_at=None)
    room.refresh_from_db()
    assert placed(room) == 200
    row = RoomKept.objects.get(part="counts")
    assert row.fresh_until is not None
    RoomKept.objects.update(fresh_until=row.fresh_until - timedelta(hours=1))
    Order.objects.update(goods_minor=300, amount_minor=300)
    assert placed(room) == 600


def test_a_room_that_just_ended_still_settles(room: Room) -> None:
    Room.objects.filter(id=room.id).update(ended_at=now())
    room.refresh_from_db()
    counts_of(room)
    assert RoomKept.objects.get(part="counts").fresh_until is not None


def test_small_rooms_are_read_each_time_while_they_are_live() -> None:
    room = sales.room(sales.account(), EIGHT)
    sell(room, offered(room), 100, 1)
    assert placed(room) == 100
    assert not RoomKept.objects.exists()


def test_the_rooms_before_are_read_once_and_again_when_an_order_changes() -> None:
    creator = sales.account()
    earlier = sales.room(creator, EIGHT - timedelta(days=1), ELEVEN - timedelta(days=1))
    tea = offered(earlier)
    sold = sell(earlier, tea, 100, -24 * 60 + 5)
    later = sales.room(creator, EIGHT, ELEVEN)
    sell(later, offered(later), 70, 5)

    def before() -> list[int]:
        report = report_of(later)
        assert report is not None
        return [row["placed"]["gmv_minor"] for row in body(report)["before"]]

    assert before() == [100]
    with CaptureQueriesContext(connection) as asked:
        assert before() == [100]
    assert not any(str(earlier.id) in one["sql"] and "orders_order" in one["sql"] for one in asked)
    change(sold)
    assert before() == [500]
