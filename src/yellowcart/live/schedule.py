"""Shows to come: reminders, postponing, weekly series. Each verb is one transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.instants import iso
from yellowcart.live import events, problems
from yellowcart.live.actions import do_schedule_room
from yellowcart.live.models import Room
from yellowcart.live.queries import access_hosted, room_seen_by
from yellowcart.live.tooltables import Reminder
from yellowcart.people.models import Account

#: As FIELD's closest published rule: a show can be postponed three times.
MOST_POSTPONED: Final = 3
MOST_WEEKS: Final = 12

#: Topics of the outbox: who asked to be reminded is told of these.
POSTPONED: Final = "live.postponed"


@transaction.atomic
def do_remind(account: Account, room_id: UUID, *, wanted: bool) -> None:
    """Remind somebody of a show, or no more; again changes nothing.

    Problems: ``room_not_found``, ``room_state`` where it is no longer to come.
    """
    room = room_seen_by(account, room_id)
    if not wanted:
        Reminder.objects.filter(room=room, account=account).delete()
        return
    if room.state != "scheduled" or room.practice:
        raise problems.not_to_come()
    Reminder.objects.get_or_create(room=room, account=account)


def reminder_of(account: Account | None, room_id: UUID) -> tuple[bool, int]:
    """Whether somebody is reminded of a show, and how many are."""
    rows = Reminder.objects.filter(room_id=room_id)
    mine = account is not None and rows.filter(account=account).exists()
    return mine, rows.count()


def reminded_counts(room_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many want to be reminded of each show; those with none are missing."""
    rows = Reminder.objects.filter(room_id__in=room_ids).values_list("room_id")
    return dict(rows.annotate(count=Count("id")))


@transaction.atomic
def do_postpone(actor: Account, room_id: UUID, scheduled_at: datetime) -> Room:
    """Let a show begin at another time, three times at most; who is reminded of it is told.

    Problems: ``not_your_room``, ``room_state``, ``time_passed``, ``postponed_too_often``.
    """
    room = Room.objects.select_for_update(no_key=True).get(id=access_hosted(actor, room_id).id)
    if room.state != "scheduled":
        raise problems.not_to_come()
    if scheduled_at <= now():
        raise problems.time_passed()
    if scheduled_at == room.scheduled_at:
        return room
    if room.postponed >= MOST_POSTPONED:
        raise problems.postponed_too_often(MOST_POSTPONED)
    before = room.scheduled_at
    room.scheduled_at = scheduled_at
    room.postponed += 1
    room.save(update_fields=["scheduled_at", "postponed"])
    # They are told anew, shortly before the new time.
    Reminder.objects.filter(room=room).update(soon_at=None)
    outbox.audit(actor.id, "room.postpone", f"room:{room.id}", before=iso(before))
    outbox.append(POSTPONED, {"room_id": str(room.id)}, room_id=room.id)
    events.room_state(room)
    return room


@transaction.atomic
def do_schedule_series(
    actor: Account, *, title: str, first_at: datetime, weeks: int, cover_url: str = ""
) -> list[Room]:
    """Announce a show a week, at the same time of the platform's day, ``weeks`` of them.

    Problems: ``series_invalid``, and those of :func:`live.actions.do_schedule_room`.
    """
    if not 2 <= weeks <= MOST_WEEKS:
        raise problems.series_invalid(MOST_WEEKS)
    series = new_id()
    rooms = []
    for at in weekly(first_at, weeks, ZoneInfo(settings.TIME_ZONE)):
        room = do_schedule_room(actor, title=title, scheduled_at=at, cover_url=cover_url)
        room.series_id = series
        room.save(update_fields=["series_id"])
        rooms.append(room)
    return rooms


def weekly(first: datetime, weeks: int, zone: ZoneInfo) -> list[datetime]:
    """``weeks`` instants a week apart on the clocks of a zone, whatever its summer time does."""
    local = first.astimezone(zone)
    return [(local + timedelta(days=7 * week)).astimezone(first.tzinfo) for week in range(weeks)]
