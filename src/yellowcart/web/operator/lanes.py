"""The geometry of the time line: rules as bars in a lane for each source and surface. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from yellowcart.policy.rules import Rule
from yellowcart.policy.words import SURFACES, USUAL_INTEGRATION

#: A lane's name where a rule names no source, or no surface.
ANY = ""
_LEAST_WIDTH = 0.9
_MOST_MARKS = 9


@dataclass(frozen=True, slots=True)
class Bar:
    """One rule in one lane; places in percent of the window shown."""

    rule: Rule
    left: float
    width: float
    track: int
    before: bool
    after: bool
    state: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One surface of a source, with as many tracks as bars overlap."""

    surface: str
    bars: Sequence[Bar]
    tracks: int


@dataclass(frozen=True, slots=True)
class Source:
    """The lanes of one source."""

    source: str
    lanes: Sequence[Lane]


@dataclass(frozen=True, slots=True)
class Mark:
    """A date on the scale, in percent of the window."""

    instant: datetime
    left: float
    year: bool


def state_of(rule: Rule, now: datetime) -> str:
    """``coming``, ``holding`` or ``over``."""
    if rule.effective_from > now:
        return "coming"
    return "holding" if rule.holds_at(now) else "over"


def place(instant: datetime, start: datetime, until: datetime) -> float:
    """Where an instant lies in a window, in percent; outside of it below 0 or above 100."""
    return 100 * ((instant - start) / (until - start))


def sources(rules: Iterable[Rule], start: datetime, until: datetime, now: datetime) -> list[Source]:
    """The lanes that show anything in ``[start, until)``, known sources first."""
    cells: dict[tuple[str, str], list[Rule]] = {}
    for rule in rules:
        if rule.effective_from >= until or (rule.effective_until or until) <= start:
            continue
        for source in sorted(rule.sources) if rule.sources is not None else [ANY]:
            for surface in sorted(rule.surfaces) if rule.surfaces is not None else [ANY]:
                cells.setdefault((source, surface), []).append(rule)
    order = [ANY, *USUAL_INTEGRATION]
    names = sorted({source for source, _ in cells}, key=lambda one: (_rank(one, order), one))
    surfaces = [ANY, *SURFACES]
    return [
        Source(
            name,
            [
                _lane(surface, cells[name, surface], start, until, now)
                for surface in surfaces
                if (name, surface) in cells
            ],
        )
        for name in names
    ]


def _rank(name: str, order: Sequence[str]) -> int:
    return order.index(name) if name in order else len(order)


def _lane(
    surface: str, rules: Sequence[Rule], start: datetime, until: datetime, now: datetime
) -> Lane:
    ends: list[float] = []
    bars = []
    for rule in sorted(rules, key=lambda one: (one.effective_from, one.key)):
        left = max(place(rule.effective_from, start, until), 0.0)
        right = min(place(rule.effective_until or until, start, until), 100.0)
        left = min(left, 100.0 - _LEAST_WIDTH)
        right = max(right, left + _LEAST_WIDTH)
        track = next((number for number, end in enumerate(ends) if end <= left), len(ends))
        ends[track : track + 1] = [right]
        bars.append(
            Bar(
                rule=rule,
                left=round(left, 3),
                width=round(right - left, 3),
                track=track,
                before=rule.effective_from < start,
                after=rule.effective_until is None or rule.effective_until > until,
                state=state_of(rule, now),
            )
        )
    return Lane(surface, bars, len(ends))


def window(rules: Sequence[Rule], now: datetime, span: str) -> tuple[datetime, datetime]:
    """The window of a named span: ``near`` (weeks around now and all that is coming soon),
    ``year`` (twelve months around now) or ``all`` (everything there is)."""
    edges = [rule.effective_from for rule in rules]
    edges += [rule.effective_until for rule in rules if rule.effective_until is not None]
    if span == "all" and edges:
        start, until = min(*edges, now), max(*edges, now)
        pad = max((until - start) * 0.05, timedelta(days=7))
        # What has no known end needs room to show that it goes on.
        return start - pad, until + 4 * pad
    if span == "year":
        return now - timedelta(days=183), now + timedelta(days=183)
    coming = [edge for edge in edges if now < edge < now + timedelta(days=120)]
    until = max([now + timedelta(days=30), *(edge + timedelta(days=14) for edge in coming)])
    return now - timedelta(days=45), until


def marks(start: datetime, until: datetime, zone: ZoneInfo) -> list[Mark]:
    """Dates for the scale: days, weeks, months or more, so that they are never too many."""
    local = start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    days = (until - start) / timedelta(days=1)
    found: list[datetime] = []
    if days <= _MOST_MARKS * 7:
        step = 1 if days <= _MOST_MARKS else 7
        day = local + timedelta(days=1)
        if step == 7:
            day += timedelta(days=-day.weekday() % 7)
        while day < until:
            found.append(day)
            day += timedelta(days=step)
    else:
        months = next((step for step in (1, 2, 3, 6, 12) if days / (30 * step) <= _MOST_MARKS), 24)
        year, month = local.year, local.month
        while True:
            month += 1
            if month > 12:
                year, month = year + 1, 1
            first = local.replace(year=year, month=month, day=1)
            if first >= until:
                break
            if (month - 1) % months == 0 and (months < 24 or year % 2 == 0):
                found.append(first)
    return [Mark(one, round(place(one, start, until), 3), one.month == 1) for one in found]
