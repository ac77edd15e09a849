"""Letting publishers in, and keeping what becomes of them. Each verb is one transaction.

Who may do what:

===================== ========================================================================
verb                  who
===================== ========================================================================
do_make_stream_key    the room's host, while the room is scheduled or live
do_revoke_stream_key  the same; ending or calling off the room revokes its keys by itself
do_open_broadcast     whoever shows a key in force, while the room is scheduled (a preview that
                      only the host sees) or live, and nobody else publishes to it
do_broadcast_started, the media server that let the publisher in: the engine calls them here, other
do_report_health,     servers through signed hooks (``hooks.py``)
do_broadcast_lost,
do_broadcast_ended,
do_add_recording
queries.may_watch     while the room is live everybody with a pass for it; before, its host
queries.plays         asks no permission: ``may_watch`` guards the pictures themselves
===================== ========================================================================

In order: ``do_open_broadcast`` when a publisher knocks; ``do_broadcast_started`` with the first
picture; ``do_report_health`` every few seconds (a publisher of whom nothing is heard for
``rules.SILENT_SECONDS`` is taken for gone); ``do_broadcast_lost`` when the line breaks off, after
which the same key opens the same broadcast again; ``do_broadcast_ended`` at a goodbye. What comes
twice or too late changes nothing, so that a hook may be repeated. Going live is the room's own
verb: pictures need no live room, but nobody but the host sees them before it.
"""

import secrets
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import transaction

from yellowcart.core import jobs, outbox
from yellowcart.core.clock import now, wall
from yellowcart.live.models import Room
from yellowcart.live.queries import access_hosted
from yellowcart.media import choice, events, problems, rules
from yellowcart.media.jobs import AIR, DROP, FORGET, REPLAY
from yellowcart.media.models import Broadcast, HookSeen, Recording, StreamKey
from yellowcart.media.queries import digest, find_key
from yellowcart.media.states import OPEN, may_become
from yellowcart.people.models import Account

#: How much of a secret people see afterwards, to tell keys apart.
_SHOWN: Final = 7


@transaction.atomic
def do_make_stream_key(
    actor: Account, room_id: UUID, *, purpose: str = "studio"
) -> tuple[StreamKey, str]:
    """A new key of a room and its secret, which is shown this once; the old one is revoked.

    Problems: ``room_not_found``, ``not_your_room``, ``room_not_open``.
    """
    room = _lock_room(access_hosted(actor, room_id).id)
    if room.state not in rules.PUBLISHABLE:
        raise problems.room_not_open()
    _revoke(StreamKey.objects.filter(room=room, purpose=purpose, revoked_at__isnull=True))
    secret = f"yk_{secrets.token_urlsafe(24)}"
    key = StreamKey.objects.create(
        room=room,
        account=actor,
        purpose=purpose,
        prefix=secret[:_SHOWN],
        digest=digest(secret),
    )
    outbox.audit(actor.id, "media.key_make", f"room:{room.id}", key=str(key.id), purpose=purpose)
    return key, secret


@transaction.atomic
def do_revoke_stream_key(actor: Account, key_id: UUID) -> StreamKey:
    """Take a key out of force; who publishes with it is dropped. Again changes nothing.

    Problems: ``stream_key_not_found``, ``not_your_room``.
    """
    key = StreamKey.objects.filter(id=key_id).first()
    if key is None:
        raise problems.stream_key_not_found()
    room = _lock_room(access_hosted(actor, key.room_id).id)
    if _revoke(StreamKey.objects.filter(id=key_id, revoked_at__isnull=True)):
        outbox.audit(actor.id, "media.key_revoke", f"room:{room.id}", key=str(key_id))
    key.refresh_from_db()
    return key


@transaction.atomic
def do_open_broadcast(
    stream_key: str, *, protocol: str, address: str, server_ref: str = ""
) -> Broadcast:
    """Let a publisher in. After a loss it is the broadcast that was lost, still ``lost``.

    Problems: ``stream_key_invalid``, ``room_not_open``, ``already_publishing``.
    """
    key = find_key(stream_key)
    if key is None:
        raise problems.stream_key_invalid()
    return do_open_broadcast_with(key, protocol=protocol, address=address, server_ref=server_ref)


