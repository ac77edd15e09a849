"""One payment for a checkout, and what it means for each of its orders."""

from datetime import timedelta

import pytest
from tests.callers import Caller
from tests.factories import make_account
from tests.orders.worlds import ADDRESS, fresh, make_world
from tests.payments.checkouts import approve, buy, start, told, two_shops, unreserved
from tests.payments.sending import send_refunds

from yellowcart.core import clock
from yellowcart.core.clock import now
from yellowcart.core.models import OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.inventory.models import Hold
from yellowcart.ledger.queries import balances, trial_balance
from yellowcart.orders import actions, paying
from yellowcart.orders.models import OrderEvent
from yellowcart.payments.models import Payment, PaymentPart, Refund, SandboxCharge

pytestmark = pytest.mark.django_db


def on_the_books() -> dict[tuple[str, str], int]:
    return {(row.party, row.kind): row.amount_minor for row in balances() if row.amount_minor}


def test_two_shops_are_paid_by_one_payment() -> None:
    worlds, orders = two_shops()
    payment = buy(worlds[0], orders[1])
    assert payment.amount_minor == sum(order.amount_minor for order in orders)
    assert payment.state == "succeeded"
    assert [fresh(order).state for order in orders] == ["paid", "paid"]
    assert [fresh(order).paid_minor for order in orders] == [9_900, 19_800]
    assert [fresh(order).ship_to for order in orders] == [ADDRESS, ADDRESS]
    assert [world.stock() for world in worlds] == [(10, 0, 1), (10, 0, 2)]
    assert on_the_books() == {
        ("provider:sandbox", "cash"): 29_700,
        (f"shop:{orders[0].shop_id}", "held"): -9_900,
        (f"shop:{orders[1].shop_id}", "held"): -19_800,
    }
    assert OutboxEvent.objects.filter(topic="orders.paid").count() == 2


def test_only_its_buyer_pays_a_checkout() -> None:
    worlds, orders = two_shops()
    for account, refusal in (
        (worlds[0].owner, ("forbidden", 403)),
        (make_account(), ("order_not_found", 404)),
    ):
        with pytest.raises(Problem) as caught:
            paying.do_start_payment(actor=account, order_id=orders[0].id, ship_to=ADDRESS)
        assert (caught.value.code, caught.value.status) == refusal
    assert Payment.objects.count() == 0


def test_only_the_part_of_a_closed_order_goes_back() -> None:
    worlds, orders = two_shops()
    payment = start(worlds[0], orders[0])
    actions.do_cancel_unpaid(actor=worlds[0].buyer, order_id=orders[0].id)
    approve(payment)
    assert [fresh(order).state for order in orders] == ["closed", "paid"]
    assert Payment.objects.get().state == "succeeded"
    parts = {part.order_id: part.refunded_minor for part in PaymentPart.objects.all()}
    assert parts == {orders[0].id: 9_900, orders[1].id: 0}
    assert send_refunds(times=2) == ["done"]
    charge = SandboxCharge.objects.get()
    assert (charge.state, charge.refunded_minor) == ("approved", 9_900)
    assert on_the_books() == {
        ("provider:sandbox", "cash"): 19_800,
        (f"shop:{orders[1].shop_id}", "held"): -19_800,
    }
    assert OrderEvent.objects.get(verb="payment_refunded").detail["why"] == "not_awaited"


def test_what_is_left_of_a_checkout_is_paid_by_a_new_attempt() -> None:
    worlds, orders = two_shops()
    first = start(worlds[0], orders[0])
    actions.do_cancel_unpaid(actor=worlds[0].buyer, order_id=orders[0].id)
    second = start(worlds[0], orders[1])
    assert second.id != first.id
    assert second.amount_minor == orders[1].amount_minor
    assert Payment.objects.get(id=first.id).state == "failed"
    approve(first)
    assert fresh(orders[1]).state == "paid"
    approve(second)
    assert Payment.objects.get(id=second.id).state == "refunded"
    assert send_refunds() == ["done", "done"]
    assert on_the_books() == {
        ("provider:sandbox", "cash"): 19_800,
        (f"shop:{orders[1].shop_id}", "held"): -19_800,
    }


