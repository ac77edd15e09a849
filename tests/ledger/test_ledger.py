"""The books balance: by Python's check, by the database's, and for any postings at all."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F, Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yellowcart.ledger.actions import (
    Draft,
    ReferenceTakenError,
    do_post,
    do_post_many,
    do_reverse,
)
from yellowcart.ledger.checking import check_books
from yellowcart.ledger.models import Entry, LedgerAccount, Posting
from yellowcart.ledger.queries import balance, balances, lines_of, trial_balance
from yellowcart.ledger.rules import (
    Kind,
    Line,
    MalformedEntryError,
    OverdrawnError,
    UnbalancedError,
    check_lines,
    imbalance,
    reversed_lines,
)
from yellowcart.ledger.seals import do_seal


def sale(amount: int = 10_000, fee: int = 500) -> list[Line]:
    return [
        Line("provider:sandbox", Kind.CASH, "CNY", amount),
        Line("shop:1", Kind.HELD, "CNY", fee - amount),
        Line("platform", Kind.REVENUE, "CNY", -fee),
    ]


ACCOUNTS = st.tuples(
    st.sampled_from(["platform", "provider", "shop:1", "shop:2", "creator:1"]),
    st.sampled_from(Kind),
    st.sampled_from(["CNY", "USD"]),
)
AMOUNTS = st.integers(-(10**9), 10**9).filter(bool)


@st.composite
def balanced(draw: st.DrawFn) -> list[Line]:
    lines = [
        Line(*account, amount)
        for account, amount in draw(st.lists(st.tuples(ACCOUNTS, AMOUNTS), min_size=1, max_size=6))
    ]
    return lines + [
        Line("suspense", Kind.CASH, currency, -gap) for currency, gap in imbalance(lines).items()
    ]


@given(balanced())
def test_any_balanced_lines_stay_balanced_when_put_in_order(lines: list[Line]):
    try:
        sound = check_lines(lines)
    except MalformedEntryError:
        assert all(not amount for amount in _sums(lines).values())
        return
    assert imbalance(sound) == {}
    assert check_lines(reversed(lines)) == sound
    assert imbalance(reversed_lines(sound)) == {}
    assert _sums(sound) == {key: amount for key, amount in _sums(lines).items() if amount}


@given(balanced(), ACCOUNTS, AMOUNTS)
def test_one_amount_too_many_is_refused(
    lines: list[Line], account: tuple[str, Kind, str], amount: int
):
    with pytest.raises(UnbalancedError) as refused:
        check_lines([*lines, Line(*account, amount)])
    assert refused.value.by_currency == {account[2]: amount}


def _sums(lines: "list[Line] | tuple[Line, ...]") -> dict[tuple[str, Kind, str], int]:
    sums: dict[tuple[str, Kind, str], int] = {}
    for line in lines:
        sums[line[:3]] = sums.get(line[:3], 0) + line.amount_minor
    return sums


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [Line("a", Kind.CASH, "CNY", 5), Line("a", Kind.CASH, "CNY", -5)],
        [Line("", Kind.CASH, "CNY", 5), Line("b", Kind.HELD, "CNY", -5)],
        [Line("a", Kind.CASH, "yuan", 5), Line("b", Kind.HELD, "yuan", -5)],
        [Line("a", Kind.CASH, "CNY", 10**16), Line("b", Kind.HELD, "CNY", -(10**16))],
    ],
)
def test_what_is_no_entry_is_refused(lines: list[Line]):
    with pytest.raises(MalformedEntryError):
        check_lines(lines)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(balanced(), min_size=1, max_size=4))
def test_the_sum_over_all_accounts_is_0_whatever_is_posted(entries: list[list[Line]]):
    written = []
    with transaction.atomic():
        for place, lines in enumerate(entries):
            try:
                do_post(f"any:{place}", "Anything", lines)
            except (MalformedEntryError, OverdrawnError):
                continue
            written.append(lines)
            if place % 2:
                do_seal()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert set(trial_balance().values()) <= {0}
        assert check_books().breaks == []
        wanted: dict[tuple[str, Kind, str], int] = {}
        for lines in written:
            for key, amount in _sums(lines).items():
                wanted[key] = wanted.get(key, 0) + amount
        assert {row[:3]: row.amount_minor for row in balances() if row.amount_minor} == {
            key: amount for key, amount in wanted.items() if amount
        }
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_an_entry_is_read_back_as_it_was_written():
    do_post("capture:1", "Payment of order 1", sale())
    assert lines_of("capture:1") == check_lines(sale())
    assert balance("shop:1", Kind.HELD, "CNY") == -9_500
    assert balance("shop:1", Kind.PAYABLE, "CNY") == 0
    assert trial_balance() == {"CNY": 0}


@pytest.mark.django_db
def test_the_same_reference_with_the_same_lines_is_one_entry():
    first = do_post("capture:1", "Payment of order 1", sale())
    assert do_post("capture:1", "Payment of order 1", reversed(sale())) == first
    assert balance("provider:sandbox", Kind.CASH, "CNY") == 10_000


@pytest.mark.django_db
def test_the_same_reference_with_other_lines_is_refused():
    do_post("capture:1", "Payment of order 1", sale())
    with pytest.raises(ReferenceTakenError):
        do_post("capture:1", "Payment of order 1", sale(fee=400))
    with pytest.raises(ReferenceTakenError):
        do_post_many([Draft("x", "One", sale()), Draft("x", "Another", sale(fee=400))])
    assert balance("platform", Kind.REVENUE, "CNY") == -500


@pytest.mark.django_db
def test_a_reversal_undoes_once():
    do_post("capture:1", "Payment of order 1", sale())
    undone = do_reverse("capture:1")
    assert do_reverse("capture:1") == undone
    assert {row.amount_minor for row in balances()} == {0}
    assert Entry.objects.get(id=undone).reverses == Entry.objects.get(reference="capture:1")
    with pytest.raises(ValueError, match="reversal itself"):
        do_reverse("reverse:capture:1")
    with pytest.raises(LookupError):
        do_reverse("capture:2")


@pytest.mark.django_db(transaction=True)
def test_rivals_with_one_reference_write_one_entry():
    def post(_n: int) -> UUID:
        try:
            return do_post("capture:1", "Payment of order 1", sale())
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as rivals:
        ids = set(rivals.map(post, range(16)))
    assert len(ids) == 1
    assert Posting.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_rivals_with_many_entries_in_any_order_all_succeed():
    def post(n: int) -> int:
        drafts = [Draft(f"capture:{i}", "Payment", sale(1_000 + i)) for i in range(10)]
        try:
            return len(do_post_many(drafts[::-1] if n % 2 else drafts))
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as rivals:
        assert set(rivals.map(post, range(12))) == {10}
    assert Entry.objects.count() == 10
    assert trial_balance() == {"CNY": 0}


class TestTheDatabaseItself:
    """What no caller can get round."""

    pytestmark = pytest.mark.django_db(transaction=True)

    @transaction.atomic
    def _write(self, *postings: tuple[LedgerAccount, int], posting_count: int = 2) -> Entry:
        entry = Entry.objects.create(reference="raw", description="", posting_count=posting_count)
        for account, amount in postings:
            Posting.objects.create(entry=entry, account=account, amount_minor=amount)
        return entry

    @pytest.fixture
    def accounts(self) -> list[LedgerAccount]:
        return [
            LedgerAccount.objects.create(party=party, kind="cash", currency="CNY")
            for party in ("x", "y")
        ]

    def test_an_unbalanced_entry_is_refused_at_commit(self, accounts: list[LedgerAccount]):
        with pytest.raises(IntegrityError, match="does not balance"):
            self._write((accounts[0], 100), (accounts[1], -99))
        assert not Entry.objects.exists()

    def test_two_currencies_do_not_balance_each_other(self):
        yuan, dollars = (
            LedgerAccount.objects.create(party="x", kind="cash", currency=currency)
            for currency in ("CNY", "USD")
        )
        with pytest.raises(IntegrityError, match="does not balance"):
            self._write((yuan, 100), (dollars, -100))

    def test_an_entry_without_postings_is_refused(self):
        with pytest.raises(IntegrityError, match="postings"):
            self._write()

    def test_nothing_can_be_added_to_a_written_entry(self, accounts: list[LedgerAccount]):
        entry = self._write((accounts[0], 100), (accounts[1], -100))
        more = [
            Posting(entry=entry, account=row.account, amount_minor=2 * row.amount_minor)
            for row in entry.postings.all()
        ]
        with pytest.raises(IntegrityError, match="postings"):
            Posting.objects.bulk_create(more)

    @pytest.mark.parametrize("model", [Entry, Posting, LedgerAccount])
    def test_nothing_is_changed_or_deleted(self, model: type[Model]):
        do_post("capture:1", "Payment of order 1", sale())
        rows = model._default_manager.all()
        with pytest.raises(DatabaseError, match="append-only"):
            rows.update(id=F("id"))
        with pytest.raises(DatabaseError, match="append-only"):
            rows._raw_delete(rows.db)
