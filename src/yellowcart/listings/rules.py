"""What a special price and a pre-sale must be. Pure: values in, values out."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

MOST_OPEN_SPECIALS: Final = 20
"""Special prices of one SKU through one listing that stand at a time, those to come included."""
LONGEST_SPECIAL: Final = timedelta(days=366)


LEAST_COUNTDOWN_SECONDS: Final = 3
LONGEST_COUNTDOWN_SECONDS: Final = 3_600
"""How long a countdown to a listing's going on sale may be."""
REVEAL_AHEAD: Final = timedelta(seconds=3)
"""A hidden price is told so long before the sale, so that pages can show it at the instant."""


def hides_price(hides: bool, held: bool, sale_from: datetime | None, at: datetime) -> bool:
    """Whether viewers are not to see at ``at`` what a listing costs."""
    return hides and (held or (sale_from is not None and at < sale_from))


def withholds_price(hides: bool, held: bool, sale_from: datetime | None, at: datetime) -> bool:
    """Whether it is not even told to their pages yet."""
    return hides_price(hides, held, sale_from, at + REVEAL_AHEAD)


class Bounds(Struct, frozen=True):
    """How far an installation lets special prices go; the widest by default.

    ``least_bps`` to ``most_bps`` off the regular price, and, where a price has an end,
    ``least_seconds`` to ``most_seconds`` long. One platform's are 10 to 90 % and 30 to 300 s.
    """

    least_bps: int = 0
    most_bps: int = 10_000
    least_seconds: int = 1
    most_seconds: int = round(LONGEST_SPECIAL.total_seconds())


def bounds_from(discount: str, seconds: str) -> Bounds:
    """Bounds from settings such as ``10-90`` (per cent) and ``30-300``; empty: the widest.

    ``ValueError`` where they can't be read.
    """
    widest = Bounds()
    least, most = _range(discount) if discount else (0, 100)
    shortest, longest = _range(seconds) if seconds else (widest.least_seconds, widest.most_seconds)
    return Bounds(least * 100, most * 100, shortest, longest)


def _range(text: str) -> tuple[int, int]:
    least, dash, most = text.partition("-")
    if not dash or int(least) > int(most):
        raise ValueError(f"{text!r} is no range; write it like 10-90")
    return int(least), int(most)


class Wanted(Struct, frozen=True):
    """A special price that somebody wants. Prices in minor units; ``[starts_at, ends_at)``."""

    price_minor: int
    starts_at: datetime
    ends_at: datetime | None = None
    allocation: int | None = None
    fans_only: bool = False
    flash: bool = False


class Wrong(StrEnum):
    """Why a special price or a pre-sale makes no sense."""

    NOT_LOWER = "not_lower"
    TOO_LOW = "too_low"
    DISCOUNT = "discount"
    SECONDS = "seconds"
    OVER = "over"
    ALLOCATION = "allocation"
    DEPOSIT = "deposit"
    BALANCE = "balance"


def off_bps(regular_minor: int, price_minor: int) -> int:
    """How far a price is below the regular one, in basis points, rounded down."""
    return (regular_minor - price_minor) * 10_000 // regular_minor if regular_minor else 0


def flash_price(regular_minor: int, percent: int, bounds: Bounds) -> int:
    """``percent`` off the regular price, in whole minor units: rounded down, so that what is
    promised is taken off, unless that would go below the bounds."""
    price = regular_minor * (100 - percent) // 100
    return price + 1 if off_bps(regular_minor, price) > bounds.most_bps else price


def wrong_with_special(
    wanted: Wanted, regular_minor: int, at: datetime, bounds: Bounds, cut_bps: int | None
) -> Wrong | None:
    """What speaks against a special price at an instant.

    ``cut_bps`` is how far below ``regular_minor`` whoever wants it may go, None: as far as the
    bounds. A price that ends must end after ``at``.
    """
    if wanted.price_minor >= regular_minor:
        return Wrong.NOT_LOWER
    if wanted.price_minor < 1:
        return Wrong.TOO_LOW
    off = off_bps(regular_minor, wanted.price_minor)
    if cut_bps is not None and (regular_minor - wanted.price_minor) * 10_000 > (
        regular_minor * cut_bps
    ):
        return Wrong.TOO_LOW
    if not bounds.least_bps <= off <= bounds.most_bps:
        return Wrong.DISCOUNT
    if wanted.allocation is not None and wanted.allocation < 1:
        return Wrong.ALLOCATION
    if wanted.ends_at is not None:
        if wanted.ends_at <= max(wanted.starts_at, at):
            return Wrong.OVER
        seconds = (wanted.ends_at - wanted.starts_at).total_seconds()
        if not bounds.least_seconds <= seconds <= bounds.most_seconds:
            return Wrong.SECONDS
    return None


def wrong_with_presale(
    deposit_minor: int,
    balance_from: datetime,
    balance_until: datetime,
    regular_minor: int,
    at: datetime,
) -> Wrong | None:
    """What speaks against selling for a deposit: it is less than the price, and the balance is
    due in a time to come."""
    if not 0 < deposit_minor < regular_minor:
        return Wrong.DEPOSIT
    if not at < balance_from < balance_until:
        return Wrong.BALANCE
    return None
