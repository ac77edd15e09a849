"""The check proves sound books, and names the place where somebody edited a row by hand."""

import json
from collections.abc import Callable

import pytest
from django.db import connection
from typer.testing import CliRunner

from yellowcart.core import startup
from yellowcart.ledger.actions import do_post, do_reverse
from yellowcart.ledger.checking import check_books
from yellowcart.ledger.cli import app
from yellowcart.ledger.models import Entry, LedgerAccount, Posting, Purse, Seal, Snapshot, Unsealed
from yellowcart.ledger.queries import balance, balances
from yellowcart.ledger.rules import Kind, Line
from yellowcart.ledger.seals import do_seal, seal_duty

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> None:
    for n in range(1, 6):
        do_post(
            f"capture:{n}",
            f"Payment of order {n}",
            [
                Line("provider:sandbox", Kind.CASH, "CNY", 1_000 * n),
                Line("shop:1", Kind.HELD, "CNY", -1_000 * n),
            ],
        )
    do_post(
        "settle:1",
        "Order 1",
        [
            Line("shop:1", Kind.HELD, "CNY", 1_000),
            Line("shop:1", Kind.PAYABLE, "CNY", -950),
            Line("platform", Kind.REVENUE, "CNY", -50),
        ],
    )
    do_reverse("capture:5")
    seal_duty()


