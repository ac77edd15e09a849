"""Sending in parts, deliveries, receipts by hand and by the clock, and promises that broke."""

from datetime import timedelta
from typing import Any

import pytest
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_product, make_shop, make_sku
from tests.orders.test_actions import codes, paid
from tests.orders.worlds import World, fresh, make_world

from yellowcart.catalog.models import Product
from yellowcart.core import clock
from yellowcart.core.models import OutboxEvent
from yellowcart.ledger.queries import balance
from yellowcart.ledger.rules import Kind
from yellowcart.orders import jobs, receiving, refunding, shipping
from yellowcart.orders.models import Order, OrderEvent, OrderLine, Shipment, ShipmentLine
from yellowcart.orders.refunding import Back
from yellowcart.shops.models import ShopMember

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def ship(world: World, order: Order, number: str = "SF1000001", **more: Any) -> Shipment:
    shipping.do_ship(
        actor=world.owner,
        shop_id=world.shop.id,
        order_id=order.id,
        carrier="SF",
        tracking_no=number,
        **more,
    )
    return Shipment.objects.get(order_id=order.id, tracking_no=number)


def topics() -> list[str]:
    return list(OutboxEvent.objects.order_by("id").values_list("topic", flat=True))


# Parcels


def test_an_order_goes_in_two_parcels() -> None:
    world = make_world()
    order = paid(world, world.order(quantity=3))
    first = ship(world, order, pieces={1: 1})
    assert fresh(order).state == "partly_shipped"
    assert fresh(order).shipped_at is None
    assert world.stock() == (9, 0, 2)
    assert codes(receiving.do_confirm_receipt, actor=world.buyer, order_id=order.id) == (
        "order_state",
        409,
    )
    second = ship(world, order, "SF1000002")
    order = fresh(order)
    assert (order.state, order.receipt_at) == ("shipped", order.shipped_at + 10 * DAY)
    assert world.stock() == (7, 0, 0)
    in_parcels = ShipmentLine.objects.order_by("quantity").values_list("shipment_id", "quantity")
    assert list(in_parcels) == [(first.id, 1), (second.id, 2)]
    assert topics()[-2:] == ["orders.partly_shipped", "orders.shipped"]


def test_what_does_not_go_into_a_parcel() -> None:
    world = make_world()
    order = paid(world, world.order(quantity=2))
    call = {"actor": world.owner, "shop_id": world.shop.id, "order_id": order.id, "carrier": "SF"}
    for pieces in ({1: 3}, {2: 1}, {1: 0}, {1: -1}, {}):
        refused = codes(shipping.do_ship, **call, tracking_no="X1", pieces=pieces)
        assert refused == ("parcel_pieces", 422), pieces
    ship(world, order, "SF7", pieces={1: 1})
    assert codes(shipping.do_ship, **call, tracking_no="SF7") == ("parcel_known", 409)
    assert world.stock() == (9, 0, 1)


def test_delivered_when_every_parcel_is() -> None:
    world = make_world()
    order = paid(world, world.order(quantity=2))
    first = ship(world, order, "SF1", pieces={1: 1})
    shipping.do_sign(actor=world.owner, order_id=order.id, shipment_id=first.id)
    assert fresh(order).state == "partly_shipped"
    second = ship(world, order, "SF2")
    assert fresh(order).state == "shipped"
    shipping.do_sign(actor=make_operator(), order_id=order.id, shipment_id=second.id)
    shipping.do_sign(actor=world.owner, order_id=order.id, shipment_id=second.id)
    assert fresh(order).state == "signed"
    assert fresh(order).signed_at is not None
    assert topics().count("orders.signed") == 1


# Receipts


def test_a_delivered_order_is_received_on_day_10() -> None:
    world = make_world()
    order = paid(world, world.order())
    parcel = ship(world, order)
    shipping.do_sign(actor=world.owner, order_id=order.id, shipment_id=parcel.id)
    due = fresh(order).shipped_at + 10 * DAY
    assert receiving.do_receive_due(due - timedelta(microseconds=1)) == 0
    assert receiving.do_receive_due(due) == 1
    assert receiving.do_receive_due(due) == 0
    assert fresh(order).state == "completed"
    assert topics()[-1] == "orders.completed"
    assert OrderEvent.objects.latest("at").actor_id is None


