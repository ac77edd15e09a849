"""The live screen of a room for whoever hosts it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from yellowcart.live.queries import access_run
from yellowcart.people.access import access_creator, creator_page
from yellowcart.web.creator.shell import show
from yellowcart.web.reading.screen import screen_context


@creator_page
def screen(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Figures as they come. A room that is over has a report instead, which is its creator's."""
    account = access_creator(request.user)
    room = access_run(account, room_id)
    if room.state == "ended":
        return redirect("creator:report", room_id=room.id)
    context = {**screen_context(room, "creator/shell.html"), "desk": True}
    return show(request, account, "reading/screen.html", context, here="rooms")
