"""Checkouts of several orders, and a provider's word on their payments."""

from dataclasses import replace
from typing import Any

from tests.orders.worlds import ADDRESS, World, make_world

from yellowcart.core.ids import new_id
from yellowcart.orders import paying
from yellowcart.orders.models import Order
from yellowcart.payments.models import Payment
from yellowcart.payments.providers import sandbox
from yellowcart.payments.providers.base import Told


def two_shops(**fields: Any) -> tuple[list[World], list[Order]]:
    """Two shops and one checkout with an order of each, the second for two pieces."""
    first = make_world()
    worlds = [first, replace(make_world(), buyer=first.buyer)]
    checkout = new_id()
    orders = [
        world.order(quantity=number, checkout_id=checkout, **fields)
        for number, world in enumerate(worlds, start=1)
    ]
    return worlds, orders


def unreserved(world: World, **fields: Any) -> Order:
    """An order of a room that serves whoever pays first: nothing is held for it."""
    return world.order(reserves=False, **fields)


def start(world: World, order: Order, **options: Any) -> Payment:
    """The buyer begins to pay."""
    return paying.do_start_payment(
        actor=world.buyer, order_id=order.id, **{"ship_to": ADDRESS, **options}
    )[0]


def told(payment: Payment, **changes: Any) -> Told:
    """What the sandbox tells of a payment; each word has a message of its own."""
    values = {
        "message_id": str(new_id()),
        "ref": payment.provider_ref,
        "succeeded": True,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "body_hash": "x",
        "txn": payment.provider_ref,
    }
    return Told(**{**values, **changes})


def approve(payment: Payment, **changes: Any) -> Payment:
    """The buyer approves on the sandbox's page, and the callback arrives."""
    assert payment.provider_ref
    sandbox.do_answer(payment.provider_ref, approve=True)
    return paying.do_record_payment(payment.provider, told(payment, **changes))


def buy(world: World, order: Order) -> Payment:
    """From the first click to the paid order."""
    return approve(start(world, order))
