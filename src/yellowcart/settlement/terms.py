"""When money is settled and paid out, and what must lie as a deposit: dated figures. Pure.

The figures are configuration (``terms.toml``, or the operator's own file); each holds in
``[effective_from, effective_until)`` on one platform, or on ``any``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from yellowcart.core.money import share
from yellowcart.orders.timers import ANY, Dated
from yellowcart.settlement.rules import Role, Tax


class Basis(StrEnum):
    """From when a cycle counts."""

    RECEIPT = "receipt"
    """The buyer's confirmed receipt."""
    SOURCE = "source"
    """The other platform's own word that it has settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle(Dated):
    """How long after its basis a share is settled; a selector of None means any.

    With ``paydays`` it waits on for the next of these days of a month. A dispute holds it until
    ``dispute_days`` after the dispute closed.
    """

    basis: Basis
    days: int
    dispute_days: int
    paydays: tuple[int, ...] = ()
    roles: frozenset[str] | None = None
    sources: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalTerms(Dated):
    """Limits of taking money out, in minor units of one currency, and the hour of the day before
    which it is sent the same day."""

    currency: str
    least_minor: int
    most_minor: int
    day_most_minor: int
    day_count: int
    cutoff_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositTerms(Dated):
    """What must lie as a deposit: at least ``required_minor``, and more from a month's sales on.

    ``steps`` are ``(sales from, required)``, rising. ``roles`` names who it is for (``merchant``
    or ``creator``), ``shop_types`` the types of shops, None any.
    """

    role: str
    currency: str
    required_minor: int
    steps: tuple[tuple[int, int], ...] = ()
    shop_types: frozenset[str] | None = None
    blocks_settlement: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TipTerms(Dated):
    """How a tip is parted: tax first, then the host's share of the rest."""

    tax_bps: int
    host_bps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFee(Dated):
    """What another platform keeps of the commission it pays: a rate of amount or commission."""

    sources: frozenset[str]
    base: str
    rate_bps: int

    def of(self, amount_minor: int, commission_minor: int) -> int:
        """The fee in minor units, never more than the commission."""
        base = amount_minor if self.base == "amount" else commission_minor
        return min(share(base, self.rate_bps), commission_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeReturn(Dated):
    """How much of the platform's fee goes back with a refund."""

    rate_bps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxTerms(Dated):
    """A tax that is kept back: ``on`` the ``price`` (within what the buyer pays) or on the
    ``earnings`` of these roles."""

    on: str
    currency: str
    rate_bps: int
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything one file says."""

    cycle: tuple[Cycle, ...] = ()
    withdrawal: tuple[WithdrawalTerms, ...] = ()
    deposit: tuple[DepositTerms, ...] = ()
    tips: tuple[TipTerms, ...] = ()
    source_fee: tuple[SourceFee, ...] = ()
    fee_return: tuple[FeeReturn, ...] = ()
    tax: tuple[TaxTerms, ...] = ()


def _holds(one: Dated, platform: str, at: datetime) -> bool:
    return (
        one.platform in {platform, ANY}
        and one.effective_from <= at
        and (one.effective_until is None or at < one.effective_until)
    )


def cycle_of(
    cycles: Iterable[Cycle], platform: str, role: Role, source: str, at: datetime, basis: Basis
) -> Cycle | None:
    """The cycle of a share of a sale whose basis came at an instant.

    One that names the source comes before one that names the role, a platform's own before that
    of any, a later one before an earlier one.
    """
    speaking = [
        one
        for one in cycles
        if one.basis is basis
        and _holds(one, platform, at)
        and (one.roles is None or role.value in one.roles)
        and (one.sources is None or source in one.sources)
    ]
    return max(
        speaking,
        key=lambda one: (
            one.sources is not None,
            one.roles is not None,
            one.platform != ANY,
            one.effective_from,
            one.key,
        ),
        default=None,
    )


def due_at(cycle: Cycle, since: datetime, zone: ZoneInfo) -> datetime:
    """When a share is settled whose cycle started at ``since``."""
    return on_payday(cycle, since + timedelta(days=cycle.days), zone)


def after_dispute(cycle: Cycle, due: datetime, closed: datetime, zone: ZoneInfo) -> datetime:
    """When a share is settled after a dispute closed: never before it was due anyway."""
    return max(due, on_payday(cycle, closed + timedelta(days=cycle.dispute_days), zone))


def on_payday(cycle: Cycle, at: datetime, zone: ZoneInfo) -> datetime:
    """The instant itself, or the first midnight of a payday at or after it."""
    if not cycle.paydays:
        return at
    day = at.astimezone(zone)
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    if midnight < day:
        midnight += timedelta(days=1)
    while midnight.day not in cycle.paydays:
        midnight += timedelta(days=1)
    return midnight.astimezone(at.tzinfo)


def deposit_of(
    deposits: Iterable[DepositTerms],
    platform: str,
    *,
    role: str,
    shop_type: str,
    currency: str,
    at: datetime,
) -> DepositTerms | None:
    """The deposit rule of a shop or creator; one that names the type of shop comes first."""
    speaking = [
        one
        for one in deposits
        if _holds(one, platform, at)
        and (one.role, one.currency) == (role, currency)
        and (one.shop_types is None or shop_type in one.shop_types)
    ]
    return max(
        speaking,
        key=lambda one: (one.shop_types is not None, one.platform != ANY, one.effective_from),
        default=None,
    )


def required_deposit(terms: DepositTerms | None, month_sales_minor: int) -> int:
    """What must lie there, given the sales of the last month."""
    if terms is None:
        return 0
    reached = [required for least, required in terms.steps if month_sales_minor >= least]
    return max([terms.required_minor, *reached])


def source_fee_of(
    fees: Iterable[SourceFee], platform: str, source: str, at: datetime
) -> SourceFee | None:
    """What a source keeps of its commission, if anything is known."""
    speaking = [one for one in fees if _holds(one, platform, at) and source in one.sources]
    return max(speaking, key=lambda one: (one.platform != ANY, one.effective_from), default=None)


def withdrawal_of(
    terms: Iterable[WithdrawalTerms], platform: str, currency: str, at: datetime
) -> WithdrawalTerms | None:
    """The limits of a currency."""
    speaking = [one for one in terms if _holds(one, platform, at) and one.currency == currency]
    return max(speaking, key=lambda one: (one.platform != ANY, one.effective_from), default=None)


def sent_at(terms: WithdrawalTerms, asked_at: datetime, zone: ZoneInfo) -> datetime:
    """When a withdrawal is sent: at once before the hour, else at the next day's first instant."""
    local = asked_at.astimezone(zone)
    if local.hour < terms.cutoff_hour:
        return asked_at
    tomorrow = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return tomorrow.astimezone(asked_at.tzinfo)


def taxes_of(taxes: Iterable[TaxTerms], platform: str, currency: str, at: datetime) -> list[Tax]:
    """The taxes on a sale at an instant."""
    return [
        Tax(one.on == "price", one.rate_bps, one.roles)
        for one in taxes
        if _holds(one, platform, at) and one.currency == currency
    ]
