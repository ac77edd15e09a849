"""Lists and duties find their few rows among very many by the index that is there for them.

No clock is read: what a query would do is asked of the planner, on a few thousand rows, with
reading and sorting whole tables made dear. ``yellowcart bench bulk`` measures a million orders.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yellowcart.aftersales import queries as cases
from yellowcart.aftersales.models import Case
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.insights import queries as insights
from yellowcart.insights.rules import Definition, Window
from yellowcart.orders import lists
from yellowcart.orders import queries as orders
from yellowcart.orders.models import Order, ShipmentLine
from yellowcart.orders.states import ON_THE_WAY, TO_SHIP
from yellowcart.people.models import Account, RoleGrant
from yellowcart.settlement import queries as money
from yellowcart.settlement import settling
from yellowcart.settlement.models import Bill, Move, Share
from yellowcart.shops.models import Shop, ShopMember

pytestmark = pytest.mark.django_db

ROWS = 3_000
SHOPS = 5
BUYERS = 30
#: Of a hundred orders so many stand in a state; the rest are completed.
STATES = {"awaiting_payment": 2, "paid": 4, "partly_shipped": 1, "shipped": 4, "signed": 4}


class World:
    """A shop among others, its owner, one of its buyers, and an operator."""

    def __init__(self) -> None:
        self.owner, self.buyer, self.operator = (
            Account.objects.create(username=name) for name in ("owner", "buyer", "operator")
        )
        RoleGrant.objects.create(account=self.operator, role="operator")
        self.shop = Shop.objects.create(handle="plans", name="Plans", type="enterprise")
        ShopMember.objects.create(shop=self.shop, account=self.owner, role="owner")
        self.party = f"shop:{self.shop.id}"
        self.order = self._orders()
        self._money()
        self._cases()
        with connection.cursor() as cursor:
            for model in (Order, ShipmentLine, Move, Share, Case):
                cursor.execute(f"ANALYZE {model._meta.db_table}")

    def _orders(self) -> Order:
        shops = [self.shop.id, *(new_id() for _ in range(SHOPS - 1))]
        buyers = [self.buyer.id, *(new_id() for _ in range(BUYERS - 1))]
        spread = [state for state, count in STATES.items() for _ in range(count)]
        rows = [
            _order(shops[number % SHOPS], buyers[number % BUYERS], _at(number, spread), number)
            for number in range(ROWS)
        ]
        Order.objects.bulk_create(rows)
        ShipmentLine.objects.bulk_create(
            ShipmentLine(
                shop_id=row.shop_id, shipment_id=new_id(), line_no=1, order_id=row.id, quantity=1
            )
            for row in rows
        )
        return rows[0]

    def _money(self) -> None:
        parties = [self.party, *(f"shop:{new_id()}" for _ in range(SHOPS - 1))]
        at = now()
        Move.objects.bulk_create(
            Move(
                party=parties[number % SHOPS],
                currency="CNY",
                at=at - timedelta(hours=number),
                kind="settled",
                amount_minor=1,
                reference=f"settle:{number}",
            )
            for number in range(ROWS)
        )
        bills = [
            Bill(
                shop_id=self.shop.id,
                id=new_id(),
                source="native",
                currency="CNY",
                goods_minor=1,
                paid_minor=1,
                sold_at=at,
            )
            for _ in range(ROWS)
        ]
        Bill.objects.bulk_create(bills)
        Share.objects.bulk_create(
            Share(
                shop_id=self.shop.id,
                bill_id=bills[number].id,
                share_no=0,
                role="merchant",
                party=parties[number % SHOPS],
                currency="CNY",
                amount_minor=1,
                state="received" if number % 20 == 0 else "completed",
                sold_at=at - timedelta(hours=number),
                due_at=at - timedelta(hours=number),
            )
            for number in range(ROWS)
        )

    def _cases(self) -> None:
        at = now()
        states = ["awaiting_seller", "intervening", *["closed"] * 18]
        Case.objects.bulk_create(
            Case(
                shop_id=self.shop.id if number % SHOPS == 0 else new_id(),
                order_id=new_id(),
                buyer_id=self.buyer.id if number % BUYERS == 0 else new_id(),
                kind="refund_only",
                reason="quality",
                state=(state := states[number // SHOPS % len(states)]),
                amount_minor=1,
                currency="CNY",
                opened_at=at - timedelta(hours=number),
                stepped_at=at - timedelta(hours=number),
                closed_at=at if state == "closed" else None,
                deadline_at=at if state == "awaiting_seller" else None,
            )
            for number in range(ROWS)
        )


def _at(number: int, spread: list[str]) -> str:
    place = number // SHOPS % 100
    return spread[place] if place < len(spread) else ("closed" if place > 90 else "completed")


def _order(shop_id: UUID, buyer_id: UUID, state: str, number: int) -> Order:
    at = now() - timedelta(hours=number)
    order_id = new_id()
    return Order(
        shop_id=shop_id,
        id=order_id,
        checkout_id=order_id,
        buyer_id=buyer_id,
        surface="shop_page",
        container_id=shop_id,
        source="native",
        integration="native",
        state=state,
        goods_minor=1,
        amount_minor=1,
        currency="CNY",
        idempotency_key=str(number),
        request_hash="",
        placed_at=at,
        expires_at=at,
        paid_at=None if state in {"awaiting_payment", "closed"} else at,
        shipped_at=at if state in {*ON_THE_WAY, "completed"} else None,
        ship_by=at if state in TO_SHIP else None,
        receipt_at=at if state in ON_THE_WAY else None,
    )


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _plan(ask: Callable[[], object], table: str) -> list[dict[str, Any]]:
    """The nodes of the plan of the first query of a table that was asked."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    asked = next(one["sql"] for one in captured if f'FROM "{table}"' in one["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {asked}")
        row = cursor.fetchone()
    assert row is not None
    told = json.loads(row[0]) if isinstance(row[0], str) else row[0]
    return list(_nodes(told[0]["Plan"]))


