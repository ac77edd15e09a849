"""A shop's statement, what is still to come, and who may take its money out."""

from urllib.parse import parse_qs, urlsplit

import pytest
from tests.factories import make_account, make_operator
from tests.settlement.worlds import Market, make_market, pass_days, refund, set_clock, work

from yellowcart.people.models import Account
from yellowcart.settlement.models import Withdrawal
from yellowcart.shops.models import ShopMember

pytestmark = pytest.mark.django_db

#: Before any deposit rule.
QUIET = "2025-03-03T10:00:00+08:00"


@pytest.fixture
def market() -> Market:
    set_clock(QUIET)
    return make_market()


def url(market: Market, path: str = "") -> str:
    return f"/merchant/shop/{market.world.shop.handle}/money/{path}"


def member(market: Market, role: str) -> Account:
    account = make_account()
    ShopMember.objects.create(shop=market.world.shop, account=account, role=role)
    return account


def test_a_statement_adds_up_and_says_what_each_sum_is_made_of(market: Market, sign_in):
    order = market.settle(commission_bps=1_000)
    refund(order, 2_000, reason="damaged")
    work()
    client = sign_in(market.world.owner)
    answer = client.get(url(market))
    context, page = answer.context, answer.content.decode()
    moved = [move.line.amount_minor for move in context["moves"]]
    assert moved[0] > 0 > moved[1]
    assert context["statement"].closing_minor == sum(moved)
    assert "It arrived damaged" in page
    parts = context["moves"][0].share.parts
    assert sum(part.amount_minor for part in parts) == moved[0]
    assert f"/orders/{order.id}/" in page
    assert client.get(context["csv_url"]).streaming


def test_what_is_not_settled_says_when_it_is_due(market: Market, sign_in):
    market.sell()
    work()
    page = sign_in(market.world.owner).get(url(market), {"show": "upcoming"})
    (row,) = page.context["shares"]
    assert row.share.due_at is not None
    assert "Received, not due yet" in page.content.decode()
    assert (
        "Nothing moved in these days"
        in sign_in(market.world.owner).get(url(market)).content.decode()
    )


def test_the_page_of_an_order_shows_the_shops_share_to_who_may_read_money(market: Market, sign_in):
    order = market.settle(commission_bps=1_000)
    page = f"/merchant/shop/{market.world.shop.handle}/orders/{order.id}/"
    (row,) = sign_in(market.world.owner).get(page).context["shares"]
    assert row.share.role == "merchant"
    assert sign_in(member(market, "staff")).get(page).context["shares"] == []


def test_days_that_make_no_sense_are_the_usual_ones(market: Market, sign_in):
    client = sign_in(market.world.owner)
    for asked in (
        {"from": "2025-03-09", "to": "2025-03-01"},
        {"from": "x"},
        {"from": "0001-01-01"},
    ):
        context = client.get(url(market), asked).context
        assert (context["last_day"] - context["start"]).days == 29


def test_money_is_taken_out_once_for_a_form(market: Market, sign_in):
    market.settle()
    client = sign_in(market.world.owner)
    form = client.get(url(market)).context["withdraw_form"]
    data = {"key": form["key"].value(), "amount": "50"}
    for _again in range(2):
        answer = client.post(url(market, "withdraw/?currency=CNY"), data)
        assert parse_qs(urlsplit(answer.headers["Location"]).query)["show"] == ["withdrawals"]
    assert Withdrawal.objects.get().amount_minor == 5_000
    page = client.get(url(market), {"show": "withdrawals"}).content.decode()
    assert "CN¥50.00" in page


@pytest.mark.parametrize("amount", ["", "a lot", "0.01", "999999", "-5"])
def test_what_can_not_be_taken_out_is_said(market: Market, sign_in, amount: str):
    market.settle()
    client = sign_in(market.world.owner)
    answer = client.post(url(market, "withdraw/"), {"key": "k", "amount": amount}, follow=True)
    assert "callout--bad" in answer.content.decode()
    assert not Withdrawal.objects.exists()


def test_who_may_read_it_and_who_may_move_it(market: Market, sign_in):
    market.settle()
    data = {"key": "k", "amount": "50"}
    for who, reads in (
        (member(market, "manager"), 200),
        (make_operator(), 200),
        (member(market, "staff"), 403),
        (make_market().world.owner, 403),
        (market.world.buyer, 403),
        (market.creator, 403),
    ):
        client = sign_in(who)
        assert client.get(url(market)).status_code == reads
        for path in ("withdraw/", "deposit/"):
            assert client.post(url(market, path), data).status_code == 403
    assert sign_in(None).get(url(market)).status_code == 302
    assert not Withdrawal.objects.exists()


def test_a_deposit_is_paid_in_from_what_can_be_withdrawn(market: Market, sign_in):
    market.settle()
    client = sign_in(market.world.owner)
    client.post(url(market, "deposit/"), {"amount": "20"})
    pass_days(1)
    assert client.get(url(market)).context["overview"].deposit_minor == 2_000
