"""Who may open the yellow cart: facts in, decision out. No clock, no database.

There are three permits, never merged: to go live, to sell one's own goods, and to promote other
people's. Each is opened by a rule: conditions that must all be met, in an interval of time, for
some shop types and regions or for all. Some conditions may be waived (a bound shop of one's own
stands for followers and videos), and some may have a lower bound that is enough for a pilot: a
permit for some days, within weekly limits.

Of the rules that speak of somebody, the one that names the shop type wins over one that does
not, then the one that names the region. Two that would tie are refused when a pack is read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from yellowcart.core.texts import Text
from yellowcart.people import wording
from yellowcart.people.conditions import Condition, PermitName, Pilot, Waiver
from yellowcart.people.facts import (
    FACTS,
    Facts,
    Number,
    Way,
    age_at,
    birthday,
    days_since,
)


class Outcome(StrEnum):
    """What a rule decides about somebody."""

    GRANTED = "granted"
    PILOT = "pilot"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitRule:
    """What opens one permit in ``[effective_from, effective_until)``, in one revision.

    ``in_force`` is false for what another source claims: kept, shown, never applied.
    """

    key: str
    permit: PermitName
    conditions: tuple[Condition, ...]
    effective_from: datetime
    effective_until: datetime | None = None
    revision: int = 1
    shop_types: frozenset[str] | None = None
    regions: frozenset[str] | None = None
    waivers: tuple[Waiver, ...] = ()
    pilot: Pilot | None = None
    summary: Text
    in_force: bool = True
    grade: str | None = None
    evidence: str | None = None
    platform: str = ""
    zone: ZoneInfo

    @property
    def specificity(self) -> tuple[bool, bool]:
        """Which selectors it names, the stronger first."""
        return (self.shop_types is not None, self.regions is not None)

    def holds_at(self, at: datetime) -> bool:
        """Whether ``at`` lies in its interval."""
        return self.effective_from <= at and (
            self.effective_until is None or at < self.effective_until
        )

    def speaks_of(self, facts: Facts) -> bool:
        """Whether its selectors match; time is another matter."""
        return (self.shop_types is None or facts.shop_type in self.shop_types) and (
            self.regions is None or facts.region in self.regions
        )

    def could_meet(self, other: "PermitRule") -> bool:
        """Whether both could decide about the same person at the same instant."""
        return (
            self.permit == other.permit
            and (self.effective_until is None or other.effective_from < self.effective_until)
            and (other.effective_until is None or self.effective_from < other.effective_until)
            and _meet(self.shop_types, other.shop_types)
            and _meet(self.regions, other.regions)
        )


def _meet(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    return one is None or other is None or not one.isdisjoint(other)


class Result(NamedTuple):
    """How one condition stands. ``missing`` is the gap, 0 when met and None when unknown.

    ``have`` is None where the fact is not known. ``ready_at`` is when mere waiting will meet it.
    ``words`` is the whole sentence, ``gap_words`` what is missing in short. ``enough_for_pilot``
    holds where the lower bound is met.
    """

    name: str
    label: Text
    wanted: Number
    have: Number | None
    missing: Number | None
    met: bool
    waived: bool
    enough_for_pilot: bool
    ready_at: datetime | None
    words: Text
    gap_words: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer to "may this person?": outcome, deciding rule, every condition, what is next.

    ``rule`` is None where no rule opens the permit at all, which refuses. ``pilot`` holds the
    terms of the pilot when the outcome is one.
    """

    permit: PermitName
    outcome: Outcome
    rule: PermitRule | None
    conditions: tuple[Result, ...]
    pilot: Pilot | None
    next_step: Text

    @property
    def unmet(self) -> tuple[Result, ...]:
        """The conditions that stand in the way of the full permit."""
        return tuple(result for result in self.conditions if not result.met and not result.waived)


def decide(rules: Iterable[PermitRule], permit: PermitName, facts: Facts, at: datetime) -> Decision:
    """Whether ``facts`` open ``permit`` at ``at``, by the most specific rule that speaks."""
    rule = find(rules, permit, facts, at)
    if rule is None:
        return Decision(
            permit=permit,
            outcome=Outcome.REFUSED,
            rule=None,
            conditions=(),
            pilot=None,
            next_step=wording.no_rule(permit),
        )
    results = tuple(_check(condition, rule, facts, at) for condition in rule.conditions)
    outcome = _outcome(rule, results, facts)
    pilot = rule.pilot if outcome == Outcome.PILOT else None
    return Decision(
        permit=permit,
        outcome=outcome,
        rule=rule,
        conditions=results,
        pilot=pilot,
        next_step=_next_step(permit, outcome, rule, results, facts),
    )


