"""Refunds: once a reference, never more than was paid, booked before they are sent."""

import threading

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.orders.worlds import fresh, make_world
from tests.payments.checkouts import approve, buy, start, told, two_shops, unreserved
from tests.payments.sending import send_refunds
from tests.rivals import Together

from yellowcart.core.ids import new_id
from yellowcart.core.models import OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.inventory.models import Hold
from yellowcart.ledger.queries import balances, trial_balance
from yellowcart.orders import actions, paying
from yellowcart.payments.actions import do_refund
from yellowcart.payments.models import Payment, PaymentPart, Refund, RefundLeg, SandboxRefund
from yellowcart.payments.providers import sandbox
from yellowcart.payments.providers.base import Given
from yellowcart.payments.refunds import do_note_given
from yellowcart.payments.rules import Source, spread
from yellowcart.payments.states import PAYMENT_STEPS, REFUND_STEPS, state_of_legs

AMOUNTS = st.lists(st.integers(0, 10**9), max_size=5)


def refund(order, amount: int, reference: str = "case:1") -> Refund:
    return do_refund(
        shop_id=order.shop_id,
        order_id=order.id,
        amount_minor=amount,
        reason="torn",
        reference=reference,
    )


def on_the_books() -> dict[tuple[str, str], int]:
    return {(row.party, row.kind): row.amount_minor for row in balances() if row.amount_minor}


@given(AMOUNTS, st.integers(1, 10**9))
def test_a_refund_is_spread_over_what_is_left(left: list[int], amount: int) -> None:
    sources = [Source(new_id(), minor) for minor in left]
    taken = spread(amount, sources)
    if amount > sum(left):
        assert taken is None
        return
    assert taken is not None
    assert sum(share.left_minor for share in taken) == amount
    known = dict(sources)
    assert all(0 < share.left_minor <= known[share.payment_id] for share in taken)
    latest_first = [source.payment_id for source in reversed(sources)]
    assert [share.payment_id for share in taken] == [
        one for one in latest_first if one in {share.payment_id for share in taken}
    ]
    assert all(share.left_minor == known[share.payment_id] for share in taken[:-1])


@given(st.lists(st.sampled_from(sorted(REFUND_STEPS)), min_size=1))
def test_a_refund_is_as_far_as_its_slowest_leg(states: list[str]) -> None:
    whole = state_of_legs(states)
    assert whole in states
    assert (whole == "done") == (set(states) == {"done"})
    assert (whole == "failed") == ("failed" in states)


@pytest.mark.parametrize("steps", [PAYMENT_STEPS, REFUND_STEPS])
def test_every_step_leads_to_a_state_and_something_ends(steps) -> None:
    assert all(after <= set(steps) for after in steps.values())
    assert any(not after for after in steps.values())


@pytest.mark.django_db
def test_a_part_of_an_order_goes_back_by_way_of_the_buyer() -> None:
    world = make_world()
    order = world.order(quantity=2)
    payment = buy(world, order)
    first = refund(order, 5_000)
    assert refund(order, 5_000).id == first.id
    assert on_the_books() == {
        ("provider:sandbox", "cash"): 19_800,
        (f"shop:{order.shop_id}", "held"): -14_800,
        (f"buyer:{order.buyer_id}", "payable"): -5_000,
    }
    assert send_refunds(times=3) == ["done"]
    assert SandboxRefund.objects.get().amount_minor == 5_000
    assert on_the_books() == {
        ("provider:sandbox", "cash"): 14_800,
        (f"shop:{order.shop_id}", "held"): -14_800,
    }
    payment.refresh_from_db()
    assert (payment.state, payment.refunded_minor) == ("succeeded", 5_000)
    refund(order, 14_800, "case:2")
    payment.refresh_from_db()
    assert (payment.state, payment.refunded_minor) == ("refunded", 19_800)
    send_refunds()
    assert on_the_books() == {}
    topics = OutboxEvent.objects.filter(topic__startswith="payments.").order_by("id")
    assert (
        list(topics.values_list("topic", flat=True))
        == [
            "payments.refund_asked",
            "payments.refund_done",
        ]
        * 2
    )


@pytest.mark.django_db
def test_never_more_than_was_paid() -> None:
    world = make_world()
    order = world.order()
    for amount, code in ((1, "refund_exceeds_paid"), (0, "refund_empty"), (-1, "refund_empty")):
        with pytest.raises(Problem) as caught:
            refund(order, amount)
        assert caught.value.code == code
    buy(world, order)
    with pytest.raises(Problem) as caught:
        refund(order, 9_901)
    assert caught.value.extra == {"left": 9_900}
    refund(order, 9_900)
    with pytest.raises(Problem, match="more than is left"):
        refund(order, 1, "case:2")


@pytest.mark.django_db
def test_one_order_s_refund_takes_nothing_from_another_s() -> None:
    worlds, orders = two_shops()
    buy(worlds[0], orders[0])
    with pytest.raises(Problem) as caught:
        refund(orders[0], 9_901)
    assert caught.value.extra == {"left": 9_900}
    refund(orders[1], 19_800)
    left = {part.order_id: part.refunded_minor for part in PaymentPart.objects.all()}
    assert left == {orders[0].id: 0, orders[1].id: 19_800}


