"""The life of an order and of a payment, as data: which step, from where, to where, by whom."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem


class Party(StrEnum):
    """What somebody is to an order."""

    BUYER = "buyer"
    SELLER = "seller"
    OPERATOR = "operator"
    PLATFORM = "platform"
    """The installation itself: a provider's callback, the clock."""


@dataclass(frozen=True, slots=True)
class Step:
    """One verb of an order's life. ``stamp`` names the column that keeps its instant."""

    before: str
    after: str
    by: frozenset[Party]
    stamp: str


STEPS: dict[str, Step] = {
    "pay": Step("awaiting_payment", "paid", frozenset({Party.PLATFORM}), "paid_at"),
    "expire": Step("awaiting_payment", "closed", frozenset({Party.PLATFORM}), "closed_at"),
    "cancel": Step(
        "awaiting_payment", "closed", frozenset({Party.BUYER, Party.OPERATOR}), "closed_at"
    ),
    "ship": Step("paid", "shipped", frozenset({Party.SELLER}), "shipped_at"),
    "confirm": Step("shipped", "completed", frozenset({Party.BUYER}), "completed_at"),
}

STATE_WORDS: dict[str, Promise] = {
    "awaiting_payment": _("Awaiting payment"),
    "paid": _("Paid"),
    "shipped": _("Shipped"),
    "completed": _("Completed"),
    "closed": _("Closed"),
}

#: From where to where a payment may go. ``failed`` is no end: a provider may correct itself.
PAYMENT_STEPS: dict[str, frozenset[str]] = {
    "started": frozenset({"succeeded", "failed"}),
    "failed": frozenset({"succeeded"}),
    "succeeded": frozenset({"refunded"}),
    "refunded": frozenset(),
}


def check_step(verb: str, state: str, parties: frozenset[Party]) -> Step:
    """The step; :class:`Problem` 403 ``forbidden`` by whom, 409 ``order_state`` from where it
    can't be taken."""
    step = STEPS[verb]
    if not parties & step.by:
        raise Problem("forbidden", 403, _("This step of an order is not yours to take."))
    if state != step.before:
        raise Problem(
            "order_state",
            409,
            _("This can't be done any more: the order is “%(state)s” now."),
            params={"state": STATE_WORDS[state]},
            extra={"state": state},
        )
    return step


def allowed_steps(state: str, parties: frozenset[Party]) -> list[str]:
    """What these parties can do with an order in a state; for buttons."""
    return [verb for verb, step in STEPS.items() if step.before == state and parties & step.by]
