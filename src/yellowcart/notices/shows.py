"""Tells people of shows they asked to be reminded of: shortly before, when they begin, and when
they are moved or called off."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from yellowcart.core.clock import now
from yellowcart.core.instants import in_words
from yellowcart.core.outbox import Event
from yellowcart.core.texts import Text
from yellowcart.live.models import Room
from yellowcart.live.tooltables import Reminder
from yellowcart.notices.models import Notice

#: So long before a show its reminders go out.
SOON: Final = timedelta(minutes=10)
_A_TIME: Final = 2_000

_WORDS: Final = {
    "show_soon": Text("Begins soon: {title}", "即将开播：{title}"),
    "show_start": Text("Live now: {title}", "已开播：{title}"),
    "show_moved": Text("Moved to {when}: {title}", "改期至 {when}：{title}"),
    "show_off": Text("Called off: {title}", "已取消：{title}"),
}


def remind_due() -> datetime | None:
    """Send the reminders that are due; when the next show's are."""
    at = now()
    while _do_send("show_start", "start_at", at) or _do_send("show_soon", "soon_at", at):
        pass
    coming = Reminder.objects.filter(
        room__state="scheduled", soon_at__isnull=True, room__scheduled_at__gt=at + SOON
    ).order_by("room__scheduled_at")
    following = coming.values_list("room__scheduled_at", flat=True).first()
    return following - SOON if following else None


def on_postponed(events: Sequence[Event]) -> None:
    """Tell those who asked that a show has another time."""
    _tell(events, "show_moved", "scheduled")


def on_room_state(events: Sequence[Event]) -> None:
    """Tell those who asked that a show was called off."""
    _tell(
        [one for one in events if one.payload.get("state") == "cancelled"], "show_off", "cancelled"
    )


def _tell(events: Iterable[Event], stage: str, state: str) -> None:
    ids = {event.room_id for event in events if event.room_id is not None}
    if not ids:
        return
    reminders = Reminder.objects.filter(room_id__in=ids, room__state=state).select_related(
        "room__creator"
    )
    _write(stage, list(reminders.order_by("id")))


@transaction.atomic
def _do_send(stage: str, field: str, at: datetime) -> int:
    """Up to so many reminders at a time; the mark and the notice are one transaction."""
    rows = Reminder.objects.filter(**{f"{field}__isnull": True}, room__practice=False)
    if stage == "show_start":
        rows = rows.filter(room__state="live")
    else:
        # A show that should have begun and has not is not announced as coming any more.
        rows = rows.filter(
            room__state="scheduled", room__scheduled_at__lte=at + SOON, room__scheduled_at__gt=at
        )
    due = list(
        rows.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .select_related("room__creator")
        .order_by("id")[:_A_TIME]
    )
    Reminder.objects.filter(id__in=[row.id for row in due]).update(**{field: at})
    _write(stage, due)
    return len(due)


def _write(stage: str, reminders: Sequence[Reminder]) -> None:
    zone = ZoneInfo(settings.TIME_ZONE)
    # Told twice, one was told once: the same room, stage and time is one notice.
    Notice.objects.bulk_create(
        [_notice(stage, row.account_id, row.room, zone) for row in reminders],
        ignore_conflicts=True,
    )


def _notice(stage: str, account_id: UUID, room: Room, zone: ZoneInfo) -> Notice:
    when = room.scheduled_at.astimezone(zone)
    begins = in_words(room.scheduled_at, zone)
    words = _WORDS[stage]
    host = room.creator.display_name
    return Notice(
        account_id=account_id,
        party="viewer",
        rule_key=f"room:{room.id}",
        rule_revision=room.postponed,
        stage=stage,
        effective_at=room.scheduled_at,
        title_en=words.en.format(title=room.title, when=f"{when.day} {when:%b %H:%M}")[:200],
        title_zh=words.zh.format(title=room.title, when=f"{when.month}月{when.day}日 {when:%H:%M}")[
            :200
        ],
        body_en=f"{host} · {begins.en}",
        body_zh=f"{host} · {begins.zh}",
        hit={"room_id": str(room.id)},
    )