def test_another_amount_than_a_whole_checkout_s_goes_back_whole() -> None:
    worlds, orders = two_shops()
    payment = start(worlds[0], orders[0])
    back = paying.do_record_payment("sandbox", told(payment, amount_minor=9_900))
    assert (back.state, back.received_minor, back.refunded_minor) == ("refunded", 9_900, 9_900)
    assert [fresh(order).state for order in orders] == ["awaiting_payment"] * 2
    assert Refund.objects.get().order_id is None
    assert trial_balance() == {"CNY": 0}


def test_what_coupons_paid_whole_is_paid_at_once() -> None:
    world = make_world()
    order = world.order(discount_minor=9_900, amount_minor=0)
    payment, page = paying.do_start_payment(
        actor=world.buyer, order_id=order.id, ship_to=ADDRESS, return_url="/orders/1/"
    )
    assert (payment.provider, payment.state, page) == ("none", "succeeded", "/orders/1/")
    assert fresh(order).state == "paid"
    assert world.stock() == (10, 0, 1)
    assert on_the_books() == {}


def test_a_shop_sees_its_own_share_of_a_payment_only() -> None:
    worlds, orders = two_shops()
    payment = start(worlds[0], orders[0])
    actions.do_cancel_unpaid(actor=worlds[0].buyer, order_id=orders[1].id)
    approve(payment)
    for world, order, state, amounts in (
        (worlds[0], orders[0], "succeeded", (9_900, 0)),
        (worlds[1], orders[1], "refunded", (19_800, 19_800)),
    ):
        whole = Caller(world.owner)("GET", f"/orders/{order.id}")[1]
        (attempt,) = whole["payments"]
        assert (attempt["amount"], attempt["refunded"]) == amounts
        assert (attempt["state"], attempt["stage"]) == (state, "full")


# Pre-sale


def presale(world, **fields):
    at = now()
    return world.order(
        deposit_minor=1_000,
        balance_from=at + timedelta(days=1),
        balance_until=at + timedelta(days=2),
        **fields,
    )


def test_a_presale_is_paid_in_two() -> None:
    world = make_world()
    order = presale(world)
    deposit = buy(world, order)
    assert (deposit.stage, deposit.amount_minor) == ("deposit", 1_000)
    order = fresh(order)
    assert (order.state, order.paid_minor) == ("deposit_paid", 1_000)
    assert order.expires_at == order.balance_until
    assert world.stock() == (10, 1, 0)
    with pytest.raises(Problem) as early:
        start(world, order)
    assert early.value.code == "balance_not_open"
    clock.set_timeline(clock.starting_at(order.balance_from))
    balance = start(world, order)
    assert (balance.stage, balance.amount_minor) == ("balance", 8_900)
    approve(balance)
    order = fresh(order)
    assert (order.state, order.paid_minor) == ("paid", 9_900)
    assert world.stock() == (10, 0, 1)
    verbs = OrderEvent.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["payment_started", "pay_deposit", "payment_started", "pay"]


def test_a_second_deposit_is_no_balance() -> None:
    world = make_world()
    at = now()
    order = world.order(deposit_minor=4_950, balance_from=at, balance_until=at + timedelta(days=1))
    first = start(world, order)
    paying.do_record_payment("sandbox", told(first, succeeded=False))
    second = start(world, order)
    approve(second)
    approve(first)
    assert fresh(order).state == "deposit_paid"
    assert Payment.objects.get(id=first.id).state == "refunded"


