"""Properties of the figures that no example can show."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowcart.insights.rules import (
    Dimension,
    Figures,
    Loop,
    Window,
    around,
    closed_share,
    compare,
    merge,
    period_name,
    periods,
    ratio_bps,
    same_length,
)

LOOPS = st.sampled_from(list(Loop))
FIGURES = st.lists(
    st.builds(
        lambda loop, source, currency, gmv, sales: Figures(
            {Dimension.LOOP: loop, Dimension.SOURCE: source}, currency, gmv, sales, sales
        ),
        LOOPS,
        st.sampled_from(["native", "youzan"]),
        st.sampled_from(["CNY", "USD"]),
        st.integers(0, 10**12),
        st.integers(1, 10**6),
    )
)


def by_currency(rows: list[Figures]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for row in rows:
        totals[row.currency] = totals.get(row.currency, 0) + row.gmv_minor
    return totals


@given(FIGURES)
def test_merging_keeps_every_currencys_total(rows: list[Figures]) -> None:
    assert by_currency(merge(rows, [Dimension.LOOP])) == by_currency(rows)
    assert by_currency(merge(rows, [])) == by_currency(rows)


@given(FIGURES, FIGURES)
def test_a_comparison_loses_nothing(before: list[Figures], after: list[Figures]) -> None:
    loops = [Dimension.LOOP]
    changes = compare(merge(before, loops), merge(after, loops), loops)
    assert sum(one.before_minor for one in changes) == sum(one.gmv_minor for one in before)
    assert sum(one.after_minor for one in changes) == sum(one.gmv_minor for one in after)
    for share in closed_share(changes):
        for side in (share.before_bps, share.after_bps):
            assert side is None or 0 <= side <= 10_000


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**9))
def test_a_ratio_is_within_half_a_basis_point(part: int, whole: int) -> None:
    found = ratio_bps(part, whole)
    assert found is not None
    assert abs(found * whole - part * 10_000) * 2 <= whole
    assert ratio_bps(part, 0) is None


@given(
    st.integers(946_684_800, 1_893_456_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.integers(1, 60 * 24 * 3),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "UTC"]),
)
def test_periods_cover_a_window(start: datetime, minutes: int, zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    window = Window(start, start + timedelta(minutes=minutes))
    for unit in (Dimension.DAY, Dimension.HOUR, Dimension.MINUTE):
        named = periods(window, unit, zone)
        starts = [one.astimezone(UTC) for one in named]
        assert starts[0] <= window.start
        assert starts[-1] < window.until
        assert len(starts) == len(set(starts))
        assert starts == sorted(starts)
        names = [period_name(one, unit) for one in named]
        assert len(names) == len(set(names))


def test_the_day_clocks_go_back_has_25_hours() -> None:
    zone = ZoneInfo("Europe/Berlin")
    day = Window(datetime(2021, 10, 30, 22, tzinfo=UTC), datetime(2021, 10, 31, 23, tzinfo=UTC))
    assert len(periods(day, Dimension.HOUR, zone)) == 25
    assert len(periods(day, Dimension.DAY, zone)) == 1


def test_windows_beside_a_cut_touch_it_and_never_pass_now() -> None:
    cut = datetime(2021, 11, 15, 16, tzinfo=UTC)
    now = cut + timedelta(hours=5)
    length = same_length(cut, now, longest=timedelta(days=30), asked=timedelta(days=7))
    before, after = around(cut, length)
    assert (before.until, after.start, after.until) == (cut, cut, now)
    assert before.length == after.length
    with pytest.raises(ValueError, match="not come"):
        same_length(cut, cut, longest=timedelta(days=1))
    with pytest.raises(ValueError, match="ends after"):
        Window(cut, cut)
