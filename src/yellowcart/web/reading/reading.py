"""What the reading page was asked for, and the links that ask for something else.

Operators read it of the platform, merchants of their own shop: the scope says which. The page
includes ``reading/reading.html`` and loads ECharts and ``insights/plots.js``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from yellowcart.core.clock import now
from yellowcart.core.instants import iso
from yellowcart.core.problems import Problem
from yellowcart.insights import picks, queries
from yellowcart.insights.board import board
from yellowcart.insights.picks import Picks
from yellowcart.insights.rules import Definition, Dimension, Scope
from yellowcart.insights.words import DEFINITIONS
from yellowcart.policy import queries as policy
from yellowcart.policy.rules import Rule
from yellowcart.policy.words import SURFACES
from yellowcart.web.base.rule_names import name_of

#: Trailing windows and windows around the cut, by the name they have in the address.
_TRAILING = {"7d": 7, "30d": 30, "90d": 90}
_AROUND = {"cut-1h": "1h", "cut-6h": "6h", "cut-24h": "24h", "cut-7d": "7d"}
USUAL = "30d"
#: Cuts as old as this are offered for comparison.
_CUTS_SINCE = timedelta(days=800)
NO_CUT = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    """One link of a picker."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """A passed instant at which rules began or ended, with what they are called."""

    instant: datetime
    value: str
    rules: str
    keys: frozenset[str]


def passed_cuts(at: datetime) -> list[Cut]:
    """The instants before ``at`` at which a rule of this installation began or ended."""
    table = policy.table()
    return [
        _cut(instant, table.touching(instant))
        for instant in reversed(table.boundaries(at - _CUTS_SINCE, at - timedelta(microseconds=1)))
    ]


def _cut(instant: datetime, rules: Iterable[Rule]) -> Cut:
    named = {rule.key: name_of(rule) for rule in rules}
    return Cut(instant, iso(instant), " / ".join(sorted(set(named.values()))), frozenset(named))


def context(request: HttpRequest, scope: Scope, shop: str = "") -> dict[str, Any]:
    """Everything ``reading/reading.html`` shows; ``shop`` goes into the links to files.

    What can't be read is said in words, above the page as it would be without it.
    """
    asked = request.GET
    cuts = passed_cuts(now())
    recent = cuts[0] if cuts and cuts[0].instant > now() - queries.COMPARED else None
    latest = recent.value if recent else ""
    cut = asked.get("around", "") or latest
    window = asked.get("window", USUAL)
    if cut == NO_CUT:
        cut, window = "", window if window in _TRAILING else USUAL
    wanted = replace(scope, source=asked.get("source", ""), surface=asked.get("surface", ""))
    problem = ""
    try:
        picked = _picked(request, wanted, cut, window)
    except Problem as refusal:
        problem = str(refusal.body(request.LANGUAGE_CODE)["detail"])
        picked = picks.read(scope=wanted)
    shown = board(picked, asked.get("currency", ""))
    query = _file_query(picked, shop)
    files = reverse("api:gmv")
    return {
        "picks": picked,
        "board": shown,
        "problem": problem,
        "cuts": cuts,
        "cut": cut or NO_CUT,
        "definitions": [
            Choice(one.value, str(DEFINITIONS[one]), one is picked.definition) for one in Definition
        ],
        "windows": _windows(window if not asked.get("from") else "", has_cut=bool(picked.cut)),
        "sources": sorted(policy.known_sources()),
        "surfaces": SURFACES,
        "zone": queries.platform_zone(),
        "csv_url": f"{files}?{query}&format=csv",
        "json_url": f"{files}?{query}",
    }


def _picked(request: HttpRequest, scope: Scope, cut: str, window: str) -> Picks:
    asked = request.GET
    start, until = asked.get("from", ""), asked.get("to", "")
    within = _AROUND.get(window, "") if cut and not start else ""
    if not start and not until and not within:
        days = _TRAILING.get(window, _TRAILING[USUAL])
        midnight = (
            now()
            .astimezone(queries.platform_zone())
            .replace(hour=0, minute=0, second=0, microsecond=0)
        )
        start = (midnight - timedelta(days=days - 1)).isoformat()
    return picks.read(
        start=start,
        until=until,
        definition=asked.get("definition", ""),
        around_cut=cut,
        within=within,
        scope=scope,
    )


def _windows(chosen: str, *, has_cut: bool) -> list[Choice]:
    labels = {
        "7d": _("Last 7 days"),
        "30d": _("Last 30 days"),
        "90d": _("Last 90 days"),
        "cut-1h": _("Cut ± 1 hour"),
        "cut-6h": _("Cut ± 6 hours"),
        "cut-24h": _("Cut ± 24 hours"),
        "cut-7d": _("Cut ± 7 days"),
    }
    return [
        Choice(value, label, value == chosen)
        for value, label in labels.items()
        if has_cut or value in _TRAILING
    ]


def _file_query(picked: Picks, shop: str) -> str:
    asked = {
        "definition": picked.definition.value,
        "from": iso(picked.window.start),
        "to": iso(picked.window.until),
        "by": ",".join((Dimension.SOURCE, Dimension.SURFACE, Dimension.LOOP)),
        "around": iso(picked.cut) if picked.cut else "",
        "within": f"{int(picked.within / timedelta(minutes=1))}m" if picked.within else "",
        "shop": shop,
        "source": picked.scope.source,
        "surface": picked.scope.surface,
    }
    return urlencode({name: value for name, value in asked.items() if value})
