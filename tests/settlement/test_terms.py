"""Dated terms: which one speaks, when money is due, and what is wrong with a file."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowcart.core.instants import parse_instant
from yellowcart.core.tomlreader import FileError
from yellowcart.settlement import termpacks
from yellowcart.settlement.rules import Role
from yellowcart.settlement.termpacks import read_terms
from yellowcart.settlement.terms import (
    Basis,
    after_dispute,
    cycle_of,
    deposit_of,
    due_at,
    required_deposit,
    sent_at,
    withdrawal_of,
)

ZONE = ZoneInfo("Asia/Shanghai")
TERMS = read_terms(termpacks._SHIPPED)


def at(text: str) -> datetime:
    return parse_instant(f"{text}+08:00")


def key_of(platform: str, role: Role, when: str, basis: Basis = Basis.RECEIPT) -> str | None:
    found = cycle_of(TERMS.cycle, platform, role, "native", at(when), basis)
    return found.key if found else None


def test_a_platforms_own_cycle_comes_first_from_its_day_on():
    assert key_of("kuaishou", Role.MERCHANT, "2022-05-07T00:00:00") == "kuaishou.2022-05-07.receipt"
    assert key_of("kuaishou", Role.MERCHANT, "2022-05-06T23:59:59") == "any.receipt"
    assert key_of("douyin", Role.CREATOR, "2024-01-01T00:00:00") == "douyin.commission"
    assert key_of("douyin", Role.MERCHANT, "2024-01-01T00:00:00") == "any.receipt"
    assert key_of("jamble", Role.PLATFORM, "2024-01-01T00:00:00", Basis.SOURCE) == "any.source"


def test_a_dispute_moves_the_day_only_later():
    cycle = cycle_of(
        TERMS.cycle, "kuaishou", Role.MERCHANT, "native", at("2026-03-02"), Basis.RECEIPT
    )
    assert cycle is not None
    due = due_at(cycle, at("2026-03-02"), ZONE)
    assert due == at("2026-03-09")
    assert after_dispute(cycle, due, at("2026-02-25"), ZONE) == due
    assert after_dispute(cycle, due, at("2026-03-20"), ZONE) == at("2026-03-27")


@given(st.integers(0, 10**8))
def test_paydays_are_the_first_at_or_after_the_day(seconds: int):
    cycle = cycle_of(TERMS.cycle, "douyin", Role.CREATOR, "native", at("2024-01-01"), Basis.RECEIPT)
    assert cycle is not None
    since = at("2023-01-01") + timedelta(seconds=seconds)
    due = due_at(cycle, since, ZONE)
    waits = due - since - timedelta(days=7)
    assert timedelta(0) <= waits <= timedelta(days=16)
    local = due.astimezone(ZONE)
    assert local.day in {1, 16}
    assert (local.hour, local.minute) == (0, 0)


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("2026-03-02T15:59:59", "2026-03-02T15:59:59"),
        ("2026-03-02T16:00:00", "2026-03-03T00:00:00"),
        ("2026-03-31T23:59:59", "2026-04-01T00:00:00"),
    ],
)
def test_the_hour_decides_when_a_withdrawal_is_sent(asked: str, sent: str):
    terms = withdrawal_of(TERMS.withdrawal, "kuaishou", "CNY", at(asked))
    assert terms is not None
    assert sent_at(terms, at(asked), ZONE) == at(sent)


@pytest.mark.parametrize(
    ("shop_type", "when", "sales", "required"),
    [
        ("personal", "2025-08-31", 10**9, 0),
        ("personal", "2025-09-01", 0, 50_000),
        ("personal", "2025-09-01", 4_999_999, 50_000),
        ("personal", "2025-09-01", 5_000_000, 300_000),
        ("enterprise", "2025-09-01", 10**9, 100_000),
        ("flagship", "2025-09-01", 10**9, 0),
    ],
)
def test_a_deposit_goes_by_type_and_sales(shop_type: str, when: str, sales: int, required: int):
    terms = deposit_of(
        TERMS.deposit,
        "kuaishou",
        role="merchant",
        shop_type=shop_type,
        currency="CNY",
        at=at(when),
    )
    assert required_deposit(terms, sales) == required


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("paydays = [1, 16]", "paydays = [1, 31]", "name days from 1 to 28"),
        ("steps = [[5000000, 300000]]", "steps = [[1, 2], [0, 3]]", "pairs of sales and deposit"),
        ('basis = "receipt"', 'basis = "reciept"', "did you mean 'receipt'"),
        ("cutoff_hour = 16", "cutoff_hour = 25", "whole number 0 … 24"),
        ('key = "any.usd"', 'key = "any.usd"\nsecret = 1', "not a key of this format"),
        ('currency = "USD"', 'currency = "CNY"', "overlaps 'any.cny'"),
    ],
)
def test_mistakes_in_a_file_are_shown(tmp_path: Path, old: str, new: str, says: str):
    text = termpacks._SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "terms.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileError, match=says):
        read_terms(path)
