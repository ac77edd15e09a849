"""The order of a room's chat on the host's desk: who is muted or out, who helps, what was done."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.live import actions, moderation, problems, queries
from yellowcart.live.reports import log_of
from yellowcart.live.words import DEEDS
from yellowcart.people.access import access_creator, creator_page
from yellowcart.people.models import Account
from yellowcart.web.backoffice.replies import told

#: Lines of the log that the desk shows.
LINES = 30
DONE = {
    "unmute": _("They may speak again."),
    "unblock": _("They may come in again."),
    "add_moderator": _("They keep order in this room now."),
    "remove_moderator": _("They keep order here no more."),
}


@creator_page
def order(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The part of the desk, asked for when it is opened."""
    return _show(request, access_creator(request.user), room_id)


@require_POST
@creator_page
def step(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """``do`` is one of :data:`DONE`, ``who`` an account's or guest's id, or a handle to add."""
    account = access_creator(request.user)
    verb, who = request.POST.get("do", ""), request.POST.get("who", "").strip()
    with told(request, DONE.get(verb)):
        if verb == "add_moderator":
            actions.do_add_moderator(account, room_id, _named(who))
        elif verb == "remove_moderator":
            actions.do_remove_moderator(account, room_id, _id(who))
        elif verb == "unmute":
            moderation.do_unmute(account, room_id, _id(who))
        elif verb == "unblock":
            moderation.do_unblock_viewer(account, room_id, _id(who))
    return _show(request, account, room_id)


def _show(request: HttpRequest, account: Account, room_id: UUID) -> HttpResponse:
    room = queries.access_hosted(account, room_id)
    mutes = list(queries.mutes_of(room))
    names = queries.names_of(mute.account_id for mute in mutes)
    context = {
        "room": room,
        "mutes": [(mute, names.get(mute.account_id, "")) for mute in mutes],
        "blocks": queries.blocks_of(room),
        "moderators": queries.moderators_of(room),
        "log": [(entry, DEEDS.get(entry.verb, "")) for entry in log_of(account, room_id, LINES)],
    }
    return render(request, "creator/order.html", context)


def _named(handle: str) -> UUID:
    account = Account.objects.filter(handle=handle.removeprefix("@")).first()
    if account is None:
        raise problems.account_not_found()
    return account.id


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise problems.account_not_found() from None
