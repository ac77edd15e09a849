"""What a platform takes of a sale: figures in, fee out, by dated rules.

A fee is a rate of a base, with up to two caps: a rate of the sale's amount, and so many minor
units for each SKU. The rate, the base, the caps and the time in which they hold are data
(``fees.toml``); amounts are minor units of one currency, rates basis points, halves round up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from yellowcart.core.money import share
from yellowcart.core.texts import Text


class Occasion(StrEnum):
    """What the fee is taken for."""

    SALE = "sale"
    TASK = "task"
    REFUND = "refund"


class Base(StrEnum):
    """What the rate is taken of."""

    AMOUNT = "amount"
    """The completed amount of the goods, without shipping."""
    NET_COMMISSION = "net_commission"
    """The promotion commission less what the outside source keeps of it."""
    PAYMENT_BEFORE_TAX = "payment_before_tax"
    """What the customer paid, plus what the platform discounted, less tax."""
    SALE_FEE = "sale_fee"
    """The fee taken for the sale that is refunded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One sale, task or refund. ``promoted`` says whether it pays a promotion commission."""

    amount: int
    source: str = "native"
    integration: str = "native"
    promoted: bool = False
    commission: int = 0
    source_fee: int = 0
    payment: int = 0
    platform_discount: int = 0
    tax: int = 0
    sale_fee: int = 0
    sku_count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRule:
    """One rate in ``[effective_from, effective_until)``; a selector of None means any."""

    key: str
    platform: str
    occasion: Occasion
    base: Base
    rate_bps: int
    effective_from: datetime
    effective_until: datetime | None
    summary: Text
    sources: frozenset[str] | None = None
    integrations: frozenset[str] | None = None
    promoted: bool | None = None
    cap_bps: int | None = None
    cap_per_sku: int | None = None
    currency: str = "CNY"
    grade: str | None = None
    evidence: str | None = None

    @property
    def specificity(self) -> tuple[bool, bool, bool]:
        """Which selectors it names, the strongest first."""
        return (
            self.sources is not None,
            self.integrations is not None,
            self.promoted is not None,
        )

    def speaks_of(self, occasion: Occasion, figures: Figures, at: datetime) -> bool:
        """Whether it is about this, at this instant."""
        return (
            self.occasion == occasion
            and self.effective_from <= at
            and (self.effective_until is None or at < self.effective_until)
            and (self.sources is None or figures.source in self.sources)
            and (self.integrations is None or figures.integration in self.integrations)
            and self.promoted in {None, figures.promoted}
        )

    def could_meet(self, other: "FeeRule") -> bool:
        """Whether both could speak of the same sale at the same instant."""
        return (
            (self.platform, self.occasion) == (other.platform, other.occasion)
            and (self.effective_until is None or other.effective_from < self.effective_until)
            and (other.effective_until is None or self.effective_from < other.effective_until)
            and _meet(self.sources, other.sources)
            and _meet(self.integrations, other.integrations)
            and (None in {self.promoted, other.promoted} or self.promoted == other.promoted)
        )


def _meet(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    return one is None or other is None or not one.isdisjoint(other)


class Fee(NamedTuple):
    """What is taken, under which rule (None: no rule, so nothing), and whether a cap bit."""

    minor: int
    rule: FeeRule | None
    is_capped: bool


def fee_of(
    rules: Iterable[FeeRule], platform: str, occasion: Occasion, figures: Figures, at: datetime
) -> Fee:
    """The fee by the most specific rule of a platform that speaks; 0 where none does.

    Never negative: where an outside source keeps more than the commission, nothing is left.
    """
    speaking = [
        rule
        for rule in rules
        if rule.platform == platform and rule.speaks_of(occasion, figures, at)
    ]
    rule = max(speaking, key=lambda each: each.specificity, default=None)
    if rule is None:
        return Fee(0, None, is_capped=False)
    full = share(max(_base(rule.base, figures), 0), rule.rate_bps)
    caps = []
    if rule.cap_bps is not None:
        caps.append(share(figures.amount, rule.cap_bps))
    if rule.cap_per_sku is not None:
        caps.append(rule.cap_per_sku * figures.sku_count)
    taken = min([full, *caps])
    return Fee(taken, rule, is_capped=taken < full)


def _base(base: Base, figures: Figures) -> int:
    match base:
        case Base.AMOUNT:
            return figures.amount
        case Base.NET_COMMISSION:
            return figures.commission - figures.source_fee
        case Base.PAYMENT_BEFORE_TAX:
            return figures.payment + figures.platform_discount - figures.tax
        case Base.SALE_FEE:
            return figures.sale_fee


class Tip(NamedTuple):
    """How a tip is parted; the three add up to it."""

    tax: int
    host: int
    platform: int


def part_tip(minor: int, *, tax_bps: int, host_bps: int) -> Tip:
    """Part a tip: tax first, then the host's share of the rest, and the platform's what is left."""
    tax = share(minor, tax_bps)
    host = share(minor - tax, host_bps)
    return Tip(tax, host, minor - tax - host)
