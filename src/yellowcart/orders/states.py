"""The life of an order, as data: which step, from where, to where, by whom.

``docs/orders.md`` shows this table; a test holds the two together.
"""

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
    """The installation itself: a provider's callback, the clock, a case that ended."""


@dataclass(frozen=True, slots=True)
class Step:
    """One verb of an order's life.

    ``after`` is None where the order stays what it is. ``stamp`` names the column that keeps the
    step's instant, empty where only the history keeps it. ``means`` is for the docs.
    """

    before: frozenset[str]
    after: str | None
    by: frozenset[Party]
    stamp: str
    means: str


def _step(before: str, after: str | None, by: str, stamp: str, means: str) -> Step:
    return Step(
        frozenset(before.split()),
        after,
        frozenset(Party(party) for party in by.split()),
        stamp,
        means,
    )


#: Every state, in the order of an order's life.
STATES = (
    "awaiting_payment",
    "deposit_paid",
    "paid",
    "partly_shipped",
    "shipped",
    "signed",
    "completed",
    "closed",
)
#: Nothing leaves these.
ENDS = frozenset({"completed", "closed"})
#: Something is still to be sent.
TO_SHIP = frozenset({"paid", "partly_shipped"})
#: Everything is sent, and the buyer has not yet said that it is here.
ON_THE_WAY = frozenset({"shipped", "signed"})

STEPS: dict[str, Step] = {
    "pay_deposit": _step(
        "awaiting_payment", "deposit_paid", "platform", "", "the deposit of a pre-sale arrived"
    ),
    "pay": _step(
        "awaiting_payment deposit_paid",
        "paid",
        "platform",
        "paid_at",
        "the money arrived; the shipping promise starts",
    ),
    "expire": _step(
        "awaiting_payment deposit_paid", "closed", "platform", "closed_at", "not paid in time"
    ),
    "sell_out": _step(
        "awaiting_payment",
        "closed",
        "platform",
        "closed_at",
        "paid when nothing was left, where the first to pay is served; the money goes back",
    ),
    "cancel": _step(
        "awaiting_payment", "closed", "buyer operator", "closed_at", "given up before it was paid"
    ),
    "ship_part": _step(
        "paid partly_shipped",
        "partly_shipped",
        "seller platform",
        "",
        "a parcel left, more will follow; the platform says so for a connected supplier",
    ),
    "ship": _step(
        "paid partly_shipped",
        "shipped",
        "seller platform",
        "shipped_at",
        "the last parcel left; the days to automatic receipt start",
    ),
    "drop_rest": _step(
        "partly_shipped",
        "shipped",
        "platform",
        "shipped_at",
        "what was not sent was refunded, so everything is sent",
    ),
    "sign": _step(
        "shipped",
        "signed",
        "seller operator platform",
        "signed_at",
        "the carrier delivered every parcel",
    ),
    "extend": _step(
        "shipped signed", None, "buyer seller", "", "more days before the automatic receipt"
    ),
    "confirm": _step("shipped signed", "completed", "buyer", "completed_at", "it is here"),
    "receive": _step(
        "shipped signed", "completed", "platform", "completed_at", "the automatic receipt"
    ),
    "refund": _step(
        "paid partly_shipped shipped signed completed",
        None,
        "platform",
        "",
        "money went back by a case; the order goes on",
    ),
    "close": _step(
        "deposit_paid paid partly_shipped shipped signed",
        "closed",
        "platform",
        "closed_at",
        "all the money went back",
    ),
}

STATE_WORDS: dict[str, Promise] = {
    "awaiting_payment": _("Awaiting payment"),
    "deposit_paid": _("Deposit paid"),
    "paid": _("Paid"),
    "partly_shipped": _("Partly shipped"),
    "shipped": _("Shipped"),
    "signed": _("Delivered"),
    "completed": _("Completed"),
    "closed": _("Closed"),
}


def check_step(verb: str, state: str, parties: frozenset[Party]) -> Step:
    """The step; :class:`Problem` 403 ``forbidden`` by whom, 409 ``order_state`` from where it
    can't be taken."""
    step = STEPS[verb]
    if not parties & step.by:
        raise Problem("forbidden", 403, _("This step of an order is not yours to take."))
    if state not in step.before:
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
    return [verb for verb, step in STEPS.items() if state in step.before and parties & step.by]
