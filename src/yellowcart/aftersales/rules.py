"""Decisions about after-sales: what may be asked, for how much, until when. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.aftersales.states import Kind
from yellowcart.core.problems import Problem
from yellowcart.orders.timers import Dated, in_force

LONGEST_WORDS: Final = 1_000
#: The return rule of goods that say nothing, and whose category says nothing.
USUAL_RULE: Final = "no_reason"

_BACK: Final = frozenset({Kind.RETURN_REFUND, Kind.EXCHANGE})
_ALL: Final = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a buyer asks. ``is_sent``: about pieces that were sent, or about those that were not.

    ``at_fault`` pays for the way back of the goods.
    """

    words: Promise
    kinds: frozenset[Kind]
    is_sent: bool
    at_fault: str


REASONS: Final[Mapping[str, Reason]] = {
    "not_wanted": Reason(_("I don't want it any more"), frozenset({Kind.REFUND_ONLY}), False, ""),
    "not_shipped": Reason(
        _("It was not sent in time"), frozenset({Kind.REFUND_ONLY}), False, "seller"
    ),
    "no_reason": Reason(_("Given back without a reason"), _BACK, True, "buyer"),
    "not_received": Reason(_("It did not arrive"), frozenset({Kind.REFUND_ONLY}), True, "seller"),
    "quality": Reason(_("Its quality is poor"), _ALL, True, "seller"),
    "damaged": Reason(_("It arrived damaged"), _ALL, True, "seller"),
    "wrong_item": Reason(_("Something else was sent"), _ALL, True, "seller"),
    "not_as_described": Reason(_("It is not as described"), _ALL, True, "seller"),
    "incomplete": Reason(_("Something is missing"), _ALL, True, "seller"),
    "other": Reason(_("Another reason"), _ALL, True, ""),
}
#: Why a shop gives money back without being asked.
SHOPS_REASONS: Final[Mapping[str, Reason]] = {
    "cannot_send": Reason(
        _("The shop can't send it"), frozenset({Kind.REFUND_ONLY}), False, "seller"
    ),
    "goodwill": Reason(
        _("The shop makes up for something"), frozenset({Kind.REFUND_ONLY}), True, "seller"
    ),
}
#: Why the platform asks in a buyer's stead.
PLATFORMS_REASONS: Final[Mapping[str, Reason]] = {
    "supplier_refunded": Reason(
        _("The supplier gave money back"), frozenset({Kind.REFUND_ONLY}), True, "seller"
    ),
}
ALL_REASONS: Final[Mapping[str, Reason]] = {**REASONS, **SHOPS_REASONS, **PLATFORMS_REASONS}

