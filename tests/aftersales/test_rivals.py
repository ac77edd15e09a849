"""Two who act at the same moment: one of them wins, and nothing is given or sent twice."""

import pytest
from tests.aftersales.worlds import (
    again,
    ask,
    books_balance,
    fresh,
    held,
    make_world,
    paid,
    sent,
)
from tests.rivals import Together

from yellowcart.aftersales import actions, deciding
from yellowcart.core.clock import now
from yellowcart.orders import receiving, shipping
from yellowcart.orders.models import OrderEvent
from yellowcart.payments.models import Refund

pytestmark = pytest.mark.django_db(transaction=True)


def test_agreeing_while_the_buyer_withdraws() -> None:
    world = make_world()
    case = ask(world, sent(world))
    results = Together(
        [
            lambda: actions.do_agree(actor=world.owner, case_id=case.id).state,
            lambda: actions.do_withdraw(actor=world.buyer, case_id=case.id).state,
            lambda: actions.do_agree(actor=world.owner, case_id=case.id).state,
        ]
    ).go()
    assert results.count("case_state") == 2
    state = again(case).state
    assert state in results
    assert held(world) == (0 if state == "succeeded" else 9_900)
    assert Refund.objects.count() == (1 if state == "succeeded" else 0)
    assert books_balance()


def test_a_deadline_that_passes_while_the_shop_answers() -> None:
    world = make_world()
    case = ask(world, sent(world))
    at = case.deadline_at
    assert at is not None
    Together(
        [
            lambda: deciding.do_step_due(at),
            lambda: actions.do_refuse(actor=world.owner, case_id=case.id, words="No.").state,
            lambda: deciding.do_step_due(at),
        ]
    ).go()
    state = again(case).state
    assert state in {"succeeded", "refused"}
    assert held(world) == (0 if state == "succeeded" else 9_900)
    assert Refund.objects.count() == (state == "succeeded")


def test_two_cases_about_the_same_pieces() -> None:
    world = make_world()
    order = sent(world)
    results = Together([lambda: ask(world, order).state for _ in range(4)]).go()
    assert sorted(results) == ["awaiting_seller", "case_open", "case_open", "case_open"]
    assert fresh(order).open_cases == 1


def test_shipping_while_the_buyer_has_the_money_back() -> None:
    world = make_world()
    order = paid(world, world.order(quantity=2))

    def ship(number: int) -> str:
        return shipping.do_ship(
            actor=world.owner,
            shop_id=world.shop.id,
            order_id=order.id,
            carrier="SF",
            tracking_no=f"SF{number}",
        ).state

    results = Together(
        [
            lambda: ship(1),
            lambda: ask(world, order, reason="not_wanted", quantity=2).state,
            lambda: ship(2),
        ]
    ).go()
    state = fresh(order).state
    assert state in {"shipped", "closed"}
    assert (results.count("shipped"), results.count("succeeded")) == (
        (1, 0) if state == "shipped" else (0, 1)
    )
    assert world.stock() == ((8, 0, 0) if state == "shipped" else (10, 0, 0))
    assert held(world) == (19_800 if state == "shipped" else 0)


def test_workers_side_by_side_do_each_thing_once() -> None:
    world = make_world(stock=40)
    late = [paid(world, world.order()) for _ in range(6)]
    shipped = [sent(world) for _ in range(6)]
    far = max(fresh(order).receipt_at or now() for order in shipped)
    Together(
        [
            lambda: receiving.do_compensate_due(far),
            lambda: receiving.do_compensate_due(far),
            lambda: receiving.do_receive_due(far),
            lambda: receiving.do_receive_due(far),
        ]
    ).go()
    receiving.do_compensate_due(far)
    receiving.do_receive_due(far)
    told = OrderEvent.objects.filter(order_id__in=[order.id for order in late], verb="late")
    assert told.count() == 6
    assert held(world) == 12 * 9_900 - 6 * 990
    assert {fresh(order).receipt_stage for order in shipped} == {1}
