"""What gifts announce. The relay hands it to :mod:`gifts.telling`, which tells the rooms."""

from typing import Final
from uuid import UUID

from yellowcart.core import outbox
from yellowcart.core.instants import iso
from yellowcart.gifts.models import Bag, Prize

SENT: Final = "gifts.sent"
PACKET: Final = "gifts.packet"
BAG: Final = "gifts.bag"
#: Somebody won; ``account_id`` is who, ``claim_until`` when it lapses unless it is claimed, null
#: where it was given at once.
WON: Final = "gifts.won"
#: A prize was not claimed in time.
LAPSED: Final = "gifts.lapsed"
#: A bag was drawn, whether anybody entered or not.
DRAWN: Final = "gifts.drawn"


def sent(room_id: UUID, combo_id: UUID, quantity: int, coins: int) -> None:
    """A viewer sent gifts."""
    payload = {"combo_id": str(combo_id), "quantity": quantity, "coins": coins}
    outbox.append(SENT, payload, room_id=room_id)


def packet(room_id: UUID, packet_id: UUID) -> None:
    """A red packet came, was claimed of, or ended."""
    outbox.append(PACKET, {"packet_id": str(packet_id)}, room_id=room_id)


def bag(room_id: UUID, bag_id: UUID) -> None:
    """A lucky bag opened, was entered, closed, or was drawn."""
    outbox.append(BAG, {"bag_id": str(bag_id)}, room_id=room_id)


def won(bag: Bag, prize: Prize) -> None:
    """Somebody won a prize."""
    until = prize.claim_until if bag.prize == "product" else None
    payload = {
        "prize_id": str(prize.id),
        "bag_id": str(bag.id),
        "account_id": str(prize.account_id),
        "claim_until": iso(until) if until else None,
    }
    outbox.append(WON, payload, room_id=bag.room_id)


def lapsed(bag: Bag, prize: Prize) -> None:
    """A prize was not claimed in time."""
    payload = {
        "prize_id": str(prize.id),
        "bag_id": str(bag.id),
        "account_id": str(prize.account_id),
    }
    outbox.append(LAPSED, payload, room_id=bag.room_id)


def drawn(bag: Bag) -> None:
    """A bag was drawn."""
    outbox.append(DRAWN, {"bag_id": str(bag.id)}, room_id=bag.room_id)