RETURN_RULE_WORDS: Final[Mapping[str, Promise]] = {
    "no_reason": _("Can be given back without a reason"),
    "not_supported": _("Can't be given back without a reason"),
    "not_after_unsealing": _("Can't be given back without a reason once unsealed"),
    "not_after_activation": _("Can't be given back without a reason once activated"),
    "not_after_installation": _("Can't be given back without a reason once installed"),
    "not_custom_made": _("Custom-made: can't be given back without a reason"),
    "not_after_use": _("Can't be given back without a reason once used"),
    "not_after_opening": _("Can't be given back without a reason once opened"),
}
#: Rules that leave no room for "as it came".
NEVER: Final = frozenset({"not_supported", "not_custom_made"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline(Dated):
    """How long a case of a kind may stand at a state, and the step that follows by itself."""

    state: str
    kinds: frozenset[Kind]
    seconds: int
    verb: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Dated):
    """Days after delivery for a return without a reason, and after receipt for any claim."""

    no_reason_days: int
    claim_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant(Dated):
    """Up to how much paid an unsent order is refunded at once."""

    most_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRule(Dated):
    """How goods of a category, and of those below it, may be given back."""

    category: str
    rule: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything one file says."""

    deadlines: tuple[Deadline, ...] = ()
    windows: tuple[Window, ...] = ()
    instants: tuple[Instant, ...] = ()
    categories: tuple[CategoryRule, ...] = ()


def deadline_of(
    deadlines: Sequence[Deadline], platform: str, state: str, kind: str, at: datetime
) -> Deadline | None:
    """What follows by itself when a case stands at a state for too long; None where nothing."""
    speaking = [one for one in deadlines if one.state == state and Kind(kind) in one.kinds]
    return in_force(speaking, platform, at)


def return_rule(
    own: str, category: str, categories: Sequence[CategoryRule], platform: str, at: datetime
) -> str:
    """The product's own rule, else the nearest category's, else that of usual goods.

    A category is a path such as ``Beauty > Lips``, as imports write it.
    """
    if own:
        return own
    path = _path(category)
    while path:
        here = [one for one in categories if _path(one.category) == path]
        found = in_force(here, platform, at)
        if found is not None:
            return found.rule
        path = path[:-1]
    return USUAL_RULE


def _path(category: str) -> tuple[str, ...]:
    return tuple(part.strip().casefold() for part in category.split(">") if part.strip())


@dataclass(frozen=True, slots=True)
class Sale:
    """An order as its cases see it. ``delivered_at`` is when the last parcel was."""

    state: str
    completed_at: datetime | None
    delivered_at: datetime | None


#: States of an order about which something may be asked.
ASKABLE: Final = frozenset({"paid", "partly_shipped", "shipped", "signed", "completed"})


def check_ask(
    sale: Sale,
    kind: Kind,
    reason: str,
    window: Window | None,
    at: datetime,
    reasons: Mapping[str, Reason] = REASONS,
) -> Reason:
    """The reason; :class:`Problem` with why it can't be asked (any more)."""
    if sale.state not in ASKABLE:
        raise Problem("nothing_to_ask", 409, _("Nothing was paid here that could go back."))
    known = reasons.get(reason)
    if known is None or kind not in known.kinds:
        fitting = [code for code, one in reasons.items() if kind in one.kinds]
        raise Problem(
            "reason_unknown",
            422,
            _("Give a reason that goes with what you ask for."),
            extra={"reasons": fitting},
        )
    if window is None:
        return known
    if sale.completed_at is not None:
        _check_days(sale.completed_at, window.claim_days, at)
    if reason == "no_reason" and sale.delivered_at is not None:
        _check_days(sale.delivered_at, window.no_reason_days, at)
    return known


def _check_days(since: datetime, days: int, at: datetime) -> None:
    if at >= since + timedelta(days=days):
        raise Problem(
            "too_late",
            409,
            _("This could be asked for %(days)s days after the goods arrived, and no longer."),
            params={"days": days},
            extra={"until": (since + timedelta(days=days)).isoformat()},
        )


def check_no_reason(rule: str, is_intact: bool) -> None:
    """Pass where goods may be given back without a reason; :class:`Problem` 409 with the rule.

    ``is_intact`` is the buyer's word that the goods are as they came: sealed, not activated, not
    installed, not used.
    """
    if rule in NEVER or (rule != USUAL_RULE and not is_intact):
        raise Problem(
            "return_not_supported",
            409,
            _("%(rule)s. Name what is wrong with it, or keep it."),
            params={"rule": RETURN_RULE_WORDS[rule]},
            extra={"return_rule": rule},
        )


class LineFacts(NamedTuple):
    """An order line as far as money and pieces go; amounts in minor units."""

    quantity: int
    shipped: int
    dropped: int
    refunded: int
    paid_minor: int
    refunded_minor: int

    @property
    def unsent(self) -> int:
        """Pieces that still have to leave."""
        return self.quantity - self.shipped - self.dropped

    @property
    def with_buyer(self) -> int:
        """Pieces that left and were not refunded since."""
        return self.shipped - (self.refunded - self.dropped)

    def most_minor(self, pieces: int) -> int:
        """What so many of its pieces are worth at most; the last ones take the rounding."""
        left = self.quantity - self.refunded
        money = self.paid_minor - self.refunded_minor
        return money if pieces >= left else money * pieces // left


class Asked(NamedTuple):
    """What is asked of one line: pieces, and an amount, all they are worth where it is None."""

    quantity: int
    amount_minor: int | None = None


def check_line(line: LineFacts, asked: Asked, kind: Kind, reason: Reason) -> int:
    """The amount for the pieces asked about; :class:`Problem` 422 where it is not to be had.

    A part of the price may be asked for goods that are kept or come back; what was never sent
    goes back whole.
    """
    left = line.with_buyer if reason.is_sent else line.unsent
    if not 0 < asked.quantity <= left:
        raise Problem(
            "pieces_unavailable",
            422,
            _("Ask about 1 to %(left)s pieces of this line.") if left else _NOTHING_LEFT,
            params={"left": left},
            extra={"left": left},
        )
    most = line.most_minor(asked.quantity)
    amount = most if asked.amount_minor is None or kind == Kind.EXCHANGE else asked.amount_minor
    if not 0 <= amount <= most or (not reason.is_sent and amount != most):
        raise Problem(
            "amount_unavailable",
            422,
            _("At most what these pieces cost can go back, and all of it where nothing was sent."),
            extra={"most": most},
        )
    return amount


_NOTHING_LEFT: Final = _("Nothing of this line is left to ask about.")


def is_instant(rule: Instant | None, *, order_state: str, paid_minor: int, currency: str) -> bool:
    """Whether an order of which nothing was sent is refunded at once."""
    return (
        rule is not None
        and order_state == "paid"
        and currency == rule.currency
        and paid_minor <= rule.most_minor
    )


def protected_minor(
    line: LineFacts,
    price_now_minor: int,
    given_minor: int,
    *,
    paid_at: datetime,
    days: int,
    at: datetime,
) -> int:
    """What goes back of a line because its price fell within its days of protection.

    Compared with what the buyer paid for each piece, coupons taken off; what was given for
    earlier falls is taken off.
    """
    pieces = line.quantity - line.refunded
    if at >= paid_at + timedelta(days=days) or pieces <= 0:
        return 0
    paid = line.paid_minor * pieces // line.quantity
    owed = paid - price_now_minor * pieces - given_minor
    return max(min(owed, line.paid_minor - line.refunded_minor), 0)