def test_hot_lists_and_duties_are_served_by_their_indexes() -> None:
    world = World()
    month = Window(now() - timedelta(days=30), now())
    place = orders.orders_of_shop(world.owner, world.shop.id).next_cursor or ""
    shelf = lists.shops_orders
    wanted: dict[tuple[str, str], Callable[[], object]] = {
        ("orders_order", "orders_by_buyer"): lambda: lists.buyers_orders(world.buyer),
        ("orders_order", "orders_by_shop"): lambda: orders.orders_of_shop(
            world.owner, world.shop.id, cursor=place
        ),
        ("orders_order", "orders_to_ship"): lambda: shelf(world.owner, world.shop.id, "to_ship"),
        ("orders_order", "orders_overdue"): lambda: shelf(world.owner, world.shop.id, "overdue"),
        ("orders_order", "orders_on_the_way"): lambda: shelf(
            world.owner, world.shop.id, "on_the_way"
        ),
        ("orders_order", "orders_done"): lambda: shelf(world.owner, world.shop.id, "completed"),
        ("orders_order", "orders_to_expire"): orders.next_expiry,
        ("orders_order", "orders_receipt_due"): orders.next_receipt,
        ("orders_order", "orders_late_due"): orders.next_promise,
        ("orders_order", "orders_paid_figures"): lambda: insights.gmv(
            month, Definition.PAID, with_buyers=False
        ),
        ("orders_shipment_line", "orders_shipment_line_order"): lambda: orders.whole_order(
            orders.access_order(world.owner, world.order.id)
        ),
        ("aftersales_case", "aftersales_of_buyer"): lambda: cases.cases_of_buyer(world.buyer),
        ("aftersales_case", "aftersales_of_shop"): lambda: cases.cases_of_shop(
            world.owner, world.shop.id
        ),
        ("aftersales_case", "aftersales_to_do"): lambda: cases.cases_of_shop(
            world.owner, world.shop.id, state="awaiting_seller"
        ),
        ("aftersales_case", "aftersales_to_decide"): lambda: cases.interventions(world.operator),
        ("aftersales_case", "aftersales_due"): cases.next_deadline,
        ("settlement_move", "settlement_statement"): lambda: money.movements(
            world.party, "CNY", month.start, month.until
        ),
        ("settlement_share", "settlement_open"): lambda: money.upcoming(world.party, "CNY"),
        ("settlement_share", "settlement_due"): settling.next_due,
    }
    with connection.cursor() as cursor:
        # So few rows are read and sorted in no time; what is left without is what millions need.
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    wrong = {}
    for (table, index), ask in wanted.items():
        nodes = _plan(ask, table)
        used = {node.get("Index Name") for node in nodes}
        # Rows with one instant are put in order of id a few at a time.
        sorts = [node for node in nodes if node["Node Type"] == "Sort"]
        if index not in used or (sorts and "Limit" in {node["Node Type"] for node in nodes}):
            wrong[index] = [(node["Node Type"], node.get("Index Name")) for node in nodes]
    assert wrong == {}
