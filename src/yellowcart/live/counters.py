"""What a room counts without telling each time: likes, the combo of a gift.

A counter is a sum that only grows. It is kept a room and key in ``live_room_counter``, reaches
viewers merged in the next frame (``{"counts": {key: sum}}``) and newcomers in the snapshot, and is
never numbered: losing one frame loses nothing, the next one says how it stands. The edge adds its
likes once a second; others add inside the transaction in hand:

>>> add(room.id, f"gift:{combo_id}", 5, seconds=10)  # a combo; gone ten seconds after its last

Use a numbered event (:mod:`live.events`) for what must reach everybody exactly once, such as the
gift itself; use a counter for how many there were.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import connection

from yellowcart.core import bus, clock

#: Tells server processes that something was counted.
CHANNEL: Final = "counts"

LIKES: Final = "likes"
LONGEST_KEY: Final = 64


def add(room_id: UUID, key: str, n: int, *, seconds: float | None = None) -> int:
    """Add to a room's counter, in the transaction in hand; the sum after it.

    With ``seconds`` viewers are shown it until so long after the last addition (wall time);
    without, as long as the room stands.
    """
    if n < 0 or not 0 < len(key) <= LONGEST_KEY:
        raise ValueError("a counter has a short key, and only grows")
    until = clock.wall() + timedelta(seconds=seconds) if seconds is not None else None
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO live_room_counter (room_id, key, value, shown_until_wall)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT (room_id, key) DO UPDATE"
            " SET value = live_room_counter.value + EXCLUDED.value,"
            "  shown_until_wall = EXCLUDED.shown_until_wall RETURNING value",
            [room_id, key, n, until],
        )
        ((value,),) = cursor.fetchall()
    bus.publish(CHANNEL)
    return int(value)
