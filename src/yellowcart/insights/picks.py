"""What a report was asked for: read from a query string or a command line, the same way."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from yellowcart.core.clock import now
from yellowcart.core.instants import InstantError, parse_instant
from yellowcart.core.problems import Problem
from yellowcart.insights import queries
from yellowcart.insights.rules import (
    PERIODS,
    Definition,
    Dimension,
    Scope,
    Window,
    around,
    same_length,
)
from yellowcart.policy.models import RuleRevision

#: A report without a beginning shows this many days of the platform's zone, today the last.
USUAL_DAYS = 30
LONGEST = timedelta(days=1_100)
#: Finer cuts make many rows, so their windows are shorter.
LONGEST_BY = {Dimension.HOUR: timedelta(days=62), Dimension.MINUTE: timedelta(days=2)}

_LENGTH = re.compile(r"(?P<count>[1-9]\d{0,3})(?P<unit>[mhd])\Z")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Picks:
    """One report: which sales, in which window, cut how; beside which cut, where one is named."""

    window: Window
    definition: Definition
    by: tuple[Dimension, ...]
    scope: Scope
    cut: datetime | None = None
    cut_name: str = ""
    within: timedelta | None = None


def read(
    *,
    start: str = "",
    until: str = "",
    definition: str = "",
    by: Iterable[str] = (),
    around_cut: str = "",
    within: str = "",
    scope: Scope = queries.EVERYTHING,
) -> Picks:
    """Picks from text; a :class:`Problem` (422) names the place and what to write instead.

    ``start`` and ``until`` are instants, in the platform's zone where they have no offset.
    ``around_cut`` is an instant or a rule's key, ``within`` how far to look to either side, such
    as ``90m``, ``24h`` or ``7d``; the window is then that around the cut unless one is given.
    """
    dimensions = tuple(dict.fromkeys(_choice(Dimension, one, "by") for one in by))
    if sum(one in PERIODS for one in dimensions) > 1:
        raise _invalid("by", _("Cut by day, by hour or by minute, not by several."))
    cut, name = _cut(around_cut) if around_cut else (None, "")
    length = _length(within) if within else None
    window = _window(start, until, cut, length)
    longest = min([LONGEST, *(LONGEST_BY[one] for one in dimensions if one in LONGEST_BY)])
    if window.length > longest:
        raise _invalid(
            "from",
            _("That is too long a time; choose at most %(days)s days."),
            days=longest.days,
        )
    return Picks(
        window=window,
        definition=_choice(Definition, definition or Definition.PAID, "definition"),
        by=dimensions or (Dimension.LOOP,),
        scope=scope,
        cut=cut,
        cut_name=name,
        within=length,
    )


def _window(start: str, until: str, cut: datetime | None, length: timedelta | None) -> Window:
    if cut is not None and not start and not until:
        before, after = around(cut, same_length(cut, now(), longest=queries.COMPARED, asked=length))
        return Window(before.start, after.until)
    end = _instant(until, "to") if until else now()
    if start:
        begin = _instant(start, "from")
    else:
        day = end.astimezone(queries.platform_zone()).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        begin = (day - timedelta(days=USUAL_DAYS - 1)).astimezone(end.tzinfo)
    if begin >= end:
        raise _invalid("from", _("The time ends before it begins; swap from and to."))
    return Window(begin, end)


def _cut(text: str) -> tuple[datetime, str]:
    """The instant, and the rule's key where it was named by one; it must have come."""
    key = ""
    try:
        cut = parse_instant(text, queries.platform_zone())
    except InstantError:
        latest = (
            RuleRevision.objects.filter(key=text).order_by("-revision", "effective_from").first()
        )
        if latest is None or latest.withdrawn:
            raise _invalid(
                "around",
                _(
                    "%(text)s is neither a rule of this platform nor an instant such as "
                    "2021-11-16T00:00:00+08:00."
                ),
                text=text,
            ) from None
        cut, key = latest.effective_from, latest.key
    if cut >= now():
        raise _invalid("around", _("That cut has not come yet; rehearse the rule instead."))
    return cut, key


def _instant(text: str, place: str) -> datetime:
    try:
        return parse_instant(text, queries.platform_zone())
    except InstantError:
        raise _invalid(
            place,
            _("%(text)s is not an instant; write it like 2021-11-16 or 2021-11-16T00:00:00+08:00."),
            text=text,
        ) from None


def _length(text: str) -> timedelta:
    match = _LENGTH.match(text)
    if match is None:
        raise _invalid("within", _("Write how far to look like 90m, 24h or 7d."))
    return min(int(match["count"]) * _UNITS[match["unit"]], LONGEST / 2)


def _choice(kind: type[_Choice], text: str, place: str) -> _Choice:
    try:
        return kind(text)
    except ValueError:
        raise _invalid(
            place,
            _("%(text)s is not one of: %(choices)s."),
            text=text,
            choices=", ".join(kind),
        ) from None


def _invalid(place: str, words: object, **params: object) -> Problem:
    return Problem(
        "invalid_request",
        422,
        words,  # type: ignore[arg-type]  # a lazy translation
        params=params,
        extra={"where": place},
    )
