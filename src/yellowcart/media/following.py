"""What video makes of the life of its room, told by the outbox."""

from collections.abc import Sequence

from yellowcart.core.outbox import Event
from yellowcart.media import events
from yellowcart.media.actions import do_end_room_video, do_go_on_air


def on_room_state(room_events: Sequence[Event]) -> None:
    """A room that ended or was called off has no keys and no publisher any more."""
    last = {event.room_id: event.payload["state"] for event in room_events if event.room_id}
    for room_id, state in last.items():
        if state in {"ended", "cancelled"}:
            do_end_room_video(room_id)
        elif state == "live":
            do_go_on_air(room_id)
        events.air(room_id)
