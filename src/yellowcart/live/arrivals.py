"""Who comes in and who begins to follow: told in the room in one quiet line, merged.

It is said over the bus and never kept: servers add up what they hear and show it with a room's next
numbers. Losing some loses nothing. Guests are never named nor counted: they only look. Nor are
those who keep quiet (:mod:`live.quiet`).
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
from django.db import connection

from yellowcart.core import bus
from yellowcart.core.outbox import Event

#: Tells server processes who came in or follows now: an :class:`Arrivals`.
CHANNEL: Final = "arrivals"
CAME: Final = "came"
FOLLOWED: Final = "followed"
MOST_NAMES: Final = 2
_LONGEST_NAME: Final = 60


class Arrivals(msgspec.Struct, frozen=True):
    """Who did something in a room; ``kind`` is :data:`CAME` or :data:`FOLLOWED`.

    The newest few names, and how many more there were.
    """

    room_id: UUID
    kind: str
    names: list[str]
    more: int

    def and_then(self, later: "Arrivals") -> "Arrivals":
        """Both together."""
        names = list(dict.fromkeys([*later.names, *self.names]))
        everybody = len(self.names) + self.more + len(later.names) + later.more
        kept = names[:MOST_NAMES]
        return Arrivals(self.room_id, self.kind, kept, everybody - len(kept))


def arrivals(room_id: UUID, kind: str, names: Sequence[str]) -> Arrivals:
    """Of these, oldest first; there is at least one."""
    newest = [name[:_LONGEST_NAME] for name in reversed(names)]
    kept = list(dict.fromkeys(newest))[:MOST_NAMES]
    return Arrivals(room_id, kind, kept, len(names) - len(kept))


def message(told: Arrivals) -> str:
    """For the bus."""
    return msgspec.json.encode(told).decode()


_decoder: Final = msgspec.json.Decoder(Arrivals)


def heard(payload: str) -> Arrivals | None:
    """What a message says; None for one that is empty, as a bus that lost some sends."""
    return _decoder.decode(payload) if payload else None


def on_followed(events: Sequence[Event]) -> None:
    """Tell the live rooms of those who are followed now."""
    pairs = [(UUID(e.payload["followee_id"]), UUID(e.payload["follower_id"])) for e in events]
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, a.display_name"
            " FROM unnest(%s::uuid[], %s::uuid[]) WITH ORDINALITY AS w(followee, follower, place)"
            " JOIN live_room r ON r.creator_id = w.followee AND r.state = 'live'"
            " AND NOT r.practice"
            " JOIN people_account a ON a.id = w.follower"
            " WHERE NOT EXISTS (SELECT FROM live_quiet_viewer q WHERE q.account_id = a.id)"
            " ORDER BY w.place",
            [[followee for followee, _ in pairs], [follower for _, follower in pairs]],
        )
        found: defaultdict[UUID, list[str]] = defaultdict(list)
        for room_id, name in cursor.fetchall():
            found[room_id].append(name)
    for room_id, names in found.items():
        bus.publish(CHANNEL, message(arrivals(room_id, FOLLOWED, names)))
