"""What payments leave in the ledger."""

import pytest
from tests.orders.worlds import ADDRESS, make_world
from tests.payments.sending import send_refunds

from yellowcart.ledger.queries import Balance, balances, trial_balance
from yellowcart.ledger.rules import Kind
from yellowcart.orders import actions, paying
from yellowcart.payments.providers import sandbox
from yellowcart.payments.providers.base import Told

pytestmark = pytest.mark.django_db


def start(world, order):
    payment, _url = paying.do_start_payment(actor=world.buyer, order_id=order.id, ship_to=ADDRESS)
    return payment


def pay(payment, **changes) -> None:
    """The provider's word, twice."""
    sandbox.do_answer(payment.provider_ref, approve=changes.get("succeeded", True))
    told = {
        "message_id": "m1",
        "ref": payment.provider_ref,
        "succeeded": True,
        "amount_minor": payment.amount_minor,
        "currency": "CNY",
        "body_hash": "hash",
    }
    for _ in range(2):
        paying.do_record_payment("sandbox", Told(**{**told, **changes}))


def on_the_books() -> list[Balance]:
    return [row for row in balances() if row.amount_minor]


def test_a_payment_is_held_for_the_shop_once() -> None:
    world = make_world()
    order = world.order(quantity=2)
    pay(start(world, order))
    assert on_the_books() == [
        Balance("provider:sandbox", Kind.CASH, "CNY", order.amount_minor),
        Balance(f"shop:{order.shop_id}", Kind.HELD, "CNY", -order.amount_minor),
    ]
    assert trial_balance() == {"CNY": 0}


def test_money_that_goes_back_is_owed_until_it_is_gone() -> None:
    world = make_world()
    order = world.order()
    payment = start(world, order)
    actions.do_expire_due(order.expires_at)
    pay(payment)
    assert Balance(f"buyer:{order.buyer_id}", Kind.PAYABLE, "CNY", -order.amount_minor) in (
        on_the_books()
    )
    send_refunds(times=2)
    assert on_the_books() == []


def test_another_amount_is_booked_as_it_came() -> None:
    world = make_world()
    order = world.order()
    pay(start(world, order), amount_minor=1)
    assert on_the_books() == [
        Balance(f"buyer:{order.buyer_id}", Kind.PAYABLE, "CNY", -1),
        Balance("provider:sandbox", Kind.CASH, "CNY", 1),
    ]


def test_a_failed_payment_leaves_nothing() -> None:
    world = make_world()
    pay(start(world, world.order()), succeeded=False)
    assert on_the_books() == []
