"""What an order's clocks mean: dated figures in, instants and amounts out. Pure.

The figures are configuration (``timers.toml``, or the operator's own file). Those in force when
a clock starts govern it to its end: the payment's when the order is placed, the promise's when it
is paid, the receipt's when it is shipped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from yellowcart.core.money import share
from yellowcart.core.texts import Text

#: The platform of figures that hold where a platform has none of its own.
ANY = "any"
DAY_SECONDS = 86_400
MOST_MERCHANT_DAYS = 30
"""Days that a merchant may add at once; how often is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A figure that holds in ``[effective_from, effective_until)`` on one platform."""

    key: str
    platform: str
    effective_from: datetime
    effective_until: datetime | None
    summary: Text
    grade: str | None = None
    evidence: str | None = None


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTimer(Dated):
    """How long an unpaid order holds its pieces."""

    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptTimer(Dated):
    """When an order is taken as received: looks at so many days after it was shipped.

    At a look a delivered order without an exception is completed; another waits for the next
    look. The last look completes it in any case.
    """

    after_days: tuple[int, ...]
    buyer_extension_days: int
    buyer_extensions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingPromise(Dated):
    """How soon goods leave: what a product may promise, and what one that says nothing does."""

    seconds: int
    choices: tuple[int, ...]
    presale_least_days: int
    presale_most_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LateShipping(Dated):
    """What a merchant owes a buyer for a broken promise: a rate of what was paid, within bounds."""

    rate_bps: int
    least_minor: int
    most_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Timers:
    """Everything one file says."""

    payment: tuple[PaymentTimer, ...] = ()
    receipt: tuple[ReceiptTimer, ...] = ()
    promise: tuple[ShippingPromise, ...] = ()
    late_shipping: tuple[LateShipping, ...] = ()


def in_force(figures: Iterable[D], platform: str, at: datetime) -> D | None:
    """The platform's own figure at an instant, else the one for any platform; None where none."""
    now = [
        one
        for one in figures
        if one.effective_from <= at and (one.effective_until is None or at < one.effective_until)
    ]
    own = next((one for one in now if one.platform == platform), None)
    return own or next((one for one in now if one.platform == ANY), None)


class Promise(NamedTuple):
    """What one product promises: seconds for goods in stock, or days of a pre-sale; or nothing."""

    ship_within_seconds: int | None
    presale_days: int | None


def ship_by(
    paid_at: datetime, promises: Iterable[Promise], rule: ShippingPromise | None
) -> datetime | None:
    """When the whole order must have left; None where nothing was promised.

    The slowest of its goods sets the time: parcels may leave earlier one by one.
    """
    seconds = [
        promise.presale_days * DAY_SECONDS
        if promise.presale_days is not None
        else promise.ship_within_seconds or (rule.seconds if rule else 0)
        for promise in promises
    ]
    longest = max(seconds, default=0)
    return paid_at + timedelta(seconds=longest) if longest else None


def late_amount(rule: LateShipping | None, paid_minor: int, currency: str) -> int:
    """What is owed for shipping late, in minor units; 0 where the rule is of another currency."""
    if rule is None or rule.currency != currency or paid_minor <= 0:
        return 0
    return min(max(share(paid_minor, rule.rate_bps), rule.least_minor), rule.most_minor)


class Receipt(NamedTuple):
    """What the clock says of an order on its way: done, or which look is next, and when."""

    is_due: bool
    stage: int
    look_at: datetime


def decide_receipt(
    rule: ReceiptTimer,
    *,
    shipped_at: datetime,
    stage: int,
    extended_days: int,
    is_delivered: bool,
    at: datetime,
) -> Receipt:
    """Whether an order is received by now, and else the next look.

    ``stage`` is the next look's place in ``after_days``. ``is_delivered`` says that the carrier
    delivered everything and nothing went wrong. Looks that were missed are made up for.
    """
    look_at = receipt_look(rule.after_days, shipped_at, stage, extended_days)
    while look_at <= at:
        if is_delivered or stage >= len(rule.after_days) - 1:
            return Receipt(True, stage, look_at)
        stage += 1
        look_at = receipt_look(rule.after_days, shipped_at, stage, extended_days)
    return Receipt(False, stage, look_at)


def receipt_look(
    after_days: Sequence[int], shipped_at: datetime, stage: int, extended_days: int
) -> datetime:
    """The instant of a look; every extension moves those to come."""
    place = min(stage, len(after_days) - 1)
    return shipped_at + timedelta(days=after_days[place] + extended_days)
