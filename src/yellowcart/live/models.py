"""Rooms, what happened in them in order, and what was said."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.live import tooltables as _tooltables  # noqa: F401  Django finds its tables here
from yellowcart.people.models import Account


class Room(models.Model):
    """One show: scheduled, live, ended.

    ``reservation`` says what an unpaid order does to the stock: ``hold`` sets its pieces aside for
    ``hold_seconds`` (the platform's payment time-out where null), ``first_paid`` sets nothing
    aside and sells to whoever pays first. ``purchase_limit`` is the most pieces one buyer may
    hold or have bought here, over all goods. A ``practice`` room is seen by those who run it
    alone; nothing is sold or counted in it. Its beginning was ``postponed`` so often; shows of one
    ``series_id`` were scheduled together. ``on_stage_id`` is the co-host who has the stage, null
    for its creator.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    creator = models.ForeignKey(Account, models.CASCADE, related_name="rooms")
    title = models.CharField(max_length=120)
    cover_url = models.CharField(max_length=500, default="", blank=True)
    state = models.CharField(max_length=16, default="scheduled")
    scheduled_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    pinned_listing_id = models.UUIDField(null=True)
    pinned_message_id = models.UUIDField(null=True)
    slow_mode_seconds = models.PositiveSmallIntegerField(default=1)
    blocked_words = models.JSONField(default=list)
    reservation = models.CharField(max_length=16, default="hold")
    hold_seconds = models.PositiveIntegerField(null=True)
    purchase_limit = models.PositiveIntegerField(null=True)
    practice = models.BooleanField(default=False, db_default=False)
    postponed = models.PositiveSmallIntegerField(default=0, db_default=0)
    series_id = models.UUIDField(null=True)
    on_stage_id = models.UUIDField(null=True)

    class Meta:
        db_table = "live_room"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reservation__in=["hold", "first_paid"]), name="live_room_reservation"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["scheduled", "live", "ended", "cancelled"]),
                name="live_room_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "scheduled_at"], name="live_room_by_state")
        ]


class RoomEvent(models.Model):
    """A numbered event of a room. The relay gives the numbers, after the commit, without gaps."""

    pk = models.CompositePrimaryKey("room_id", "seq")
    room_id = models.UUIDField()
    seq = models.BigIntegerField()
    type = models.CharField(max_length=40)
    payload = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "live_room_event"


class RoomSequence(models.Model):
    """The last number given in a room."""

    room_id = models.UUIDField(primary_key=True)
    seq = models.BigIntegerField(default=0)

    class Meta:
        db_table = "live_room_sequence"


class RoomCounter(models.Model):
    """A sum that a room shows, such as its likes; see :mod:`live.counters`."""

    pk = models.CompositePrimaryKey("room_id", "key")
    room_id = models.UUIDField()
    key = models.CharField(max_length=64)
    value = models.BigIntegerField(default=0)
    shown_until_wall = models.DateTimeField(null=True)

    class Meta:
        db_table = "live_room_counter"


class RoomModerator(models.Model):
    """An account that may hide messages and mute viewers in a room."""

    id = models.UUIDField(primary_key=True, default=new_id)
    room = models.ForeignKey(Room, models.CASCADE, related_name="moderators")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")

    class Meta:
        db_table = "live_room_moderator"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "account"], name="live_moderator_once")
        ]


class ChatMessage(models.Model):
    """Something said in a room."""

    id = models.UUIDField(primary_key=True, default=new_id)
    room_id = models.UUIDField()
    account_id = models.UUIDField()
    name = models.CharField(max_length=60)
    role = models.CharField(max_length=16)
    text = models.CharField(max_length=200)
    at = models.DateTimeField(default=now)
    hidden_at = models.DateTimeField(null=True)
    hidden_by = models.UUIDField(null=True)

    class Meta:
        db_table = "live_chat_message"
        indexes: ClassVar = [
            models.Index(fields=["room_id", "id"], name="live_chat_room"),
            models.Index(fields=["room_id", "account_id", "id"], name="live_chat_author"),
        ]


