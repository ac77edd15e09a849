"""The field's fee vectors, to the fen, on the books of a settlement; and what refunds do then."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.callers import Caller
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
from yellowcart.core.ids import new_id
from yellowcart.ledger.actions import do_post
from yellowcart.ledger.queries import lines_of
from yellowcart.ledger.rules import Kind, Line
from yellowcart.listings.models import Click
from yellowcart.orders.models import Conversion
from yellowcart.settlement import gifts, parties
from yellowcart.settlement.models import Waiting
from yellowcart.sources.models import Source

pytestmark = pytest.mark.django_db


def market_at(day: str, settings: Any, platform: str = "kuaishou") -> Market:
    settings.PLATFORM = platform
    set_clock(f"{day}T12:00:00+08:00")
    return make_market()


def posted(order_id: UUID, party: str) -> int:
    """What a party has of a settlement's entry."""
    return -sum(
        line.amount_minor
        for line in lines_of(f"settle:{order_id}")
        if line.party == party and line.kind is not Kind.HELD
    )


ORDERS = [
    # ¥100,000 without a commission: 5 % of the completed amount.
    ("kuaishou", "2019-07-20", {"goods": 10_000_000}, 500_000),
    # Of a commission of 20 %, half.
    ("kuaishou", "2021-11-15", {"goods": 10_000, "commission_bps": 2_000}, 1_000),
    # Youzan without a commission pays like all others.
    ("kuaishou", "2021-11-15", {"goods": 10_000, "source": "youzan"}, 500),
    # (20 - 0) x 45 % = 9.00, more than 5 % of the amount.
    (
        "kuaishou",
        "2021-11-15",
        {"goods": 10_000, "source": "youzan", "commission_bps": 2_000},
        500,
    ),
    # Before the rule began nothing was taken.
    ("kuaishou", "2019-07-19", {"goods": 10_000}, 0),
    # 6 % x (40.00 + 10.00), before taxes.
    (
        "tiktok-us",
        "2024-04-02",
        {"goods": 5_000, "borne": {"platform": 1_000}, "currency": "USD"},
        300,
    ),
    ("tiktok-us", "2024-03-31", {"goods": 5_000, "currency": "USD"}, 0),
    ("jamble", "2025-01-01", {"goods": 10_000, "currency": "BRL"}, 1_400),
]