@pytest.mark.django_db
def test_what_a_provider_refuses_waits_for_a_person() -> None:
    world = make_world()
    order = world.order()
    payment = start(world, order)
    paying.do_record_payment("sandbox", told(payment))
    refund(order, 900)
    assert send_refunds() == ["failed"]
    assert Refund.objects.get().state == "failed"
    assert RefundLeg.objects.get().fault == "the sandbox took no such money"
    assert on_the_books()[f"buyer:{order.buyer_id}", "payable"] == -900
    sandbox.do_answer(payment.provider_ref, approve=True)
    assert send_refunds() == ["done"]
    assert Refund.objects.get().state == "done"
    leg = RefundLeg.objects.get()
    late = do_note_given(leg.shop_id, leg.id, Given("sent"))
    assert late.state == "done"
    assert trial_balance() == {"CNY": 0}


@pytest.mark.django_db(transaction=True)
def test_rivals_with_one_reference_make_one_refund() -> None:
    world = make_world()
    order = world.order()
    buy(world, order)
    made = Together([lambda: refund(order, 9_900).id] * 6).go()
    assert len(made) == 6
    assert len(set(made)) == 1
    assert Refund.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_rivals_never_refund_more_than_was_paid() -> None:
    world = make_world()
    order = world.order()
    buy(world, order)
    calls = [lambda n=n: str(refund(order, 4_000, f"case:{n}").id) for n in range(6)]
    results = Together(calls).go()
    assert results.count("refund_exceeds_paid") == 4
    assert PaymentPart.objects.get().refunded_minor == 8_000
    assert Payment.objects.get().refunded_minor == 8_000


@pytest.mark.django_db(transaction=True)
def test_the_same_callback_on_many_connections_pays_once() -> None:
    world = make_world()
    order = world.order()
    payment = start(world, order)
    word = told(payment)
    results = Together([lambda: paying.do_record_payment("sandbox", word).state] * 6).go()
    assert len(results) == 6
    assert fresh(order).state == "paid"
    assert world.stock() == (10, 0, 1)
    assert on_the_books() == {
        ("provider:sandbox", "cash"): 9_900,
        (f"shop:{order.shop_id}", "held"): -9_900,
    }


@pytest.mark.django_db(transaction=True)
def test_crossed_payments_and_refunds_of_many_orders_never_block_each_other() -> None:
    """Callbacks of overlapping checkouts, new attempts and refunds, all at once."""
    worlds, orders = two_shops()
    paid = worlds[0].order()
    buy(worlds[0], paid)
    first = start(worlds[0], orders[0])
    calls = [
        lambda: paying.do_record_payment("sandbox", told(first)).state,
        lambda: paying.do_record_payment("sandbox", told(first, succeeded=False)).state,
        lambda: start(worlds[0], orders[1]).state,
        lambda: refund(paid, 100, "a").state,
        lambda: refund(paid, 100, "b").state,
        lambda: paying.do_record_payment("sandbox", told(first)).state,
    ]
    results = Together(calls).go()
    assert len(results) == len(calls), "a connection was refused by a deadlock"
    assert [fresh(order).state for order in orders] == ["paid", "paid"]
    assert trial_balance() == {"CNY": 0}


@pytest.mark.django_db(transaction=True)
def test_the_last_piece_goes_to_exactly_one_who_pays() -> None:
    world = make_world(stock=1)
    orders = [unreserved(world) for _ in range(5)]
    begun = [start(world, order) for order in orders]
    Together([lambda one=one: approve(one).state for one in begun]).go()
    states = sorted(fresh(order).state for order in orders)
    assert states == ["closed"] * 4 + ["paid"]
    assert world.stock() == (1, 0, 1)
    assert Hold.objects.count() == 1
    assert send_refunds() == ["done"] * 4
    assert on_the_books() == {
        ("provider:sandbox", "cash"): 9_900,
        (f"shop:{world.shop.id}", "held"): -9_900,
    }


@pytest.mark.django_db(transaction=True)
def test_a_new_attempt_does_not_wait_for_a_payment_that_is_being_taken_in() -> None:
    """The one who takes it in waits for the orders that the new attempt has locked."""
    worlds, orders = two_shops()
    first = start(worlds[0], orders[0])
    actions.do_cancel_unpaid(actor=worlds[0].buyer, order_id=orders[0].id)
    taken_in, answered = threading.Event(), threading.Event()

    def take_in() -> None:
        with transaction.atomic():
            Payment.objects.select_for_update(no_key=True).get(id=first.id)
            taken_in.set()
            answered.wait(timeout=300)
        connection.close()

    rival = threading.Thread(target=take_in)
    rival.start()
    assert taken_in.wait(timeout=300)
    try:
        with pytest.raises(Problem) as caught:
            start(worlds[0], orders[1])
    finally:
        answered.set()
        rival.join(timeout=300)
    assert caught.value.code == "payment_in_progress"
    assert start(worlds[0], orders[1]).amount_minor == orders[1].amount_minor
