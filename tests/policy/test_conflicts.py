"""What may not be written, and the sentence that says why."""

from yellowcart.policy.conflicts import check_conflicts
from yellowcart.policy.rules import Outcome


def fields_of(conflicts):
    return [conflict.field for conflict in conflicts]


def test_sound_rules_pass(rule, on_day):
    book = [
        rule("a", sources={"youzan"}, surfaces={"live_room"}),
        rule("b", sources={"jd"}, surfaces={"live_room"}),
        rule("c", sources={"youzan"}, surfaces={"profile"}),
    ]
    assert check_conflicts(book) == []


def test_a_tie_is_refused_whichever_way_it_is_written(rule):
    old = rule("old", sources={"youzan"}, surfaces={"live_room"})
    new = rule("new", sources={"youzan", "jd"}, surfaces={"live_room"}, outcome=Outcome.ALLOW)
    for conflicts in (check_conflicts([new], [old]), check_conflicts([old, new])):
        assert fields_of(conflicts) == ["announced_at"]
        assert "'old'" in conflicts[0].message.en or "'new'" in conflicts[0].message.en
        assert "supersedes" in conflicts[0].message.zh


def test_a_tie_even_where_both_say_the_same(rule):
    assert check_conflicts([rule("a", shops={"s"}), rule("b", shops={"s"})])


def test_no_tie_where_they_can_never_meet(rule, on_day):
    assert not check_conflicts(
        [
            rule("a", sources={"jd"}, effective_until=on_day(5)),
            rule("b", sources={"jd"}, effective_from=on_day(5)),
        ]
    )
    assert not check_conflicts([rule("a", shops={"s1"}), rule("b", shops={"s2"})])


def test_no_tie_with_what_is_no_longer_in_force(rule, on_day):
    old = rule("old", sources={"jd"})
    gone = rule("old", sources={"jd"}, revision=2, withdrawn=True, written_at=on_day(1))
    new = rule("new", sources={"jd"})
    assert check_conflicts([new], [old])
    assert not check_conflicts([new], [old, gone])
    assert not check_conflicts([rule("new", sources={"jd"}, supersedes=("old",))], [old])


def test_a_tie_that_a_correction_brings_is_found(rule, on_day):
    existing = [rule("a", sources={"jd"}), rule("b", sources={"youzan"})]
    wider = rule("b", sources={"youzan", "jd"}, revision=2, written_at=on_day(1))
    assert fields_of(check_conflicts([wider], existing)) == ["announced_at"]


def test_a_reversed_interval(rule, on_day):
    for end in (0, 1):
        found = check_conflicts([rule("a", effective_until=on_day(end))])
        assert fields_of(found) == ["effective_until"]
        assert "swap" in found[0].message.en


def test_overlapping_periods_of_one_revision(rule, on_day):
    first = rule("a", effective_until=on_day(4))
    assert fields_of(check_conflicts([first, rule("a", effective_from=on_day(3))])) == [
        "effective_from"
    ]
    assert not check_conflicts([first, rule("a", effective_from=on_day(4))])


def test_a_later_revision_is_written_later(rule, on_day):
    existing = [rule("a", revision=2, written_at=on_day(3))]
    assert fields_of(check_conflicts([rule("a", revision=3, written_at=on_day(2))], existing)) == [
        "written_at"
    ]


def test_written_before_announced(rule, on_day):
    assert "written_at" in fields_of(check_conflicts([rule("a", written_at=on_day(-1))]))


def test_superseding_what_is_not_there(rule):
    found = check_conflicts(
        [rule("a", supersedes=("ghost",)), rule("b", supersedes=("b",), shops={"s"})]
    )
    assert fields_of(found) == ["supersedes", "supersedes"]
