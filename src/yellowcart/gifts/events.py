"""What gifts announce. The relay hands it to :mod:`gifts.telling`, which tells the rooms."""

from typing import Final
from uuid import UUID

from yellowcart.core import outbox

SENT: Final = "gifts.sent"
PACKET: Final = "gifts.packet"
BAG: Final = "gifts.bag"
#: Somebody won; ``account_id`` is who.
WON: Final = "gifts.won"


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
