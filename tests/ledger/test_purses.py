"""Accounts that can run out never do, however many take from them at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import IntegrityError, connection

from yellowcart.core.tomlreader import FileError
from yellowcart.ledger.actions import do_post
from yellowcart.ledger.chart import chart, read_chart
from yellowcart.ledger.checking import check_books
from yellowcart.ledger.models import Purse
from yellowcart.ledger.queries import balance
from yellowcart.ledger.rules import Kind, Line, OverdrawnError
from yellowcart.ledger.seals import do_seal


def earn(minor: int, reference: str = "earn") -> None:
    do_post(
        reference,
        "Settled",
        [Line("shop:1", Kind.HELD, "CNY", minor), Line("shop:1", Kind.PAYABLE, "CNY", -minor)],
    )


def take(minor: int, reference: str = "take") -> None:
    do_post(
        reference,
        "Withdrawal",
        [Line("shop:1", Kind.PAYABLE, "CNY", minor), Line("shop:1", Kind.PAYOUT, "CNY", -minor)],
    )


@pytest.mark.django_db
def test_what_is_not_there_cannot_be_taken():
    earn(100)
    with pytest.raises(OverdrawnError) as refused:
        take(101)
    assert refused.value.short_minor == 1
    take(100)
    take(100)  # the same reference: nothing moves
    assert balance("shop:1", Kind.PAYABLE, "CNY") == 0


@pytest.mark.django_db
def test_the_database_keeps_purses_above_zero():
    earn(100)
    with pytest.raises(IntegrityError, match="not_overdrawn"):
        Purse.objects.update(amount_minor=-1)


@pytest.mark.django_db(transaction=True)
def test_rivals_cannot_take_the_same_money():
    earn(1_000)

    def rival(n: int) -> bool:
        try:
            take(300, f"take:{n}")
        except OverdrawnError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as rivals:
        assert sum(rivals.map(rival, range(12))) == 3
    assert balance("shop:1", Kind.PAYABLE, "CNY") == -100
    assert check_books().is_sound


@pytest.mark.django_db(transaction=True)
def test_entries_that_commit_while_others_are_sealed_are_sealed_once():
    def write(n: int) -> int:
        try:
            earn(10 + n, f"earn:{n}")
            return do_seal(3)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as rivals:
        list(rivals.map(write, range(24)))
    while do_seal():
        pass
    report = check_books()
    assert report.breaks == []
    assert (report.seq, report.waiting) == (24, 0)


def test_the_chart_guards_what_can_run_out():
    known = chart()
    assert known.is_guarded("creator:7", Kind.PAYABLE)
    assert known.is_guarded("shop:7", Kind.DEPOSIT)
    assert not known.is_guarded("shop:7", Kind.HELD)
    assert not known.is_guarded("provider:sandbox", Kind.CASH)
    assert known.shown(Kind.PAYABLE, -5) == known.shown(Kind.CASH, 5) == 5


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('normal = "debit"', 'normal = "left"', "write one of debit, credit"),
        ('never_below_zero = ["payable", ', 'never_below_zero = ["cash", ', "not among"),
        ('key = "tax"', 'key = "levy"', "'levy' is unknown"),
        ('prefix = "creator"', 'prefix = "shop"', "twice"),
    ],
)
def test_mistakes_in_a_chart_are_shown(tmp_path: Path, old: str, new: str, says: str):
    from yellowcart.ledger import chart as module

    text = Path(module.__file__).with_name("accounts.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "accounts.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileError, match=says):
        read_chart(path)
