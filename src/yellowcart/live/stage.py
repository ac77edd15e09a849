"""What is on the room's stage: its video, as viewers see it.

The folder ``media``, which stands above this one, writes it; here it is read by name, with the
room, in one statement.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connection

from yellowcart.core.arrays import uuid_array
from yellowcart.core.instants import iso

#: A JSON object of the room ``r``: while it is public its latest broadcast that ever had a picture,
#: and where its replay is once it is over. What a host tries out before is nobody else's business.
VIDEO: Final = """
coalesce((SELECT jsonb_build_object('state', b.state, 'since', b.state_at,
    'plays', CASE WHEN b.state = 'ended' THEN '[]'::jsonb ELSE b.plays END, 'replay', null)
  FROM media_broadcast b
  WHERE b.room_id = r.id AND r.state = 'live' AND b.started_at IS NOT NULL
  ORDER BY b.opened_at DESC, b.id DESC LIMIT 1),
  jsonb_build_object('state', 'none', 'since', null, 'plays', '[]'::jsonb, 'replay',
    (SELECT '/rooms/' || r.id || '/replay/' FROM media_replay p WHERE p.room_id = r.id
      AND p.hidden_at IS NULL AND p.deleted_at IS NULL)))
"""

_OF_ROOMS: Final = f"""
SELECT r.id, ({VIDEO})::text FROM live_room r
WHERE r.id = ANY(%s::uuid[]) AND EXISTS (SELECT FROM media_broadcast b WHERE b.room_id = r.id)
"""  # noqa: S608  constants


class PlayRow(msgspec.Struct, frozen=True):
    """One way to watch; see ``media.servers.port.Play``."""

    kind: str
    url: str
    latency_hint_ms: int


class VideoRow(msgspec.Struct, frozen=True):
    """The stage as :data:`VIDEO` yields it: ``none``, ``live``, ``lost`` or ``ended``."""

    state: str
    since: datetime | None
    plays: list[PlayRow]
    replay: str | None = None

    def view(self) -> dict[str, Any]:
        """As viewers get it."""
        return {
            "state": self.state,
            "since": iso(self.since) if self.since else None,
            "plays": msgspec.to_builtins(self.plays),
            "replay": self.replay,
        }


_decode: Final = msgspec.json.Decoder(VideoRow).decode


def of_rooms(room_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """What viewers see now on the stage of each room that ever had pictures."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_ROOMS, [uuid_array(room_ids)])
        return {room_id: _decode(text).view() for room_id, text in cursor.fetchall()}
