"""Who hosts a show with its creator: inviting, answering, the stage, and who sold what."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.core.clock import now
from yellowcart.insights.room_figures import asked
from yellowcart.insights.room_sellers import sellers_of
from yellowcart.live import cohosts
from yellowcart.live.models import Room
from yellowcart.live.problems import cohost_invalid
from yellowcart.live.queries import access_run
from yellowcart.people.access import access_creator, creator_page
from yellowcart.people.models import Account
from yellowcart.web.backoffice.replies import told, uuids
from yellowcart.web.creator.shell import show


@creator_page
def page(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The hosts of a show; posts invite, take out and hand the stage on."""
    account = access_creator(request.user)
    room = access_run(account, room_id)
    if request.method == "POST":
        with told(request, _("Done.")):
            _act(request, account, room)
        return redirect("creator:hosts", room_id=room.id)
    rows = list(room.cohosts.select_related("account").order_by("accepted_at", "id"))
    context = {
        "room": room,
        "rows": rows,
        "mine": room.creator_id == account.id,
        "on_stage": room.on_stage_id or room.creator_id,
        "may_hand_on": account.id in {room.creator_id, room.on_stage_id},
        "sold": sold_by_host(room),
    }
    return show(request, account, "creator/hosts.html", context, here="rooms")


@require_POST
@creator_page
def reply(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Accept to host somebody's show, or decline."""
    account = access_creator(request.user)
    if "accept" in request.POST:
        with told(request, _("You host this show, too.")):
            cohosts.do_accept(account, room_id)
            return _after(request, room_id)
    else:
        with told(request, _("Declined.")):
            cohosts.do_remove(account, room_id, account.id)
    return redirect("creator:rooms")


def _after(request: HttpRequest, room_id: UUID) -> HttpResponse:
    return redirect("creator:desk", room_id=room_id)


def _act(request: HttpRequest, account: Account, room: Room) -> None:
    verb, _colon, word = request.POST.get("do", "").partition(":")
    one = next(iter(uuids([word])), None)
    if verb == "invite":
        handle = request.POST.get("handle", "").strip().lstrip("@")
        found = Account.objects.filter(handle=handle).first()
        if found is None:
            raise cohost_invalid()
        cohosts.do_invite(account, room.id, found.id)
    elif verb == "remove" and one is not None:
        cohosts.do_remove(account, room.id, one)
    elif verb == "stage" and one is not None:
        cohosts.do_give_stage(account, room.id, one)


def sold_by_host(room: Room) -> list[dict[str, Any]]:
    """What each host sold: how many orders, how many paid, what by currency."""
    if room.started_at is None or not cohosts.turns_of(room):
        return []
    at = now()
    found = sellers_of(
        room, asked(room.id, room.started_at, room.ended_at, at=at, seen_since=at)
    ).hosts
    return [
        {
            "name": one.name,
            "placed": one.orders,
            "paid": one.paid_orders,
            "minor": one.paid_minor,
            "currency": one.currency,
        }
        for one in sorted(found, key=lambda one: -one.paid_minor)
    ]
