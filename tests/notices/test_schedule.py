"""When a party is told, as values."""

from datetime import timedelta

import pytest
from tests.factories import day, make_rule

from yellowcart.notices.rules import due_at, is_taken_back, next_due, schedule

MICRO = timedelta(microseconds=1)


def stages(rule):
    return [due.stage for due in schedule(rule)]


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        (timedelta(days=44), ["announced", "7d", "1d", "1h", "cutover"]),
        (timedelta(days=7), ["announced", "1d", "1h", "cutover"]),
        (timedelta(hours=20), ["announced", "1h", "cutover"]),
        (timedelta(minutes=30), ["announced", "cutover"]),
        (timedelta(0), ["cutover"]),
    ],
)
def test_stages_that_would_come_before_the_announcement_are_left_out(lead, expected):
    assert stages(make_rule(announced_at=day(0), effective_from=day(0) + lead)) == expected


def test_instants_of_the_stages():
    rule = make_rule(announced_at=day(0), effective_from=day(10))
    assert [due.at for due in schedule(rule)] == [
        day(0),
        day(3),
        day(9),
        day(10) - timedelta(hours=1),
        day(10),
    ]


@pytest.mark.parametrize(
    ("at", "stage"),
    [
        (day(0) - MICRO, None),
        (day(0), "announced"),
        (day(3) - MICRO, "announced"),
        (day(3), "7d"),
        (day(10) - MICRO, "1h"),
        (day(10), "cutover"),
        (day(12), "cutover"),
        (day(12) + MICRO, None),
    ],
)
def test_only_the_latest_stage_is_due(at, stage):
    due = due_at([make_rule(announced_at=day(0), effective_from=day(10))], at)
    assert [each.stage for each in due] == ([stage] if stage else [])


def test_what_was_written_later_is_announced_when_it_was_written():
    rule = make_rule(announced_at=day(0), written_at=day(9), effective_from=day(10))
    assert stages(rule) == ["announced", "1h", "cutover"]


def test_nobody_is_warned_of_what_is_over_or_taken_back():
    over = make_rule(effective_from=day(1), effective_until=day(2))
    gone = make_rule(effective_from=day(5), withdrawn=True)
    assert due_at([over, gone], day(2)) == []
    assert is_taken_back(gone)
    assert is_taken_back(make_rule(revision=2, written_at=day(3), effective_until=day(3)))
    assert not is_taken_back(over)


def test_next_due():
    rules = [
        make_rule("a", announced_at=day(0), effective_from=day(10)),
        make_rule("b", announced_at=day(0), effective_from=day(3.5)),
    ]
    assert next_due(rules, day(1)) == day(2.5)
    assert next_due(rules, day(3.5)) == day(9)
    assert next_due(rules, day(10)) is None
