"""The replay of a room: the show again, its explanations one by one, and the goods in it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from yellowcart.media import watching
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
    by_product = {str(item["product_id"]): item for item in items}
    tracks = [
        {
            "id": str(one.id),
            "title": one.title,
            "item": by_product.get(str(one.product_id)),
            "product_id": one.product_id,
            "from_ms": one.part.from_ms,
            "until_ms": one.part.until_ms,
            "url": one.part.url,
            "seconds": (one.part.until_ms - one.part.from_ms) // 1_000,
            "length": _clock((one.part.until_ms - one.part.from_ms) // 1_000),
        }
        for one in show.explanations
    ]
    context = {
        "room": show.room,
        "hidden": show.hidden,
        "tracks": tracks,
        "playing": {
            "parts": [
                {"url": part.url, "from": part.from_ms, "until": part.until_ms}
                for part in show.parts
            ],
            "clips": [
                {
                    "id": track["id"],
                    "url": track["url"],
                    "from": track["from_ms"],
                    "until": track["until_ms"],
                }
                for track in tracks
            ],
            "first": request.GET.get("clip", ""),
        },
        **shopping(request, items),
    }
    return render(request, "viewer/replay.html", context)


def _clock(seconds: int) -> str:
    """Seconds as 4:05."""
    return f"{seconds // 60}:{seconds % 60:02}"
