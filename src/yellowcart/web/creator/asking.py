"""What viewers ask, beside the host's cart."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from yellowcart.live import questions
from yellowcart.live.models import Room
from yellowcart.live.queries import access_run
from yellowcart.people.access import access_creator, creator_page
from yellowcart.people.models import Account
from yellowcart.web.backoffice.replies import told, uuids


def queue_context(account: Account, room: Room) -> dict[str, Any]:
    """The queue for a part of the desk."""
    return {"room": room, "queue": questions.queue_of(account, room.id)}


@creator_page
def queue(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The queue alone; asked for every few seconds."""
    account = access_creator(request.user)
    return _part(request, account, access_run(account, room_id))


@require_POST
@creator_page
def act(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """``do`` is ``explain:<listing>``, ``answered:<question>`` or ``dismissed:<question>``."""
    account = access_creator(request.user)
    room = access_run(account, room_id)
    verb, _colon, word = request.POST.get("do", "").partition(":")
    one = next(iter(uuids([word])), None)
    with told(request):
        if one is not None and verb == "explain":
            questions.do_explain(account, room.id, one)
        elif one is not None and verb in {"answered", "dismissed"}:
            questions.do_close(account, room.id, one, answered=verb == "answered")
    if request.headers.get("HX-Request") == "true":
        return _part(request, account, room)
    return redirect("creator:desk", room_id=room.id)


def _part(request: HttpRequest, account: Account, room: Room) -> HttpResponse:
    return render(request, "creator/parts/questions.html", queue_context(account, room))
