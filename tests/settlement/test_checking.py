"""The check compares what settlement keeps with the ledger, and storms leave nothing amiss."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection
from tests.settlement.worlds import (
    Market,
    make_market,
    on_books,
    pass_days,
    prove,
    refund,
    set_clock,
    shares,
    work,
)

from yellowcart.core import outbox
from yellowcart.core.problems import Problem
from yellowcart.ledger.checking import check_books
from yellowcart.ledger.rules import Kind
from yellowcart.orders.models import Order
from yellowcart.payments.models import PaymentPart
from yellowcart.settlement import deposits, withdrawals
from yellowcart.settlement.duties import settle_duty
from yellowcart.settlement.models import DayTotal, Move, Position, Share

QUIET = "2025-03-03T10:00:00+08:00"


@pytest.fixture
def market() -> Market:
    set_clock(QUIET)
    return make_market()


@pytest.mark.django_db
class TestEditsByHand:
    """What somebody changed beside the ledger is named."""

    @pytest.fixture(autouse=True)
    def _settled(self, market: Market) -> None:
        self.market = market
        self.order = market.settle()
        prove()

    def places(self) -> set[tuple[str, str]]:
        return {(each.kind, each.place) for each in check_books().breaks}

    def test_a_line_of_a_statement(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE settlement_move SET amount_minor = 1 WHERE amount_minor = 9500")
            cursor.execute("SET LOCAL session_replication_role = origin")
        assert self.places() == {("statement", f"{self.market.shop} CNY")}

    def test_a_days_sum(self):
        DayTotal.objects.filter(party="platform").update(amount_minor=0)
        assert self.places() == {("statement", "platform CNY")}

    def test_a_debt(self):
        Position.objects.filter(party=self.market.shop).update(owed_minor=5)
        assert self.places() == {("owed", f"{self.market.shop} CNY")}

    def test_a_share(self):
        Share.objects.filter(role="merchant").update(amount_minor=9_501)
        assert self.places() == {("shares", f"bill {self.order.id}")}


def kept(order: Order) -> int:
    """What of an order's money has not gone back."""
    parts = PaymentPart.objects.filter(order_id=order.id)
    return sum(part.amount_minor - part.refunded_minor for part in parts)


def take_out(market: Market, what: str, amount: int, key: str) -> None:
    """Withdraw, or pay into the deposit, as far as that is allowed."""
    moved = {"party": market.shop, "currency": "CNY", "amount_minor": amount}
    with suppress(Problem):
        if what == "withdraw":
            withdrawals.do_request(actor=market.world.owner, idempotency_key=key, **moved)
        else:
            deposits.do_pay_in(actor=market.world.owner, **moved)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_a_storm_of_sales_refunds_and_withdrawals_leaves_the_books_sound(market: Market, seed: int):
    dice = random.Random(seed)
    sold: list[Order] = []
    for step in range(40):
        what = dice.choice(["sell", "sell", "refund", "days", "withdraw", "deposit"])
        if what == "sell":
            goods = dice.randrange(100, 50_000)
            cut = dice.randrange(0, goods // 10)
            borne = {who: cut for who in ("merchant", "platform", "creator") if dice.random() < 0.3}
            sold.append(
                market.sell(
                    goods,
                    commission_bps=dice.choice([0, 777, 2_000]),
                    borne={who: amount for who, amount in borne.items() if amount},
                )
            )
        elif what == "refund" and sold:
            order = dice.choice(sold)
            if left := kept(order):
                refund(order, dice.choice([left, dice.randrange(1, left + 1)]))
        elif what == "days":
            pass_days(dice.choice([1, 3, 7]))
        else:
            take_out(market, what, dice.randrange(100, 20_000), str(step))
        if dice.random() < 0.5:
            work()
        if step % 10 == 9:
            work()
            prove()
    pass_days(30)
    work()
    prove()
    assert on_books(market.shop, Kind.HELD) == 0
    assert {row.state for row in Share.objects.all()} <= {"completed", "cancelled"}


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_settle_everything_once(market: Market):
    sold = [market.sell(1_000 + number, commission_bps=1_000) for number in range(12)]
    outbox.relay_all()
    pass_days(8)

    def worker(_n: int) -> None:
        try:
            settle_duty()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as rivals:
        list(rivals.map(worker, range(4)))
    work()
    pass_days(8)
    with ThreadPoolExecutor(4) as rivals:
        list(rivals.map(worker, range(4)))
    for order in sold:
        assert {row.state for row in shares(order.id).values()} == {"completed"}
    assert Move.objects.filter(kind="settled").count() == 36
    prove()