@transaction.atomic
def do_open_broadcast_with(
    key: StreamKey, *, protocol: str, address: str, server_ref: str = ""
) -> Broadcast:
    """The same for a key that was checked already, by us or by its media server.

    A connection that is let in a second time, as some servers ask twice, is the same.
    """
    room = _lock_room(key.room_id)
    # It may have been revoked while we waited for the room.
    if not StreamKey.objects.filter(id=key.id, revoked_at__isnull=True).exists():
        raise problems.stream_key_invalid()
    if room.state not in rules.PUBLISHABLE:
        raise problems.room_not_open()
    broadcast = Broadcast.objects.filter(room=room, state__in=OPEN).first()
    if broadcast is None:
        broadcast = Broadcast(room=room)
    elif broadcast.pending and server_ref and broadcast.server_ref == server_ref:
        return broadcast
    elif rules.is_taken(
        broadcast.state, broadcast.pending, (wall() - broadcast.seen_wall_at).total_seconds()
    ):
        raise problems.already_publishing()
    elif broadcast.state == "live":
        _become(broadcast, "lost")
    server = choice.server()
    broadcast.stream_key = key
    broadcast.protocol = protocol
    broadcast.address = address[:64]
    broadcast.server = server.kind
    broadcast.server_ref = server_ref
    broadcast.plays = msgspec.to_builtins(server.plays(room.id))
    broadcast.pending = True
    broadcast.health = {}
    broadcast.seen_wall_at = wall()
    broadcast.save()
    StreamKey.objects.filter(id=key.id).update(used_at=now())
    outbox.audit(
        key.account_id,
        "media.open",
        f"room:{room.id}",
        broadcast=str(broadcast.id),
        protocol=protocol,
        address=broadcast.address,
    )
    return broadcast


@transaction.atomic
def do_broadcast_started(broadcast_id: UUID) -> Broadcast:
    """Pictures arrive. Problems: ``broadcast_not_found``."""
    broadcast = _lock(broadcast_id)
    if may_become(broadcast.state, "live"):
        broadcast.pending = False
        broadcast.seen_wall_at = wall()
        _become(broadcast, "live")
    return broadcast


@transaction.atomic
def do_note_server_ref(key_id: UUID, server_ref: str) -> None:
    """Remember what the media server calls a key."""
    StreamKey.objects.filter(id=key_id).update(server_ref=server_ref[:120])


@transaction.atomic
def do_remember_hook(server: str, event_id: str) -> bool:
    """Whether an event of a media server is new; an event without a name never is."""
    if not event_id:
        return False
    _row, is_new = HookSeen.objects.get_or_create(server=server, event_id=event_id[:120])
    return is_new


@transaction.atomic
def do_go_on_air(room_id: UUID) -> None:
    """The room went live: whatever its media server must begin then is begun."""
    for broadcast in Broadcast.objects.filter(room_id=room_id, state="live"):
        _tell_on_air(broadcast)


@transaction.atomic
def do_report_health(broadcast_id: UUID, health: dict[str, Any]) -> None:
    """How the publisher's line does, as :class:`media.servers.port.Health`.

    What share was lost lately is worked out here from what was lost so far.
    """
    live = Broadcast.objects.filter(id=broadcast_id, state="live", pending=False)
    before = live.values("health", "seen_wall_at").first()
    if before is None:
        return
    at = wall()
    lost, lost_before = health.get("lost_packets"), before["health"].get("lost_packets")
    if lost is not None and lost_before is not None and "loss_percent" not in health:
        seconds = (at - before["seen_wall_at"]).total_seconds()
        share = rules.loss_percent(lost_before, lost, health.get("bitrate_kbps") or 0, seconds)
        health = {**health, **({} if share is None else {"loss_percent": share})}
    live.update(health=health, seen_wall_at=at)


