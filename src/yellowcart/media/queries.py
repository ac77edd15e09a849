"""Reads about video, and who may do what."""

from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

import msgspec

from yellowcart.core.problems import Problem
from yellowcart.live import passes
from yellowcart.live.models import Room
from yellowcart.live.rules import may_enter
from yellowcart.media import rules
from yellowcart.media.models import Broadcast, StreamKey
from yellowcart.media.servers.port import Play
from yellowcart.media.states import OPEN


def digest(secret: str) -> str:
    """What is kept of a stream key's secret."""
    return sha256(secret.encode()).hexdigest()


def find_key(secret: str) -> StreamKey | None:
    """The key in force with this secret."""
    if not secret or len(secret) > 200:
        return None
    return (
        StreamKey.objects.filter(digest=digest(secret), revoked_at__isnull=True)
        .select_related("room")
        .first()
    )


def may_watch(room_id: UUID, token: str) -> bool:
    """Whether the holder of a room pass may see the room's pictures now; see ``rules.may_watch``.

    A pass that is none, has run out or is another room's opens nothing.
    """
    try:
        held = passes.verify(token)
    except Problem:
        return False
    if held.room != room_id:
        return False
    room = Room.objects.filter(id=room_id).only("state", "practice").first()
    return (
        room is not None
        and may_enter(room.practice, held.role)
        and rules.may_watch(room.state, held.role)
    )


def plays(room_id: UUID) -> list[Play]:
    """Where the room's broadcast is watched; empty while nobody publishes. Asks no permission."""
    found = open_broadcast(room_id)
    if found is None or found.started_at is None:
        return []
    return msgspec.convert(found.plays, list[Play])


def on_air(room_id: UUID) -> bool:
    """Whether the room is public now. Only then is it recorded: a preview, or practice, is
    nobody's business."""
    return Room.objects.filter(id=room_id, state="live", practice=False).exists()


def open_broadcast(room_id: UUID) -> Broadcast | None:
    """The broadcast of a room that has not ended."""
    return (
        Broadcast.objects.filter(room_id=room_id, state__in=OPEN)
        .select_related("stream_key")
        .first()
    )


def open_broadcasts(ids: Iterable[UUID]) -> set[UUID]:
    """Those of ``ids`` that have not ended: an engine drops the others."""
    return set(
        Broadcast.objects.filter(id__in=list(ids), state__in=OPEN).values_list("id", flat=True)
    )


def keys_of(room_id: UUID) -> list[StreamKey]:
    """The room's keys in force. Asks no permission."""
    return list(
        StreamKey.objects.filter(room_id=room_id, revoked_at__isnull=True).order_by("purpose")
    )
