"""What needs an operator now."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yellowcart.core.clock import now
from yellowcart.insights import queries as insights
from yellowcart.insights.rules import Definition, Dimension, Loop, Window, ratio_bps
from yellowcart.live import queries as live
from yellowcart.people.access import operator_page
from yellowcart.policy import queries as policy
from yellowcart.web.operator import desk
from yellowcart.web.operator.views.cutovers import just_passed

#: A boundary not swept after this long means that the worker is not running.
SWEPT_WITHIN = timedelta(seconds=30)
ROOMS_SHOWN = 6


@operator_page
def home(request: HttpRequest) -> HttpResponse:
    """The overview: to answer, next cut-over, live rooms, today's GMV by loop."""
    at = now()
    following = policy.next_boundary(at)
    rooms = list(live.live_rooms().select_related("creator"))
    viewers = live.viewers_in([room.id for room in rooms])
    shown = sorted(rooms, key=lambda room: -viewers.get(room.id, 0))[:ROOMS_SHOWN]
    overdue = [one for one in policy.unswept(at) if one < at - SWEPT_WITHIN]
    context = {
        "now": at,
        "waiting": desk.waiting(),
        "next": following,
        "next_rules": policy.table().touching(following) if following else [],
        "recent": just_passed(at),
        "overdue": len(overdue),
        "rooms": [(room, viewers.get(room.id, 0)) for room in shown],
        "live_count": len(rooms),
        "viewers": sum(viewers.values()),
        "upcoming": live.upcoming_rooms().count(),
        "today": _today(),
        "drafts": policy.drafts()[:5],
    }
    return render(request, "operator/home.html", context)


def _today() -> list[dict[str, object]]:
    """Paid GMV since midnight in the platform's zone, by loop, for each currency."""
    at = now()
    local = at.astimezone(insights.platform_zone())
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    window = Window(midnight, max(at, midnight + timedelta(microseconds=1)))
    by_currency: dict[str, dict[str, int]] = {}
    for one in insights.gmv(window, Definition.PAID, by=[Dimension.LOOP]):
        row = by_currency.setdefault(one.currency, {"sales": 0})
        row[one.key[Dimension.LOOP]] = one.gmv_minor
        row["sales"] += one.sales
    found: list[dict[str, object]] = []
    for currency, row in sorted(by_currency.items(), key=lambda pair: -pair[1]["sales"]):
        closed, away = row.get(Loop.CLOSED, 0), row.get(Loop.JUMP_OUT, 0)
        found.append(
            {
                "currency": currency,
                "closed": closed,
                "jump_out": away,
                "all": closed + away,
                "sales": row["sales"],
                "share": ratio_bps(closed, closed + away),
            }
        )
    return found or [
        {"currency": "CNY", "closed": 0, "jump_out": 0, "all": 0, "sales": 0, "share": None}
    ]
