"""What a room announces. Written to the outbox under ``room.<type>``; the relay numbers it.

Every event says how things are after it, so that taking one in twice changes nothing. The types
and what they carry beside ``seq``, ``type`` and ``at``:

=================== ==========================================================================
``room.state``      ``state``, ``title``, ``cover_url``, ``scheduled_at``, ``started_at``,
                    ``ended_at``, ``slow_mode_seconds``, ``selling``
``listing.mounted`` the whole cart item, new or changed
``listing.unmounted`` ``listing_id``
``cart.reordered``  ``order``: listing ids, first to last
``listing.pinned``  ``listing_id`` or null
``cart.barred``     ``listings``, ``restored``, ``rule``, ``revision``, ``reason``, ``remedy``
``stock``           ``listing_id``, ``sku_id``, ``available``
``sold``            ``listing_id``, ``quantity`` since the last one, ``total``
``coupons``         ``coupons``: all that the room offers
``hosts``           ``cohosts``: who hosts with the creator; ``on_stage``: whose turn it is
``questions.closed`` ``ids``, ``state`` (``answered`` or ``dismissed``): for whoever asked; part
                    of no state
``purchases``       ``purchases``: a few masked ``name`` with ``listing_id``, and how many ``more``;
                    shown once, part of no state
``video``           ``state`` (``none``, ``live``, ``lost``, ``ended``), ``since``, ``plays``:
                    ``kind``, ``url`` and ``latency_hint_ms`` of each way to watch,
                    and ``replay``: its address, once the show is over and there is one
``gift``            ``combo`` (``id``, ``account_id``, ``name``, ``gift``, ``count``, ``coins``,
                    ``at``), and what the room was given in all: ``gifts``, ``coins``
``packet``          ``packet``: the whole red packet as it is now; gone once its ``state`` is
                    ``ended``
``bag``             ``bag``: the whole lucky bag as it is now; a later one takes its place
``chat``            ``id``, ``account_id``, ``name``, ``role``, ``text``
``chat.removed``    ``id``
``chat.pinned``     ``message``: the one that stays in sight, as in ``chat``, or null
=================== ==========================================================================
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from yellowcart.core import outbox
from yellowcart.core.instants import iso
from yellowcart.live.models import ChatMessage, Room

PREFIX: Final = "room."

STATE: Final = "room.state"
MOUNTED: Final = "listing.mounted"
UNMOUNTED: Final = "listing.unmounted"
REORDERED: Final = "cart.reordered"
PINNED: Final = "listing.pinned"
BARRED: Final = "cart.barred"
STOCK: Final = "stock"
SOLD: Final = "sold"
COUPONS: Final = "coupons"
PURCHASES: Final = "purchases"
HOSTS: Final = "hosts"
QUESTIONS_CLOSED: Final = "questions.closed"
VIDEO: Final = "video"
CHAT: Final = "chat"
CHAT_REMOVED: Final = "chat.removed"
CHAT_PINNED: Final = "chat.pinned"

#: What may wait for a room's next merged frame. Everything else goes out at once, ahead of it: name
#: a type here that comes often and that nobody acts upon within half a second. ``gift`` is made
#: above this folder.
PATIENT: Final = frozenset({CHAT, CHAT_REMOVED, PURCHASES, SOLD, STOCK, "gift"})


def announce(room_id: UUID, type_: str, payload: Mapping[str, Any]) -> None:
    """Say in a room what happened, once the transaction in hand commits."""
    outbox.append(PREFIX + type_, payload, room_id=room_id, at_once=type_ not in PATIENT)


def room_state(room: Room) -> None:
    """The room began, ended, or was changed."""
    announce(
        room.id,
        STATE,
        {
            "state": room.state,
            "title": room.title,
            "cover_url": room.cover_url,
            "scheduled_at": iso(room.scheduled_at),
            "started_at": iso(room.started_at) if room.started_at else None,
            "ended_at": iso(room.ended_at) if room.ended_at else None,
            "slow_mode_seconds": room.slow_mode_seconds,
            "selling": {
                "reservation": room.reservation,
                "hold_seconds": room.hold_seconds,
                "purchase_limit": room.purchase_limit,
            },
        },
    )


def pinned(room_id: UUID, listing_id: UUID | None) -> None:
    """Another listing is explained, or none."""
    announce(room_id, PINNED, {"listing_id": str(listing_id) if listing_id else None})


def hosts(room_id: UUID, who: Mapping[str, Any]) -> None:
    """Others host with the creator, or somebody else has the stage."""
    announce(room_id, HOSTS, who)


def questions_closed(room_id: UUID, ids: Sequence[UUID], state: str) -> None:
    """Questions were answered or dismissed."""
    announce(room_id, QUESTIONS_CLOSED, {"ids": [str(one) for one in ids], "state": state})


def chat_removed(message: ChatMessage) -> None:
    """A message was hidden."""
    announce(message.room_id, CHAT_REMOVED, {"id": str(message.id)})


def chat_pinned(room_id: UUID, message: ChatMessage | None) -> None:
    """Another message stays in sight, or none."""
    announce(room_id, CHAT_PINNED, {"message": said(message) if message else None})


def said(message: ChatMessage) -> dict[str, str]:
    """A message as rooms show it."""
    return {
        "id": str(message.id),
        "account_id": str(message.account_id),
        "name": message.name,
        "role": message.role,
        "text": message.text,
    }
