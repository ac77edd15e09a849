"""What a connection and an order handed over may become, as data."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem

#: ``draft`` waits for the store's own consent; ``active`` works; ``paused`` was stopped by a
#: person; ``needs_reauthorising`` was locked out by its source; ``closed`` is the end.
TRANSITIONS: Final[dict[str, frozenset[str]]] = {
    "draft": frozenset({"active", "closed"}),
    "active": frozenset({"paused", "needs_reauthorising", "closed"}),
    "paused": frozenset({"active", "needs_reauthorising", "closed"}),
    "needs_reauthorising": frozenset({"active", "closed"}),
    "closed": frozenset(),
}

STATE_WORDS: Final[dict[str, Promise]] = {
    "draft": _("Waits for the store's consent"),
    "active": _("Connected"),
    "paused": _("Paused"),
    "needs_reauthorising": _("Consent must be given again"),
    "closed": _("Disconnected"),
}

#: An order's hand-over in the field's words (FIELD 3.1, 3.2): not yet handed over, taken by the
#: supplier, given back by the supplier, called off; and how much of it was sent.
SUPPLY_STATES: Final = ("unassigned", "assigned", "part_sent", "sent", "returned", "cancelled")
#: Pieces of these are counted off by the supplier already.
AT_SUPPLIER: Final = frozenset({"assigned", "part_sent"})
#: Nothing more is to be done about these.
SUPPLY_ENDS: Final = frozenset({"sent", "returned", "cancelled"})

#: What of an order handed over went back to its buyer: all of it before anything was sent, some
#: pieces before they were sent, or money for what was sent. ``lost``: nothing of the kind, but
#: nobody knows whether the supplier has the order at all.
CHANGE_KINDS: Final = ("cancel", "reduce", "refund", "lost")
#: ``waiting`` to be told; ``told``, and the supplier agreed; ``todo`` for a person of the shop, at
#: the supplier; ``done`` by one.
CHANGE_STATES: Final = ("waiting", "told", "todo", "done")

CHANGE_WORDS: Final[dict[str, Promise]] = {
    "waiting": _("The supplier is being told"),
    "told": _("The supplier knows and agreed"),
    "todo": _("To be settled with the supplier by hand"),
    "done": _("Settled with the supplier"),
}

SUPPLY_WORDS: Final[dict[str, Promise]] = {
    "unassigned": _("Not handed over yet"),
    "assigned": _("Taken by the supplier"),
    "part_sent": _("Partly sent"),
    "sent": _("Sent"),
    "returned": _("Given back by the supplier"),
    "cancelled": _("Called off"),
}

#: A copy of a product at its store; see ``models.ChannelCopy``.
COPY_WORDS: Final[dict[str, Promise]] = {
    "waiting": _("Will be made in a moment"),
    "making": _("Is being made"),
    "made": _("Made"),
    "failed": _("Could not be made"),
    "unsure": _("Perhaps made: the answer was lost"),
}


def check_transition(before: str, after: str) -> None:
    """:class:`Problem` 409 ``connection_state`` where one state can't become the other."""
    if after not in TRANSITIONS[before]:
        raise not_now(before)


def not_now(state: str) -> Problem:
    """Something can't be done in a connection's state."""
    return Problem(
        "connection_state",
        409,
        _("This can't be done now: the connection is “%(state)s”."),
        params={"state": STATE_WORDS[state]},
        extra={"state": state},
    )
