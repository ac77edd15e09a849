"""Pure decisions about publishing and watching: values in, values out."""

from typing import Final

#: A publisher whom the media server has not mentioned for so long is taken for gone, so that the
#: creator may come back at once although nobody said goodbye.
SILENT_SECONDS: Final = 15.0
#: Whoever was let in and has sent no picture for so long never came.
NEVER_CAME_SECONDS: Final = 30.0
#: Rooms whose host may publish.
PUBLISHABLE: Final = frozenset({"scheduled", "live"})


def is_taken(state: str, pending: bool, silent_seconds: float) -> bool:
    """Whether a room's broadcast has a publisher, so that another is refused."""
    if silent_seconds >= SILENT_SECONDS:
        return False
    return pending or state in {"waiting", "live"}


#: Bytes of a packet of video on the road, near enough to turn a bitrate into packets.
_PACKET_BYTES: Final = 1_100


def loss_percent(lost_before: int, lost_now: int, kbps: float, seconds: float) -> float | None:
    """The share of packets lost since the last report; None where nothing can be said."""
    lost = lost_now - lost_before
    arrived = kbps * 1_000 / 8 * seconds / _PACKET_BYTES
    if lost < 0 or arrived <= 0:
        return None
    return round(100 * lost / (lost + arrived), 1)


def may_watch(room_state: str, role: str) -> bool:
    """Whether somebody with a role in a room may see its pictures.

    Everybody while it is live. Before that its host sees the preview. After the show there is the
    replay. Who may enter a practice room at all is ``live.rules.may_enter``'s to say.
    """
    if role == "host":
        return room_state in PUBLISHABLE
    return room_state == "live"
