"""The life of a room, as data."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: From where to where a room may go.
TRANSITIONS: dict[str, frozenset[str]] = {
    "scheduled": frozenset({"live", "cancelled"}),
    "live": frozenset({"ended"}),
    "ended": frozenset(),
    "cancelled": frozenset(),
}

_WHY_NOT: dict[str, Promise] = {
    "scheduled": _("The show has not begun."),
    "live": _("The show is live. End it first."),
    "ended": _("The show is over. Schedule a new one."),
    "cancelled": _("The show was cancelled. Schedule a new one."),
}


def refusal(state: str, to: str) -> Promise | None:
    """Why a room can't go from ``state`` to ``to``, in words; None where it can."""
    return None if to in TRANSITIONS[state] else _WHY_NOT[state]
