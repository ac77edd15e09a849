"""Keeping order in a chat: hide a message, mute somebody, let them speak again."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.live import events, problems
from yellowcart.live.models import ChatMessage, ChatMute, Room
from yellowcart.live.queries import access_moderated, role_in
from yellowcart.live.rules import LONGEST_MUTE_MINUTES, may_quieten
from yellowcart.people.models import Account


@transaction.atomic
def do_hide_message(actor: Account, room_id: UUID, message_id: UUID) -> None:
    """Hide a message from everybody; hiding it again changes nothing.

    Problems: ``not_a_moderator``, ``message_not_found``, ``out_of_reach``. Everybody may hide
    what they said themselves.
    """
    message = (
        ChatMessage.objects.select_for_update(no_key=True)
        .filter(id=message_id, room_id=room_id)
        .first()
    )
    if message is None or message.account_id != actor.id:
        room, role = access_moderated(actor, room_id)
        if message is None:
            raise problems.message_not_found()
        _check_reach(role, message.account_id, room)
    if message.hidden_at is not None:
        return
    message.hidden_at = now()
    message.hidden_by = actor.id
    message.save(update_fields=["hidden_at", "hidden_by"])
    outbox.audit(actor.id, "chat.hide", f"message:{message.id}", room=str(room_id))
    events.chat_removed(message)


@transaction.atomic
def do_mute(actor: Account, room_id: UUID, account_id: UUID, minutes: int) -> ChatMute:
    """Keep somebody from speaking in a room for a while; a later mute replaces an earlier one."""
    if not 1 <= minutes <= LONGEST_MUTE_MINUTES:
        raise problems.mute_invalid()
    room, role = access_moderated(actor, room_id)
    _check_reach(role, account_id, room)
    mute, _new = ChatMute.objects.update_or_create(
        room_id=room.id,
        account_id=account_id,
        defaults={"until": now() + timedelta(minutes=minutes), "by_id": actor.id},
    )
    outbox.audit(actor.id, "chat.mute", f"account:{account_id}", room=str(room.id), minutes=minutes)
    return mute


@transaction.atomic
def do_unmute(actor: Account, room_id: UUID, account_id: UUID) -> None:
    """Let somebody speak again."""
    room, _role = access_moderated(actor, room_id)
    ChatMute.objects.filter(room_id=room.id, account_id=account_id).delete()
    outbox.audit(actor.id, "chat.unmute", f"account:{account_id}", room=str(room.id))


def _check_reach(role: str, account_id: UUID, room: Room) -> None:
    target = Account.objects.filter(id=account_id).first()
    if target is None:
        raise problems.account_not_found()
    if not may_quieten(role, role_in(target, room)):
        raise problems.out_of_reach()
