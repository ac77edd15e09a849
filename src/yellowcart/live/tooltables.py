"""Tables of the tools around a show: its script, remote controls, reminders, share codes,
questions, and those who host it together."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.people.models import Account


class ScriptItem(models.Model):
    """One step of a show's script, in order of ``position``.

    ``listing_id`` is explained while it is on, null for talk. ``action`` is what is planned with
    it: ``none``, ``count_down`` (``seconds``), ``link_up`` or ``flash`` (``percent``,
    ``seconds``); somebody still has to say when.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    room = models.ForeignKey("live.Room", models.CASCADE, related_name="script")
    position = models.PositiveSmallIntegerField()
    listing_id = models.UUIDField(null=True)
    title = models.CharField(max_length=120)
    notes = models.CharField(max_length=1_000, default="", blank=True)
    minutes = models.PositiveSmallIntegerField(default=5)
    action = models.CharField(max_length=16, default="none")
    seconds = models.PositiveIntegerField(null=True)
    percent = models.PositiveSmallIntegerField(null=True)

    class Meta:
        db_table = "live_script_item"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(action__in=["none", "count_down", "link_up", "flash"]),
                name="live_script_action",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["room", "position"], name="live_script_order")]


class ScriptRun(models.Model):
    """Where a show stands in its script; no row before it begins."""

    room = models.OneToOneField(
        "live.Room", models.CASCADE, primary_key=True, related_name="script_run"
    )
    item_id = models.UUIDField(null=True)
    item_began_at = models.DateTimeField()
    began_at = models.DateTimeField()

    class Meta:
        db_table = "live_script_run"


class RemoteControl(models.Model):
    """A second device that steers one room: pins, steps, links up and starts flash prices.

    ``code_hash`` is of the code in the QR picture, good once until ``code_until``; ``token_hash``
    is of what the device that used it holds, good until ``until``, the end of the room, or
    ``revoked_at``. Neither secret is stored.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    room = models.ForeignKey("live.Room", models.CASCADE, related_name="remotes")
    made_by = models.ForeignKey(Account, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=now)
    code_hash = models.CharField(max_length=64, unique=True)
    code_until = models.DateTimeField()
    token_hash = models.CharField(max_length=64, unique=True, null=True)
    until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "live_remote"


class Reminder(models.Model):
    """Somebody wants to hear when a show begins; ``soon_at`` and ``start_at``: that they did."""

    id = models.UUIDField(primary_key=True, default=new_id)
    room = models.ForeignKey("live.Room", models.CASCADE, related_name="reminders")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=now)
    soon_at = models.DateTimeField(null=True)
    start_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "live_reminder"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "account"], name="live_reminder_once")
        ]


class ShareCode(models.Model):
    """A short code that opens a room, or one listing of it; counts how often it did."""

    code = models.CharField(max_length=12, primary_key=True)
    room = models.ForeignKey("live.Room", models.CASCADE, related_name="share_codes")
    listing_id = models.UUIDField(null=True)
    made_by = models.ForeignKey(Account, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=now)
    opens = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "live_share_code"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["room", "listing_id", "made_by"],
                nulls_distinct=False,
                name="live_share_code_once",
            )
        ]


class Question(models.Model):
    """A viewer asks about a listing, or asks to have it explained (``text`` empty)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    room = models.ForeignKey("live.Room", models.CASCADE, related_name="questions")
    listing_id = models.UUIDField(null=True)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    text = models.CharField(max_length=200, default="", blank=True)
    state = models.CharField(max_length=16, default="waiting")
    asked_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)

    class Meta:
        db_table = "live_question"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "answered", "dismissed"]),
                name="live_question_state",
            ),
            models.UniqueConstraint(
                fields=["room", "listing_id", "account"],
                condition=Q(state="waiting", text=""),
                name="live_question_asked_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["room", "id"], condition=Q(state="waiting"), name="live_question_waiting"
            ),
            models.Index(fields=["room", "account", "id"], name="live_question_asker"),
        ]


class CoHost(models.Model):
    """Somebody who hosts a show with its creator, once they accepted."""

    id = models.UUIDField(primary_key=True, default=new_id)
    room = models.ForeignKey("live.Room", models.CASCADE, related_name="cohosts")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    invited_at = models.DateTimeField(default=now)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "live_cohost"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "account"], name="live_cohost_once")
        ]


class StageTurn(models.Model):
    """A co-host had the stage in ``[began_at, ended_at)``; at all other times its creator had."""

    id = models.UUIDField(primary_key=True, default=new_id)
    room = models.ForeignKey("live.Room", models.CASCADE, related_name="stage_turns")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "live_stage_turn"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["room"], condition=Q(ended_at__isnull=True), name="live_stage_turn_one"
            )
        ]
