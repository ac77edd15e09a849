"""Reminders, postponing and series over HTTP."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Field, Router, Schema, Status

from yellowcart.core.problems import Problem
from yellowcart.live import schedule
from yellowcart.live.queries import room_seen_by
from yellowcart.people.access import access_person
from yellowcart.people.models import Account
from yellowcart.people.tokens import scoped

router = Router()


class ReminderOut(Schema):
    """Whether the caller is reminded, and how many are."""

    reminded: bool
    count: int


class PostponeIn(Schema):
    """When the show begins instead; with its zone."""

    scheduled_at: datetime


class SeriesIn(Schema):
    """A show a week, ``weeks`` of them, from ``first_at`` on."""

    title: str
    first_at: datetime
    weeks: int = Field(ge=2, le=schedule.MOST_WEEKS)
    cover_url: str = ""


class ShowOut(Schema):
    """A show to come."""

    room_id: UUID
    scheduled_at: datetime
    postponed: int


@router.get(
    "/{uuid:room_id}/reminder", response=ReminderOut, auth=None, summary="Reminders of a show"
)
def read(request: HttpRequest, room_id: UUID) -> ReminderOut:
    """How many want to be reminded, and, signed in, whether one does."""
    account = request.user if isinstance(request.user, Account) else None
    return _reminder(account, room_seen_by(account, room_id).id)


@router.put("/{uuid:room_id}/reminder", response=ReminderOut, summary="Remind me")
def remind(request: HttpRequest, room_id: UUID) -> ReminderOut:
    """Ten minutes before, and when it begins; and if it is moved or called off."""
    person = access_person(request.user)
    schedule.do_remind(person, room_id, wanted=True)
    return _reminder(person, room_id)


@router.delete("/{uuid:room_id}/reminder", response=ReminderOut, summary="Don't remind me")
def forget(request: HttpRequest, room_id: UUID) -> ReminderOut:
    """No more."""
    person = access_person(request.user)
    schedule.do_remind(person, room_id, wanted=False)
    return _reminder(person, room_id)


@router.post(
    "/{uuid:room_id}/postpone",
    auth=scoped("rooms:write"),
    response=ShowOut,
    summary="Postpone a show",
)
def postpone(request: HttpRequest, room_id: UUID, body: PostponeIn) -> ShowOut:
    """For the host, three times at most."""
    _zoned(body.scheduled_at)
    room = schedule.do_postpone(access_person(request.user), room_id, body.scheduled_at)
    return ShowOut(room_id=room.id, scheduled_at=room.scheduled_at, postponed=room.postponed)


@router.post(
    "/series",
    auth=scoped("rooms:write"),
    response={201: list[ShowOut]},
    summary="Schedule a show a week",
)
def series(request: HttpRequest, body: SeriesIn) -> Status[list[ShowOut]]:
    """For creators; each is a room of its own."""
    _zoned(body.first_at)
    rooms = schedule.do_schedule_series(access_person(request.user), **body.dict())
    shows = [ShowOut(room_id=r.id, scheduled_at=r.scheduled_at, postponed=0) for r in rooms]
    return Status(201, shows)


def _reminder(account: Account | None, room_id: UUID) -> ReminderOut:
    reminded, count = schedule.reminder_of(account, room_id)
    return ReminderOut(reminded=reminded, count=count)


def _zoned(at: datetime) -> None:
    if at.tzinfo is None:
        raise Problem("zone_missing", 422, _("Write the time with its zone, such as +08:00."))
