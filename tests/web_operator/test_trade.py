"""The platform's look at orders, cases and money."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.orders.worlds import ADDRESS
from tests.settlement.worlds import Market, make_market, set_clock, work

from yellowcart.aftersales import actions
from yellowcart.aftersales.models import Case
from yellowcart.aftersales.rules import Asked
from yellowcart.aftersales.states import Kind
from yellowcart.ledger.seals import do_seal
from yellowcart.orders.models import Order
from yellowcart.settlement import withdrawals
from yellowcart.settlement.models import Withdrawal

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    set_clock("2025-03-03T10:00:00+08:00")
    return make_market()


def show(desk: Client, name: str, *args: object, **query: str):
    answer = desk.get(reverse(f"operator:{name}", args=args), query)
    assert answer.status_code == 200
    return answer


def dispute(market: Market, order: Order) -> Case:
    case = actions.do_open(
        actor=market.world.buyer,
        order_id=order.id,
        kind=Kind.RETURN_REFUND,
        reason="damaged",
        lines={1: Asked(1)},
        words="It is broken.",
    )
    actions.do_refuse(actor=market.world.owner, case_id=case.id, words="It was whole.")
    return actions.do_ask_platform(actor=market.world.buyer, case_id=case.id, words="It was not.")


def test_orders_are_found_by_number_shop_and_buyer(desk: Client, market: Market) -> None:
    order, other = market.sell(), make_market().sell()
    page = reverse("operator:order", args=[order.id])
    answer = desk.get(reverse("operator:orders"), {"id": str(order.id)})
    assert answer.headers["Location"] == page
    for query in (
        {"shop": market.world.shop.handle},
        {"buyer": f"@{market.world.buyer.handle}"},
        {"shop": market.world.shop.handle, "state": "completed"},
    ):
        shown = show(desk, "orders", **query).content.decode()
        assert page in shown
        assert str(other.id) not in shown
    assert not show(desk, "orders", shop=market.world.shop.handle, state="paid").context["cards"]
    for query in ({"id": "x"}, {"shop": "nowhere"}, {"buyer": "nobody"}):
        assert 'role="alert"' in show(desk, "orders", **query).content.decode()


def test_one_order_shows_who_has_what_and_hides_where_it_goes(desk: Client, market: Market) -> None:
    order = market.sell(commission_bps=1_000)
    work()
    answer = show(desk, "order", order.id)
    assert len(answer.context["shares"]) >= 3
    assert ADDRESS["phone"] not in answer.content.decode()


def test_a_case_is_decided_with_words_for_both_sides(desk: Client, market: Market) -> None:
    case = dispute(market, market.sell())
    assert reverse("operator:case", args=[case.id]) in show(desk, "cases").content.decode()
    page = show(desk, "case", case.id).content.decode()
    assert "It was whole." in page
    address = reverse("operator:decide", args=[case.id])
    for wrong in (
        {"decision": "refund", "words": ""},
        {"decision": "refund", "words": "x", "amount": "100.01"},
        {"decision": "refund", "words": "x", "amount": "half"},
        {"decision": "return", "words": "x"},
        {"decision": "", "words": "x"},
    ):
        assert desk.post(address, wrong).status_code == 422, wrong
    case.refresh_from_db()
    assert case.state == "intervening"
    desk.post(address, {"decision": "refund", "words": "Half of it.", "amount": "50"})
    case.refresh_from_db()
    assert (case.state, case.refunded_minor) == ("succeeded", 5_000)


def test_goods_are_sent_to_the_address_an_operator_enters(desk: Client, market: Market) -> None:
    case = dispute(market, market.sell())
    data = {"decision": "return", "words": "Send it back.", **ADDRESS}
    desk.post(reverse("operator:decide", args=[case.id]), data)
    case.refresh_from_db()
    assert (case.state, case.return_to["phone"]) == ("awaiting_return", ADDRESS["phone"])


def test_a_case_can_be_taken_over_before_anybody_asks(desk: Client, market: Market) -> None:
    order = market.sell()
    case = actions.do_open(
        actor=market.world.buyer,
        order_id=order.id,
        kind=Kind.REFUND_ONLY,
        reason="damaged",
        lines={1: Asked(1)},
    )
    address = reverse("operator:decide", args=[case.id])
    desk.post(address, {"decision": "step_in", "words": "Many complain."})
    case.refresh_from_db()
    assert case.state == "intervening"


def test_everybodys_statement_reads_as_their_own(desk: Client, market: Market) -> None:
    market.settle(commission_bps=1_000)
    for whose, name in (
        (market.world.shop.handle, market.world.shop.name),
        (f"@{market.creator.handle}", market.creator.display_name),
        ("", "The platform"),
    ):
        answer = show(desk, "money", party=whose)
        assert name in answer.content.decode()
        assert answer.context["moves"]
        assert "withdraw_form" not in answer.context
    assert 'role="alert"' in show(desk, "money", party="nobody").content.decode()


def test_withdrawals_are_paid_by_hand(desk: Client, market: Market) -> None:
    market.settle()
    row = withdrawals.do_request(
        actor=market.world.owner,
        party=market.shop,
        currency="CNY",
        amount_minor=5_000,
        idempotency_key="k",
    )
    Withdrawal.objects.filter(id=row.id).update(provider="manual")
    address = reverse("operator:end_withdrawal", args=[row.id])
    assert address in show(desk, "money").content.decode()
    desk.post(address, {"outcome": "paid", "words": "BANK-1"})
    row.refresh_from_db()
    assert (row.state, row.provider_ref) == ("done", "BANK-1")


def test_the_books_show_the_last_seal(desk: Client, market: Market) -> None:
    assert "none yet" in show(desk, "books").content.decode()
    market.settle()
    do_seal()
    page = show(desk, "books")
    assert page.context["seal_hash"] in page.content.decode()
