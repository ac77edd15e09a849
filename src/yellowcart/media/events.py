"""What the folder tells others.

To viewers: the room event ``video`` (``live/events.py``); ``live`` fills in how things stand when
it is numbered. To media engines: messages on the bus channel :data:`CHANNEL`, hints as all bus
messages are:

================== ===============================================================
``drop <id>``      drop the publisher of this broadcast (hex) now: its key was
                   revoked, or its room is over
``air <room id>``  the room (hex) went live or ended: ask ``queries.on_air`` and
                   begin or stop recording
(empty)            something may have been missed: ask ``queries.open_broadcasts``
================== ===============================================================
"""

from typing import Final
from uuid import UUID

from yellowcart.core import bus
from yellowcart.live import events

CHANNEL: Final = "media"


def video_changed(room_id: UUID) -> None:
    """What the room's viewers see began, broke off, came back or ended; or there is a replay."""
    events.announce(room_id, events.VIDEO, {})


def drop(broadcast_id: UUID) -> None:
    """Tell engines to drop a publisher, once the transaction in hand commits."""
    bus.publish(CHANNEL, f"drop {broadcast_id.hex}")


def air(room_id: UUID) -> None:
    """Tell engines that a room went on or off air."""
    bus.publish(CHANNEL, f"air {room_id.hex}")
