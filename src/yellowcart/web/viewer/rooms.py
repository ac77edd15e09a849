"""The room."""

from typing import Any, Final
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from yellowcart.live.models import Room
from yellowcart.live.queries import live_rooms, may_see, snapshot
from yellowcart.people import queries as people
from yellowcart.people.models import Account
from yellowcart.web.base.words import STATES
from yellowcart.web.viewer.modules import preloaded, sheets_of
from yellowcart.web.viewer.words import room_words

MAIN: Final = "viewer/js/room/main.js"
#: Style sheets of the room. What is mounted in a slot brings its own: one line here.
STYLES: Final = (
    "viewer/css/cart.css",
    "viewer/css/buy.css",
    "viewer/css/room.css",
    "viewer/css/stage.css",
    "viewer/css/middle.css",
    "viewer/css/deck.css",
    "viewer/css/low.css",
    "viewer/css/chat.css",
    "viewer/css/sheets.css",
    "viewer/css/wide.css",
    "viewer/css/tools.css",
    "viewer/css/gifts.css",
    "viewer/css/order.css",
)


@require_GET
@ensure_csrf_cookie
def room(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Stage, chat and cart as they stand; scripts take over from the snapshot in the page.

    So the first paint needs neither a second request nor the socket.
    """
    found = Room.objects.select_related("creator").filter(id=room_id).first()
    seen = snapshot(room_id, get_language() or settings.LANGUAGE_CODE) if found else None
    account = request.user if isinstance(request.user, Account) else None
    if found is None or seen is None or not may_see(account, found):
        raise Http404
    view = msgspec.to_builtins(seen)
    host, user = found.creator, request.user
    offered = [item for item in view["cart"] if item["state"] == "mounted"]
    context = {
        "room": found,
        "snapshot": view,
        "offered": offered,
        "pinned": next(
            (item for item in offered if item["listing_id"] == view["pinned_listing_id"]), None
        ),
        "viewers": view["viewers"],
        "phase_word": STATES["room"][found.state].label,
        "own": user.is_authenticated and user.id == host.id,
        "following": user.is_authenticated and people.is_following(user.id, host.id),
        "zone": settings.TIME_ZONE,
        "styles": STYLES,
        "sheets": sheets_of("base/css/index.css"),
        "modules": preloaded(MAIN),
        "words": room_words(),
        "places": {
            "profile": reverse("viewer:profile", args=[host.handle]),
            "shop_page": reverse("viewer:shops"),
            "short_video": reverse("viewer:videos"),
        },
        **_neighbours(room_id),
    }
    return render(request, "viewer/room.html", context)


def _neighbours(room_id: UUID) -> dict[str, Any]:
    """The live rooms before and after this one, round and round; nothing where it is alone."""
    ids = list(live_rooms().values_list("id", flat=True)[:100])
    if ids in ([], [room_id]):
        return {}
    if room_id in ids:
        place = ids.index(room_id)
        following, before = ids[(place + 1) % len(ids)], ids[place - 1]
    else:
        following, before = ids[0], ids[-1]
    return {
        "next_url": reverse("viewer:room", args=[following]),
        "previous_url": reverse("viewer:room", args=[before]),
    }
