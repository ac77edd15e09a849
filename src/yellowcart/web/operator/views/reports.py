"""What viewers reported: messages and rooms, and what the platform does about them."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yellowcart.core.problems import Problem
from yellowcart.live.models import Report
from yellowcart.live.reports import do_decide_report, reports_in
from yellowcart.live.words import MEASURES, REPORT_CATEGORIES
from yellowcart.people.access import access_operator, operator_page

ROWS = 20
STATES = ("open", "upheld", "dismissed")


@operator_page
def reports(request: HttpRequest) -> HttpResponse:
    """Those that wait, most told of first; those settled on pages of their own."""
    asked = request.GET.get("state", "")
    state = asked if asked in STATES else "open"
    page = Paginator(reports_in(state), ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "state": state,
        "rows": [(report, _voices(report), _measures(report)) for report in page],
        "names": MEASURES,
    }
    return render(request, "operator/reports.html", context)


@require_POST
@operator_page
def decide(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Dismiss a report, or uphold it with a measure; either with a reason."""
    operator = access_operator(request.user)
    uphold = request.POST.get("decision") == "uphold"
    try:
        do_decide_report(
            operator,
            report_id,
            uphold=uphold,
            reason=request.POST.get("reason", ""),
            measure=request.POST.get("measure", "none") if uphold else "none",
        )
    except Problem as problem:
        messages.error(request, str(problem.body(request.LANGUAGE_CODE)["detail"]))
    else:
        messages.success(request, _("The report is settled."))
    return redirect("operator:reports")


def _voices(report: Report) -> list[dict[str, object]]:
    return [
        {"voice": voice, "category": REPORT_CATEGORIES.get(voice.category, voice.category)}
        for voice in report.voices.all()
    ]


def _measures(report: Report) -> list[tuple[str, object]]:
    """Those that fit: a message can be deleted, a room that is live be ended."""
    return [
        (name, words)
        for name, words in MEASURES.items()
        if not (name == "hide" and report.message_id is None)
        and not (name == "end" and report.room.state != "live")
    ]
