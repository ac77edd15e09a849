"""From held to payable, each party at its own time; and back where a refund comes later."""

from datetime import timedelta
from uuid import UUID

import pytest
from tests.factories import make_product, make_shop, make_sku
from tests.orders.worlds import fresh
from tests.payments.checkouts import buy, start
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

from yellowcart.core.clock import now
from yellowcart.ledger.queries import lines_of
from yellowcart.ledger.rules import Kind, Line
from yellowcart.orders import receiving
from yellowcart.orders import refunding as orders
from yellowcart.orders.actions import lock_order
from yellowcart.orders.models import Order, OrderLine
from yellowcart.payments.models import Payment, PaymentPart
from yellowcart.settlement import contracts
from yellowcart.settlement.contracts import TermsWritten
from yellowcart.settlement.duties import settle_duty
from yellowcart.settlement.models import Bill, Move, Share, Waiting
from yellowcart.settlement.rules import ContractBase, ContractKind
from yellowcart.settlement.supplied import do_note_supplier

pytestmark = pytest.mark.django_db


def locked(order: Order) -> Order:
    return lock_order(order.shop_id, order.id)


@pytest.fixture
def market() -> Market:
    set_clock()
    return make_market()


def test_money_is_settled_seven_days_after_receipt_and_not_before(market: Market):
    order = market.sell(10_000, commission_bps=2_000)
    work()
    assert {row.state for row in shares(order.id).values()} == {"received"}
    received = fresh(order).completed_at
    assert received is not None
    assert shares(order.id)["merchant"].due_at == received + timedelta(days=7)
    pass_days(6.999)
    work()
    assert on_books(market.shop, Kind.HELD) == -10_000
    pass_days(0.001)
    work()
    assert lines_of(f"settle:{order.id}") == tuple(
        sorted(
            [
                Line(market.shop, Kind.HELD, "CNY", 10_000),
                Line(market.shop, Kind.PAYABLE, "CNY", -8_000),
                Line(market.host, Kind.PAYABLE, "CNY", -1_000),
                Line("platform", Kind.REVENUE, "CNY", -1_000),
            ]
        )
    )
    assert on_books(market.shop, Kind.HELD) == 0
    prove()


def test_a_paid_order_waits_for_its_receipt(market: Market):
    order = market.order()
    buy(market.world, order)
    work()
    pass_days(30)
    work()
    assert shares(order.id)["merchant"].state == "waiting"
    market.receive(order)
    work()
    assert shares(order.id)["merchant"].state == "received"


def test_following_and_settling_again_changes_nothing(market: Market):
    order = market.settle()
    moves = Move.objects.count()
    Waiting.objects.create(kind="order", shop_id=order.shop_id, subject_id=order.id)
    settle_duty()
    assert Move.objects.count() == moves
    assert Waiting.objects.count() == 0
    prove()


def test_one_order_that_cannot_be_followed_holds_up_no_other(market: Market, monkeypatch):
    from yellowcart.settlement import duties

    bad, good = market.sell(), market.sell()
    follow = duties.follow_orders

    def stumble(keys):
        if any(key[1] == bad.id for key in keys):
            raise RuntimeError("no")
        follow(keys)

    monkeypatch.setattr(duties, "follow_orders", stumble)
    work()
    assert Bill.objects.filter(id=good.id).exists()
    monkeypatch.setattr(duties, "follow_orders", follow)
    work()
    assert Bill.objects.filter(id=bad.id).exists()


def test_each_bearer_bears_its_coupon_on_the_books(market: Market):
    order = market.settle(
        10_000, commission_bps=2_000, borne={"merchant": 100, "platform": 200, "creator": 300}
    )
    assert order.amount_minor == 9_400
    assert lines_of(f"settle:{order.id}") == tuple(
        sorted(
            [
                Line(market.shop, Kind.HELD, "CNY", 9_400),
                Line("platform", Kind.EXPENSE, "CNY", 200),
                Line("platform", Kind.REVENUE, "CNY", -990),
                Line(market.shop, Kind.PAYABLE, "CNY", -7_920),
                Line(market.host, Kind.PAYABLE, "CNY", -690),
            ]
        )
    )
    prove()


def test_an_order_that_coupons_paid_whole_still_pays_its_merchant(market: Market):
    order = market.settle(1_000, borne={"platform": 1_000})
    assert order.amount_minor == 0
    assert on_books(market.shop, Kind.PAYABLE) == -950
    assert on_books("platform", Kind.EXPENSE) == 1_000
    prove()


