"""Rooms: the list, scheduling one, changing one, calling one off."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.listings.models import Listing
from yellowcart.live import actions, cohosts, queries
from yellowcart.live import schedule as shows
from yellowcart.live.models import Room
from yellowcart.live.rules import LONGEST_TITLE, SLOWEST_MODE_SECONDS
from yellowcart.people.access import access_creator, creator_page
from yellowcart.people.models import Account
from yellowcart.people.queries import has_permit
from yellowcart.web.backoffice.fields import InstantField, LinesField
from yellowcart.web.backoffice.replies import put_on_form, told
from yellowcart.web.creator.shell import show

PAGE = 24
#: Fields show instants to the minute.
MINUTE = timedelta(minutes=1)

#: Which field a problem of the room belongs to.
PLACES = {
    "title_invalid": "title",
    "cover_invalid": "cover_url",
    "time_passed": "scheduled_at",
    "slow_mode_invalid": "slow_mode_seconds",
    "blocked_words_invalid": "blocked_words",
}


class ScheduleForm(forms.Form):
    """A show to come."""

    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE)
    scheduled_at = InstantField(
        label=_("Starts"), help_text=_("In the platform's time zone; 24:00 ends the day.")
    )
    cover_url = forms.CharField(
        label=_("Cover"),
        max_length=500,
        required=False,
        help_text=_("The address of a picture, starting with https://."),
    )
    weeks = forms.IntegerField(
        label=_("Shows, one a week"),
        min_value=1,
        max_value=shows.MOST_WEEKS,
        initial=1,
        required=False,
        help_text=_("More than one makes a series: each is a room of its own."),
    )
    practice = forms.BooleanField(
        label=_("For practice"),
        required=False,
        help_text=_("Only you and those who run it with you see it; nothing is sold or counted."),
    )


class RoomForm(forms.Form):
    """What can be changed of a room at any time; when it begins, before it does."""

    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE)
    scheduled_at = InstantField(
        label=_("Starts"),
        required=False,
        help_text=_("A show can be postponed three times; who asked to be reminded is told."),
    )
    cover_url = forms.CharField(label=_("Cover"), max_length=500, required=False)
    slow_mode_seconds = forms.IntegerField(
        label=_("Slow mode, in seconds"),
        min_value=0,
        max_value=SLOWEST_MODE_SECONDS,
        help_text=_("How long a viewer waits between two messages."),
    )
    blocked_words = LinesField(
        label=_("Blocked words"),
        required=False,
        help_text=_("One a line; messages of viewers that contain one are refused."),
    )


@creator_page
def index(request: HttpRequest) -> HttpResponse:
    """The creator's rooms, latest first."""
    account = access_creator(request.user)
    page = Paginator(queries.rooms_of(account.id), PAGE).get_page(request.GET.get("page"))
    rooms = list(page.object_list)
    ids = [room.id for room in rooms]
    goods = dict(
        Listing.objects.filter(
            surface="live_room", container_id__in=ids, state__in=["mounted", "barred"]
        )
        .values_list("container_id")
        .annotate(count=Count("id"))
    )
    viewers = queries.viewers_in(ids)
    context = {
        "page": page,
        "rows": [
            {"room": room, "goods": goods.get(room.id, 0), "viewers": viewers.get(room.id, 0)}
            for room in rooms
        ],
        "may_go_live": has_permit(account.id, "go_live"),
        "invitations": cohosts.invitations_of(account),
        "cohosted": cohosts.cohosted_by(account),
    }
    return show(request, account, "creator/rooms.html", context, here="rooms")


@creator_page
def schedule(request: HttpRequest) -> HttpResponse:
    """Announce a show; its desk opens at once, so that the cart can be filled."""
    account = access_creator(request.user)
    form = ScheduleForm(request.POST or None, initial={"scheduled_at": clock.now()})
    if request.method == "POST" and form.is_valid():
        try:
            room = _schedule(account, form.cleaned_data)
        except Problem as problem:
            put_on_form(form, problem, field=PLACES.get(problem.code))
        else:
            messages.success(request, _("Scheduled. Now fill the cart."))
            return redirect("creator:desk", room_id=room.id)
    context = {"form": form, "may_go_live": has_permit(account.id, "go_live")}
    status = 422 if request.method == "POST" else 200
    return show(request, account, "creator/schedule.html", context, here="rooms", status=status)


def _schedule(account: Account, data: dict[str, Any]) -> Room:
    """The room, or the first of a series."""
    weeks = data.pop("weeks") or 1
    if weeks == 1 or data["practice"]:
        return actions.do_schedule_room(account, **data)
    return shows.do_schedule_series(
        account,
        title=data["title"],
        first_at=data["scheduled_at"],
        weeks=weeks,
        cover_url=data["cover_url"],
    )[0]


@creator_page
def edit(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Title, cover, slow mode and blocked words."""
    account = access_creator(request.user)
    room = queries.access_hosted(account, room_id)
    form = RoomForm(
        request.POST or None,
        initial={
            "title": room.title,
            "scheduled_at": room.scheduled_at,
            "cover_url": room.cover_url,
            "slow_mode_seconds": room.slow_mode_seconds,
            "blocked_words": room.blocked_words,
        },
    )
    if room.state != "scheduled":
        del form.fields["scheduled_at"]
    if request.method == "POST" and form.is_valid():
        at = form.cleaned_data.pop("scheduled_at", None)
        try:
            with transaction.atomic():
                if at is not None and abs(at - room.scheduled_at) >= MINUTE:
                    shows.do_postpone(account, room_id, at)
                actions.do_change_room(account, room_id, **form.cleaned_data)
        except Problem as problem:
            put_on_form(form, problem, field=PLACES.get(problem.code))
        else:
            messages.success(request, _("Saved."))
            return redirect("creator:desk", room_id=room_id)
    status = 422 if request.method == "POST" else 200
    context = {"room": room, "form": form}
    return show(request, account, "creator/room_edit.html", context, here="rooms", status=status)


@require_POST
@creator_page
def step(request: HttpRequest, room_id: UUID, verb: str) -> HttpResponse:
    """Go live, end, or call off."""
    account = access_creator(request.user)
    action, done = STEPS[verb]
    with told(request, done):
        action(account, room_id)
    if verb == "cancel":
        return redirect("creator:rooms")
    return redirect("creator:desk", room_id=room_id)


STEPS = {
    "live": (actions.do_go_live, _("You are live.")),
    "end": (actions.do_end_room, _("The show is over. Orders go on being shipped.")),
    "cancel": (actions.do_cancel_room, _("The show is called off.")),
}
