"""When frames go out and who is let in: pure rules."""

from hypothesis import given
from hypothesis import strategies as st

from yellowcart.edge import rules
from yellowcart.edge.rules import Limits, Load, Pace

LIMITS = Limits(sockets=100, in_a_room=50, from_an_address=10, lag_seconds=1.0)
CALM = Load(sockets=0, in_the_room=0, from_the_address=0, lag_seconds=0.0)


def test_a_small_room_is_quick_and_a_large_one_takes_what_writing_takes() -> None:
    assert rules.cadence(10, 6e-6, 1.0) == rules.QUICKEST
    assert rules.cadence(2_000, 6e-6, 1.0) == rules.QUICKEST
    assert 0.15 < rules.cadence(20_000, 6e-6, 1.0) < 0.2
    assert rules.cadence(10**6, 6e-6, 1.0) == rules.SLOWEST


def test_frames_become_rarer_under_load_and_recover() -> None:
    # A full room's turns with a few pins between them are no load to stretch for.
    assert rules.stretched(1.0, rules.SHARE + 0.05) == 1.0
    stretch = 1.0
    for _ in range(5):
        stretch = rules.stretched(stretch, 0.95)
    assert rules.cadence(10, 6e-6, stretch) > 2 * rules.QUICKEST
    for _ in range(50):
        stretch = rules.stretched(stretch, 0.2)
    assert stretch == 1.0
    for _ in range(100):
        stretch = rules.stretched(stretch, 1.0)
    assert rules.cadence(10, 6e-6, stretch) <= rules.SLOWEST


@given(
    waits=st.lists(st.tuples(st.floats(0, 0.2), st.booleans()), max_size=200),
    every=st.floats(rules.QUICKEST, rules.SLOWEST),
)
def test_urgent_matters_go_at_once_and_never_flood(
    waits: list[tuple[float, bool]], every: float
) -> None:
    now, pace, sent = 10.0, Pace(0.0, 0.0), []
    for wait, urgent in waits:
        now += wait
        at = rules.due(pace, now, every, urgent=urgent)
        assert now <= at <= max(now, pace.flushed + every)
        if at == now:
            pace = Pace(now, now if urgent else pace.hurried)
            sent.append(now)
    for start in sent:
        assert sum(start <= at < start + every for at in sent) <= 4


def test_a_pin_after_chat_does_not_wait() -> None:
    assert rules.due(Pace(9.99, 0.0), 10.0, 0.5, urgent=True) == 10.0
    assert rules.due(Pace(9.99, 0.0), 10.0, 0.5, urgent=False) == 10.49


def test_a_process_is_full_by_any_of_its_limits() -> None:
    assert not rules.is_full(CALM, LIMITS)
    for name, value in {
        "sockets": 100,
        "in_the_room": 50,
        "from_the_address": 10,
        "lag_seconds": 1.1,
    }.items():
        asked = {field: getattr(CALM, field) for field in Load.__dataclass_fields__}
        assert rules.is_full(Load(**{**asked, name: value}), LIMITS)


def test_a_crowd_comes_back_over_seconds() -> None:
    assert rules.window(1) == 1.0
    assert rules.window(20_000) == 5.0
    assert rules.window(10**7) == rules.LONGEST_WINDOW