def test_contracts_of_the_day_of_the_sale_count(market: Market):
    mcn, service = f"mcn:{market.operator.id}", f"service:{market.operator.id}"
    for payer, payee, kind, base, rate in (
        (market.host, mcn, ContractKind.MCN, ContractBase.COMMISSION, 3_000),
        (market.shop, service, ContractKind.SERVICE, ContractBase.GOODS, 200),
    ):
        contracts.do_write(
            actor=market.operator,
            written=TermsWritten(payer, payee, kind, base, rate, now(), now() + timedelta(days=1)),
        )
    first = market.settle(10_000, commission_bps=2_000)
    second = market.settle(10_000, commission_bps=2_000)
    assert shares(first.id)["mcn"].amount_minor == 300
    assert shares(first.id)["service"].amount_minor == 200
    assert {"mcn", "service"} & set(shares(second.id)) == set()
    assert on_books(mcn, Kind.PAYABLE) == -300
    prove()


def test_a_refund_before_settlement_lowers_every_share(market: Market):
    order = market.sell(10_000, commission_bps=2_000)
    work()
    refund(order, 4_000)
    work()
    found = shares(order.id)
    assert [found[role].net_minor for role in ("merchant", "platform", "creator")] == [
        4_800,
        600,
        600,
    ]
    pass_days(7)
    work()
    assert on_books(market.shop, Kind.HELD) == 0
    assert on_books(market.shop, Kind.PAYABLE) == -4_800
    assert {move.kind for move in Move.objects.all()} == {"settled"}
    prove()


def test_a_refund_before_the_order_was_looked_at_counts_too(market: Market):
    order = market.sell()
    refund(order, 2_500)
    work()
    assert shares(order.id)["merchant"].net_minor == 7_125


def test_an_order_refunded_whole_settles_nothing(market: Market):
    order = market.order(10_000, commission_bps=2_000)
    buy(market.world, order)
    refund(order, 10_000)
    Order.objects.filter(shop_id=order.shop_id, id=order.id).update(state="closed", closed_at=now())
    work()
    assert {row.state for row in shares(order.id).values()} == {"cancelled"}
    assert on_books(market.shop, Kind.HELD) == 0
    pass_days(30)
    work()
    assert not Move.objects.exists()
    prove()


def test_a_refund_after_settlement_claws_back_from_every_party(market: Market):
    order = market.settle(10_000, commission_bps=2_000)
    refund(order, 5_000, reason="not as described")
    work()
    found = shares(order.id)
    assert [found[role].returned_minor for role in ("merchant", "platform", "creator")] == [
        4_000,
        500,
        500,
    ]
    clawed = Move.objects.filter(kind="clawback")
    assert {move.party: move.amount_minor for move in clawed} == {
        market.shop: -4_000,
        "platform": -500,
        market.host: -500,
    }
    assert {move.reason for move in clawed} == {"not as described"}
    assert on_books(market.shop, Kind.HELD) == 0
    assert on_books("platform", Kind.REVENUE) == -500
    assert on_books(market.shop, Kind.PAYABLE) == -4_000
    prove()


def test_refund_by_refund_never_takes_more_than_was_settled(market: Market):
    order = market.settle(9_999, commission_bps=1_234, borne={"platform": 777, "creator": 33})
    left = order.amount_minor
    for amount in (1, 333, 2_500, left - 2_834):
        refund(order, amount)
        work()
        prove()
        for row in Share.objects.filter(bill_id=order.id):
            assert 0 <= abs(row.returned_minor) <= abs(row.amount_minor)
    assert {row.net_minor for row in Share.objects.filter(bill_id=order.id)} == {0}
    for party, kind in ((market.shop, Kind.PAYABLE), (market.host, Kind.PAYABLE)):
        assert on_books(party, kind) == 0
    assert on_books("platform", Kind.REVENUE) == on_books("platform", Kind.EXPENSE) == 0
    assert on_books(market.shop, Kind.HELD) == 0


def test_a_payment_too_many_that_goes_back_takes_nothing_of_the_shares(market: Market):
    order = market.order()
    buy(market.world, order)
    work()
    before = shares(order.id)["merchant"].net_minor
    again = Payment.objects.create(
        checkout_id=order.checkout_id,
        buyer_id=order.buyer_id,
        provider="sandbox",
        provider_ref="again",
        state="succeeded",
        amount_minor=10_000,
        received_minor=10_000,
        currency="CNY",
        finished_at=now(),
    )
    PaymentPart.objects.create(
        shop_id=order.shop_id, payment_id=again.id, order_id=order.id, amount_minor=10_000
    )
    refund(order, 10_000, reason="not_awaited")
    work()
    assert shares(order.id)["merchant"].net_minor == before


def test_the_deposit_of_a_presale_never_paid_off_is_the_merchants(market: Market):
    order = market.order(
        10_000,
        deposit_minor=1_000,
        balance_from=now(),
        balance_until=now() + timedelta(days=1),
    )
    buy(market.world, order)
    Order.objects.filter(shop_id=order.shop_id, id=order.id).update(state="closed", closed_at=now())
    Waiting.objects.create(kind="order", shop_id=order.shop_id, subject_id=order.id)
    work()
    assert shares(order.id)["merchant"].amount_minor == 950
    assert on_books(market.shop, Kind.PAYABLE) == -950
    prove()


