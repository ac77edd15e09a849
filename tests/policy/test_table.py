"""The compiled table against a slow reference that is right at a glance."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yellowcart.core.texts import Text
from yellowcart.policy.conflicts import check_conflicts
from yellowcart.policy.rules import Facts, Kind, Outcome, Rule
from yellowcart.policy.table import compile_rules
from yellowcart.policy.words import SURFACES

EPOCH = datetime(2021, 11, 1, tzinfo=UTC)
INSTANTS = [EPOCH + timedelta(hours=12 * step) for step in range(-2, 20)]


def day(number):
    return EPOCH + timedelta(days=number)


def selector(*values):
    return st.none() | st.frozensets(st.sampled_from(values), min_size=1)


@st.composite
def one_rule(draw):
    begins = draw(st.integers(0, 6))
    ends = draw(st.none() | st.integers(begins + 1, 8))
    announced = draw(st.integers(0, 4))
    written = draw(st.none() | st.integers(announced, 6))
    key = draw(st.sampled_from("abcdefgh"))
    return Rule(
        key=key,
        revision=draw(st.integers(1, 3)),
        kind=draw(st.sampled_from(Kind)),
        sources=draw(selector("youzan", "jd")),
        integrations=draw(selector("link", "native")),
        surfaces=draw(selector("live_room", "profile")),
        shops=draw(selector("s1", "s2")),
        shop_types=draw(selector("personal")),
        creators=draw(selector("c1")),
        outcome=draw(st.sampled_from(Outcome)),
        announced_at=day(announced),
        written_at=day(written) if written is not None else None,
        effective_from=day(begins),
        effective_until=day(ends) if ends is not None else None,
        supersedes=tuple(draw(st.lists(st.sampled_from("abcdefgh"), max_size=1))),
        withdrawn=draw(st.integers(0, 5)) == 0,
        reason=Text("en", "zh"),
    )


@st.composite
def rule_books(draw):
    """Rules as they could have been written one after another, none refused."""
    book = []
    for rule in draw(st.lists(one_rule(), max_size=9)):
        if not check_conflicts([rule], book):
            book.append(rule)
    return book


facts_asked = st.builds(
    Facts,
    source=st.sampled_from(["youzan", "jd", "elsewhere"]),
    integration=st.sampled_from(["link", "native", "supply"]),
    surface=st.sampled_from(["live_room", "profile", "replay"]),
    shop=st.sampled_from([None, "s1", "s2", "s3"]),
    shop_type=st.sampled_from([None, "personal", "flagship"]),
    creator=st.sampled_from([None, "c1", "c2"]),
)


def matches(rule, facts):
    pairs = [
        (rule.sources, facts.source),
        (rule.integrations, facts.integration),
        (rule.surfaces, facts.surface),
        (rule.shops, facts.shop),
        (rule.shop_types, facts.shop_type),
        (rule.creators, facts.creator),
    ]
    return all(wanted is None or value in wanted for wanted, value in pairs)


def reference(book, facts, at, as_of=None):
    """The deciding rule, step by step as the rules' own page says it."""
    known = [r for r in book if as_of is None or (r.written_at or r.announced_at) <= as_of]
    current = [
        r
        for r in known
        if not r.withdrawn
        and all(r.revision >= other.revision for other in known if other.key == r.key)
    ]
    standing = [
        r
        for r in current
        if not any(r.key in other.supersedes and other.effective_from <= at for other in current)
    ]
    speaking = [
        r
        for r in standing
        if r.effective_from <= at
        and (r.effective_until is None or at < r.effective_until)
        and matches(r, facts)
    ]
    for name in ("creators", "shops", "shop_types", "sources", "integrations", "surfaces"):
        named = [r for r in speaking if getattr(r, name) is not None]
        speaking = named or speaking
    latest = max((r.announced_at for r in speaking), default=None)
    speaking = [r for r in speaking if r.announced_at == latest]
    assert len(speaking) <= 1, "a tie was written"
    return speaking[0] if speaking else None


@given(rule_books(), facts_asked, st.sampled_from(INSTANTS))
@settings(max_examples=80, deadline=None)
def test_a_verdict_is_what_the_reference_says(book, facts, at):
    verdict = compile_rules(book).verdict(facts, at)
    expected = reference(book, facts, at)
    assert verdict.rule == (expected.key if expected else None)
    assert verdict.revision == (expected.revision if expected else None)
    assert verdict.outcome == (expected.outcome if expected else Outcome.ALLOW)
    assert verdict.kind == (expected.kind if expected else None)
    open_now = []
    for surface in SURFACES:
        there = reference(book, facts._replace(surface=surface), at)
        if there is None or there.outcome is Outcome.ALLOW:
            open_now.append(surface)
    assert list(verdict.open_surfaces) == open_now


@given(rule_books(), facts_asked, st.sampled_from(INSTANTS), st.sampled_from(INSTANTS))
@settings(max_examples=60, deadline=None)
def test_as_of_sees_only_what_was_written(book, facts, at, as_of):
    table = compile_rules(book)
    expected = reference(book, facts, at, as_of)
    verdict = table.verdict(facts, at, as_of)
    assert (verdict.rule, verdict.revision) == (
        (expected.key, expected.revision) if expected else (None, None)
    )
    seen = [r for r in book if (r.written_at or r.announced_at) <= as_of]
    assert verdict == compile_rules(seen).verdict(facts, at)


