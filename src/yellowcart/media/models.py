"""Stream keys, broadcasts and recordings."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yellowcart.core.clock import now, wall
from yellowcart.core.ids import new_id
from yellowcart.live.models import Room
from yellowcart.media.states import OPEN
from yellowcart.people.models import Account


class StreamKey(models.Model):
    """Leave to publish the video of one room.

    A key is a room's, not a creator's: it says by itself where its pictures go, whoever learns it
    can disturb one show and not the next, and it ends with the show. Only the SHA-256 of the
    secret is kept (192 random bits need no slow hash); ``prefix`` is what people know it by.
    ``purpose`` is ``studio`` for the key typed into OBS and ``browser`` for the one that the
    creator's page makes for itself; a room has at most one of each, and making another revokes it.
    ``server_ref`` is the media server's own name for it, where it has one.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    room = models.ForeignKey(Room, models.CASCADE, related_name="stream_keys")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=16, default="studio")
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    server_ref = models.CharField(max_length=120, default="", blank=True)
    made_at = models.DateTimeField(default=now)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "media_stream_key"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["room", "purpose"],
                condition=Q(revoked_at__isnull=True),
                name="media_key_once",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["studio", "browser"]), name="media_key_purpose"
            ),
        ]


class Broadcast(models.Model):
    """One publishing session of a room; see ``states.py``.

    A publisher who comes back after a loss continues the same broadcast. ``state_at`` is when it
    came to be as it is. ``pending`` says that somebody was let in and sends nothing yet.
    ``seen_wall_at`` is the machine's time at which the server last said anything about it.
    ``server_ref`` is the media server's name for the publisher's connection. ``plays`` are the
    addresses under which it is watched, as :class:`media.servers.port.Play`.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    room = models.ForeignKey(Room, models.CASCADE, related_name="broadcasts")
    stream_key = models.ForeignKey(StreamKey, models.CASCADE, related_name="broadcasts")
    protocol = models.CharField(max_length=16)
    server = models.CharField(max_length=16)
    server_ref = models.CharField(max_length=120, default="", blank=True)
    address = models.CharField(max_length=64, default="", blank=True)
    state = models.CharField(max_length=16, default="waiting")
    state_at = models.DateTimeField(default=now)
    pending = models.BooleanField(default=True)
    plays = models.JSONField(default=list)
    opened_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True)
    lost_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, default="", blank=True)
    health = models.JSONField(default=dict)
    seen_wall_at = models.DateTimeField(default=wall)

    class Meta:
        db_table = "media_broadcast"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["room"], condition=Q(state__in=OPEN), name="media_one_publisher"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*OPEN, "ended"]), name="media_broadcast_state"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["room", "-opened_at"], name="media_broadcast_of_room")
        ]


class Recording(models.Model):
    """A piece of a broadcast that was written down.

    ``path`` is a file of ours, relative to the data folder's ``media``; ``url`` an address where
    another server keeps it. Its first frame was sent at ``started_at``; the clock of a picture
    ``ms`` milliseconds in is ``started_at + ms``.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    broadcast = models.ForeignKey(Broadcast, models.CASCADE, related_name="recordings")
    path = models.CharField(max_length=500, default="", blank=True)
    url = models.CharField(max_length=1000, default="", blank=True)
    started_at = models.DateTimeField()
    duration_ms = models.BigIntegerField()
    size_bytes = models.BigIntegerField(default=0)
    state = models.CharField(max_length=16, default="ready")
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "media_recording"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["broadcast", "path", "url"], name="media_recording_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["ready", "deleted"]), name="media_recording_state"
            ),
            models.CheckConstraint(condition=Q(duration_ms__gt=0), name="media_recording_lasts"),
        ]


class HookSeen(models.Model):
    """An event of a media server that was taken in, so that it is not taken in again."""

    id = models.UUIDField(primary_key=True, default=new_id)
    server = models.CharField(max_length=16)
    event_id = models.CharField(max_length=120)
    seen_wall_at = models.DateTimeField(default=wall)

    class Meta:
        db_table = "media_hook_seen"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["server", "event_id"], name="media_hook_once")
        ]


class Replay(models.Model):
    """The replay of a room that is over. Its goods are listings of the surface ``replay``.

    A host may hide it and show it again, or delete it. Either way its recordings are kept for as
    long as live records must be (``YELLOWCART_MEDIA_KEEP_DAYS``); nobody can watch them then.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    room = models.OneToOneField(Room, models.CASCADE, related_name="replay")
    made_at = models.DateTimeField(default=now)
    hidden_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "media_replay"


class Clip(models.Model):
    """An explanation of one listing: the part ``[from_ms, until_ms)`` of a recording."""

    id = models.UUIDField(primary_key=True, default=new_id)
    replay = models.ForeignKey(Replay, models.CASCADE, related_name="clips")
    recording = models.ForeignKey(Recording, models.CASCADE, related_name="+")
    listing_id = models.UUIDField()
    product_id = models.UUIDField()
    position = models.PositiveIntegerField()
    from_ms = models.BigIntegerField()
    until_ms = models.BigIntegerField()

    class Meta:
        db_table = "media_clip"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(from_ms__gte=0, until_ms__gt=models.F("from_ms")),
                name="media_clip_lasts",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["product_id", "-id"], name="media_clip_of_product"),
            models.Index(fields=["replay", "position"], name="media_clip_of_replay"),
        ]
