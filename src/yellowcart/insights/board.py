"""A report for the eye: tiles, plots and the table that says the same beneath each plot.

The same board is drawn on a page and in the file that ``yellowcart report --html`` writes. Words
and amounts are in the language in force.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from yellowcart.core.money import display_minor
from yellowcart.insights import queries, report
from yellowcart.insights.picks import Picks
from yellowcart.insights.rules import (
    Change,
    Comparison,
    Dimension,
    Figures,
    Loop,
    merge,
    period_name,
    periods,
    ratio_bps,
)
from yellowcart.insights.words import DIMENSIONS, MEANINGS, Names

#: Windows up to this long are drawn by the minute, and by the hour.
MINUTES_UP_TO = timedelta(hours=3)
HOURS_UP_TO = timedelta(hours=72)
_LOOPS = (Loop.CLOSED, Loop.JUMP_OUT)


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure with its words; ``trend`` is ``up``, ``down`` or empty."""

    label: str
    value: str
    note: str = ""
    trend: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """One figure on both sides of a cut; ``trend`` as in a tile."""

    label: str
    before: str
    after: str
    note: str = ""
    trend: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and cells, as shown; the first column is words, the others are numbers."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Plot:
    """What ``plots.js`` draws, and the table that says the same."""

    name: str
    title: str
    spec: dict[str, Any]
    table: Table

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(any(one["data"]) for one in self.spec["series"])

    @property
    def json(self) -> SafeString:
        """The drawing's data, safe inside a script element."""
        return SafeString(_script_json(self.spec))


@dataclass(frozen=True, slots=True)
class Board:
    """Everything one report shows in one currency."""

    currency: str
    currencies: Sequence[str]
    meaning: str
    tiles: Sequence[Tile]
    plots: Sequence[Plot]
    before_after: Sequence[Pair]
    changes: Sequence[Table]
    comparison: Comparison | None
    outside: str


def board(picks: Picks, currency: str = "") -> Board:
    """The board of a report in one currency: the one asked for, else the one with most sales."""
    sales = queries.sales(
        picks.window,
        picks.definition,
        by=(_unit(picks.window.length), Dimension.LOOP, Dimension.SOURCE, Dimension.SURFACE),
        scope=picks.scope,
    )
    totals = sales.totals()
    known = sorted(totals, key=lambda one: -one.sales)
    chosen = next(
        (one.currency for one in known if one.currency == currency),
        known[0].currency if known else currency or "CNY",
    )
    drawing = _Drawing(picks, chosen, sales.figures(with_buyers=False))
    comparison = report.compared(picks, [Dimension.LOOP, Dimension.SOURCE, Dimension.SURFACE])
    return Board(
        currency=chosen,
        currencies=[one.currency for one in known] or [chosen],
        meaning=str(MEANINGS[picks.definition]),
        tiles=drawing.tiles(next((one for one in totals if one.currency == chosen), None)),
        plots=[
            drawing.over_time(),
            drawing.stacked(Dimension.SOURCE, _("By source")),
            drawing.stacked(Dimension.SURFACE, _("By surface")),
        ],
        before_after=drawing.before_after(comparison) if comparison else [],
        changes=[
            drawing.changes(comparison, Dimension.SOURCE, _("Before and after, by source")),
            drawing.changes(comparison, Dimension.SURFACE, _("Before and after, by surface")),
        ]
        if comparison
        else [],
        comparison=comparison,
        outside=drawing.outside(),
    )


def percent(bps: int | None, *, signed: bool = False) -> str:
    """Basis points as a percentage with one decimal; a dash for none."""
    if bps is None:
        return "–"
    sign = "+" if signed and bps > 0 else "−" if bps < 0 else ""
    return f"{sign}{abs(bps) / 100:.1f}%"


