"""An order's clocks: what the shipped file says, and what holds for any figures."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowcart.core.instants import parse_instant
from yellowcart.core.texts import Text
from yellowcart.core.tomlreader import FileError
from yellowcart.orders.timerpacks import installed_timers, payment_seconds, read_timers
from yellowcart.orders.timers import (
    LateShipping,
    Promise,
    ReceiptTimer,
    decide_receipt,
    in_force,
    late_amount,
    ship_by,
)

START = datetime(2022, 6, 1, tzinfo=UTC)
EVER = {
    "key": "k",
    "platform": "any",
    "effective_from": datetime(2019, 1, 1, tzinfo=UTC),
    "effective_until": None,
    "summary": Text("x", "x"),
}
RECEIPT = ReceiptTimer(
    **EVER,  # type: ignore[arg-type]
    after_days=(10, 20, 30),
    buyer_extension_days=3,
    buyer_extensions=1,
)
LATE = LateShipping(**EVER, rate_bps=1_000, least_minor=500, most_minor=3_000, currency="CNY")  # type: ignore[arg-type]


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def test_the_shipped_file_says_what_the_field_does() -> None:
    timers = installed_timers()
    later = parse_instant("2022-05-07T00:00+08:00")
    receipt = in_force(timers.receipt, "kuaishou", later)
    assert receipt is not None
    assert (receipt.after_days, receipt.grade) == ((10, 20, 30), "B")
    assert (receipt.buyer_extension_days, receipt.buyer_extensions) == (3, 1)
    before = in_force(timers.receipt, "kuaishou", later - timedelta(microseconds=1))
    assert before is not None
    assert before.platform == "any"
    promise = in_force(timers.promise, "kuaishou", later)
    assert promise is not None
    assert promise.choices == (86_400, 172_800, 259_200)
    assert (promise.presale_least_days, promise.presale_most_days) == (3, 15)
    late = in_force(timers.late_shipping, "kuaishou", later)
    assert late is not None
    assert (late.rate_bps, late.least_minor, late.most_minor, late.grade) == (1000, 500, 3000, "C")
    payment = in_force(timers.payment, "douyin", later)
    assert payment is not None
    assert (payment.seconds, payment.grade) == (1_800, "A")


@pytest.mark.parametrize(
    ("looked", "delivered", "expected"),
    [
        (9.9, True, (False, 0, 10)),
        (10, True, (True, 0, 10)),
        (10, False, (False, 1, 20)),
        (20, True, (True, 1, 20)),
        (20, False, (False, 2, 30)),
        (30, False, (True, 2, 30)),
        (300, False, (True, 2, 30)),
    ],
)
def test_received_on_day_10_20_or_30(
    looked: float, delivered: bool, expected: tuple[bool, int, int]
) -> None:
    """``delivered`` is known only by the last look."""
    stage = 0
    for at in sorted({10, 20, looked}):
        if at <= looked:
            told = decide_receipt(
                RECEIPT,
                shipped_at=START,
                stage=stage,
                extended_days=0,
                is_delivered=delivered and at == looked,
                at=day(at),
            )
            stage = told.stage
            if told.is_due:
                break
    assert (told.is_due, told.stage, told.look_at) == (expected[0], expected[1], day(expected[2]))


@given(
    extended=st.integers(0, 200),
    delivered=st.booleans(),
    looks=st.lists(st.integers(0, 400), min_size=1, max_size=6).map(sorted),
)
def test_looking_often_or_once_ends_the_same(
    extended: int, delivered: bool, looks: list[int]
) -> None:
    """Whatever the worker slept through, and every extension moves the end by as much."""

    def told(stage: int, at: float) -> tuple[bool, int, datetime]:
        return decide_receipt(
            RECEIPT,
            shipped_at=START,
            stage=stage,
            extended_days=extended,
            is_delivered=delivered,
            at=day(at),
        )

    stage, often = 0, (False, 0, START)
    for at in looks:
        often = told(stage, at)
        stage = often[1]
        if often[0]:
            break
    if often[0]:
        assert told(0, looks[-1]) == often
        assert often[2] == day((10 if delivered else 30) + extended)
    else:
        assert often[2] > day(looks[-1])


@given(paid=st.integers(1, 10**9))
def test_late_shipping_costs_a_tenth_within_bounds(paid: int) -> None:
    owed = late_amount(LATE, paid, "CNY")
    assert 500 <= owed <= 3_000
    if 5_000 <= paid <= 30_000:
        assert abs(owed * 10 - paid) <= 5
    assert late_amount(LATE, paid, "USD") == 0
    assert late_amount(None, paid, "CNY") == 0


def test_nothing_paid_is_nothing_owed() -> None:
    assert late_amount(LATE, 0, "CNY") == 0


def test_the_slowest_goods_set_the_promise() -> None:
    rule = in_force(installed_timers().promise, "kuaishou", START)
    assert ship_by(START, [Promise(86_400, None)], rule) == day(1)
    assert ship_by(START, [Promise(None, None)], rule) == day(2)
    assert ship_by(START, [Promise(86_400, None), Promise(None, 15)], rule) == day(15)
    assert ship_by(START, [Promise(None, None)], None) is None
    assert ship_by(START, [], rule) is None


WRONG = """
format = 1
[[receipt]]
key = "a"
platform = "any"
after_days = [10, 10]
buyer_extension_days = 3
buyer_extensions = 1
effective_from = "2022-01-01T00:00:00+08:00"
summary = { en = "x", zh = "x" }

[[receipt]]
key = "b"
platform = "any"
after_days = [5]
buyer_extension_days = 3
effective_from = "2023-01-01T00:00:00+08:00"
summary = { en = "x", zh = "x" }

[[late_shipping]]
key = "c"
platform = "any"
rate = 10
rate_bps = 1000
least_minor = 600
most_minor = 500
effective_from = "2022-01-01"
summary = { en = "x", zh = "x" }
"""


def test_a_wrong_file_is_told_everything_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(WRONG, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_timers(path)
    told = [problem.in_language("en") for problem in caught.value.problems]
    for words in (
        "each greater than the one before",
        "buyer_extensions: is missing",
        "overlaps 'a'",
        "rate: is not a key of this format",
        "is less than least_minor",
        "effective_from",
    ):
        assert any(words in each for each in told), (words, told)
    assert all(problem.in_language("zh").isascii() is False for problem in caught.value.problems)


def test_an_operators_own_file_is_followed(tmp_path: Path, settings) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "mine.toml"
    path.write_text(
        'format = 1\n[[payment]]\nkey = "mine"\nplatform = "any"\nseconds = 60\n'
        'effective_from = "2020-01-01T00:00:00Z"\nsummary = { en = "x", zh = "x" }\n',
        encoding="utf-8",
    )
    assert payment_seconds(START) == 900
    settings.ORDER_TIMERS = str(path)
    assert payment_seconds(START) == 60
    assert installed_timers().receipt == ()
    settings.ORDER_EXPIRES_SECONDS = 120
    assert payment_seconds(START) == 120
