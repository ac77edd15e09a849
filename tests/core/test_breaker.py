"""Pure: when a server that does not answer is left alone, and for how long."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from yellowcart.core import breaker as rules
from yellowcart.core.breaker import Breaker

AT = datetime(2026, 11, 26, tzinfo=UTC)


def failed(times: int) -> Breaker:
    breaker = Breaker()
    for _ in range(times):
        breaker = breaker.failed(AT)
    return breaker


def test_a_breaker_opens_after_failures_in_a_row():
    assert failed(rules.OPENS_AFTER - 1).lets(AT)
    opened = failed(rules.OPENS_AFTER)
    assert not opened.lets(AT)
    assert failed(rules.OPENS_AFTER - 1).answered() == Breaker()


def test_an_open_breaker_lets_one_probe_through_when_its_time_is_over():
    opened = failed(rules.OPENS_AFTER)
    later = AT + timedelta(seconds=rules.OPEN_SECONDS)
    assert opened.lets(later)
    probing = opened.tried(later)
    assert not probing.lets(later)
    assert probing.lets(later + timedelta(seconds=rules.PROBE_SECONDS))
    assert probing.answered() == Breaker()


def test_a_failed_probe_leaves_it_alone_for_longer():
    opened = failed(rules.OPENS_AFTER)
    again = opened.tried(AT).failed(AT)
    assert opened.until
    assert again.until
    assert again.until - AT == 2 * (opened.until - AT)


@given(st.integers(1, 200))
def test_nobody_is_left_alone_for_ever(times):
    until = failed(times).until
    assert until is None or until - AT <= timedelta(seconds=rules.LONGEST_OPEN_SECONDS)
