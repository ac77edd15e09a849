"""The moderation log of a room: one line for each thing done to keep order."""

from uuid import UUID

from yellowcart.core import outbox
from yellowcart.live.models import ChatMessage, ModerationEntry, Room
from yellowcart.live.rules import clean_note
from yellowcart.people.models import Account


def write(
    actor: Account,
    role: str,
    room: Room,
    verb: str,
    *,
    message: ChatMessage | None = None,
    target: Account | None = None,
    target_id: UUID | None = None,
    name: str = "",
    note: str = "",
    **detail: object,
) -> ModerationEntry:
    """Add a line, and the same to the platform's audit log. Call it inside the deed's transaction.

    Problem ``note_too_long``.
    """
    if message is not None:
        target_id, name = message.account_id, message.name
    elif target is not None:
        target_id, name = target.id, target.display_name
    entry = ModerationEntry.objects.create(
        room_id=room.id,
        actor=actor,
        role=role,
        verb=verb,
        target_id=target_id,
        target_name=name[:60],
        text=message.text if message else "",
        note=clean_note(note),
    )
    if message is not None:
        about = f"message:{message.id}"
    else:
        about = f"account:{target_id}" if target_id else f"room:{room.id}"
    outbox.audit(actor.id, f"chat.{verb}", about, room=str(room.id), **detail)
    return entry