class _Drawing:
    """What the parts of one board share: the picks, the figures that all of them sum up, the
    currency and the names of values."""

    def __init__(self, picks: Picks, currency: str, figures: Sequence[Figures]) -> None:
        self._picks = picks
        self._currency = currency
        self._figures = [one for one in figures if one.currency == currency]
        self._names = Names()
        self._language = get_language() or "en"

    def _money(self, minor: int) -> str:
        return display_minor(minor, self._currency, self._language)

    def _gmv(self, *by: Dimension) -> list[Figures]:
        return merge(self._figures, by)

    def tiles(self, total: Figures | None) -> list[Tile]:
        """The figures of the whole window."""
        loops = {one.key[Dimension.LOOP]: one for one in self._gmv(Dimension.LOOP)}
        minor = {loop: loops[loop].gmv_minor if loop in loops else 0 for loop in _LOOPS}
        whole = total.gmv_minor if total else 0
        closed = loops.get(Loop.CLOSED)
        buyers = total.buyers if total else 0
        clicks = queries.click_rates(self._picks.window, scope=self._picks.scope)
        clicked, converted = (clicks[0].clicks, clicks[0].converted) if clicks else (0, 0)

        def of_all(loop: Loop) -> str:
            part = percent(ratio_bps(minor[loop], whole))
            return _("%(share)s of all") % {"share": part}

        sales = total.sales if total else 0
        return [
            Tile(
                _("All sales"),
                self._money(whole),
                ngettext("%(count)s sale", "%(count)s sales", sales) % {"count": sales},
            ),
            Tile(_("Closed loop"), self._money(minor[Loop.CLOSED]), of_all(Loop.CLOSED)),
            Tile(_("Jump-out"), self._money(minor[Loop.JUMP_OUT]), of_all(Loop.JUMP_OUT)),
            Tile(
                _("Average order"),
                self._money(closed.average_minor if closed else 0),
                ngettext("%(count)s buyer", "%(count)s buyers", buyers) % {"count": buyers},
            ),
            Tile(
                _("Jump-outs that became sales"),
                percent(ratio_bps(converted, clicked)),
                ngettext("of %(count)s click", "of %(count)s clicks", clicked) % {"count": clicked},
            ),
        ]

    def over_time(self) -> Plot:
        """Closed loop and jump-out by day or hour, with the cut as a marked line."""
        window, zone = self._picks.window, queries.platform_zone()
        unit = _unit(window.length)
        found = {
            (one.key[unit], one.key[Dimension.LOOP]): one.gmv_minor
            for one in self._gmv(unit, Dimension.LOOP)
        }
        starts = periods(window, unit, zone)
        names = [period_name(start, unit) for start in starts]
        cut = self._picks.cut
        return Plot(
            name="time",
            title=_("Over time"),
            spec={
                "kind": "time",
                "currency": self._currency,
                "unit": unit.value,
                "starts": [_wall_ms(start) for start in starts],
                "labels": [self._names.of(unit, name) for name in names],
                "series": [
                    {
                        "name": self._names.of(Dimension.LOOP, loop),
                        "tone": loop.value,
                        "data": [found.get((name, loop), 0) for name in names],
                    }
                    for loop in _LOOPS
                ],
                "cut": _wall_ms(cut.astimezone(zone)) if cut else None,
                "cutLabel": _("The cut"),
            },
            table=Table(
                _("Over time"),
                [str(DIMENSIONS[unit]), *(self._names.of(Dimension.LOOP, one) for one in _LOOPS)],
                [
                    [
                        self._names.of(unit, name),
                        *(self._money(found.get((name, loop), 0)) for loop in _LOOPS),
                    ]
                    for name in names
                ],
            ),
        )

    def stacked(self, dimension: Dimension, title: str) -> Plot:
        """One bar for each value of a dimension, closed loop and jump-out end to end."""
        found = self._gmv(dimension, Dimension.LOOP)
        order = sorted(merge(found, [dimension]), key=lambda one: -one.gmv_minor)
        values = [one.key[dimension] for one in order]
        minor = {(one.key[dimension], one.key[Dimension.LOOP]): one.gmv_minor for one in found}
        whole = sum(one.gmv_minor for one in order)
        return Plot(
            name=dimension.value,
            title=title,
            spec={
                "kind": "stacked",
                "currency": self._currency,
                "labels": [self._names.of(dimension, value) for value in values],
                "series": [
                    {
                        "name": self._names.of(Dimension.LOOP, loop),
                        "tone": loop.value,
                        "data": [minor.get((value, loop), 0) for value in values],
                    }
                    for loop in _LOOPS
                ],
            },
            table=Table(
                title,
                [
                    str(DIMENSIONS[dimension]),
                    *(self._names.of(Dimension.LOOP, one) for one in _LOOPS),
                    _("Sales"),
                    _("Share of all"),
                ],
                [
                    [
                        self._names.of(dimension, one.key[dimension]),
                        *(self._money(minor.get((one.key[dimension], loop), 0)) for loop in _LOOPS),
                        str(one.sales),
                        percent(ratio_bps(one.gmv_minor, whole)),
                    ]
                    for one in order
                ],
            ),
        )

    def before_after(self, comparison: Comparison) -> list[Pair]:
        """What the closed loop gained, what still jumps out, and the closed loop's share."""
        shares = [one for one in comparison.shares if one.currency == self._currency]
        return [
            *(
                Pair(
                    _("Closed loop's share"),
                    percent(share.before_bps),
                    percent(share.after_bps),
                    _points(share.before_bps, share.after_bps),
                    _trend(share.before_bps or 0, share.after_bps or 0),
                )
                for share in shares
            ),
            *(
                Pair(
                    self._names.of(Dimension.LOOP, change.key[Dimension.LOOP]),
                    self._money(change.before_minor),
                    self._money(change.after_minor),
                    percent(change.change_bps, signed=True),
                    _trend(change.before_minor, change.after_minor),
                )
                for change in self._fewer(comparison, Dimension.LOOP)
            ),
        ]

    def changes(self, comparison: Comparison, dimension: Dimension, title: str) -> Table:
        """One dimension on both sides of the cut."""
        return Table(
            title,
            [str(DIMENSIONS[dimension]), _("Before the cut"), _("After the cut"), _("Growth")],
            [
                [
                    self._names.of(dimension, one.key[dimension]),
                    self._money(one.before_minor),
                    self._money(one.after_minor),
                    percent(one.change_bps, signed=True),
                ]
                for one in sorted(
                    self._fewer(comparison, dimension), key=lambda one: -one.before_minor
                )
            ],
        )

    def outside(self) -> str:
        """A sentence on sales too late to be ours; empty where there are none."""
        for one in queries.outside_window(self._picks.window, self._picks.scope):
            if one.currency == self._currency:
                return ngettext(
                    "Left out: %(count)s sale (%(amount)s) that a source told of too long after "
                    "its click.",
                    "Left out: %(count)s sales (%(amount)s) that sources told of too long after "
                    "their click.",
                    one.sales,
                ) % {"count": one.sales, "amount": self._money(one.gmv_minor)}
        return ""

    def _fewer(self, comparison: Comparison, dimension: Dimension) -> list[Change]:
        """The comparison summed to one dimension, in this currency."""
        sums: dict[str, list[int]] = {}
        for one in comparison.changes:
            if one.currency == self._currency:
                total = sums.setdefault(one.key[dimension], [0, 0, 0, 0])
                parts = (one.before_minor, one.after_minor, one.before_sales, one.after_sales)
                for index, part in enumerate(parts):
                    total[index] += part
        return [Change({dimension: value}, self._currency, *total) for value, total in sums.items()]


def _points(before: int | None, after: int | None) -> str:
    """How far a share moved, in percentage points; empty where one side has none."""
    if before is None or after is None:
        return ""
    moved = after - before
    sign = "+" if moved > 0 else "−" if moved < 0 else "±"
    return _("%(points)s points") % {"points": f"{sign}{abs(moved) / 100:.1f}"}


def _script_json(value: Any) -> str:
    """JSON in which nothing can close the element it is written in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _unit(length: timedelta) -> Dimension:
    if length <= MINUTES_UP_TO:
        return Dimension.MINUTE
    return Dimension.HOUR if length <= HOURS_UP_TO else Dimension.DAY


def _trend(before: int, after: int) -> str:
    return "up" if after > before else "down" if after < before else ""


def _wall_ms(instant: datetime) -> int:
    """A local time as if it were UTC: plots draw the platform's zone wherever they are read."""
    return int(instant.replace(tzinfo=UTC).timestamp() * 1000)
