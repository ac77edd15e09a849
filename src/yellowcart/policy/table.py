"""Rules compiled for reading: every verdict is one look-up and one binary search.

For each combination of facts that is asked about, the course of deciding rules over all time is
drawn once and kept. Facts that no rule can tell apart share one course (a shop that no rule names
is just "some shop"), so what is kept is bounded by the rules, and beyond that by a cap.

A table never changes; a new set of rules is a new table. Its methods are pure, and safe to call
from several threads.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from heapq import heappop, heappush
from typing import Final, NamedTuple

from yellowcart.policy.rules import Facts, Outcome, Rule, in_force, louder
from yellowcart.policy.verdicts import Verdict, verdict_of
from yellowcart.policy.words import SURFACES

_MOST_FACTS: Final = 100_000
_MOST_VERDICTS: Final = 200_000
_MOST_PAST_TABLES: Final = 8


class _Course(NamedTuple):
    """Who decides when: ``deciders[i]`` in ``[instants[i - 1], instants[i])``."""

    instants: list[datetime]
    deciders: list[Rule | None]


class _Line(NamedTuple):
    """What is answered when, in the same layout as a course."""

    instants: list[datetime]
    verdicts: list[Verdict]


class RuleTable:
    """A compiled, immutable set of rules."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: Final = tuple(rules)
        self.in_force: Final = tuple(in_force(self.rules))
        self._known: Final = sorted({rule.known_since for rule in self.rules})
        self._past: dict[int, RuleTable] = {}
        self._index: Final = _by_subject(self.in_force)
        self._named: Final = _named_values(self.in_force)
        self._instants: Final = sorted(
            {rule.effective_from for rule in self.in_force}
            | {rule.effective_until for rule in self.in_force if rule.effective_until}
        )
        self._lines: dict[Facts, _Line] = {}
        self._shared: dict[Facts, _Line] = {}
        self._courses: dict[Facts, _Course] = {}
        self._kept = 0

    def verdict(self, facts: Facts, at: datetime, as_of: datetime | None = None) -> Verdict:
        """The verdict on ``facts`` at an aware instant.

        ``as_of`` asks what was believed then: only rules written by that instant speak.
        ``ValueError`` for an unknown surface or an instant without a zone.
        """
        if as_of is not None:
            return self.known_at(as_of).verdict(facts, at)
        line = self._lines.get(facts)
        if line is None:
            line = self._line(facts)
        if at.tzinfo is None:
            raise ValueError("a verdict needs an instant with a zone")
        instants, verdicts = line
        return verdicts[bisect_right(instants, at)]

    def next_change(self, facts: Facts, at: datetime) -> datetime | None:
        """The first instant after ``at`` at which another rule, or none, decides on ``facts``."""
        return self.verdict(facts, at).until

    def boundaries(self, after: datetime, until: datetime) -> list[datetime]:
        """The instants in ``(after, until]`` at which any rule begins or ends, in order."""
        first = bisect_right(self._instants, after)
        return self._instants[first : bisect_right(self._instants, until)]

    def touching(self, instant: datetime) -> list[Rule]:
        """The rules that begin or end exactly at ``instant``."""
        return [
            rule for rule in self.in_force if instant in (rule.effective_from, rule.effective_until)
        ]

    def named_subjects(self) -> tuple[frozenset[str], frozenset[str]]:
        """The shops and the creators that any rule in force names."""
        return frozenset(self._named.shops), frozenset(self._named.creators)

    def known_at(self, as_of: datetime) -> "RuleTable":
        """The table as it was believed at ``as_of``; a few recent ones are kept."""
        count = bisect_right(self._known, as_of)
        if count == len(self._known):
            return self
        table = self._past.get(count)
        if table is None:
            table = RuleTable(rule for rule in self.rules if rule.known_since <= as_of)
            if len(self._past) >= _MOST_PAST_TABLES:
                self._past.clear()
            self._past[count] = table
        return table

    def _line(self, facts: Facts) -> _Line:
        plain = self._plain(facts)
        line = self._shared.get(plain)
        if line is None:
            line = self._draw(plain)
            self._keep(len(line.verdicts))
            self._shared[plain] = line
        if len(self._lines) >= _MOST_FACTS:
            self._lines.clear()
        self._lines[facts] = line
        return line

    def _keep(self, verdicts: int) -> None:
        self._kept += verdicts
        if self._kept > _MOST_VERDICTS:
            self._lines.clear()
            self._shared.clear()
            self._courses.clear()
            self._kept = verdicts

    def _plain(self, facts: Facts) -> Facts:
        """The same facts with every value that no rule names made one and the same."""
        if facts.surface not in SURFACES:
            raise ValueError(f"{facts.surface!r} is not a surface; use {', '.join(SURFACES)}")
        named = self._named
        return Facts(
            source=facts.source if facts.source in named.sources else "",
            integration=facts.integration if facts.integration in named.integrations else "",
            surface=facts.surface,
            shop=facts.shop if facts.shop in named.shops else None,
            shop_type=facts.shop_type if facts.shop_type in named.shop_types else None,
            creator=facts.creator if facts.creator in named.creators else None,
        )

    def _draw(self, facts: Facts) -> _Line:
        courses = {surface: self._course(facts._replace(surface=surface)) for surface in SURFACES}
        own = courses[facts.surface]
        instants = sorted({instant for course in courses.values() for instant in course.instants})
        verdicts = []
        for place in range(len(instants) + 1):
            start = instants[place - 1] if place else None
            deciders = {surface: _at(course, start) for surface, course in courses.items()}
            step = bisect_right(own.instants, start) if start else 0
            verdicts.append(
                verdict_of(
                    own.deciders[step],
                    since=own.instants[step - 1] if step else None,
                    until=own.instants[step] if step < len(own.instants) else None,
                    open_surfaces=tuple(
                        surface
                        for surface, rule in deciders.items()
                        if rule is None or rule.outcome is Outcome.ALLOW
                    ),
                )
            )
        return _Line(instants, verdicts)

    def _course(self, facts: Facts) -> _Course:
        course = self._courses.get(facts)
        if course is None:
            candidates = [
                rule
                for key in (
                    ("creator", facts.creator, facts.surface),
                    ("shop", facts.shop, facts.surface),
                    ("source", facts.source, facts.surface),
                    ("any", None, facts.surface),
                )
                for rule in self._index.get(key, ())
                if rule.speaks_of(facts)
            ]
            course = self._courses[facts] = _sweep(candidates)
        return course


