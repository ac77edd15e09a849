"""Keeping order in a room: hide and pin messages, mute people, put them out, let them in again.

Host, the room's moderators and the platform's may do all of it, to those below themselves only.
Every deed leaves a line in the room's moderation log.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from yellowcart.core import bus, outbox
from yellowcart.core.clock import now
from yellowcart.live import events, journal, problems
from yellowcart.live.models import ChatMessage, ChatMute, Room, RoomBlock
from yellowcart.live.queries import access_moderated, role_in
from yellowcart.live.rules import LONGEST_MUTE_MINUTES, clean_note, may_quieten
from yellowcart.people.events import DOORS
from yellowcart.people.models import Account


@transaction.atomic
def do_hide_message(actor: Account, room_id: UUID, message_id: UUID, note: str = "") -> None:
    """Delete a message for everybody; doing it again changes nothing. The log keeps its words.

    Problems: ``not_a_moderator``, ``message_not_found``, ``out_of_reach``. Everybody may delete
    what they said themselves.
    """
    message = _lock_message(room_id, message_id)
    if message is not None and message.account_id == actor.id:
        if message.hidden_at is None:
            _hide(actor, message)
            outbox.audit(actor.id, "chat.hide", f"message:{message.id}", room=str(room_id))
        return
    room, role = access_moderated(actor, room_id)
    if message is None:
        raise problems.message_not_found()
    _check_reach(role, message.account_id, room)
    if message.hidden_at is None:
        _hide(actor, message)
        journal.write(actor, role, room, "hide", message=message, note=note)


@transaction.atomic
def do_pin_message(actor: Account, room_id: UUID, message_id: UUID | None) -> None:
    """Keep one message in everybody's sight, or none.

    Problems: ``not_a_moderator``, ``message_not_found`` (a deleted one included).
    """
    room, role = access_moderated(actor, room_id)
    room = Room.objects.select_for_update(no_key=True).get(id=room.id)
    message = None
    if message_id is not None:
        message = _lock_message(room_id, message_id)
        if message is None or message.hidden_at is not None:
            raise problems.message_not_found()
    if room.pinned_message_id == message_id:
        return
    room.pinned_message_id = message_id
    room.save(update_fields=["pinned_message_id"])
    journal.write(actor, role, room, "pin" if message else "unpin", message=message)
    events.chat_pinned(room.id, message)


@transaction.atomic
def do_mute(
    actor: Account, room_id: UUID, account_id: UUID, minutes: int, note: str = ""
) -> ChatMute:
    """Keep somebody from speaking in a room for a while; a later mute replaces an earlier one."""
    if not 1 <= minutes <= LONGEST_MUTE_MINUTES:
        raise problems.mute_invalid()
    room, role = access_moderated(actor, room_id)
    target = _check_reach(role, account_id, room)
    mute, _new = ChatMute.objects.update_or_create(
        room_id=room.id,
        account_id=account_id,
        defaults={"until": now() + timedelta(minutes=minutes), "by_id": actor.id},
    )
    journal.write(actor, role, room, "mute", target=target, note=note, minutes=minutes)
    return mute


@transaction.atomic
def do_unmute(actor: Account, room_id: UUID, account_id: UUID) -> None:
    """Let somebody speak again."""
    room, role = access_moderated(actor, room_id)
    count, _rows = ChatMute.objects.filter(room_id=room.id, account_id=account_id).delete()
    if count:
        target = Account.objects.filter(id=account_id).first()
        journal.write(actor, role, room, "unmute", target=target, target_id=account_id)


@transaction.atomic
def do_block_viewer(actor: Account, room_id: UUID, viewer_id: UUID, note: str = "") -> RoomBlock:
    """Put a viewer, an account or a guest's id, out of a room for good.

    Their sockets are closed, and no pass of theirs for this room is taken any more: they neither
    speak nor buy here. What they bought stays theirs. Doing it again changes nothing.
    """
    room, role = access_moderated(actor, room_id)
    target = Account.objects.filter(id=viewer_id).first()
    if target is not None:
        _check_reach(role, viewer_id, room)
    block, is_new = RoomBlock.objects.get_or_create(
        room=room,
        viewer_id=viewer_id,
        defaults={
            "name": target.display_name if target else f"#{viewer_id.hex[-4:]}",
            "note": clean_note(note),
            "by_id": actor.id,
        },
    )
    if is_new:
        journal.write(
            actor, role, room, "block", target_id=viewer_id, name=block.name, note=block.note
        )
        bus.publish(DOORS)
    return block


@transaction.atomic
def do_unblock_viewer(actor: Account, room_id: UUID, viewer_id: UUID) -> None:
    """Let them in again."""
    room, role = access_moderated(actor, room_id)
    block = RoomBlock.objects.filter(room=room, viewer_id=viewer_id).first()
    if block is not None:
        block.delete()
        journal.write(actor, role, room, "unblock", target_id=viewer_id, name=block.name)
        bus.publish(DOORS)


def _lock_message(room_id: UUID, message_id: UUID) -> ChatMessage | None:
    return (
        ChatMessage.objects.select_for_update(no_key=True)
        .filter(id=message_id, room_id=room_id)
        .first()
    )


def _hide(actor: Account, message: ChatMessage) -> None:
    message.hidden_at = now()
    message.hidden_by = actor.id
    message.save(update_fields=["hidden_at", "hidden_by"])
    pinned = Room.objects.filter(id=message.room_id, pinned_message_id=message.id)
    if pinned.update(pinned_message_id=None):
        events.chat_pinned(message.room_id, None)
    events.chat_removed(message)


def _check_reach(role: str, account_id: UUID, room: Room) -> Account:
    target = Account.objects.filter(id=account_id).first()
    if target is None:
        raise problems.account_not_found()
    if not may_quieten(role, role_in(target, room)):
        raise problems.out_of_reach()
    return target
