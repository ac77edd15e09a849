"""The replay of a room: the show again, its explanations one by one, and the goods in it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from yellowcart.media import watching
from yellowcart.media.files import Part
from yellowcart.media.replays import SURFACE
from yellowcart.people.models import Account
from yellowcart.web.viewer import goods
from yellowcart.web.viewer.places import shopping


@require_GET
@ensure_csrf_cookie
def replay(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """``clip`` in the query is the explanation to begin with."""
    account = request.user if isinstance(request.user, Account) else None
    show = watching.access_replay(account, room_id)
    items = goods.items(SURFACE, room_id)
    clips = [{"id": str(one.id), **_playing(one.part)} for one in show.explanations]
    context = {
        "room": show.room,
        "hidden": show.hidden,
        "tracks": [
            {
                "id": str(one.id),
                "title": one.title,
                "length": _clock(one.part.duration_ms // 1_000),
            }
            for one in show.explanations
        ],
        "playing": {
            "parts": [_playing(part) for part in show.parts],
            "clips": clips,
            "first": request.GET.get("clip", ""),
        },
        **shopping(request, items),
    }
    return render(request, "viewer/replay.html", context)


def _playing(part: Part) -> dict[str, Any]:
    """A part as the page's script takes it."""
    return {"url": part.url, "from": part.from_ms, "until": part.until_ms}


def _clock(seconds: int) -> str:
    """Seconds as 4:05."""
    return f"{seconds // 60}:{seconds % 60:02}"
