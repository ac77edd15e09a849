"""A sale elsewhere turns out to be somebody's: its commission is parted anew, and never twice."""

import pytest
from tests.settlement.test_vectors import follow, market_at, told
from tests.settlement.worlds import on_books, pass_days, prove, work

from yellowcart.core.clock import now
from yellowcart.core.models import PLATFORM
from yellowcart.ledger.rules import Kind
from yellowcart.listings.models import Click
from yellowcart.orders.disputes import do_match, do_raise_dispute
from yellowcart.orders.models import Conversion
from yellowcart.settlement import jumpouts, parties
from yellowcart.settlement.models import Bill, Share, Waiting
from yellowcart.sources.models import Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(settings):
    Source.objects.update_or_create(
        code="taobao",
        defaults={"name_en": "Taobao", "name_zh": "淘宝", "integration": "link"},
    )
    return market_at("2021-11-15", settings)


def unmatched(market, status: str) -> tuple[Conversion, Click]:
    """A sale that no click was told for, and the click that led to it."""
    row = told(market, "taobao", "paid")
    click = Click.objects.get(id=row.click_id)
    Waiting.objects.all().delete()
    Bill.objects.filter(id=row.id).delete()
    Share.objects.filter(bill_id=row.id).delete()
    Conversion.objects.filter(id=row.id).update(click_id=None, shop_id=None, status=status)
    Waiting.objects.create(kind="conversion", shop_id=PLATFORM, subject_id=row.id)
    work()
    row.refresh_from_db()
    return row, click


def match(market, row: Conversion, click: Click) -> None:
    dispute = do_raise_dispute(
        market.creator,
        source="taobao",
        external_order_id=row.external_order_id,
        words="The buyer came from my link",
    )
    do_match(market.operator, dispute.id, click.id, "The click is there")
    row.refresh_from_db()
    Waiting.objects.create(kind="conversion", shop_id=row.shop_id, subject_id=row.id)
    work()


def revenue() -> int:
    return -on_books("platform", Kind.REVENUE)


def test_before_it_is_settled_the_commission_is_simply_anothers(market):
    row, click = unmatched(market, "received")
    match(market, row, click)
    follow(row, status="settled", source_updated_at=now())
    assert Bill.objects.filter(id=row.id).count() == 1
    # (20 % of 100) x 50 %: half the platform's, half the host's.
    assert (revenue(), -on_books(market.host, Kind.PAYABLE)) == (1_000, 1_000)
    assert on_books(parties.source("taobao"), Kind.RECEIVABLE) == 2_000
    prove()


def test_after_it_is_settled_one_entry_moves_it_and_nothing_is_posted_twice(market):
    row, click = unmatched(market, "settled")
    assert revenue() == 2_000
    match(market, row, click)
    assert (revenue(), -on_books(market.host, Kind.PAYABLE)) == (1_000, 1_000)
    assert on_books(parties.source("taobao"), Kind.RECEIVABLE) == 2_000
    follow(row)
    follow(row)
    assert (revenue(), -on_books(market.host, Kind.PAYABLE)) == (1_000, 1_000)
    prove()
    earned = jumpouts.earned_from([row])[row.id]
    assert (earned.kept_minor, earned.platform_minor, earned.promoters_minor) == (0, 1_000, 1_000)
    assert earned.settled


def test_what_was_moved_goes_back_when_the_sale_is_revoked(market):
    row, click = unmatched(market, "settled")
    match(market, row, click)
    follow(row, status="closed")
    assert revenue() == on_books(market.host, Kind.PAYABLE) == 0
    assert on_books(parties.source("taobao"), Kind.RECEIVABLE) == 0
    prove()


def test_a_click_told_later_finds_the_bill_that_is_there(market):
    row, click = unmatched(market, "paid")
    Conversion.objects.filter(id=row.id).update(
        click_id=click.id, shop_id=click.shop_id, creator_id=click.creator_id
    )
    row.refresh_from_db()
    follow(row, status="settled", source_updated_at=now())
    pass_days(1)
    work()
    assert Bill.objects.filter(id=row.id).count() == 1
    assert (revenue(), -on_books(market.host, Kind.PAYABLE)) == (1_000, 1_000)
    prove()


def test_the_sums_of_a_source_say_what_is_whose(market):
    row, click = unmatched(market, "settled")
    match(market, row, click)
    told(market, "taobao", "paid")
    one = next(
        each
        for each in jumpouts.sums_by_source(row.ordered_at, now().replace(year=2022))
        if each.source == "taobao"
    )
    assert (one.sales, one.commission_minor) == (2, 4_000)
    assert (one.platform_minor, one.promoters_minor, one.settled_minor) == (2_000, 2_000, 1_000)
    assert one.kept_minor == 0
