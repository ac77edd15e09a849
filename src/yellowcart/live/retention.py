"""How long a room's numbered events are kept.

While a room lives, its events bring back who lost the line; afterwards they are the record of the
show, which the law wants kept (three years for e-commerce lives in China). After
``settings.ROOM_EVENT_DAYS`` from the room's end they go, a few thousand at a time; the room, its
last number, its orders and reports stay.
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from yellowcart.core import clock

#: Events that one transaction deletes.
BATCH: Final = 5_000
#: How often it is looked whether a room's time has come.
EVERY: Final = timedelta(hours=1)

_OLD: Final = """
WITH old AS (
  SELECT r.id FROM live_room r
  WHERE r.state IN ('ended', 'cancelled') AND coalesce(r.ended_at, r.scheduled_at) < %s
    AND EXISTS (SELECT FROM live_room_event e WHERE e.room_id = r.id)
  ORDER BY r.id LIMIT 100
), going AS (
  SELECT e.room_id, e.seq FROM live_room_event e JOIN old ON old.id = e.room_id
  ORDER BY e.room_id, e.seq LIMIT %s
)
DELETE FROM live_room_event e USING going g WHERE e.room_id = g.room_id AND e.seq = g.seq
"""


class Retention:
    """A duty: forgets the events of rooms that ended long ago."""

    def __init__(self) -> None:
        self._looked_at: datetime | None = None

    def __call__(self) -> datetime | None:
        """Delete what is due; when it next wants to be asked."""
        at = clock.now()
        last = self._looked_at
        if last is not None and last <= at < last + EVERY:
            return last + EVERY
        if do_forget_events(at) < BATCH:
            self._looked_at = at
            return at + EVERY
        return at


def do_forget_events(at: datetime) -> int:
    """Delete a batch of events whose rooms ended long enough before ``at``; how many went."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_OLD, [at - timedelta(days=settings.ROOM_EVENT_DAYS), BATCH])
        gone: int = cursor.rowcount
        return gone
