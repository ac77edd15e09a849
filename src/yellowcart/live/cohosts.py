"""Several hosts, one stage: who hosts a show with its creator, and whose turn it is.

Only one person's pictures are on the stage at a time. Whoever has the stage is credited with what
is sold meanwhile: each order notes who had it (``orders.models.Order.host_id``). Each verb is one
transaction.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.live import events, problems
from yellowcart.live.models import Room
from yellowcart.live.queries import access_hosted, access_run, get_room
from yellowcart.live.tooltables import CoHost, StageTurn
from yellowcart.people.access import access_creator
from yellowcart.people.models import Account
from yellowcart.people.queries import is_creator

MOST_COHOSTS: Final = 8


@transaction.atomic
def do_invite(actor: Account, room_id: UUID, account_id: UUID) -> CoHost:
    """Ask a creator to host a show, too; again changes nothing.

    Problems: ``not_your_room``, ``room_state``, ``cohost_invalid``, ``too_many_cohosts``.
    """
    room = _open(access_hosted(actor, room_id))
    account = Account.objects.filter(id=account_id, blocked_at__isnull=True).first()
    if account is None or account.id == room.creator_id or not is_creator(account):
        raise problems.cohost_invalid()
    if room.cohosts.exclude(account=account).count() >= MOST_COHOSTS:
        raise problems.too_many_cohosts(MOST_COHOSTS)
    row, is_new = CoHost.objects.get_or_create(room=room, account=account)
    if is_new:
        outbox.audit(actor.id, "room.cohost_invite", f"room:{room.id}", account=str(account.id))
    return row


@transaction.atomic
def do_accept(account: Account, room_id: UUID) -> CoHost:
    """Accept to host a show, too. Problems: ``cohost_not_found``, ``room_state``."""
    room = _open(get_room(room_id))
    row = room.cohosts.filter(account=access_creator(account)).first()
    if row is None:
        raise problems.cohost_not_found()
    if row.accepted_at is None:
        row.accepted_at = now()
        row.save(update_fields=["accepted_at"])
        outbox.audit(account.id, "room.cohost_accept", f"room:{room.id}")
        events.hosts(room.id, hosts_of(room))
    return row


@transaction.atomic
def do_remove(actor: Account, room_id: UUID, account_id: UUID) -> None:
    """Take a co-host out, decline, or leave: for the creator, and for oneself.

    The stage goes back to the creator if they had it; the pass in hand lasts until it expires.
    Problems: ``not_your_room``, ``cohost_not_found``.
    """
    room = _locked(get_room(room_id))
    if actor.id not in {room.creator_id, account_id}:
        raise problems.not_your_room()
    gone, _rows = CoHost.objects.filter(room=room, account_id=account_id).delete()
    if not gone:
        raise problems.cohost_not_found()
    outbox.audit(actor.id, "room.cohost_remove", f"room:{room.id}", account=str(account_id))
    if room.on_stage_id == account_id:
        _turn(room, None)
    events.hosts(room.id, hosts_of(room))


@transaction.atomic
def do_give_stage(actor: Account, room_id: UUID, account_id: UUID) -> Room:
    """Hand the stage to a co-host, or back to the creator.

    For the creator, and for whoever has the stage now. Problems: ``not_your_room``,
    ``stage_not_yours``, ``cohost_not_found``, ``room_state``.
    """
    room = _open(access_run(actor, room_id))
    if actor.id not in {room.creator_id, room.on_stage_id}:
        raise problems.stage_not_yours()
    to = None if account_id == room.creator_id else account_id
    if (
        to is not None
        and not room.cohosts.filter(account_id=to, accepted_at__isnull=False).exists()
    ):
        raise problems.cohost_not_found()
    if room.on_stage_id != to:
        _turn(room, to)
        outbox.audit(actor.id, "room.stage", f"room:{room.id}", account=str(account_id))
        events.hosts(room.id, hosts_of(room))
    return room


def hosts_of(room: Room) -> dict[str, Any]:
    """Those who host with the creator, and whose turn it is, as pages show it."""
    rows = room.cohosts.filter(accepted_at__isnull=False).select_related("account")
    return {
        "cohosts": [
            {
                "id": str(row.account_id),
                "name": row.account.display_name,
                "handle": row.account.handle,
                "avatar_url": row.account.avatar_url,
            }
            for row in rows.order_by("accepted_at", "id")
        ],
        "on_stage": str(room.on_stage_id or room.creator_id),
    }


def turns_of(room: Room) -> list[tuple[UUID, datetime, datetime | None]]:
    """Who had the stage in ``[from, until)``, in order; null: still has it.

    What lies before, between and after is the creator's.
    """
    rows = StageTurn.objects.filter(room=room).order_by("began_at", "id")
    return list(rows.values_list("account_id", "began_at", "ended_at"))


def invitations_of(account: Account) -> list[CoHost]:
    """Shows that somebody is asked to host and has not answered for, the next first."""
    rows = CoHost.objects.filter(
        account=account, accepted_at__isnull=True, room__state__in=["scheduled", "live"]
    )
    return list(rows.select_related("room__creator").order_by("room__scheduled_at", "id"))


def cohosted_by(account: Account) -> list[Room]:
    """Shows to come or on that somebody hosts with their creator."""
    rows = Room.objects.filter(
        cohosts__account=account,
        cohosts__accepted_at__isnull=False,
        state__in=["scheduled", "live"],
    )
    return list(rows.select_related("creator").order_by("scheduled_at", "id"))


def _turn(room: Room, account_id: UUID | None) -> None:
    at = now()
    StageTurn.objects.filter(room=room, ended_at__isnull=True).update(ended_at=at)
    if account_id is not None:
        StageTurn.objects.create(room=room, account_id=account_id, began_at=at)
    room.on_stage_id = account_id
    room.save(update_fields=["on_stage_id"])


def _locked(room: Room) -> Room:
    return Room.objects.select_for_update(no_key=True).get(id=room.id)


def _open(room: Room) -> Room:
    if room.state not in {"scheduled", "live"}:
        raise problems.not_to_come()
    return _locked(room)