def by_hand(statement: str, *values: object) -> None:
    """What a superuser can do who switches every trigger off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        assert cursor.rowcount > 0
        cursor.execute("SET LOCAL session_replication_role = origin")


def posting(reference: str, kind: str) -> Posting:
    return Posting.objects.get(entry__reference=reference, account__kind=kind)


def entry(reference: str) -> Entry:
    return Entry.objects.get(reference=reference)


@pytest.mark.usefixtures("books")
def test_sound_books_are_proven():
    report = check_books()
    assert report.is_sound
    assert (report.entries, report.postings, report.waiting) == (7, 15, 0)
    assert (report.seq, report.totals) == (7, {"CNY": 0})
    assert report.unknown_accounts == []


def test_empty_books_are_sound():
    assert check_books().is_sound


@pytest.mark.usefixtures("books")
def test_what_waits_for_its_seal_counts_in_balances_and_is_checked():
    do_post(
        "capture:6",
        "Payment of order 6",
        [Line("provider:sandbox", Kind.CASH, "CNY", 7), Line("shop:1", Kind.HELD, "CNY", -7)],
    )
    assert Unsealed.objects.count() == 1
    assert balance("provider:sandbox", Kind.CASH, "CNY") == 10_007
    assert check_books().waiting == 1
    before = balances()
    assert do_seal() == 1
    assert balances() == before
    assert do_seal() == 0
    by_hand("UPDATE ledger_posting SET amount_minor = 8 WHERE amount_minor = 7")
    assert {each.kind for each in check_books().breaks} >= {"entry_changed", "unbalanced"}


EDITS: dict[str, tuple[Callable[[], None], str, str, str]] = {
    "an amount": (
        lambda: by_hand(
            "UPDATE ledger_posting SET amount_minor = -949 WHERE id = %s",
            posting("settle:1", "payable").id,
        ),
        "entry_changed",
        "settle:1",
        "sealed as shop:1 payable -950 CNY, stands as shop:1 payable -949 CNY",
    ),
    "two amounts that still balance": (
        lambda: by_hand(
            "UPDATE ledger_posting SET amount_minor = amount_minor * 2 WHERE entry_id = %s",
            entry("capture:2").id,
        ),
        "entry_changed",
        "capture:2",
        "sealed as provider:sandbox cash 2000 CNY, stands as provider:sandbox cash 4000 CNY",
    ),
    "the account of a posting": (
        lambda: by_hand(
            "UPDATE ledger_posting SET account_id = %s WHERE id = %s",
            LedgerAccount.objects.get(party="platform").id,
            posting("settle:1", "payable").id,
        ),
        "entry_changed",
        "settle:1",
        "stands as platform revenue -950 CNY",
    ),
    "whose an account is": (
        lambda: by_hand("UPDATE ledger_account SET party = 'shop:2' WHERE kind = 'payable'"),
        "entry_changed",
        "settle:1",
        "sealed as shop:1 payable -950 CNY, stands as shop:2 payable -950 CNY",
    ),
    "a description": (
        lambda: by_hand(
            "UPDATE ledger_entry SET description = 'Gift' WHERE reference = 'capture:3'"
        ),
        "entry_changed",
        "capture:3",
        "description: sealed as Payment of order 3, stands as Gift",
    ),
    "a posting deleted": (
        lambda: by_hand(
            "DELETE FROM ledger_posting WHERE id = %s", posting("settle:1", "revenue").id
        ),
        "entry_changed",
        "settle:1",
        "sealed as platform revenue -50 CNY, stands as –",
    ),
    "an entry deleted": (
        lambda: by_hand("DELETE FROM ledger_entry WHERE reference = 'capture:4'"),
        "entry_gone",
        "capture:4",
        "was deleted",
    ),
    "a seal deleted": (
        lambda: by_hand("DELETE FROM ledger_seal WHERE seq = 3"),
        "seal_missing",
        "seal 3",
        "seals 3 to 3 are missing",
    ),
    "a row and its seal's content": (
        lambda: by_hand(
            "UPDATE ledger_seal SET content = replace(content, '4000', '5000') WHERE seq = 4"
        ),
        "seal_changed",
        "seal 4",
        "does not follow",
    ),
    "a snapshot": (
        lambda: by_hand("UPDATE ledger_snapshot SET amount_minor = 0 WHERE amount_minor = -50"),
        "snapshot",
        "platform revenue CNY",
        "the snapshot says 0",
    ),
    "a purse": (
        lambda: by_hand("UPDATE ledger_purse SET amount_minor = 951"),
        "purse",
        "shop:1 payable CNY",
        "951 is kept as left; the postings leave 950",
    ),
}


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_by_hand_is_named(edit: str):
    change, kind, place, words = EDITS[edit]
    change()
    report = check_books()
    first = report.breaks[0]
    assert (first.kind, first.place.split(" (")[0]) == (kind, place)
    assert any(words in each.words.en for each in report.breaks if each.kind == kind)


@pytest.mark.usefixtures("books")
def test_an_entry_put_in_by_hand_is_named():
    cash, held = posting("capture:1", "cash"), posting("capture:1", "held")
    by_hand(
        "WITH e AS (INSERT INTO ledger_entry (id, reference, at, description, posting_count)"
        " VALUES (gen_random_uuid(), 'gift', now(), '', 2) RETURNING id)"
        " INSERT INTO ledger_posting (id, entry_id, account_id, amount_minor)"
        " SELECT gen_random_uuid(), e.id, x.account, x.amount FROM e,"
        " (VALUES (%s::uuid, 5), (%s::uuid, -5)) AS x(account, amount)",
        cash.account_id,
        held.account_id,
    )
    first = check_books().breaks[0]
    assert (first.kind, first.place) == ("never_sealed", "gift")


@pytest.mark.usefixtures("books")
def test_a_reversal_that_undoes_something_else_is_named():
    by_hand(
        "UPDATE ledger_posting SET amount_minor = amount_minor + sign(amount_minor)"
        " WHERE entry_id = %s",
        entry("reverse:capture:5").id,
    )
    assert "not_reversed" in {each.kind for each in check_books().breaks}


@pytest.mark.usefixtures("books")
def test_rewriting_everything_is_seen_against_a_kept_head():
    kept = check_books()
    assert check_books((kept.seq, kept.head)).is_sound
    by_hand("UPDATE ledger_posting SET amount_minor = amount_minor * 3")
    by_hand("DELETE FROM ledger_seal")
    by_hand("DELETE FROM ledger_snapshot")
    by_hand("DELETE FROM ledger_purse")
    Purse.objects.create(account=LedgerAccount.objects.get(kind="payable"), amount_minor=2_850)
    by_hand("INSERT INTO ledger_unsealed SELECT id FROM ledger_entry")
    seal_duty()
    assert check_books().is_sound
    assert [each.kind for each in check_books((kept.seq, kept.head)).breaks] == ["anchor_differs"]


@pytest.mark.usefixtures("books")
def test_seals_and_entries_come_one_for_one_and_the_database_keeps_them():
    assert list(Seal.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 8))
    assert Snapshot.objects.count() == LedgerAccount.objects.count()
    with pytest.raises(Exception, match="append-only"):
        Seal.objects.filter(seq=1).update(seq=99)


@pytest.mark.usefixtures("books")
class TestTheCommand:
    """``yellowcart ledger``."""

    @pytest.fixture(autouse=True)
    def _booted(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(startup, "boot", lambda: None)

    def test_it_proves_and_prints_the_head(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
        ran = CliRunner().invoke(app, ["check"])
        assert ran.exit_code == 0
        assert "Every balance is proven." in ran.stdout
        assert f"--anchor 7:{check_books().head}" in ran.stdout

    @pytest.mark.parametrize(("tongue", "word"), [("en_GB", "broken"), ("zh_CN", "有误")])
    def test_it_fails_and_names_the_place(
        self, monkeypatch: pytest.MonkeyPatch, tongue: str, word: str
    ):
        monkeypatch.setenv("LC_ALL", f"{tongue}.UTF-8")
        EDITS["an amount"][0]()
        ran = CliRunner().invoke(app, ["check"])
        assert ran.exit_code == 1
        assert "settle:1" in ran.stdout
        assert word in ran.stdout

    def test_json_names_it_too(self):
        EDITS["an amount"][0]()
        ran = CliRunner().invoke(app, ["check", "--json"])
        told = json.loads(ran.stdout)
        assert (ran.exit_code, told["sound"]) == (1, False)
        assert told["breaks"][0]["place"].startswith("settle:1 (")

    def test_balances_are_read_as_their_owner_reads_them(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
        ran = CliRunner().invoke(app, ["balances", "--party", "shop:1"])
        assert "¥9.50" in ran.stdout
        assert "可提现余额" in ran.stdout

    def test_an_anchor_that_is_none_is_refused(self):
        assert CliRunner().invoke(app, ["check", "--anchor", "x"]).exit_code == 2