class ChatMute(models.Model):
    """An account that may not speak in a room until an instant."""

    id = models.UUIDField(primary_key=True, default=new_id)
    room_id = models.UUIDField()
    account_id = models.UUIDField()
    until = models.DateTimeField()
    by_id = models.UUIDField()

    class Meta:
        db_table = "live_chat_mute"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room_id", "account_id"], name="live_mute_once")
        ]


class RoomPresence(models.Model):
    """How many viewers one server process counts in a room; stale rows do not count."""

    id = models.UUIDField(primary_key=True, default=new_id)
    node_id = models.UUIDField()
    room_id = models.UUIDField()
    viewers = models.PositiveIntegerField()
    seen_wall_at = models.DateTimeField()

    class Meta:
        db_table = "live_presence"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["node_id", "room_id"], name="live_presence_once")
        ]


class QuietViewer(models.Model):
    """An account that rooms tell nothing of by themselves: not that it came in or follows, nor,
    even with a masked name, what it bought."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="+")

    class Meta:
        db_table = "live_quiet_viewer"


class RoomBlock(models.Model):
    """A viewer, an account or a guest's id, who may not be in a room any more."""

    id = models.UUIDField(primary_key=True, default=new_id)
    room = models.ForeignKey(Room, models.CASCADE, related_name="blocks")
    viewer_id = models.UUIDField()
    name = models.CharField(max_length=60, default="", blank=True)
    note = models.CharField(max_length=200, default="", blank=True)
    by_id = models.UUIDField()
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "live_room_block"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "viewer_id"], name="live_block_once")
        ]


class ModerationEntry(models.Model):
    """What was done to keep order in a room, and by whom: appended, never changed.

    ``role`` is what the actor was in the room then. ``text`` is what was said where it is about a
    message. For the host and the platform to read.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    room = models.ForeignKey(Room, models.CASCADE, related_name="moderation")
    at = models.DateTimeField(default=now)
    actor = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    role = models.CharField(max_length=16)
    verb = models.CharField(max_length=24)
    target_id = models.UUIDField(null=True)
    target_name = models.CharField(max_length=60, default="", blank=True)
    text = models.CharField(max_length=200, default="", blank=True)
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        db_table = "live_moderation"
        indexes: ClassVar = [models.Index(fields=["room", "-id"], name="live_moderation_room")]


class Report(models.Model):
    """What viewers told the platform of one message, or of a room (no message), as one case.

    Reports that come while it is open join it. ``text`` is what was said when it was first told.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    room = models.ForeignKey(Room, models.CASCADE, related_name="reports")
    message_id = models.UUIDField(null=True)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    text = models.CharField(max_length=200, default="", blank=True)
    state = models.CharField(max_length=16, default="open")
    opened_at = models.DateTimeField(default=now)
    count = models.PositiveIntegerField(default=0)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    measure = models.CharField(max_length=16, default="", blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        db_table = "live_report"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "upheld", "dismissed"]), name="live_report_state"
            ),
            models.UniqueConstraint(
                fields=["room", "message_id"],
                condition=Q(state="open"),
                nulls_distinct=False,
                name="live_report_one_open",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "opened_at"], name="live_report_queue")]


class ReportVoice(models.Model):
    """One person's report. Who it is, only the platform reads."""

    id = models.UUIDField(primary_key=True, default=new_id)
    report = models.ForeignKey(Report, models.CASCADE, related_name="voices")
    reporter = models.ForeignKey(Account, models.CASCADE, related_name="+")
    category = models.CharField(max_length=16)
    note = models.CharField(max_length=500, default="", blank=True)
    evidence_url = models.CharField(max_length=500, default="", blank=True)
    at = models.DateTimeField(default=now)

    class Meta:
        db_table = "live_report_voice"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "reporter"], name="live_report_voice_once")
        ]
