"""The life of an after-sales case, as data: which step, from where, to where, by whom.

``docs/orders.md`` shows this table; a test holds the two together.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.orders.states import Party


class Kind(StrEnum):
    """What the buyer asks for; ``handlingWay`` 10, 1 and 3 of the field."""

    REFUND_ONLY = "refund_only"
    RETURN_REFUND = "return_refund"
    EXCHANGE = "exchange"


@dataclass(frozen=True, slots=True)
class Step:
    """One verb of a case's life, for the kinds it is for. ``means`` is for the docs."""

    before: frozenset[str]
    after: str
    by: frozenset[Party]
    kinds: frozenset[Kind]
    means: str


_ALL: Final = "refund_only return_refund exchange"
_WITH_GOODS: Final = "return_refund exchange"


def _step(before: str, after: str, by: str, kinds: str, means: str) -> Step:
    return Step(
        frozenset(before.split()),
        after,
        frozenset(Party(party) for party in by.split()),
        frozenset(Kind(kind) for kind in kinds.split()),
        means,
    )


#: Every state, in the order of a case's life.
STATES = (
    "awaiting_seller",
    "refused",
    "intervening",
    "awaiting_return",
    "awaiting_seller_receipt",
    "awaiting_replacement",
    "awaiting_buyer_receipt",
    "succeeded",
    "closed",
)
ENDS = frozenset({"succeeded", "closed"})
_OPEN: Final = " ".join(state for state in STATES if state not in ENDS and state != "intervening")

STEPS: dict[str, Step] = {
    "grant": _step(
        "awaiting_seller",
        "succeeded",
        "platform",
        "refund_only",
        "given at once: instant refund, price protection",
    ),
    "agree": _step(
        "awaiting_seller", "succeeded", "seller platform", "refund_only", "the money goes back"
    ),
    "agree_return": _step(
        "awaiting_seller",
        "awaiting_return",
        "seller platform",
        _WITH_GOODS,
        "the buyer learns where to send the goods",
    ),
    "refuse": _step("awaiting_seller", "refused", "seller", _ALL, "with words"),
    "change": _step(
        "awaiting_seller refused", "awaiting_seller", "buyer", _ALL, "the buyer asks for else"
    ),
    "withdraw": _step(
        "awaiting_seller refused intervening awaiting_return",
        "closed",
        "buyer",
        _ALL,
        "the buyer asks for nothing any more",
    ),
    "ask_platform": _step(
        "refused", "intervening", "buyer", _ALL, "the buyer does not accept the refusal"
    ),
    "dispute_return": _step(
        "awaiting_seller_receipt",
        "intervening",
        "seller",
        _WITH_GOODS,
        "what came back is not what was sent",
    ),
    "step_in": _step(
        _OPEN,
        "intervening",
        "operator platform",
        _ALL,
        "the platform takes it over; by itself where a step that is due can't be taken",
    ),
    "send_back": _step(
        "awaiting_return", "awaiting_seller_receipt", "buyer", _WITH_GOODS, "with a tracking number"
    ),
    "take_back": _step(
        "awaiting_seller_receipt",
        "succeeded",
        "seller platform",
        "return_refund",
        "the goods are back, the money goes back",
    ),
    "take_back_to_exchange": _step(
        "awaiting_seller_receipt",
        "awaiting_replacement",
        "seller platform",
        "exchange",
        "the goods are back",
    ),
    "replace": _step(
        "awaiting_replacement",
        "awaiting_buyer_receipt",
        "seller",
        "exchange",
        "other pieces leave the warehouse",
    ),
    "refund_instead": _step(
        "awaiting_replacement",
        "succeeded",
        "seller platform",
        "exchange",
        "nothing to replace it with: the money goes back",
    ),
    "receive_replacement": _step(
        "awaiting_buyer_receipt", "succeeded", "buyer platform", "exchange", "the exchange is done"
    ),
    "decide_refund": _step(
        "intervening", "succeeded", "operator", _ALL, "the platform decides: the money goes back"
    ),
    "decide_return": _step(
        "intervening",
        "awaiting_return",
        "operator",
        _WITH_GOODS,
        "the platform decides: the goods go back first",
    ),
    "decide_refusal": _step(
        "intervening", "closed", "operator", _ALL, "the platform decides: nothing goes back"
    ),
    "send_after_all": _step(
        "awaiting_seller refused",
        "closed",
        "platform",
        "refund_only",
        "asked in the buyer's stead, and the goods are sent after all",
    ),
    "lapse": _step(
        "refused awaiting_return", "closed", "platform", _ALL, "the buyer let the time pass"
    ),
}

#: Steps with which the case's money goes back.
GIVES_MONEY = frozenset({"grant", "agree", "take_back", "refund_instead", "decide_refund"})

STATE_WORDS: dict[str, Promise] = {
    "awaiting_seller": _("Waits for the shop's answer"),
    "refused": _("Refused by the shop"),
    "intervening": _("The platform decides"),
    "awaiting_return": _("Waits for the buyer to send the goods back"),
    "awaiting_seller_receipt": _("Waits for the shop to receive the goods"),
    "awaiting_replacement": _("Waits for the shop to send a replacement"),
    "awaiting_buyer_receipt": _("Waits for the buyer to receive the replacement"),
    "succeeded": _("Done"),
    "closed": _("Closed, nothing goes back"),
}
KIND_WORDS: dict[str, Promise] = {
    "refund_only": _("Refund only"),
    "return_refund": _("Return and refund"),
    "exchange": _("Exchange"),
}


def check_step(verb: str, state: str, kind: str, parties: frozenset[Party]) -> Step:
    """The step; :class:`Problem` 403 ``forbidden`` by whom, 409 ``case_state`` from where it
    can't be taken, 409 ``case_kind`` where it is for other kinds of cases."""
    step = STEPS[verb]
    if not parties & step.by:
        raise Problem("forbidden", 403, _("This step of a case is not yours to take."))
    if state not in step.before:
        raise Problem(
            "case_state",
            409,
            _("This can't be done any more: the case stands at “%(state)s” now."),
            params={"state": STATE_WORDS[state]},
            extra={"state": state},
        )
    if Kind(kind) not in step.kinds:
        raise Problem(
            "case_kind",
            409,
            _("This does not go with a case of the kind “%(kind)s”."),
            params={"kind": KIND_WORDS[kind]},
            extra={"kind": kind},
        )
    return step


def allowed_steps(state: str, kind: str, parties: frozenset[Party]) -> list[str]:
    """What these parties can do with a case in a state; for buttons."""
    return [
        verb
        for verb, step in STEPS.items()
        if state in step.before and parties & step.by and Kind(kind) in step.kinds
    ]