@pytest.mark.parametrize(("platform", "day", "sale", "fee"), ORDERS)
def test_the_fee_of_an_order_is_on_the_books(settings, platform, day, sale, fee):
    market = market_at(day, settings, platform)
    currency = sale.get("currency", "CNY")
    order = market.settle(**sale)
    assert -on_books("platform", Kind.REVENUE, currency) == fee
    off_commission = min(fee, sale["goods"] * sale.get("commission_bps", 0) // 10_000)
    commission = sale["goods"] * sale.get("commission_bps", 0) // 10_000
    off_goods = fee if not off_commission else 0
    assert posted(order.id, market.shop) == sale["goods"] - commission - off_goods
    assert posted(order.id, market.host) == commission - off_commission
    assert on_books(market.shop, Kind.HELD, currency) == 0
    prove()


def told(market: Market, source: str, status: str = "settled", **fields: Any) -> Conversion:
    """Another platform tells of a sale that the creator's link led to."""
    listing = market.world.listing
    click = Click.objects.create(
        listing=listing,
        shop_id=listing.shop_id,
        product_id=listing.product_id,
        source=source,
        surface="profile",
        container_id=market.creator.id,
        creator_id=market.creator.id,
        at=now(),
    )
    values = {
        "amount_minor": 10_000,
        "commission_minor": 2_000,
        "ordered_at": now(),
        "source_updated_at": now(),
        **fields,
    }
    row = Conversion.objects.create(
        source=source,
        external_order_id=str(new_id()),
        click_id=click.id,
        shop_id=listing.shop_id,
        status=status,
        **values,
    )
    follow(row)
    return row


def follow(row: Conversion, **changes: Any) -> None:
    Conversion.objects.filter(id=row.id).update(**changes)
    Waiting.objects.create(kind="conversion", shop_id=row.shop_id, subject_id=row.id)
    work()


@pytest.mark.usefixtures("own_terms")
@pytest.mark.parametrize(
    ("source", "kept", "fee", "host"),
    [
        # ¥100, commission 20, the other platform keeps 5: (20 - 5) x 50 % = 7.50
        ("taobao", 500, 750, 750),
        # (20 - 2) x 45 % = 8.10, but no more than 5 % of the amount
        ("youzan", 200, 500, 1_300),
    ],
)
def test_another_platforms_commission_is_settled_when_it_says_so(settings, source, kept, fee, host):
    market = market_at("2021-11-15", settings)
    row = told(market, source, "received")
    pass_days(60)
    work()
    assert on_books(parties.source(source), Kind.RECEIVABLE) == 0
    follow(row, status="settled", source_updated_at=now())
    assert -on_books("platform", Kind.REVENUE) == fee
    assert -on_books(market.host, Kind.PAYABLE) == host
    assert on_books(parties.source(source), Kind.RECEIVABLE) == 2_000 - kept
    prove()
    Source.objects.get_or_create(code=source)
    paid = {"source": source, "amount": 1_000, "provider": "bank", "reference": "1"}
    for _again in range(2):
        status, body = Caller(market.operator)("POST", "/settlement/source-payments", paid)
        assert (status, body["owed"]) == (200, 1_000 - kept)
    assert Caller(market.creator)("POST", "/settlement/source-payments", paid)[0] == 403
    # Revoked after it was settled: everybody gives it back.
    follow(row, status="closed")
    assert on_books("platform", Kind.REVENUE) == on_books(market.host, Kind.PAYABLE) == 0
    assert on_books(parties.source(source), Kind.RECEIVABLE) == -1_000
    prove()


@pytest.mark.usefixtures("own_terms")
def test_the_sources_latest_word_is_parted(settings):
    market = market_at("2021-11-15", settings)
    row = told(market, "taobao", "paid")
    follow(row, commission_minor=1_000, status="received")
    follow(row, status="settled", source_updated_at=now())
    assert -on_books(market.host, Kind.PAYABLE) == 250
    follow(row, commission_minor=800)
    assert -on_books(market.host, Kind.PAYABLE) == 150
    assert -on_books("platform", Kind.REVENUE) == 150
    prove()


def test_a_sale_out_of_the_window_is_nobodys_but_the_platforms(settings):
    market = market_at("2021-11-15", settings)
    told(market, "taobao", in_window=False)
    assert -on_books("platform", Kind.REVENUE) == 2_000
    prove()


def test_a_revoked_sale_settles_nothing(settings):
    market = market_at("2021-11-15", settings)
    row = told(market, "taobao", "paid")
    follow(row, status="closed")
    assert {one.state for one in shares(row.id).values()} == {"cancelled"}


@pytest.mark.usefixtures("own_terms")
def test_a_referral_fee_leaves_taxes_out_and_a_refund_costs_a_fifth_of_it(settings):
    market = market_at("2025-05-16", settings, "tiktok-us")
    order = market.settle(5_000, borne={"platform": 1_000}, currency="USD")
    # 6 % x (40.00 + 10.00 - 3.50) = 2.79
    assert -on_books("platform", Kind.REVENUE, "USD") == 279
    assert -on_books("tax", Kind.TAX, "USD") == 350
    assert -on_books(market.shop, Kind.PAYABLE, "USD") == 5_000 - 279 - 350
    refund(order, 4_000)
    work()
    # 20 % of the fee stays with the platform, and the merchant bears it.
    assert -on_books("platform", Kind.REVENUE, "USD") == 56
    assert on_books("platform", Kind.EXPENSE, "USD") == 0
    assert on_books("tax", Kind.TAX, "USD") == 0
    assert on_books(market.shop, Kind.RECEIVABLE, "USD") == 56
    prove()


@pytest.mark.parametrize(
    ("day", "kept"), [("2025-05-16", 500), ("2025-05-13", 0)], ids=["capped", "before the rule"]
)
def test_the_fee_of_a_refund_has_a_cap_and_a_beginning(settings, day, kept):
    market = market_at(day, settings, "tiktok-us")
    order = market.sell(90_000, currency="USD")
    work()
    refund(order, 90_000)
    work()
    assert shares(order.id)["platform"].adjusted_minor == kept
    assert shares(order.id)["platform"].net_minor == kept


def test_the_fee_of_refunds_is_taken_once_of_all_of_them(settings):
    market = market_at("2025-06-01", settings, "tiktok-us")
    order = market.settle(10_000, currency="USD")
    for _part in range(4):
        refund(order, 2_500)
        work()
        prove()
    assert -on_books("platform", Kind.REVENUE, "USD") == 120
    assert on_books(market.shop, Kind.RECEIVABLE, "USD") == 120


def test_jamble_takes_nothing_of_refunds(settings):
    market = market_at("2025-01-01", settings, "jamble")
    order = market.settle(10_000, currency="BRL")
    refund(order, 10_000)
    work()
    assert on_books("platform", Kind.REVENUE, "BRL") == 0
    assert on_books(market.shop, Kind.PAYABLE, "BRL") == 0
    prove()


@pytest.mark.parametrize(
    ("day", "integration", "fee"),
    [
        ("2020-08-20", "link", 2_000),
        ("2020-08-20", "native", 500),
        ("2020-08-19", "link", 0),
    ],
)
def test_a_live_task_pays_its_service_fee(settings, day, integration, fee):
    market = market_at(day, settings, "douyin")
    taken = gifts.do_settle_task(
        f"task:{new_id()}",
        shop_id=market.world.shop.id,
        creator_id=market.creator.id,
        amount_minor=10_000,
        currency="CNY",
        integration=integration,
    )
    assert taken == -on_books("platform", Kind.REVENUE) == fee
    assert -on_books(market.host, Kind.PAYABLE) == 10_000 - fee
    assert on_books(market.shop, Kind.RECEIVABLE) == 10_000
    prove()


def test_a_thousand_yuan_of_tips_are_four_hundred_for_the_host(settings):
    market = market_at("2021-11-15", settings)
    do_post(
        "coins:1",
        "A viewer bought coins",
        [
            Line("provider:sandbox", Kind.CASH, "CNY", 100_000),
            Line("platform", Kind.TIPS, "CNY", -100_000),
        ],
    )
    parts = gifts.do_settle_tip(
        "tip:1", creator_id=market.creator.id, amount_minor=100_000, currency="CNY"
    )
    assert parts.host == -on_books(market.host, Kind.PAYABLE) == 40_000
    assert -on_books("tax", Kind.TAX) == 20_000
    assert -on_books("platform", Kind.REVENUE) == 40_000
    assert on_books("platform", Kind.TIPS) == 0
    prove()


def test_commission_is_settled_on_paydays(settings):
    market = market_at("2026-03-02", settings, "douyin")
    order = market.sell(10_000, commission_bps=1_000)
    work()
    assert shares(order.id)["creator"].due_at is not None
    pass_days(7)
    work()
    found = shares(order.id)
    assert (found["merchant"].state, found["creator"].state) == ("completed", "received")
    assert on_books(market.shop, Kind.HELD) == -1_000
    refund(order, 5_000)
    work()
    assert on_books(market.shop, Kind.HELD) == -500
    due = shares(order.id)["creator"].due_at
    assert due is not None
    assert (due + timedelta(hours=8)).strftime("%m-%d %H:%M") == "03-16 00:00"
    pass_days(7)
    work()
    number = found["creator"].share_no
    assert lines_of(f"settle:{order.id}:{number}") == tuple(
        sorted(
            [
                Line(market.shop, Kind.HELD, "CNY", 500),
                Line(market.host, Kind.PAYABLE, "CNY", -500),
            ]
        )
    )
    prove()
