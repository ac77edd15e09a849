"""Beijing's time and yuan, by hypothesis and by hand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.contract.gateway import Waiting

from yellowcart.sources.connectors.calling import AskedToWaitError
from yellowcart.sources.connectors.mainland import (
    beijing,
    beijing_text,
    fen,
    of_ms,
    patiently,
    to_ms,
    without_nulls,
)

INSTANTS = st.integers(0, 4_000_000_000_000_000).map(
    lambda us: datetime(1992, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
)


@given(INSTANTS)
def test_beijings_seconds_come_back(at: datetime) -> None:
    whole = at.replace(microsecond=0)
    assert beijing(beijing_text(at)) == whole
    there = at.astimezone(ZoneInfo("Asia/Shanghai"))
    assert beijing_text(at) == there.strftime("%Y-%m-%d %H:%M:%S")


def test_a_day_turns_in_beijing() -> None:
    assert beijing("2021-11-16 00:00:00") == datetime(2021, 11, 15, 16, 0, tzinfo=UTC)


@given(INSTANTS)
def test_milliseconds_come_back(at: datetime) -> None:
    assert timedelta(0) <= at - of_ms(to_ms(at)) < timedelta(milliseconds=1)


@pytest.mark.parametrize("milliseconds", [-1, 10**17])
def test_no_instant_outside_the_calendar(milliseconds: int) -> None:
    with pytest.raises(ValueError, match="no instant"):
        of_ms(milliseconds)


@given(st.integers(0, 10**12))
def test_yuan_of_two_places_lose_nothing(minor: int) -> None:
    text = f"{minor // 100}.{minor % 100:02d}"
    assert fen(text) == minor
    assert fen(f" {text} ") == minor
    assert minor >= 10**9 or fen(float(text)) == minor


@given(st.decimals(min_value=0, max_value=10**8, places=8))
def test_shares_of_a_fen_are_rounded_to_the_next(yuan: Decimal) -> None:
    assert abs(fen(str(yuan)) - yuan * 100) <= Decimal("0.5")


@pytest.mark.parametrize("nonsense", ["-1", "1,5", "yuan", "1e30", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused(nonsense: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        fen(nonsense)


def test_nulls_are_left_out_at_any_depth() -> None:
    told = {"a": None, "b": [1, None, {"c": None, "d": 0}], "e": ""}
    assert without_nulls(told) == {"b": [1, {"d": 0}], "e": ""}


def test_patience_ends() -> None:
    waiting = Waiting()
    caller = waiting.caller()
    asked = []

    def ask() -> int:
        seconds = caller.pace.take_turn(caller.clock())
        caller.sleep(seconds)
        asked.append(waiting.at)
        return 1

    with pytest.raises(AskedToWaitError):
        patiently(caller, ask, lambda _told, tried: 2.0 * (tried + 1))
    assert asked == [1000.0, 1002.0, 1006.0]
    assert patiently(caller, lambda: 0, lambda _told, _tried: 0.0) == 0