def test_the_balance_goes_back_before_the_deposit() -> None:
    world = make_world()
    order = presale(world)
    buy(world, order)
    clock.set_timeline(clock.starting_at(order.balance_from))
    buy(world, fresh(order))
    refund = paying.payments.do_refund(
        shop_id=order.shop_id,
        order_id=order.id,
        amount_minor=9_000,
        reason="torn",
        reference="case:1",
    )
    given = {row.stage: row.refunded_minor for row in Payment.objects.all()}
    assert given == {"balance": 8_900, "deposit": 100}
    assert send_refunds() == ["done", "done"]
    refund.refresh_from_db()
    assert refund.state == "done"


# First paid, first served


def test_whoever_pays_first_is_served() -> None:
    world = make_world(stock=1)
    early, late = unreserved(world), unreserved(world)
    payments = [start(world, order) for order in (early, late)]
    assert world.stock() == (1, 0, 0)
    approve(payments[1])
    approve(payments[0])
    assert (fresh(late).state, fresh(early).state) == ("paid", "closed")
    assert fresh(early).close_reason == "sold_out_before_payment"
    assert world.stock() == (1, 0, 1)
    assert Hold.objects.get().state == "captured"
    assert send_refunds() == ["done"]
    assert Refund.objects.get().reason == "sold_out_before_payment"
    assert on_the_books() == {
        ("provider:sandbox", "cash"): 9_900,
        (f"shop:{world.shop.id}", "held"): -9_900,
    }
    free = OutboxEvent.objects.get(topic="inventory.stock_changed").payload["free"]
    assert free == 0


def test_an_order_gets_all_of_its_lines_or_none() -> None:
    world = make_world(stock=2)
    big, small = unreserved(world, quantity=3), unreserved(world, quantity=2)
    buy(world, big)
    assert fresh(big).state == "closed"
    assert world.stock() == (2, 0, 0)
    buy(world, small)
    assert world.stock() == (2, 0, 2)


def test_the_deposit_of_an_unreserved_presale_holds_its_piece() -> None:
    world = make_world(stock=1)
    at = now()
    terms = {
        "deposit_minor": 1_000,
        "balance_from": at,
        "balance_until": at + timedelta(days=1),
    }
    order, late = unreserved(world, **terms), unreserved(world, **terms)
    buy(world, order)
    assert world.stock() == (1, 1, 0)
    buy(world, late)
    assert fresh(late).state == "closed"
    buy(world, fresh(order))
    assert world.stock() == (1, 0, 1)
    assert fresh(order).state == "paid"


# Ways to pay


def test_only_ways_that_are_on_are_offered(alipay_on, settings) -> None:
    world = make_world()
    order = world.order()
    buyer = Caller(world.buyer)
    assert Caller()("GET", "/orders/ways-to-pay")[0] == 401
    offered = [way["provider"] for way in buyer("GET", "/orders/ways-to-pay")[1]]
    assert offered == ["alipay", "sandbox"]
    assert [way["provider"] for way in buyer("GET", "/orders/ways-to-pay?currency=USD")[1]] == [
        "sandbox"
    ]
    settings.PRODUCTION = True
    for provider, refusal in (
        ("sandbox", (409, "provider_unavailable")),
        ("stripe", (409, "provider_unavailable")),
        ("cash", (422, "provider_unknown")),
    ):
        wanted = {"ship_to": ADDRESS, "provider": provider}
        status, body = buyer("POST", f"/orders/{order.id}/payments", wanted)
        assert (status, body["code"]) == refusal
    assert Payment.objects.count() == 0
    status, body = buyer("POST", f"/orders/{order.id}/payments", {"ship_to": ADDRESS})
    assert status == 201
    assert body["pay_url"].startswith(alipay_on.url)


def test_a_provider_that_can_t_be_reached_begins_nothing(wechat_on) -> None:
    world = make_world()
    order = world.order()
    wechat_on.rule = lambda _asked: (502, {}, b"")
    wanted = {"ship_to": ADDRESS, "provider": "wechat"}
    status, body = Caller(world.buyer)("POST", f"/orders/{order.id}/payments", wanted)
    assert (status, body["code"]) == (502, "provider_refused")
    assert Payment.objects.get().provider_ref is None
