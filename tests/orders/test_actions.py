from datetime import timedelta

import pytest
from tests.factories import make_account, make_operator, make_shop
from tests.orders.worlds import ADDRESS, fresh, make_world

from yellowcart.core.clock import now
from yellowcart.core.models import OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.inventory.models import Hold
from yellowcart.orders import actions, jobs, paying, queries, receiving, shipping
from yellowcart.orders.models import Order, OrderEvent, PurchaseCount, Shipment
from yellowcart.payments.providers.base import Told
from yellowcart.shops.models import ShopMember

pytestmark = pytest.mark.django_db


def paid(world, order: Order) -> Order:
    payment, _url = paying.do_start_payment(actor=world.buyer, order_id=order.id, ship_to=ADDRESS)
    assert payment.provider_ref
    told = Told(
        f"m:{payment.id}", payment.provider_ref, True, payment.amount_minor, payment.currency, "x"
    )
    paying.do_record_payment("sandbox", told)
    return fresh(order)


def codes(call, *args, **kwargs) -> tuple[str, int]:
    with pytest.raises(Problem) as caught:
        call(*args, **kwargs)
    return caught.value.code, caught.value.status


# Expiry


def test_expired_orders_give_everything_back() -> None:
    world = make_world()
    due = [world.order(quantity=2, counted=True) for _ in range(3)]
    kept = world.order(quantity=1, counted=True, expires_at=now() + timedelta(hours=2))
    assert world.stock() == (10, 7, 0)
    at = max(order.expires_at for order in due)
    assert actions.do_expire_due(at) == 3
    assert world.stock() == (10, 1, 0)
    assert {fresh(order).state for order in due} == {"closed"}
    assert {fresh(order).close_reason for order in due} == {"expired"}
    assert fresh(kept).state == "awaiting_payment"
    assert PurchaseCount.objects.get().quantity == 1
    assert set(Hold.objects.values_list("state", flat=True)) == {"expired", "pending"}
    assert OrderEvent.objects.filter(verb="expire").count() == 3
    event = OutboxEvent.objects.get(topic="orders.closed")
    assert event.payload["quantity"] == 6
    assert event.payload["available"] == 9
    assert sorted(event.payload["orders"]) == sorted(str(order.id) for order in due)


def test_an_order_lasts_until_its_instant_and_no_longer() -> None:
    world = make_world()
    order = world.order()
    assert actions.do_expire_due(order.expires_at - timedelta(microseconds=1)) == 0
    assert actions.do_expire_due(order.expires_at) == 1
    assert actions.do_expire_due(order.expires_at + timedelta(days=1)) == 0


def test_a_purchase_from_before_the_limit_is_not_taken_off_the_count() -> None:
    world = make_world()
    world.order(counted=False)
    world.order(counted=True, expires_at=now() + timedelta(hours=9))
    assert actions.do_expire_due(now() + timedelta(hours=1)) == 1
    assert PurchaseCount.objects.get().quantity == 1


def test_the_duty_closes_what_is_due_and_says_when_to_come_back() -> None:
    world = make_world()
    world.order(expires_at=now() - timedelta(seconds=1))
    later = world.order(expires_at=now() + timedelta(minutes=9))
    assert jobs.expire_due() == later.expires_at
    assert Order.objects.filter(state="closed").count() == 1


def test_a_paid_order_does_not_expire() -> None:
    world = make_world()
    order = paid(world, world.order(quantity=2))
    assert actions.do_expire_due(order.expires_at + timedelta(days=1)) == 0
    assert world.stock() == (10, 0, 2)


# Cancelling, shipping, receiving


def test_a_buyer_gives_an_unpaid_order_up() -> None:
    world = make_world()
    order = world.order(quantity=3, counted=True)
    actions.do_cancel_unpaid(actor=world.buyer, order_id=order.id)
    assert (fresh(order).state, fresh(order).close_reason) == ("closed", "cancelled")
    assert world.stock() == (10, 0, 0)
    assert PurchaseCount.objects.get().quantity == 0
    again = codes(actions.do_cancel_unpaid, actor=world.buyer, order_id=order.id)
    assert again == ("order_state", 409)


def test_a_paid_order_is_not_cancelled_this_way() -> None:
    world = make_world()
    order = paid(world, world.order())
    refused = codes(actions.do_cancel_unpaid, actor=world.buyer, order_id=order.id)
    assert refused == ("order_state", 409)
    assert world.stock() == (10, 0, 1)


