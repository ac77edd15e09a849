"""Where the money goes."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from yellowcart.insights.room_report import report_of
from yellowcart.insights.rules import Scope
from yellowcart.live.queries import get_room
from yellowcart.people.access import operator_page
from yellowcart.web.reading import reading
from yellowcart.web.reading import rooms as reading_rooms
from yellowcart.web.reading.screen import screen_context


@operator_page
def insights(request: HttpRequest) -> HttpResponse:
    """GMV over time, by source and surface, before and after a cut."""
    return render(request, "operator/insights.html", reading.context(request, Scope()))


@operator_page
def rooms(request: HttpRequest) -> HttpResponse:
    """The rooms that were live, the latest first, each with its report."""
    return render(request, "operator/rooms.html", reading_rooms.listed(request))


@operator_page
def screen(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """A room's figures while it is live. One that is over has its report."""
    found = get_room(room_id)
    report_url = reverse("operator:room_report", args=[room_id])
    if found.state == "ended":
        return redirect(report_url)
    context = screen_context(found, "operator/desk.html") | {"report_url": report_url}
    return render(request, "reading/screen.html", context)


@operator_page
def room(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """What one room came to."""
    found = get_room(room_id)
    report = report_of(found)
    context = {"room": found, "report_url": "operator:room_report"}
    if report is not None:
        context |= reading_rooms.context(request, report)
    return render(request, "operator/room.html", context)
