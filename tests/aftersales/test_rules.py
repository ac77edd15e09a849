"""What may be asked, for how much, until when; the table of a case's life; the shipped file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowcart.aftersales import rules
from yellowcart.aftersales.images import check_picture, content_type
from yellowcart.aftersales.rulepacks import installed_rules, read_rules
from yellowcart.aftersales.rules import Asked, LineFacts, Sale, deadline_of
from yellowcart.aftersales.states import (
    ENDS,
    GIVES_MONEY,
    STATE_WORDS,
    STATES,
    STEPS,
    Kind,
    allowed_steps,
    check_step,
)
from yellowcart.catalog.models import RETURN_RULES
from yellowcart.core.problems import Problem
from yellowcart.core.tomlreader import FileError
from yellowcart.orders.states import Party

DOCS = Path(__file__).parents[2] / "docs" / "orders.md"
NOW = datetime(2022, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def code(call, *args, **kwargs) -> str:
    with pytest.raises(Problem) as caught:
        call(*args, **kwargs)
    return caught.value.code


# The table


def table() -> str:
    """The steps as the docs show them."""
    rows = ["| step | from | to | who | of | |", "|---|---|---|---|---|---|"]
    for verb, step in STEPS.items():
        before = ", ".join(f"`{state}`" for state in STATES if state in step.before)
        by = ", ".join(party.value for party in Party if party in step.by)
        of = "all" if step.kinds == set(Kind) else ", ".join(sorted(step.kinds))
        rows.append(f"| `{verb}` | {before} | `{step.after}` | {by} | {of} | {step.means} |")
    return "\n".join(rows)


def deadline_table() -> str:
    """What follows by itself, as the docs show it."""
    rows = ["| stands at | of | for | then |", "|---|---|---|---|"]
    for one in installed_rules().deadlines:
        of = "all" if one.kinds == set(Kind) else ", ".join(sorted(one.kinds))
        days = one.seconds // 86_400
        rows.append(f"| `{one.state}` | {of} | {days} days | `{one.verb}` |")
    return "\n".join(rows)


def test_the_docs_show_these_tables() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert table() in text
    assert deadline_table() in text


def test_every_state_is_reached_and_every_case_comes_to_an_end() -> None:
    assert set(STATE_WORDS) == set(STATES)
    for kind in Kind:
        reached = {"awaiting_seller"}
        while True:
            more = {
                step.after
                for step in STEPS.values()
                if kind in step.kinds and step.before & reached
            }
            if more <= reached:
                break
            reached |= more
        for state in reached - ENDS:
            assert allowed_steps(state, kind, frozenset(Party)), (kind, state)
            # Nobody can be waited for: a deadline ends it, or the platform decides.
            deadline = deadline_of(installed_rules().deadlines, "kuaishou", state, kind, NOW)
            assert (deadline is None) == (state == "intervening"), (kind, state)
        assert allowed_steps("succeeded", kind, frozenset(Party)) == []
        assert allowed_steps("closed", kind, frozenset(Party)) == []
    assert {STEPS[verb].after for verb in GIVES_MONEY} == {"succeeded"}


@pytest.mark.parametrize(
    ("verb", "state", "kind", "party", "refused"),
    [
        ("agree", "awaiting_seller", "refund_only", Party.BUYER, "forbidden"),
        ("agree", "refused", "refund_only", Party.SELLER, "case_state"),
        ("agree", "awaiting_seller", "return_refund", Party.SELLER, "case_kind"),
        ("grant", "awaiting_seller", "refund_only", Party.SELLER, "forbidden"),
        ("decide_refund", "intervening", "exchange", Party.SELLER, "forbidden"),
    ],
)
def test_what_is_refused(verb: str, state: str, kind: str, party: Party, refused: str) -> None:
    assert code(check_step, verb, state, kind, frozenset({party})) == refused


# What may be asked


def test_claims_end_after_receipt_and_no_reason_after_delivery() -> None:
    window = installed_rules().windows[0]
    sale = Sale("completed", completed_at=NOW, delivered_at=NOW - 3 * DAY)
    ask = rules.check_ask
    last = NOW + 15 * DAY - timedelta(microseconds=1)
    assert ask(sale, Kind.RETURN_REFUND, "quality", window, last).at_fault == "seller"
    assert code(ask, sale, Kind.RETURN_REFUND, "quality", window, NOW + 15 * DAY) == "too_late"
    last = NOW + 4 * DAY - timedelta(microseconds=1)
    assert ask(sale, Kind.RETURN_REFUND, "no_reason", window, last).at_fault == "buyer"
    assert code(ask, sale, Kind.RETURN_REFUND, "no_reason", window, NOW + 4 * DAY) == "too_late"


def test_what_can_not_be_asked() -> None:
    ask = rules.check_ask
    for state in ("awaiting_payment", "deposit_paid", "closed"):
        sale = Sale(state, None, None)
        assert code(ask, sale, Kind.REFUND_ONLY, "other", None, NOW) == "nothing_to_ask"
    sale = Sale("shipped", None, None)
    assert code(ask, sale, Kind.REFUND_ONLY, "no_reason", None, NOW) == "reason_unknown"
    assert code(ask, sale, Kind.EXCHANGE, "not_wanted", None, NOW) == "reason_unknown"
    assert code(ask, sale, Kind.EXCHANGE, "because", None, NOW) == "reason_unknown"


@pytest.mark.parametrize("rule", RETURN_RULES)
def test_every_return_rule_of_the_field(rule: str) -> None:
    never = {"not_supported", "not_custom_made"}
    if rule in never:
        assert code(rules.check_no_reason, rule, True) == "return_not_supported"
    else:
        rules.check_no_reason(rule, True)
    if rule == "no_reason":
        rules.check_no_reason(rule, False)
    else:
        assert code(rules.check_no_reason, rule, False) == "return_not_supported"


LINES = st.integers(1, 9).flatmap(
    lambda quantity: st.integers(0, quantity).flatmap(
        lambda shipped: st.builds(
            LineFacts,
            quantity=st.just(quantity),
            shipped=st.just(shipped),
            dropped=st.just(0),
            refunded=st.just(0),
            paid_minor=st.integers(0, 10**6),
            refunded_minor=st.just(0),
        )
    )
)


@given(line=LINES, asks=st.lists(st.tuples(st.integers(1, 9), st.booleans()), max_size=12))
def test_piece_by_piece_never_more_goes_back_than_was_paid(
    line: LineFacts, asks: list[tuple[int, bool]]
) -> None:
    reasons = {True: rules.REASONS["quality"], False: rules.REASONS["not_wanted"]}
    for quantity, is_sent in asks:
        try:
            amount = rules.check_line(line, Asked(quantity), Kind.REFUND_ONLY, reasons[is_sent])
        except Problem:
            assert quantity > (line.with_buyer if is_sent else line.unsent)
            continue
        line = line._replace(
            refunded=line.refunded + quantity,
            dropped=line.dropped + (0 if is_sent else quantity),
            refunded_minor=line.refunded_minor + amount,
        )
        assert line.refunded_minor <= line.paid_minor
        assert line.refunded <= line.quantity
        assert line.with_buyer >= 0
        assert line.unsent >= 0
    if line.refunded == line.quantity:
        assert line.refunded_minor == line.paid_minor


def test_a_part_of_the_price_but_never_of_what_was_not_sent() -> None:
    line = LineFacts(3, 2, 0, 0, 1_000, 0)
    quality, unwanted = rules.REASONS["quality"], rules.REASONS["not_wanted"]
    assert rules.check_line(line, Asked(2, 100), Kind.REFUND_ONLY, quality) == 100
    assert rules.check_line(line, Asked(2), Kind.REFUND_ONLY, quality) == 666
    for asked in (Asked(2, 667), Asked(2, -1)):
        refused = code(rules.check_line, line, asked, Kind.REFUND_ONLY, quality)
        assert refused == "amount_unavailable"
    for asked in (Asked(3), Asked(0)):
        refused = code(rules.check_line, line, asked, Kind.REFUND_ONLY, quality)
        assert refused == "pieces_unavailable"
    refused = code(rules.check_line, line, Asked(1, 100), Kind.REFUND_ONLY, unwanted)
    assert refused == "amount_unavailable"


def test_instant_up_to_300_and_only_where_nothing_was_sent() -> None:
    instant = installed_rules().instants[0]
    assert instant.grade == "B"

    def asked(**changes: object) -> bool:
        facts = {"order_state": "paid", "paid_minor": 30_000, "currency": "CNY", **changes}
        return rules.is_instant(instant, **facts)  # type: ignore[arg-type]

    assert asked()
    assert not asked(paid_minor=30_001)
    assert not asked(order_state="partly_shipped")
    assert not asked(currency="USD")


@given(
    pieces=st.integers(1, 5),
    price=st.integers(1, 10_000),
    falls=st.lists(st.integers(0, 12_000), max_size=5),
)
def test_price_protection_pays_each_fall_once(pieces: int, price: int, falls: list[int]) -> None:
    line = LineFacts(pieces, pieces, 0, 0, price * pieces, 0)
    given_minor = 0
    for now_costs in falls:
        owed = rules.protected_minor(line, now_costs, given_minor, paid_at=NOW, days=7, at=NOW)
        given_minor += owed
        line = line._replace(refunded_minor=given_minor)
    lowest = min([price, *falls])
    assert given_minor == (price - lowest) * pieces
    assert not rules.protected_minor(line, 0, 0, paid_at=NOW, days=7, at=NOW + 7 * DAY)


def test_the_nearest_category_says_how_goods_come_back(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        "format = 1\n"
        + "".join(
            f'[[category]]\nkey = "{key}"\nplatform = "any"\ncategory = "{category}"\n'
            f'rule = "{rule}"\neffective_from = "2020-01-01T00:00:00Z"\n'
            'summary = { en = "x", zh = "x" }\n'
            for key, category, rule in (
                ("food", "Food", "not_after_opening"),
                ("fresh", "Food > Fresh", "not_supported"),
            )
        ),
        encoding="utf-8",
    )
    categories = read_rules(path).categories

    def rule(own: str, category: str) -> str:
        return rules.return_rule(own, category, categories, "kuaishou", NOW)

    assert rule("", "Food > Fresh > Fish") == "not_supported"
    assert rule("", "food>Tea") == "not_after_opening"
    assert rule("", "Toys") == "no_reason"
    assert rule("no_reason", "Food > Fresh") == "no_reason"


def test_a_wrong_file_is_told_everything_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    common = (
        'platform = "any"\neffective_from = "2020-01-01T00:00:00Z"\n'
        'summary = { en = "x", zh = "x" }\n'
    )
    path.write_text(
        "format = 1\n"
        f'[[deadline]]\nkey = "a"\n{common}state = "refused"\nkinds = ["exchange"]\n'
        'seconds = 60\nverb = "agree"\n'
        f'[[deadline]]\nkey = "b"\n{common}state = "refused"\nkinds = ["exchange"]\n'
        'seconds = 1\nverb = "lapse"\n'
        f'[[deadline]]\nkey = "c"\n{common}state = "nowhere"\nseconds = 60\nverb = "grant"\n'
        f'[[category]]\nkey = "d"\n{common}rule = "never"\n',
        encoding="utf-8",
    )
    with pytest.raises(FileError) as caught:
        read_rules(path)
    told = "\n".join(problem.in_language("en") for problem in caught.value.problems)
    for words in (
        "does not follow",
        "overlaps 'a'",
        "≥ 60",
        "nowhere",
        "'grant'",
        "category",
        "never",
    ):
        assert words in told


# Pictures

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(20)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (WEBP, "image/webp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", None),
        (b"GIF89a" + bytes(20), None),
        (b"<html>" + PNG, None),
        (b"%PDF-1.7", None),
        (b"", None),
    ],
)
def test_a_picture_is_what_its_bytes_say(data: bytes, found: str | None) -> None:
    assert content_type(data) == found
    if found is None:
        assert code(check_picture, data) == "picture_unknown"


def test_a_picture_has_a_limit() -> None:
    assert check_picture(JPEG + bytes(5 * 2**20 - len(JPEG))) == "image/jpeg"
    assert code(check_picture, JPEG + bytes(5 * 2**20)) == "picture_too_large"
