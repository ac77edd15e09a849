"""A case about an order holds its money; what it gives back is taken from whoever had it."""

from datetime import timedelta

import pytest
from tests.aftersales.worlds import ask
from tests.orders.worlds import fresh
from tests.settlement.worlds import (
    Market,
    make_market,
    on_books,
    pass_days,
    prove,
    set_clock,
    shares,
    work,
)

from yellowcart.aftersales import actions as cases
from yellowcart.core.clock import now
from yellowcart.ledger.rules import Kind
from yellowcart.settlement.models import Move
from yellowcart.settlement.settling import do_settle_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    set_clock("2025-03-03T10:00:00+08:00")
    return make_market()


def test_money_is_held_while_a_case_is_open_and_seven_days_longer(market: Market):
    order = market.sell(40_000, commission_bps=1_000)
    work()
    pass_days(3)
    case = ask(market.world, order)
    work()
    found = shares(order.id)
    assert {(one.state, one.reason) for one in found.values()} == {("held", "dispute")}
    cases.do_withdraw(actor=market.world.buyer, case_id=case.id)
    closed = fresh(order).case_closed_at
    assert closed is not None
    work()
    assert {one.due_at for one in shares(order.id).values()} == {closed + timedelta(days=7)}
    pass_days(7)
    work()
    assert {one.state for one in shares(order.id).values()} == {"completed"}
    prove()


def test_a_case_nobody_announced_yet_holds_the_money_too(market: Market):
    order = market.sell(40_000)
    work()
    pass_days(6.9)
    ask(market.world, order)
    pass_days(1)
    # The duty runs before the relay tells of the case.
    do_settle_due(now())
    assert shares(order.id)["merchant"].state == "held"
    assert on_books(market.shop, Kind.PAYABLE) == 0


def test_what_a_case_gives_back_after_settlement_is_clawed_back_with_its_reason(market: Market):
    order = market.settle(40_000, commission_bps=1_000)
    case = ask(market.world, order, amount=10_000)
    cases.do_agree(actor=market.world.owner, case_id=case.id)
    work()
    assert fresh(order).refunded_minor == 10_000
    clawed = {move.party: move for move in Move.objects.filter(kind="clawback")}
    assert sum(move.amount_minor for move in clawed.values()) == -10_000
    assert all(move.reason for move in clawed.values())
    assert on_books(market.shop, Kind.HELD) == 0
    prove()
