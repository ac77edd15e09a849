"""A second device as a remote control of one room.

The host shows a picture with a code that is good once and for minutes. The device that opens it
gets a token of its own for this room, until the show ends, some hours pass, or the host takes it
back. It can step through the script, pin, link up and start or end a flash price, and nothing else.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.live import passes, problems
from yellowcart.live.models import Room
from yellowcart.live.queries import access_cart
from yellowcart.live.tooltables import RemoteControl
from yellowcart.people.models import Account

CODE_LASTS: Final = timedelta(minutes=10)
TOKEN_LASTS: Final = timedelta(hours=12)
MOST_REMOTES: Final = 5


@transaction.atomic
def do_make_remote(actor: Account, room_id: UUID) -> str:
    """A code for one more device; it is shown once and stored nowhere.

    Problems: those of :func:`live.queries.access_cart`, ``too_many_remotes``.
    """
    room = Room.objects.select_for_update(no_key=True).get(id=access_cart(actor, room_id).id)
    at = now()
    held = RemoteControl.objects.filter(room=room, revoked_at__isnull=True, until__gt=at)
    # A code that nobody opened makes way for the new one.
    held.filter(token_hash__isnull=True).update(revoked_at=at)
    if held.count() >= MOST_REMOTES:
        raise problems.too_many_remotes(MOST_REMOTES)
    code = secrets.token_urlsafe(24)
    RemoteControl.objects.create(
        room=room,
        made_by=actor,
        code_hash=_hash(code),
        code_until=at + CODE_LASTS,
        until=at + TOKEN_LASTS,
    )
    outbox.audit(actor.id, "room.remote_make", f"room:{room.id}")
    return code


@transaction.atomic
def do_open_remote(room_id: UUID, code: str) -> str:
    """The token for the device that shows a code. ``remote_refused`` where it is no good here."""
    at = now()
    remote = (
        RemoteControl.objects.select_for_update(no_key=True)
        .filter(
            room_id=room_id,
            code_hash=_hash(code),
            token_hash__isnull=True,
            revoked_at__isnull=True,
            code_until__gt=at,
        )
        .first()
    )
    if remote is None:
        raise problems.remote_refused()
    token = secrets.token_urlsafe(32)
    remote.token_hash = _hash(token)
    remote.save(update_fields=["token_hash"])
    outbox.audit(remote.made_by_id, "room.remote_open", f"room:{room_id}")
    return token


@transaction.atomic
def do_revoke_remotes(actor: Account, room_id: UUID) -> int:
    """Take all remote controls of a room back; how many there were."""
    room = access_cart(actor, room_id)
    gone = RemoteControl.objects.filter(room_id=room.id, revoked_at__isnull=True).update(
        revoked_at=now()
    )
    outbox.audit(actor.id, "room.remote_revoke", f"room:{room.id}", count=gone)
    return gone


def access_remote(room_id: UUID, token: str) -> tuple[Room, Account]:
    """The room that a token steers and whoever gave it away; ``remote_refused`` otherwise."""
    remote = (
        RemoteControl.objects.select_related("room__creator", "made_by")
        .filter(room_id=room_id, token_hash=_hash(token), revoked_at__isnull=True)
        .first()
    )
    if (
        remote is None
        or remote.until <= now()
        or remote.room.state not in {"scheduled", "live"}
        or remote.made_by.blocked_at is not None
    ):
        raise problems.remote_refused()
    return remote.room, remote.made_by


def remote_pass(room: Room, holder: Account) -> tuple[str, datetime]:
    """A pass with which a remote hears the room, and when it ends.

    It sees what whoever gave the device away sees, a practice room too, and is counted with them;
    as a guest's it neither speaks nor buys, and its role opens no figures.
    """
    return passes.issue(
        room=room.id, sub=holder.id, name=holder.display_name, role="remote", guest=True
    )


def remotes_in_use(room_id: UUID) -> int:
    """How many devices steer a room now."""
    return RemoteControl.objects.filter(
        room_id=room_id, revoked_at__isnull=True, token_hash__isnull=False, until__gt=now()
    ).count()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
