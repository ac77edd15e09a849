"""What waits in a shop over HTTP, and from which index each question is answered."""

from datetime import timedelta

import pytest
from django.db import connection
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_shop
from tests.orders.test_actions import paid
from tests.orders.test_parcels import ship
from tests.orders.worlds import make_world

from yellowcart.core.clock import now
from yellowcart.orders.models import Order

pytestmark = pytest.mark.django_db


def test_what_is_to_be_sent_and_what_should_have_left_page_by_page() -> None:
    world = make_world(stock=50)
    orders = [paid(world, world.order(quantity=2)) for _ in range(5)]
    ship(world, paid(world, world.order()))
    world.order()
    ship(world, orders[1], "SF2", pieces={1: 1})
    at = now()
    for place, order in enumerate(orders):
        Order.objects.filter(id=order.id).update(
            paid_at=at - timedelta(hours=place // 2), ship_by=at + timedelta(hours=place - 3)
        )
    expected = {
        "": sorted(Order.objects.filter(paid_at__isnull=False, shipped_at=None), key=_by_payment),
        "&overdue=true": orders[:4],
    }
    for which, wanted in expected.items():
        seen, cursor = [], ""
        while True:
            path = f"/orders/of-shop/{world.shop.id}/to-ship?limit=2&cursor={cursor}{which}"
            status, told = Caller(world.owner)("GET", path)
            assert status == 200
            seen += [one["order_id"] for one in told["items"]]
            if told["next_cursor"] is None:
                break
            cursor = told["next_cursor"]
        assert seen == [str(order.id) for order in wanted]


def _by_payment(order: Order) -> tuple[object, object]:
    return order.paid_at, order.id


def test_only_a_shops_people_and_operators_look() -> None:
    world = make_world()
    order = paid(world, world.order())
    rival = make_account()
    make_shop(rival)
    path = f"/orders/of-shop/{world.shop.id}/to-ship"
    assert Caller()("GET", path)[0] == 401
    assert Caller(rival)("GET", path)[0] == 403
    assert Caller(world.buyer)("GET", path)[0] == 403
    for account in (world.owner, make_operator()):
        status, told = Caller(account)("GET", path)
        assert (status, [one["order_id"] for one in told["items"]]) == (200, [str(order.id)])
        assert Caller(account)("GET", f"{path}?overdue=true")[1]["items"] == []
    assert Caller(world.owner)("GET", f"{path}?cursor=x")[1]["code"] == "cursor_unknown"


@pytest.mark.parametrize(
    ("filters", "order", "index"),
    [
        ({"state__in": ["paid", "partly_shipped"]}, ["paid_at", "id"], "orders_to_ship"),
        ({"state__in": ["paid", "partly_shipped"]}, ["ship_by", "id"], "orders_overdue"),
        (
            {"state__in": ["shipped", "signed"], "open_cases": 0},
            ["receipt_at"],
            "orders_receipt_due",
        ),
        (
            {"state__in": ["paid", "partly_shipped"], "open_cases": 0, "late_at__isnull": True},
            ["ship_by"],
            "orders_late_due",
        ),
    ],
)
def test_each_question_has_an_index_of_its_own(
    filters: dict[str, object], order: list[str], index: str
) -> None:
    world = make_world()
    rows = Order.objects.filter(**filters).order_by(*order)
    if len(order) == 2:
        rows = rows.filter(shop_id=world.shop.id)
    with connection.cursor() as cursor:
        # A handful of rows is read whole by any plan; this asks whether the index could serve.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    assert index in rows[:21].explain()