@transaction.atomic
def do_broadcast_lost(broadcast_id: UUID) -> Broadcast:
    """The line broke off without a goodbye. Who never sent a picture is forgotten at once.

    Problems: ``broadcast_not_found``.
    """
    broadcast = _lock(broadcast_id)
    broadcast.pending = False
    if broadcast.state == "waiting":
        _end(broadcast, "never_started")
    elif may_become(broadcast.state, "lost"):
        _become(broadcast, "lost")
    else:
        broadcast.save(update_fields=["pending"])
    return broadcast


@transaction.atomic
def do_broadcast_ended(broadcast_id: UUID, reason: str = "stopped") -> Broadcast:
    """The publisher said goodbye, or was made to. Problems: ``broadcast_not_found``."""
    broadcast = _lock(broadcast_id)
    _end(broadcast, reason)
    return broadcast


@transaction.atomic
def do_end_room_video(room_id: UUID, reason: str = "room_over") -> None:
    """The room is over: its keys are out of force, its publisher is dropped, its replay made."""
    _lock_room(room_id)
    _revoke(StreamKey.objects.filter(room_id=room_id, revoked_at__isnull=True), reason)
    if Recording.objects.filter(broadcast__room_id=room_id).exists():
        jobs.defer(REPLAY, room=str(room_id))


@transaction.atomic
def do_add_recording(
    broadcast_id: UUID,
    path: str,
    started_at: datetime,
    duration_ms: int,
    size_bytes: int,
    *,
    url: str = "",
) -> Recording:
    """Keep a finished piece of a recording; told twice it is kept once, as told last.

    ``path`` is relative to the data folder's ``media``. Problems: ``broadcast_not_found``.
    """
    broadcast = _lock(broadcast_id)
    recording, _is_new = Recording.objects.update_or_create(
        broadcast=broadcast,
        path=path,
        url=url,
        defaults={
            "started_at": started_at,
            "duration_ms": max(duration_ms, 1),
            "size_bytes": size_bytes,
        },
    )
    if Room.objects.filter(id=broadcast.room_id, state="ended").exists():
        jobs.defer(REPLAY, room=str(broadcast.room_id))
    return recording


def _lock_room(room_id: UUID) -> Room:
    """The room; whoever changes its keys or its broadcast holds this lock."""
    return Room.objects.select_for_update(no_key=True).get(id=room_id)


def _lock(broadcast_id: UUID) -> Broadcast:
    room_id = Broadcast.objects.filter(id=broadcast_id).values_list("room_id", flat=True).first()
    if room_id is None:
        raise problems.broadcast_not_found()
    _lock_room(room_id)
    return Broadcast.objects.get(id=broadcast_id)


def _become(broadcast: Broadcast, state: str) -> None:
    at = now()
    broadcast.state, broadcast.state_at = state, at
    if state == "live":
        broadcast.started_at = broadcast.started_at or at
    elif state == "lost":
        broadcast.lost_at = at
    else:
        broadcast.ended_at = at
    broadcast.save()
    events.video_changed(broadcast.room_id)
    if state == "live" and Room.objects.filter(id=broadcast.room_id, state="live").exists():
        _tell_on_air(broadcast)


def _tell_on_air(broadcast: Broadcast) -> None:
    if broadcast.server != "embedded":
        jobs.defer(AIR, broadcast=str(broadcast.id))


def _end(broadcast: Broadcast, reason: str) -> None:
    if may_become(broadcast.state, "ended"):
        broadcast.pending, broadcast.reason = False, reason
        _become(broadcast, "ended")
        events.drop(broadcast.id)
        if broadcast.server != "embedded" and reason != "stopped":
            jobs.defer(DROP, broadcast=str(broadcast.id))


def _revoke(keys: Any, reason: str = "revoked") -> int:
    """Take keys out of force and end what is published with them; the room is locked."""
    found = list(keys)
    StreamKey.objects.filter(id__in=[key.id for key in found]).update(revoked_at=now())
    for broadcast in Broadcast.objects.filter(stream_key__in=found, state__in=OPEN):
        _end(broadcast, reason)
    for key in found:
        if key.server_ref:
            jobs.defer(FORGET, key=str(key.id), server=choice.server().kind)
    return len(found)
