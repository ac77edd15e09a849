"""However a sale elsewhere is confirmed, revoked, changed, credited anew and settled, in whatever
order: what stands on the books is what the source said last."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import make_account
from tests.settlement.test_vectors import follow, market_at, told
from tests.settlement.worlds import on_books, pass_days, prove, work

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.ledger.rules import Kind
from yellowcart.listings.models import Click
from yellowcart.orders.models import Conversion
from yellowcart.settlement import contracts, jumpouts, parties
from yellowcart.settlement.contracts import TermsWritten
from yellowcart.settlement.models import Bill, Share
from yellowcart.settlement.rules import ContractBase, ContractKind, repart
from yellowcart.sources.models import Source

KEYS = [("creator", "a"), ("creator", "b"), ("platform", "platform"), ("mcn", "m")]


@given(
    settled=st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, 1_000)), max_size=8),
    wanted=st.dictionaries(st.sampled_from(KEYS), st.integers(1, 2_000)),
)
def test_everybody_ends_with_what_they_should_have(settled, wanted):
    found = repart(settled, wanted)
    has: dict[tuple[str, str], int] = dict(found.missing)
    for (key, amount), back in zip(settled, found.taken, strict=True):
        assert 0 <= back <= amount
        has[key] = has.get(key, 0) + amount - back
    assert {key: amount for key, amount in has.items() if amount} == wanted
    # Nobody gives back and gets at once.
    losers = {key for (key, _amount), back in zip(settled, found.taken, strict=True) if back}
    assert not losers & set(found.missing)


@pytest.fixture
def market(settings, own_terms):
    Source.objects.update_or_create(
        code="taobao", defaults={"name_en": "Taobao", "name_zh": "淘宝", "integration": "link"}
    )
    return market_at("2021-11-15", settings)


def standing(row):
    """What each party has of a sale, settled or not, and what of it is settled."""
    has: dict[str, int] = {}
    for one in Share.objects.filter(bill_id=row.id):
        has[one.party] = has.get(one.party, 0) + one.net_minor
    return {party: amount for party, amount in has.items() if amount}


def check(row):
    """The shares are those of the source's latest word, and the books agree with them."""
    row.refresh_from_db()
    has = standing(row)
    creator = Click.objects.get(id=row.click_id).creator_id if row.click_id else None
    # Taobao keeps 5 of 20, half of the rest is the platform's.
    whole = 0 if row.status == "closed" else row.commission_minor - row.amount_minor // 20
    fee = whole // 2 + whole % 2 if creator else whole
    wanted = {"platform": fee}
    if creator:
        wanted[parties.creator(creator)] = whole - fee
    assert has == {party: amount for party, amount in wanted.items() if amount}
    prove()
    earned = jumpouts.earned_from([row])[row.id]
    assert earned.platform_minor + earned.promoters_minor == whole
    bill = Bill.objects.get(id=row.id)
    assert bill.paid_minor - bill.refunded_minor == whole


def settled_of(row):
    return sum(one.net_minor for one in Share.objects.filter(bill_id=row.id, state="completed"))


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(12))
def test_any_order_of_words_and_settlements_ends_at_the_latest_word(market, seed):
    dice = random.Random(seed)
    row = told(market, "taobao", "paid")
    own = Click.objects.get(id=row.click_id)
    rival = Click.objects.get(id=row.click_id)
    rival.id, rival.creator_id = new_id(), make_account().id
    rival.save(force_insert=True)
    check(row)
    for _step in range(8):
        step = dice.choice(["paid", "received", "settled", "settled", "closed", "amount", "credit",
                            "nobody", "time", "time"])  # fmt: skip
        if step == "time":
            pass_days(dice.choice([1, 8]))
            work()
        elif step == "amount":
            amount = dice.randrange(100, 40_000, 100)
            follow(row, amount_minor=amount, commission_minor=amount // 5, source_updated_at=now())
        elif step in {"credit", "nobody"}:
            click = None if step == "nobody" else dice.choice([own, rival])
            follow(
                row,
                click_id=click.id if click else None,
                creator_id=click.creator_id if click else None,
            )
        else:
            follow(row, status=step, source_updated_at=now())
        check(row)
    follow(row, status="settled", source_updated_at=now())
    pass_days(30)
    work()
    check(row)
    whole = row.commission_minor - row.amount_minor // 20
    assert settled_of(row) == whole
    assert on_books(parties.source("taobao"), Kind.RECEIVABLE) == whole


@pytest.fixture
def half_settled(market):
    """A sale of which the MCN's share is settled and the creator's is held back."""
    contracts.do_write(
        actor=market.operator,
        written=TermsWritten(
            payer=market.host,
            payee=f"mcn:{make_account().id}",
            kind=ContractKind.MCN,
            base=ContractBase.COMMISSION,
            rate_bps=2_000,
            effective_from=now() - timedelta(days=1),
        ),
    )
    row = told(market, "taobao", "received")
    # As a deposit that is too low holds it back.
    Share.objects.filter(bill_id=row.id, role="creator").update(state="held", reason="deposit")
    follow(row, status="settled", source_updated_at=now())
    states = dict(Share.objects.filter(bill_id=row.id).values_list("role", "state"))
    assert states == {"platform": "completed", "creator": "held", "mcn": "completed"}
    return row


def of(row, role):
    return sum(one.net_minor for one in Share.objects.filter(bill_id=row.id, role=role))


@pytest.mark.django_db
@pytest.mark.parametrize(("amount", "commission"), [(20_000, 4_000), (4_000, 800)])
def test_a_bill_of_which_some_is_settled_is_parted_anew(market, half_settled, amount, commission):
    row = half_settled
    follow(row, amount_minor=amount, commission_minor=commission, source_updated_at=now())
    whole = commission - amount // 20
    assert of(row, "platform") == whole // 2
    assert of(row, "mcn") == whole // 10
    assert of(row, "creator") == whole - whole // 2 - whole // 10
    settled = whole // 2 + whole // 10
    assert on_books(parties.source("taobao"), Kind.RECEIVABLE) == settled_of(row)
    assert settled_of(row) in {settled, whole}
    prove()


@pytest.mark.django_db
def test_one_that_was_revoked_in_between_comes_back(market, half_settled):
    row = half_settled
    follow(row, status="closed", source_updated_at=now())
    assert standing(row) == {}
    assert on_books(parties.source("taobao"), Kind.RECEIVABLE) == 0
    prove()
    follow(row, status="settled", source_updated_at=now())
    pass_days(1)
    work()
    assert sum(standing(row).values()) == 1_500
    assert on_books(parties.source("taobao"), Kind.RECEIVABLE) == 1_500
    prove()
    follow(row, status="closed", source_updated_at=now())
    assert standing(row) == {}
    assert on_books(parties.source("taobao"), Kind.RECEIVABLE) == 0
    prove()
    assert Conversion.objects.get(id=row.id).status == "closed"
