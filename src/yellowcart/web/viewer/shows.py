"""Shows to come: the calendar file, and what one asked to be reminded of."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yellowcart.core.clock import now
from yellowcart.live.calendar import calendar
from yellowcart.live.queries import public_rooms
from yellowcart.live.tooltables import Reminder
from yellowcart.notices.queries import inbox
from yellowcart.people.access import access_person, person_page

_FEW = 50


@require_GET
def ics(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The show for a calendar."""
    room = public_rooms().filter(id=room_id).first()
    if room is None or room.state == "ended":
        raise Http404
    text = calendar(
        uid=str(room.id),
        title=room.title,
        begins=room.scheduled_at,
        url=request.build_absolute_uri(reverse("viewer:room", args=[room.id])),
        host=room.creator.display_name,
        postponed=room.postponed,
        cancelled=room.state == "cancelled",
        written=now(),
    )
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="show-{room.id.hex[-8:]}.ics"'
    return answer


@person_page
def reminders(request: HttpRequest) -> HttpResponse:
    """What one is reminded of, and what one was told of shows; opening it reads that."""
    person = access_person(request.user)
    rows = Reminder.objects.filter(account=person, room__state__in=["scheduled", "live"])
    notices = list(inbox(person, party="viewer")[:_FEW])
    unread = {notice.id for notice in notices if notice.read_at is None}
    inbox(person, party="viewer", unread_only=True).order_by().update(read_at=now())
    context = {
        "rooms": [
            row.room
            for row in rows.select_related("room__creator").order_by("room__scheduled_at", "id")
        ],
        "notices": notices,
        "unread": unread,
    }
    return render(request, "viewer/reminders.html", context)