def compile_rules(rules: Iterable[Rule]) -> RuleTable:
    """A table of rules that :func:`~yellowcart.policy.conflicts.check_conflicts` passed."""
    return RuleTable(rules)


class _Named(NamedTuple):
    """Every value that some rule names, by selector."""

    sources: set[str]
    integrations: set[str]
    shops: set[str]
    shop_types: set[str]
    creators: set[str]


def _named_values(rules: Iterable[Rule]) -> _Named:
    named = _Named(set(), set(), set(), set(), set())
    for rule in rules:
        named.sources.update(rule.sources or ())
        named.integrations.update(rule.integrations or ())
        named.shops.update(rule.shops or ())
        named.shop_types.update(rule.shop_types or ())
        named.creators.update(rule.creators or ())
    return named


_Key = tuple[str, str | None, str]


def _by_subject(rules: Iterable[Rule]) -> dict[_Key, list[Rule]]:
    """Each rule once for every value of its narrowest selector, on every surface it names."""
    index: dict[_Key, list[Rule]] = defaultdict(list)
    for rule in rules:
        name, values = _narrowest(rule)
        for surface in rule.surfaces or SURFACES:
            for value in values:
                index[name, value, surface].append(rule)
    return dict(index)


def _narrowest(rule: Rule) -> tuple[str, Iterable[str | None]]:
    if rule.creators is not None:
        return "creator", rule.creators
    if rule.shops is not None:
        return "shop", rule.shops
    if rule.sources is not None:
        return "source", rule.sources
    return "any", (None,)


def _at(course: _Course, instant: datetime | None) -> Rule | None:
    return course.deciders[bisect_right(course.instants, instant) if instant else 0]


def _sweep(rules: list[Rule]) -> _Course:
    """The loudest rule over time: n log n by a heap whose ended rules are dropped when on top."""
    ranked = sorted(rules, key=lambda rule: (louder(rule), rule.key, rule.revision))
    starts: dict[datetime, list[int]] = defaultdict(list)
    for rank, rule in enumerate(ranked):
        starts[rule.effective_from].append(rank)
        if rule.effective_until is not None:
            starts.setdefault(rule.effective_until, [])
    instants: list[datetime] = []
    deciders: list[Rule | None] = [None]
    speaking: list[int] = []
    for instant in sorted(starts):
        for rank in starts[instant]:
            heappush(speaking, -rank)
        while speaking and not ranked[-speaking[0]].holds_at(instant):
            heappop(speaking)
        decider = ranked[-speaking[0]] if speaking else None
        if decider is not deciders[-1]:
            instants.append(instant)
            deciders.append(decider)
    return _Course(instants, deciders)
