"""The life of a broadcast, as data.

``waiting``: somebody was let in and sends nothing yet. ``live``: pictures arrive. ``lost``: they
stopped without a goodbye, and viewers see "back in a moment". ``ended``: over; whoever publishes
next opens another broadcast.
"""

from typing import Final

TRANSITIONS: Final[dict[str, frozenset[str]]] = {
    "waiting": frozenset({"live", "ended"}),
    "live": frozenset({"lost", "ended"}),
    "lost": frozenset({"live", "ended"}),
    "ended": frozenset(),
}

#: A room has at most one broadcast in these.
OPEN: Final = ("waiting", "live", "lost")


def may_become(state: str, to: str) -> bool:
    """Whether a broadcast may go from ``state`` to ``to``."""
    return to in TRANSITIONS[state]