def find(
    rules: Iterable[PermitRule], permit: PermitName, facts: Facts, at: datetime
) -> PermitRule | None:
    """The rule that decides, or None where none speaks."""
    speaking = [
        rule
        for rule in rules
        if rule.in_force and rule.permit == permit and rule.holds_at(at) and rule.speaks_of(facts)
    ]
    return max(speaking, key=lambda rule: rule.specificity, default=None)


def _outcome(rule: PermitRule, results: Sequence[Result], facts: Facts) -> Outcome:
    if all(result.met or result.waived for result in results):
        return Outcome.GRANTED
    if (
        rule.pilot is not None
        and rule.key not in facts.pilots_had
        and all(result.enough_for_pilot or result.waived for result in results)
    ):
        return Outcome.PILOT
    return Outcome.REFUSED


def _next_step(
    permit: PermitName,
    outcome: Outcome,
    rule: PermitRule,
    results: Sequence[Result],
    facts: Facts,
) -> Text:
    gaps = [result.gap_words for result in results if not result.met and not result.waived]
    if outcome == Outcome.GRANTED:
        return wording.granted(permit)
    if outcome == Outcome.PILOT and rule.pilot is not None:
        return wording.pilot(rule.pilot, gaps)
    return wording.refused(gaps, had_pilot=rule.key in facts.pilots_had)


def _check(condition: Condition, rule: PermitRule, facts: Facts, at: datetime) -> Result:
    fact = FACTS[condition.fact]
    have = _value(condition, rule.zone, facts, at)
    gap = _gap(fact.way, condition.bound, have)
    met = gap == 0
    lower = condition.bound if condition.pilot_bound is None else condition.pilot_bound
    waived_by = "" if met else _waiver(condition, rule, facts)
    ready_at = None if met else _ready_at(condition, rule.zone, facts)
    ready_on = _day(ready_at, rule.zone)
    return Result(
        name=condition.key,
        label=wording.label(condition),
        wanted=condition.bound,
        have=have,
        missing=gap,
        met=met,
        waived=bool(waived_by),
        enough_for_pilot=_gap(fact.way, lower, have) == 0,
        ready_at=ready_at,
        words=wording.condition(condition, have, gap, waived_by=waived_by, ready_on=ready_on),
        gap_words=wording.short_gap(condition, gap, ready_on=ready_on),
    )


def _gap(way: Way, bound: Number, have: Number | None) -> Number | None:
    if have is None:
        return None
    if way == Way.AT_MOST:
        return max(have - bound, 0)
    if way == Way.IS:
        return int(have != bound)
    return max(bound - have, 0)


def _waiver(condition: Condition, rule: PermitRule, facts: Facts) -> str:
    """The fact because of which a condition need not be met; empty where there is none."""
    for waiver in rule.waivers:
        if condition.key in waiver.waives and getattr(facts, waiver.having):
            return waiver.having
    return ""


def _value(condition: Condition, zone: ZoneInfo, facts: Facts, at: datetime) -> Number | None:
    match condition.fact:
        case "age":
            return None if facts.birth_date is None else age_at(facts.birth_date, at, zone)
        case "account_days":
            return None if facts.joined_at is None else days_since(facts.joined_at, at)
        case "public_videos":
            return _videos(facts, at, condition.within_days)
        case "deposit" | "shop_deposit":
            deposits: Mapping[str, int] = getattr(facts, condition.fact)
            return deposits.get(condition.currency, 0)
        case "scores":
            return facts.scores.get(condition.name)
        case "flags":
            return int(condition.name in facts.flags)
        case name:
            value: int | Decimal = getattr(facts, name)
            return int(value) if isinstance(value, bool) else value


def _videos(facts: Facts, at: datetime, within_days: int | None) -> int:
    if within_days is None:
        return max(facts.public_videos, len(facts.video_times))
    since = at - timedelta(days=within_days)
    return sum(since < made <= at for made in facts.video_times)


def _ready_at(condition: Condition, zone: ZoneInfo, facts: Facts) -> datetime | None:
    bound = int(condition.bound)
    if condition.fact == "account_days" and facts.joined_at is not None:
        return facts.joined_at + timedelta(days=bound)
    if condition.fact == "age" and facts.birth_date is not None:
        day = birthday(facts.birth_date, bound)
        return datetime.combine(day, time(), zone).astimezone(UTC)
    return None


def _day(instant: datetime | None, zone: ZoneInfo) -> str:
    return "" if instant is None else instant.astimezone(zone).date().isoformat()


def week_of(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The week, Monday to Monday in a zone, in which a pilot's limits count; ``[from, until)``."""
    local = at.astimezone(zone)
    monday = datetime.combine(local.date() - timedelta(days=local.weekday()), time(), zone)
    return monday.astimezone(UTC), (monday + timedelta(days=7)).astimezone(UTC)