@given(rule_books(), facts_asked)
@settings(max_examples=30, deadline=None)
def test_intervals_partition_time(book, facts):
    table = compile_rules(book)
    at, seen = INSTANTS[0] - timedelta(days=400), 0
    verdict = table.verdict(facts, at)
    assert verdict.since is None
    while verdict.until is not None:
        following = table.verdict(facts, verdict.until)
        just_before = table.verdict(facts, verdict.until - timedelta(microseconds=1))
        assert following.since == verdict.until
        assert (just_before.rule, just_before.until) == (verdict.rule, verdict.until)
        # Maximal: another rule, another revision or another period decides on the far side.
        assert reference(book, facts, verdict.until) is not reference(
            book, facts, just_before_of(verdict.until)
        )
        assert table.next_change(facts, verdict.until - timedelta(microseconds=1)) == verdict.until
        verdict, seen = following, seen + 1
        assert seen < 50
    assert table.next_change(facts, day(900)) is None


def just_before_of(instant):
    return instant - timedelta(microseconds=1)


@given(rule_books(), facts_asked)
@settings(max_examples=40, deadline=None)
def test_a_verdict_changes_only_at_boundaries(book, facts):
    table = compile_rules(book)
    instants = table.boundaries(day(-1), day(30))
    assert instants == sorted(set(instants))
    verdict = table.verdict(facts, day(-1))
    while verdict.until is not None:
        assert verdict.until in instants
        assert any(
            verdict.until in (rule.effective_from, rule.effective_until)
            for rule in table.touching(verdict.until)
        )
        verdict = table.verdict(facts, verdict.until)


class TestMostSpecific:
    FACTS = Facts("youzan", "link", "live_room", "s1", "personal", "c1")

    @pytest.mark.parametrize(
        ("louder", "quieter"),
        [
            ({"creators": {"c1"}}, {"shops": {"s1"}, "sources": {"youzan"}}),
            ({"shops": {"s1"}}, {"shop_types": {"personal"}, "sources": {"youzan"}}),
            ({"shop_types": {"personal"}}, {"sources": {"youzan"}, "surfaces": {"live_room"}}),
            ({"sources": {"youzan"}}, {"integrations": {"link"}, "surfaces": {"live_room"}}),
            ({"integrations": {"link"}}, {"surfaces": {"live_room"}}),
            ({"surfaces": {"live_room"}}, {}),
            ({"sources": {"youzan"}, "surfaces": {"live_room"}}, {"sources": {"youzan"}}),
        ],
    )
    def test_order_of_selectors(self, rule, on_day, louder, quieter):
        # The quieter rule is announced later, which must not help it.
        book = [
            rule("loud", **louder, outcome=Outcome.ALLOW),
            rule("quiet", **quieter, announced_at=on_day(1)),
        ]
        assert compile_rules(book).verdict(self.FACTS, on_day(2)).rule == "loud"

    def test_a_list_means_the_same_as_one_rule_for_each(self, rule, on_day):
        book = [
            rule("both", sources={"youzan", "mokuai"}, surfaces={"live_room"}),
            rule("one", sources={"youzan"}, outcome=Outcome.ALLOW, announced_at=on_day(1)),
        ]
        assert compile_rules(book).verdict(self.FACTS, on_day(2)).rule == "both"

    def test_among_equals_the_latest_announced(self, rule, on_day):
        book = [
            rule("new", sources={"youzan"}, announced_at=on_day(1), effective_from=on_day(3)),
            rule("old", sources={"youzan"}, outcome=Outcome.ALLOW),
        ]
        table = compile_rules(book)
        assert table.verdict(self.FACTS, on_day(2)).rule == "old"
        assert table.verdict(self.FACTS, on_day(3)).rule == "new"


def test_as_json_speaks_the_callers_language(rule, on_day):
    verdict = compile_rules([rule("k", surfaces={"live_room"})]).verdict(
        Facts("jd", "link", "live_room"), on_day(1)
    )
    assert verdict.as_json("zh-hans")["remedy"] == "这样做"
    assert verdict.as_json("en") == {
        "outcome": "deny",
        "rule": "k",
        "revision": 1,
        "kind": "rule",
        "since": "2021-11-02T00:00:00Z",
        "until": None,
        "open_surfaces": ["short_video", "product_page", "profile", "shop_page", "replay"],
        "reason": "because",
        "remedy": "do that",
        "fee_bps": None,
        "announced_at": "2021-11-01T00:00:00Z",
        "notice": None,
        "grade": None,
        "evidence": None,
    }


def test_a_task_order_opens_only_what_asks_for_one(rule, on_day):
    table = compile_rules(
        [
            rule("task", sources={"jd"}, outcome=Outcome.REQUIRE_TASK),
            rule("no", sources={"youzan"}),
        ]
    )
    tasked = table.verdict(Facts("jd", "link", "live_room"), on_day(1))
    denied = table.verdict(Facts("youzan", "link", "live_room"), on_day(1))
    assert tasked.permits(has_task=True)
    assert not tasked.permits()
    assert not denied.permits(has_task=True)


def test_an_unknown_surface_or_a_naive_instant_is_refused(rule):
    table = compile_rules([rule()])
    with pytest.raises(ValueError, match="surface"):
        table.verdict(Facts("jd", "link", "shelf"), day(1))
    with pytest.raises(ValueError, match="zone"):
        table.verdict(Facts("jd", "link", "profile"), datetime(2021, 1, 1))  # noqa: DTZ001  meant


def test_what_is_kept_stays_bounded(rule, on_day, monkeypatch):
    monkeypatch.setattr("yellowcart.policy.table._MOST_FACTS", 50)
    monkeypatch.setattr("yellowcart.policy.table._MOST_VERDICTS", 40)
    table = compile_rules([rule(f"r{n}", shops={f"s{n}"}) for n in range(100)])
    for n in range(300):
        facts = Facts("jd", "link", "profile", shop=f"s{n}")
        assert table.verdict(facts, on_day(2)).rule == (f"r{n}" if n < 100 else None)
        assert len(table._lines) <= 50
        assert table._kept <= 40