@pytest.mark.parametrize("trouble", ["undelivered", "exception"])
def test_another_waits_for_day_20_and_30(trouble: str) -> None:
    world = make_world()
    order = paid(world, world.order())
    parcel = ship(world, order)
    if trouble == "exception":
        shipping.do_sign(actor=world.owner, order_id=order.id, shipment_id=parcel.id)
        shipping.do_note_exception(
            actor=world.owner, order_id=order.id, shipment_id=parcel.id, words="Refused at the door"
        )
    start = fresh(order).shipped_at
    for day, looks_next in ((10, 20), (20, 30)):
        assert receiving.do_receive_due(start + day * DAY) == 1
        assert fresh(order).receipt_at == start + looks_next * DAY
    assert fresh(order).state in {"shipped", "signed"}
    assert receiving.do_receive_due(start + 30 * DAY) == 1
    assert fresh(order).state == "completed"


def test_the_buyer_adds_three_days_once_and_the_merchant_as_many_as_they_like() -> None:
    world = make_world()
    order = paid(world, world.order())
    ship(world, order)
    start = fresh(order).shipped_at
    call = {"order_id": order.id}
    receiving.do_extend_receipt(actor=world.buyer, **call)
    assert fresh(order).receipt_at == start + 13 * DAY
    assert codes(receiving.do_extend_receipt, actor=world.buyer, **call) == ("extension_used", 409)
    for _again in range(2):
        receiving.do_extend_receipt(actor=world.owner, **call, days=30)
    assert fresh(order).receipt_at == start + 73 * DAY
    for days in (None, 0, 31):
        refused = codes(receiving.do_extend_receipt, actor=world.owner, **call, days=days)
        assert refused == ("extension_days", 422)
    assert receiving.do_receive_due(start + 72 * DAY) == 0


def test_the_worker_makes_up_for_what_it_slept_through() -> None:
    world = make_world()
    order = paid(world, world.order())
    ship(world, order)
    assert jobs.receive_due() == fresh(order).receipt_at
    clock.set_timeline(clock.starting_at(fresh(order).shipped_at + 300 * DAY))
    assert jobs.receive_due() is None
    assert fresh(order).state == "completed"


# Promises


def test_the_promise_is_the_products() -> None:
    world = make_world()
    usual = paid(world, world.order())
    assert usual.ship_by == usual.paid_at + 2 * DAY
    Product.objects.update(presale_days=15)
    presale = paid(world, world.order())
    assert presale.ship_by == presale.paid_at + 15 * DAY


def test_shipping_late_costs_a_tenth_once() -> None:
    world = make_world(stock=50)
    order = paid(world, world.order(quantity=2))  # ¥198
    in_time = paid(world, world.order())
    ship(world, in_time)
    due = fresh(order).ship_by
    assert receiving.do_compensate_due(due - timedelta(microseconds=1)) == 0
    assert receiving.do_compensate_due(due) == 1
    assert receiving.do_compensate_due(due + DAY) == 0
    order = fresh(order)
    assert (order.late_at, order.late_minor, order.state) == (due, 1_980, "paid")
    assert balance(f"buyer:{world.buyer.id}", Kind.PAYABLE, "CNY") == -1_980
    assert balance(f"shop:{world.shop.id}", Kind.HELD, "CNY") == -(29_700 - 1_980)
    assert topics()[-1] == "orders.late"
    ship(world, order)
    assert fresh(order).state == "shipped"


def test_the_duty_sleeps_until_the_next_promise() -> None:
    world = make_world()
    assert jobs.compensate_due() is None
    order = paid(world, world.order())
    assert jobs.compensate_due() == order.ship_by


# Money back


def locked(order: Order) -> Order:
    return Order.objects.select_for_update().get(shop_id=order.shop_id, id=order.id)


def give(order: Order, back: dict[int, Back], reference: str = "r1") -> None:
    refunding.do_give_money_back(locked(order), back, reason="test", reference=reference)


def test_all_of_an_unsent_order_goes_back() -> None:
    world = make_world()
    order = paid(world, world.order(quantity=2, counted=True))
    give(order, {1: Back(19_800, 2, 2)})
    order = fresh(order)
    assert (order.state, order.close_reason, order.refunded_minor) == ("closed", "refunded", 19_800)
    assert world.stock() == (10, 0, 0)
    assert balance(f"shop:{world.shop.id}", Kind.HELD, "CNY") == 0
    assert topics()[-2:] == ["orders.closed", "orders.money_back"]


