"""Cut-overs: those to come, those that were, and one watched as it happens."""

from datetime import UTC, datetime, timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yellowcart.core.clock import now
from yellowcart.core.instants import InstantError, parse_instant
from yellowcart.core.problems import Problem
from yellowcart.people.access import operator_page
from yellowcart.policy import queries as policy
from yellowcart.web.operator.cutting import cut

ROWS = 30
_FAR = datetime(9000, 1, 1, tzinfo=UTC)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@operator_page
def cutovers(request: HttpRequest) -> HttpResponse:
    """Every instant at which verdicts flip."""
    at, table = now(), policy.table()
    coming = [(one, table.touching(one.instant)) for one in policy.boundaries(at, _FAR)]
    past = list(reversed(policy.boundaries(_LONG_AGO, at)))
    page = Paginator(past, ROWS).get_page(request.GET.get("page"))
    context = {
        "coming": coming,
        "page": page,
        "past": [(one, table.touching(one.instant)) for one in page],
    }
    return render(request, "operator/cutovers.html", context)


@operator_page
def cutover(request: HttpRequest, instant: str) -> HttpResponse:
    """One cut-over, counted down to and then watched; the numbers refresh by themselves."""
    watched = cut(_instant(instant))
    return render(request, "operator/cutover.html", {"cut": watched, "now": now()})


@operator_page
def numbers(request: HttpRequest, instant: str) -> HttpResponse:
    """The part of the page that changes."""
    watched = cut(_instant(instant))
    return render(request, "operator/parts/cutover_numbers.html", {"cut": watched, "now": now()})


def _instant(text: str) -> datetime:
    try:
        instant = parse_instant(text)
    except InstantError:
        instant = None
    if instant is None or (
        policy.boundary(instant) is None and not policy.table().touching(instant)
    ):
        raise Problem("unknown_cutover", 404, _("No rule begins or ends at that instant."))
    return instant


def just_passed(at: datetime) -> datetime | None:
    """The latest boundary of the last day, which one still wants to look at."""
    recent = policy.boundaries(at - timedelta(days=1), at)
    return recent[-1].instant if recent else None