def test_an_order_lives_to_its_end() -> None:
    world = make_world()
    order = paid(world, world.order(quantity=2))
    parcel = {"shop_id": world.shop.id, "order_id": order.id, "carrier": "SF", "tracking_no": "SF1"}
    shipping.do_ship(actor=world.owner, **parcel)
    assert world.stock() == (8, 0, 0)
    assert Shipment.objects.get().tracking_no == "SF1"
    assert codes(shipping.do_ship, actor=world.owner, **parcel) == ("order_state", 409)
    receiving.do_confirm_receipt(actor=world.buyer, order_id=order.id)
    order = fresh(order)
    assert order.state == "completed"
    assert order.placed_at <= order.paid_at <= order.shipped_at <= order.completed_at
    verbs = OrderEvent.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["payment_started", "pay", "ship", "confirm"]
    topics = OutboxEvent.objects.order_by("id").values_list("topic", flat=True)
    assert list(topics) == ["orders.paid", "orders.shipped", "orders.completed"]


def test_what_is_not_paid_is_not_shipped() -> None:
    world = make_world()
    order = world.order()
    parcel = {"shop_id": world.shop.id, "order_id": order.id, "carrier": "SF", "tracking_no": "1"}
    assert codes(shipping.do_ship, actor=world.owner, **parcel) == ("order_state", 409)
    parcel["tracking_no"] = " "
    assert codes(shipping.do_ship, actor=world.owner, **parcel) == ("shipment_incomplete", 422)


# Who may


def test_who_may_ship_and_receive() -> None:
    world = make_world()
    order = paid(world, world.order())
    rival = make_account()
    make_shop(rival)
    parcel = {"shop_id": world.shop.id, "order_id": order.id, "carrier": "SF", "tracking_no": "1"}
    for account, refused in (
        (rival, ("order_not_found", 404)),
        (make_account(), ("order_not_found", 404)),
        (world.buyer, ("shop_forbidden", 403)),
        (make_operator(), ("shop_forbidden", 403)),
    ):
        assert codes(shipping.do_ship, actor=account, **parcel) == refused
    staff = make_account()
    ShopMember.objects.create(shop=world.shop, account=staff, role="staff")
    shipping.do_ship(actor=staff, **parcel)
    for account, refused in (
        (rival, ("order_not_found", 404)),
        (world.owner, ("forbidden", 403)),
    ):
        assert codes(receiving.do_confirm_receipt, actor=account, order_id=order.id) == refused


def test_who_sees_an_order_and_how_much_of_the_address() -> None:
    world = make_world()
    order = world.order(ship_to=ADDRESS)
    masked = {"name": "L*****", "phone": "138******00", "address": "1 C************ue"}
    by_buyer = queries.access_order(world.buyer, order.id)
    by_shop = queries.access_order(world.owner, order.id)
    by_operator = queries.access_order(make_operator(), order.id)
    assert by_buyer.ship_to == ADDRESS
    assert by_shop.ship_to == by_operator.ship_to == masked
    assert by_buyer.steps == ["cancel"]
    assert by_shop.steps == []
    paid(world, order)
    by_shop = queries.access_order(world.owner, order.id)
    assert by_shop.ship_to == ADDRESS
    assert by_shop.steps == ["ship"]
    other = make_account()
    make_shop(other)
    assert codes(queries.access_order, other, order.id) == ("order_not_found", 404)


def test_pages_of_orders_follow_each_other() -> None:
    world = make_world(stock=50)
    start = now()
    orders = [world.order(placed_at=start + timedelta(minutes=n // 2)) for n in range(7)]
    seen, cursor = [], ""
    while True:
        page = queries.orders_of_buyer(world.buyer, cursor=cursor, limit=3)
        seen += [order.id for order in page.orders]
        assert all(page.lines[order.id] for order in page.orders)
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    expected = sorted(orders, key=lambda order: (order.placed_at, order.id), reverse=True)
    assert seen == [order.id for order in expected]
    of_shop = queries.orders_of_shop(world.owner, world.shop.id, limit=100)
    assert {order.id for order in of_shop.orders} == set(seen)
    assert codes(queries.orders_of_shop, world.buyer, world.shop.id) == ("shop_forbidden", 403)
    assert codes(queries.orders_of_buyer, world.buyer, cursor="?") == ("cursor_unknown", 422)
