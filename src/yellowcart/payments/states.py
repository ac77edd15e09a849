"""The lives of a payment and of a refund, as data."""

from typing import Final

#: From where to where a payment may go. ``failed`` is no end: a provider may correct itself.
PAYMENT_STEPS: Final[dict[str, frozenset[str]]] = {
    "started": frozenset({"succeeded", "failed"}),
    "failed": frozenset({"succeeded"}),
    "succeeded": frozenset({"refunded"}),
    "refunded": frozenset(),
}

#: From where to where a refund and each of its legs may go: ``sent`` is accepted by the provider
#: and not final there, ``failed`` waits for a person and may be sent again.
REFUND_STEPS: Final[dict[str, frozenset[str]]] = {
    "asked": frozenset({"sent", "done", "failed"}),
    "sent": frozenset({"done", "failed"}),
    "failed": frozenset({"sent", "done"}),
    "done": frozenset(),
}


def state_of_legs(states: list[str]) -> str:
    """The state of a refund from those of its legs: as far as the slowest, bad news first."""
    for state in ("failed", "asked", "sent"):
        if state in states:
            return state
    return "done"
