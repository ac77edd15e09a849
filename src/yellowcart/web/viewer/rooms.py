"""The room."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from yellowcart.live.models import Room
from yellowcart.web.viewer.words import room_words


@require_GET
@ensure_csrf_cookie
def room(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The stage, the chat and the cart; scripts fill them from the room's snapshot and socket."""
    found = Room.objects.select_related("creator").filter(id=room_id).first()
    if found is None or found.state == "cancelled":
        raise Http404
    host = found.creator
    context = {
        "room": found,
        "zone": settings.TIME_ZONE,
        "words": room_words(),
        "places": {
            "profile": reverse("viewer:profile", args=[host.handle]),
            "shop_page": reverse("viewer:shops"),
            "short_video": reverse("viewer:videos"),
        },
    }
    return render(request, "viewer/room.html", context)