def test_an_open_case_holds_the_money_until_seven_days_after_it_closed(market: Market):
    order = market.sell()
    work()
    pass_days(6)
    orders.do_case_opened(locked(order))
    pass_days(30)
    work()
    assert (shares(order.id)["merchant"].state, shares(order.id)["merchant"].reason) == (
        "held",
        "dispute",
    )
    orders.do_case_closed(locked(order))
    Waiting.objects.create(kind="order", shop_id=order.shop_id, subject_id=order.id)
    work()
    closed = fresh(order).case_closed_at
    assert closed is not None
    assert shares(order.id)["merchant"].due_at == closed + timedelta(days=7)
    pass_days(7)
    work()
    assert shares(order.id)["merchant"].state == "completed"
    prove()


def test_a_case_that_closed_early_puts_nothing_off(market: Market):
    order = market.order()
    buy(market.world, order)
    orders.do_case_opened(locked(order))
    orders.do_case_closed(locked(order))
    pass_days(3)
    market.receive(order)
    work()
    received = fresh(order).completed_at
    assert received is not None
    assert shares(order.id)["merchant"].due_at == received + timedelta(days=7)


def test_who_ships_late_has_less(market: Market):
    order = market.order()
    buy(market.world, order)
    Order.objects.filter(shop_id=order.shop_id, id=order.id).update(ship_by=now())
    assert receiving.do_compensate_due(now()) == 1
    assert on_books(market.shop, Kind.HELD) == -9_000
    market.receive(order)
    work()
    pass_days(7)
    work()
    assert on_books(market.shop, Kind.PAYABLE) == -8_500
    assert on_books(market.shop, Kind.HELD) == 0
    prove()


def test_who_ships_late_and_loses_the_sale_owes(market: Market):
    order = market.order()
    buy(market.world, order)
    Order.objects.filter(shop_id=order.shop_id, id=order.id).update(ship_by=now())
    receiving.do_compensate_due(now())
    orders.do_give_money_back(
        locked(order), {1: orders.Back(10_000, 1, 1)}, reason="too late", reference="case"
    )
    assert fresh(order).state == "closed"
    work()
    assert on_books(market.shop, Kind.HELD) == 0
    assert on_books(market.shop, Kind.RECEIVABLE) == 1_000
    prove()


def supplied(market: Market) -> str:
    """The market's goods are a supplier's, which asks ¥60 a piece; its party."""
    supplier = make_shop(type="supplier")
    original = make_sku(make_product(supplier), stock=10, price=6_000)
    copy = market.world.sku
    copy.stock_shop_id, copy.stock_sku_id = original.shop_id, original.id
    copy.save(update_fields=["stock_shop_id", "stock_sku_id"])
    return f"shop:{supplier.id}"


def test_a_suppliers_goods_that_cost_the_buyer_nothing_and_were_not_sent(market: Market):
    party = supplied(market)
    order = market.order(10_000, borne={"platform": 10_000})
    start(market.world, order)
    work()
    orders.do_give_money_back(
        locked(order), {1: orders.Back(0, 1, 1)}, reason="none left", reference="case"
    )
    work()
    pass_days(30)
    work()
    assert fresh(order).state == "closed"
    assert {one.state for one in shares(order.id).values()} == {"cancelled"}
    assert on_books(party, Kind.PAYABLE) == on_books(market.shop, Kind.PAYABLE) == 0
    prove()


def test_a_supplier_has_its_price_and_the_shop_the_margin(market: Market):
    party = supplied(market)
    order = market.settle(10_000)
    assert shares(order.id)["supplier"].party == party
    assert on_books(party, Kind.PAYABLE) == -6_000
    assert on_books(market.shop, Kind.PAYABLE) == -3_500
    # A part of the price for goods that are kept is the shop's to bear.
    refund(order, 2_000)
    work()
    assert on_books(party, Kind.PAYABLE) == -6_000
    prove()
    # The piece went back, and its price with it.
    OrderLine.objects.filter(order_id=order.id).update(refunded_quantity=1)
    refund(order, 8_000)
    work()
    assert on_books(party, Kind.PAYABLE) == 0
    assert on_books(market.shop, Kind.PAYABLE) == 0
    prove()


def test_what_a_supplier_gives_back_is_the_shops(market: Market):
    party = supplied(market)
    order = market.settle(10_000)

    def says(refunded, pieces=()):
        do_note_supplier(
            shop_id=order.shop_id,
            order_id=order.id,
            supplier_id=UUID(party.removeprefix("shop:")),
            refunded_minor=refunded,
            pieces=dict(pieces),
        )
        work()
        prove()
        return -on_books(party, Kind.PAYABLE), -on_books(market.shop, Kind.PAYABLE)

    assert says(1_000) == (5_000, 4_500)
    assert says(1_000) == (5_000, 4_500)
    assert says(99_000) == (0, 9_500)
    assert says(0, {1: 1}) == (0, 9_500)
    assert says(0) == (6_000, 3_500)
    assert says(1_000) == (5_000, 4_500)
