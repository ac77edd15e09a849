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


def may_watch(room_state: str, role: str) -> bool:
    """Whether somebody with a role in a room may see its pictures.

    Everybody while it is live. Before that its host sees the preview. After the show there is the
    replay. Who may enter a practice room at all is ``live.rules.may_enter``'s to say.
    """
    if role == "host":
        return room_state in PUBLISHABLE
    return room_state == "live"
