"""The screen beside the camera: a room's figures while it is live, read at a glance."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from yellowcart.insights.room_reading import live_body
from yellowcart.insights.rules import Definition
from yellowcart.insights.words import DEFINITIONS, MEANINGS
from yellowcart.live import queries
from yellowcart.people.access import access_creator, creator_page
from yellowcart.web.creator.shell import show


@creator_page
def screen(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Figures as they come. A room that is over has a report instead."""
    account = access_creator(request.user)
    room = queries.access_hosted(account, room_id)
    if room.state == "ended":
        return redirect("creator:report", room_id=room.id)
    context = {
        "room": room,
        "figures": live_body(room, get_language() or "en"),
        "definitions": [
            {"value": one.value, "label": DEFINITIONS[one], "meaning": MEANINGS[one]}
            for one in Definition
        ],
        "zone": settings.TIME_ZONE,
    }
    return show(request, account, "creator/screen.html", context, here="rooms")
