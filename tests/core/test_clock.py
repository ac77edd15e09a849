from datetime import UTC, datetime, timedelta

import pytest

from yellowcart.core import clock
from yellowcart.core.instants import InstantError, parse_instant


def test_24_00_is_the_next_day() -> None:
    assert parse_instant("2021-11-15T24:00+08:00") == datetime(2021, 11, 15, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2021-11-16T00:00:00", "has no zone"),
        ("2021-11-15T24:01+08:00", "end of a day"),
        ("2021-02-30T00:00Z", "calendar"),
        ("tomorrow", "write it like"),
    ],
)
def test_bad_instants_say_what_to_write(text: str, says: str) -> None:
    with pytest.raises(InstantError, match=says):
        parse_instant(text)


def test_the_clock_runs_at_its_speed_from_its_anchor() -> None:
    start = datetime(2021, 11, 15, 15, 59, tzinfo=UTC)
    line = clock.starting_at(start, speed=60)
    assert line.at(line.wall_us + 1_000_000) - line.platform_us == 60_000_000
    clock.set_timeline(line)
    assert timedelta(0) <= clock.now() - start < timedelta(minutes=5)


def test_production_refuses_another_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YELLOWCART_ENV", "production")
    with pytest.raises(clock.ClockRefusedError):
        clock.set_timeline(clock.starting_at(datetime(2021, 1, 1, tzinfo=UTC)))
