"""The remote control on a second device: the picture that hands it over, and its page."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST

from yellowcart.core.problems import Problem
from yellowcart.live import remotes, spotlight
from yellowcart.live.actions import do_pin
from yellowcart.live.models import Room
from yellowcart.live.queries import access_cart, get_room, viewers_in
from yellowcart.people.access import access_creator, creator_page
from yellowcart.people.models import Account
from yellowcart.web.backoffice.replies import sentence, told, uuids
from yellowcart.web.creator import script
from yellowcart.web.creator.desk import cart_context
from yellowcart.web.creator.shell import show
from yellowcart.web.creator.tools import whole

COOKIE = "yellowcart_remote"


@never_cache
@creator_page
def make(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The picture for one more device, and taking all devices back."""
    account = access_creator(request.user)
    room = get_room(access_cart(account, room_id).id)
    if "revoke" in request.POST:
        remotes.do_revoke_remotes(account, room.id)
        messages.success(request, _("No device steers the room any more."))
        return redirect("creator:remote_make", room_id=room.id)
    context: dict[str, Any] = {"room": room, "minutes": int(remotes.CODE_LASTS.seconds / 60)}
    if request.method == "POST":
        with told(request):
            code = remotes.do_make_remote(account, room.id)
            # The code stands behind the #, so it is in no server's log.
            path = reverse("creator:remote", args=[room.id])
            address = f"{request.build_absolute_uri(path)}#{code}"
            context |= {"address": address, "picture": _picture(address)}
    context["in_use"] = remotes.remotes_in_use(room.id)
    return show(request, account, "creator/remote_make.html", context, here="rooms")


@never_cache
@ensure_csrf_cookie
def remote(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The remote's page, or, on a device that has no token yet, what takes the code over."""
    try:
        room, account = _holder(request, room_id)
    except Problem as problem:
        context = {"room_id": room_id, "sentence": sentence(problem)}
        return render(request, "creator/remote_open.html", context)
    return render(request, "creator/remote.html", _context(room, account))


@require_POST
def take_over(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Trade the code in the picture for this device's token."""
    try:
        token = remotes.do_open_remote(room_id, request.POST.get("code", ""))
    except Problem as problem:
        context = {"room_id": room_id, "sentence": sentence(problem)}
        return render(request, "creator/remote_open.html", context, status=403)
    answer = redirect("creator:remote", room_id=room_id)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(remotes.TOKEN_LASTS.total_seconds()),
        path=reverse("creator:remote", args=[room_id]),
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


def _steered(
    view: Callable[[HttpRequest, Room, Account], HttpResponse],
) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """Lets a device with a token in, and hands its room and its host to the view."""

    @wraps(view)
    def guarded(request: HttpRequest, room_id: UUID) -> HttpResponse:
        try:
            room, account = _holder(request, room_id)
        except Problem as problem:
            # htmx follows no redirect into a part of a page; the page says what to do.
            return HttpResponse(sentence(problem), status=403, headers={"HX-Refresh": "true"})
        return view(request, room, account)

    guarded_page: Callable[[HttpRequest, UUID], HttpResponse] = never_cache(guarded)
    return guarded_page


@require_POST
@_steered
def enter(request: HttpRequest, room: Room, account: Account) -> HttpResponse:
    """A pass to follow the room with; see :func:`live.remotes.remote_pass`."""
    token, expires_at = remotes.remote_pass(room, account)
    return JsonResponse({"pass": token, "expires_at": expires_at})


@_steered
def state(request: HttpRequest, room: Room, account: Account) -> HttpResponse:
    """How the room stands, as a part of the page; asked for whenever something happens."""
    return render(request, "creator/parts/remote_state.html", _context(room, account))


@require_POST
@_steered
def act(request: HttpRequest, room: Room, account: Account) -> HttpResponse:
    """The few things that a remote control can do."""
    verb, _colon, rest = request.POST.get("do", "").partition(":")
    word, _colon, number = rest.partition(":")
    listing = next(iter(uuids([word])), None)
    with told(request):
        match verb:
            case "next" | "previous" | "act":
                script.run(account, room, verb, "")
            case "pin" if listing:
                do_pin(account, room.id, listing)
            case "unpin":
                do_pin(account, room.id, None)
            case "count_down" if listing:
                spotlight.do_count_down(account, room.id, listing, seconds=whole(number) or 30)
            case "link_up" if listing:
                spotlight.do_link_up(account, room.id, listing)
            case "flash" if listing:
                spotlight.do_flash(account, room.id, listing, percent=whole(number) or 0)
            case "end_flash":
                spotlight.do_end_flash(account, room.id)
    fresh = get_room(room.id)
    context = {**_context(fresh, account), "answering": True}
    return render(request, "creator/parts/remote_state.html", context)


def _holder(request: HttpRequest, room_id: UUID) -> tuple[Room, Account]:
    return remotes.access_remote(room_id, request.COOKIES.get(COOKIE, ""))


def _context(room: Room, account: Account) -> dict[str, Any]:
    return {
        **cart_context(account, room),
        **script.now_context(room),
        "viewers": viewers_in([room.id]).get(room.id, 0),
    }


def _picture(address: str) -> str:
    # It takes a fifth of a second to load, which every command would pay.
    import segno

    return mark_safe(segno.make(address, error="m").svg_inline(border=2, omitsize=True))  # noqa: S308  our own drawing