def test_what_was_not_sent_goes_back_and_the_rest_stays_on_its_way() -> None:
    world = make_world()
    order = paid(world, world.order(quantity=3))
    parcel = ship(world, order, pieces={1: 2})
    shipping.do_sign(actor=world.owner, order_id=order.id, shipment_id=parcel.id)
    give(order, {1: Back(9_900, 1, 1)})
    order = fresh(order)
    assert (order.state, order.refunded_minor) == ("signed", 9_900)
    assert order.receipt_at is not None
    assert world.stock() == (8, 0, 0)
    line = OrderLine.objects.get()
    assert (line.shipped_quantity, line.dropped_quantity, line.refunded_quantity) == (2, 1, 1)
    told = OutboxEvent.objects.filter(topic="inventory.stock_changed").latest("id").payload
    assert (told["on_hand"], told["free"]) == (8, 8)


def test_a_part_of_the_price_leaves_the_order_as_it_is() -> None:
    world = make_world()
    order = paid(world, world.order())
    ship(world, order)
    receiving.do_confirm_receipt(actor=world.buyer, order_id=order.id)
    give(order, {1: Back(1_000)})
    order = fresh(order)
    assert (order.state, order.refunded_minor) == ("completed", 1_000)
    give(order, {1: Back(8_900, 1)}, "r2")
    assert (fresh(order).state, fresh(order).refunded_minor) == ("completed", 9_900)


def test_clocks_stand_while_a_case_is_open() -> None:
    world = make_world()
    order = paid(world, world.order())
    before = fresh(order).ship_by
    row = locked(order)
    refunding.do_case_opened(row)
    assert codes(
        shipping.do_ship,
        actor=world.owner,
        shop_id=world.shop.id,
        order_id=order.id,
        carrier="SF",
        tracking_no="SF1",
    ) == ("case_open", 409)
    assert receiving.do_compensate_due(before + DAY) == 0
    clock.set_timeline(clock.starting_at(clock.now() + 3 * DAY))
    refunding.do_case_closed(locked(order))
    order = fresh(order)
    assert order.ship_by >= before + 3 * DAY
    assert (order.open_cases, order.case_opened_at) == (0, None)
    parcel = ship(world, order)
    refunding.do_case_opened(locked(order))
    assert receiving.do_receive_due(fresh(order).receipt_at + 90 * DAY) == 0
    assert parcel.signed_at is None


# Who may


def test_who_may_say_what_of_a_parcel() -> None:
    world = make_world()
    order = paid(world, world.order())
    parcel = ship(world, order)
    stranger, rival = make_account(), make_account()
    make_shop(rival)
    here = f"/orders/{order.id}"
    calls = [
        ("POST", f"{here}/shipments/{parcel.id}/delivered", {}),
        ("PUT", f"{here}/shipments/{parcel.id}/exception", {"words": "lost"}),
        ("POST", f"{here}/receipt/extension", {"days": 3}),
    ]
    for verb, path, body in calls:
        assert Caller()(verb, path, body)[0] == 401
        assert Caller(stranger)(verb, path, body)[0] == 404
        assert Caller(rival)(verb, path, body)[0] == 404
    for verb, path, body in calls[:2]:
        assert Caller(world.buyer)(verb, path, body)[0] == 403
    assert Caller(make_operator())(*calls[2])[0] == 403
    staff = make_account()
    ShopMember.objects.create(shop=world.shop, account=staff, role="staff")
    status, told = Caller(staff)(*calls[0])
    assert (status, told["state"]) == (200, "signed")
    status, told = Caller(staff)(*calls[1])
    assert (status, told["shipments"][0]["exception"]) == (200, "lost")
    status, told = Caller(world.buyer)("POST", f"{here}/receipt/extension", {})
    assert (status, told["extended_days"]) == (200, 3)


def test_parcels_of_another_order_are_not_found() -> None:
    world = make_world()
    one, other = paid(world, world.order()), paid(world, world.order())
    parcel = ship(world, one)
    refused = codes(shipping.do_sign, actor=world.owner, order_id=other.id, shipment_id=parcel.id)
    assert refused == ("parcel_not_found", 404)


def test_several_lines_part_by_line() -> None:
    world = make_world()
    other = make_sku(make_product(world.shop), stock=5, price=1_000)
    order = world.order(quantity=2, more=[(other, 3)])
    order = paid(world, order)
    ship(world, order, pieces={1: 2, 2: 1})
    assert fresh(order).state == "partly_shipped"
    ship(world, order, "SF2")
    assert fresh(order).state == "shipped"
    sent = OrderLine.objects.order_by("line_no").values_list("shipped_quantity", flat=True)
    assert list(sent) == [2, 3]
