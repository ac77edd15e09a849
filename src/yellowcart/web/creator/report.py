"""A room's report for the creator whose room it was."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from yellowcart.insights.room_report import report_of
from yellowcart.live import queries
from yellowcart.people.access import access_creator, creator_page
from yellowcart.web.creator.shell import show
from yellowcart.web.reading import rooms


@creator_page
def report(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """What the room came to; so far, while it is live."""
    account = access_creator(request.user)
    room = queries.access_hosted(account, room_id)
    found = report_of(room)
    context = {"room": room, "report_url": "creator:report"}
    if found is not None:
        context |= rooms.context(request, found)
    return show(request, account, "creator/report.html", context, here="rooms")
