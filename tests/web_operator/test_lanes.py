"""The time line's geometry."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from yellowcart.core.texts import Text
from yellowcart.policy.rules import Outcome, Rule
from yellowcart.web.operator import lanes

NOW = datetime(2021, 11, 10, tzinfo=UTC)


def rule(key: str, begins: float, length: float | None = None, **more: object) -> Rule:
    start = NOW + timedelta(days=begins)
    return Rule(
        key=key,
        outcome=Outcome.DENY,
        announced_at=start - timedelta(days=7),
        effective_from=start,
        effective_until=None if length is None else start + timedelta(days=length),
        reason=Text("-", "-"),
        **more,  # type: ignore[arg-type]
    )


def test_a_rule_has_a_bar_in_every_lane_it_names() -> None:
    links = rule(
        "links", 5, sources=frozenset({"youzan", "mokuai"}), surfaces=frozenset({"live_room"})
    )
    outage = rule("outage", -20, 10, sources=frozenset({"taobao"}))
    start, until = lanes.window([links, outage], NOW, "near")
    shown = lanes.sources([links, outage], start, until, NOW)
    assert [(one.source, [lane.surface for lane in one.lanes]) for one in shown] == [
        ("youzan", ["live_room"]),
        ("mokuai", ["live_room"]),
        ("taobao", [""]),
    ]
    (bar,) = shown[0].lanes[0].bars
    assert (bar.state, bar.before, bar.after) == ("coming", False, True)
    (past,) = shown[2].lanes[0].bars
    assert (past.state, past.after) == ("over", False)


def test_what_lies_outside_the_window_is_not_drawn() -> None:
    old = rule("old", -400, 20, sources=frozenset({"jd"}))
    assert lanes.sources([old], NOW - timedelta(days=45), NOW, NOW) == []
    start, until = lanes.window([old], NOW, "all")
    assert len(lanes.sources([old], start, until, NOW)) == 1


@given(st.lists(st.tuples(st.floats(-300, 300), st.none() | st.floats(0.01, 200)), max_size=12))
def test_bars_stay_inside_and_those_of_a_track_never_overlap(
    spans: list[tuple[float, float | None]],
) -> None:
    rules = [rule(f"r{number}", *span) for number, span in enumerate(spans)]
    start, until = NOW - timedelta(days=100), NOW + timedelta(days=100)
    for source in lanes.sources(rules, start, until, NOW):
        for lane in source.lanes:
            for bar in lane.bars:
                assert bar.left >= 0
                assert bar.left + bar.width <= 100.01
                assert bar.track < lane.tracks
            for track in range(lane.tracks):
                ends = 0.0
                for bar in (one for one in lane.bars if one.track == track):
                    assert bar.left >= ends - 0.01
                    ends = bar.left + bar.width


@given(st.integers(1, 3_000))
def test_the_scale_has_few_marks_in_order(days: int) -> None:
    start = NOW
    found = lanes.marks(start, start + timedelta(days=days), ZoneInfo("Asia/Shanghai"))
    assert len(found) <= 14
    assert [one.instant for one in found] == sorted(one.instant for one in found)
    assert all(0 <= one.left < 100 for one in found)
