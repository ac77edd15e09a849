"""Orders in every state, and cases about them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from tests.orders.test_actions import paid
from tests.orders.worlds import ADDRESS, World, fresh, make_world

from yellowcart.aftersales import actions
from yellowcart.aftersales.models import Case
from yellowcart.aftersales.rules import Asked
from yellowcart.aftersales.states import Kind
from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.ledger.queries import balance, trial_balance
from yellowcart.ledger.rules import Kind as Account
from yellowcart.orders import receiving, shipping
from yellowcart.orders.models import Order, Shipment

RETURN_TO = {"name": "Returns", "phone": "13900139000", "address": "2 Warehouse Road"}
DEAR = {"quantity": 4}
"""More than ¥300: nothing is refunded at once."""

__all__ = ["ADDRESS", "DEAR", "RETURN_TO", "World", "fresh", "make_world", "paid"]


def sent(world: World, *, received: bool = False, **fields: Any) -> Order:
    """An order that was paid and sent, and received where that is wanted."""
    order = paid(world, world.order(**fields))
    shipping.do_ship(
        actor=world.owner,
        shop_id=world.shop.id,
        order_id=order.id,
        carrier="SF",
        tracking_no=f"SF{order.id.hex[:12]}",
    )
    if received:
        receiving.do_confirm_receipt(actor=world.buyer, order_id=order.id)
    return fresh(order)


def deliver(world: World, order: Order) -> None:
    """The carrier delivered everything."""
    for parcel in Shipment.objects.filter(order_id=order.id, signed_at__isnull=True):
        shipping.do_sign(actor=world.owner, order_id=order.id, shipment_id=parcel.id)


def ask(
    world: World,
    order: Order,
    kind: Kind = Kind.REFUND_ONLY,
    reason: str = "quality",
    *,
    quantity: int = 1,
    amount: int | None = None,
    **more: Any,
) -> Case:
    """The buyer asks about the first line."""
    return actions.do_open(
        actor=world.buyer,
        order_id=order.id,
        kind=kind,
        reason=reason,
        lines={1: Asked(quantity, amount)},
        **more,
    )


def again(case: Case) -> Case:
    """The case as it is in the database now."""
    return Case.objects.get(shop_id=case.shop_id, id=case.id)


def to_seller_receipt(world: World, order: Order, kind: Kind, **more: Any) -> Case:
    """A case whose goods are on their way back."""
    case = ask(world, order, kind, **more)
    actions.do_agree(actor=world.owner, case_id=case.id, return_to=RETURN_TO)
    actions.do_send_back(actor=world.buyer, case_id=case.id, carrier="YTO", tracking_no="YT1")
    return again(case)


def held(world: World) -> int:
    """What is held for the shop."""
    return -balance(f"shop:{world.shop.id}", Account.HELD, "CNY")


def books_balance() -> bool:
    """Whether everything ever written sums to nothing."""
    return set(trial_balance().values()) <= {0}


@contextmanager
def refused(code: str, status: int = 409) -> Iterator[None]:
    """What is done in it is refused with this code."""
    with pytest.raises(Problem) as caught:
        yield
    assert (caught.value.code, caught.value.status) == (code, status)


def later(days: float) -> None:
    """Move the platform's clock on."""
    clock.set_timeline(clock.starting_at(clock.now() + timedelta(days=days)))
