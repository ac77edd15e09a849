"""The replay of a room that is over: hide it, show it, delete it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.live.models import Room
from yellowcart.media import replays, watching
from yellowcart.people.access import access_creator, creator_page

VERBS = {
    "hide": (replays.do_hide_replay, _("The replay is hidden, and its goods are not for sale.")),
    "show": (replays.do_show_replay, _("Everybody can see the replay.")),
    "delete": (replays.do_delete_replay, _("The replay is deleted.")),
}


def replay_context(room: Room) -> dict[str, Any]:
    """What the desk shows of a room's replay."""
    found = watching.find_replay(room.id) if room.state == "ended" else None
    return {"replay": found, "replay_clips": found.clips.count() if found else 0}


@creator_page
@require_POST
def act(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """``verb`` is hide, show or delete."""
    account = access_creator(request.user)
    verb, said = VERBS.get(request.POST.get("verb", ""), VERBS["hide"])
    verb(account, room_id)
    messages.success(request, said)
    return redirect("creator:desk", room_id=room_id)
