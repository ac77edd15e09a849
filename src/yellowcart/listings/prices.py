"""What one SKU costs through one listing, for everybody and for the creator's fans, now and at
every instant to come that is known.

What is shown here is what the checkout lane asks: the lowest of the regular price and the special
prices that are the buyer's and have pieces enough.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from yellowcart.catalog.rules import price_at
from yellowcart.core.instants import iso
from yellowcart.core.money import display_minor

MOST_CHANGES: Final = 8
"""Changes of a price by the clock that a page is told of ahead."""


class SpecialRow(msgspec.Struct, frozen=True, kw_only=True):
    """A special price that nobody ended. ``left`` of its allocation, None where unbounded."""

    id: UUID
    price: int
    fans_only: bool
    starts_at: datetime
    ends_at: datetime | None
    left: int | None
    flash: bool = False

    def holds(self, at: datetime) -> bool:
        """Whether anybody may have it at an instant in ``[starts_at, ends_at)``."""
        return (
            self.starts_at <= at
            and (self.ends_at is None or at < self.ends_at)
            and (self.left is None or self.left > 0)
        )


class SkuRow(msgspec.Struct, frozen=True, kw_only=True):
    """One variant. Prices in minor units; ``available`` is null where stock is not ours to know.

    ``deposit`` a piece is paid at once where it is a pre-sale, the rest in
    ``[balance_from, balance_until)``.
    """

    sku_id: UUID
    options: list[str]
    price: int
    compare_at: int | None
    sale_price: int | None
    sale_from: datetime | None
    sale_until: datetime | None
    available: int | None
    specials: list[SpecialRow] = []
    deposit: int | None = None
    balance_from: datetime | None = None
    balance_until: datetime | None = None


def regular_price(sku: SkuRow, at: datetime) -> int:
    """The price without special ones, in minor units."""
    return price_at(sku.price, sku.sale_price, sku.sale_from, sku.sale_until, at)


def unit_price(sku: SkuRow, at: datetime, *, fan: bool = False) -> int:
    """What the lane asks for one piece."""
    mine = (one.price for one in sku.specials if one.holds(at) and (fan or not one.fans_only))
    return min([regular_price(sku, at), *mine])


def changes_of(sku: SkuRow, at: datetime) -> list[datetime]:
    """The instants after ``at`` at which its price or its terms change by the clock, in order."""
    instants = {sku.sale_from, sku.sale_until, sku.balance_from if sku.deposit else None}
    for special in sku.specials:
        instants |= {special.starts_at, special.ends_at}
    return sorted(one for one in instants if one is not None and one > at)


def sku_item(sku: SkuRow, currency: str, at: datetime, language: str) -> dict[str, Any]:
    """What a viewer sees of a SKU: see ``docs/selling.md``.

    ``changes`` says what it costs from each instant on, so that a page flips by itself.
    """
    return {
        "sku_id": sku.sku_id,
        "options": sku.options,
        "label": " / ".join(sku.options),
        "available": sku.available,
        **_costs(sku, currency, at, language),
        "changes": [
            {"at": iso(instant), **_costs(sku, currency, instant, language)}
            for instant in changes_of(sku, at)[:MOST_CHANGES]
        ],
    }


def money(minor: int, currency: str, language: str) -> dict[str, Any]:
    """An amount as pages show it."""
    return {
        "minor": minor,
        "currency": currency,
        "display": display_minor(minor, currency, language),
    }


def compare_at(sku: SkuRow, currency: str, at: datetime, language: str) -> dict[str, Any] | None:
    """What it cost or costs elsewhere, where that is more."""
    price = unit_price(sku, at)
    before = max(sku.compare_at or 0, sku.price)
    return money(before, currency, language) if before > price else None


def _costs(sku: SkuRow, currency: str, at: datetime, language: str) -> dict[str, Any]:
    """What it costs at an instant, to everybody and to fans, and against which deposit."""
    regular, price, fans = (
        regular_price(sku, at),
        unit_price(sku, at),
        unit_price(sku, at, fan=True),
    )
    specials = sorted(
        (one for one in sku.specials if one.holds(at) and one.price < regular),
        key=lambda one: (one.price, one.id),
    )
    over = sku.deposit is not None and sku.balance_from is not None and sku.balance_from <= at
    return {
        "unit_price": price,
        "price": money(price, currency, language),
        "compare_at": compare_at(sku, currency, at, language),
        "regular_price": money(regular, currency, language),
        "fans_price": money(fans, currency, language) if fans < price else None,
        "specials": [_special(one, currency, language) for one in specials],
        "deposit": None if over else _deposit(sku, currency, price, language),
        "deposits_over": over,
    }


def _special(special: SpecialRow, currency: str, language: str) -> dict[str, Any]:
    return {
        "id": special.id,
        "price": money(special.price, currency, language),
        "fans_only": special.fans_only,
        "ends_at": iso(special.ends_at) if special.ends_at else None,
        "left": special.left,
        "flash": special.flash,
    }


def _deposit(sku: SkuRow, currency: str, price: int, language: str) -> dict[str, Any] | None:
    """As the lane: a price that has fallen to the deposit is paid at once."""
    if sku.deposit is None or sku.balance_from is None or sku.balance_until is None:
        return None
    return {
        "price": money(sku.deposit, currency, language),
        "applies": sku.deposit < price,
        "balance_from": iso(sku.balance_from),
        "balance_until": iso(sku.balance_until),
    }
