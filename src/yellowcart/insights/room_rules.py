"""What a room's figures mean. Values in, values out: the creator's screen while live, the report
afterwards and the API all show what is worked out here.

A room's orders are those placed in it while it was live, whenever they are paid; a minute's are
those placed in it. Formulas as the field uses them (FIELD 5): GPM is GMV for 1,000 entries, UV
value is GMV for one viewer, GMV per buyer is 客单价. All are of sales made here: who bought on the
other side of a link is not known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from yellowcart.insights.rules import Definition, ratio_bps

MINUTE: Final = timedelta(minutes=1)
#: What "now" means: speeds are of this long, and directions compare it with as long before it.
RECENT_MINUTES: Final = 5
RECENT: Final = RECENT_MINUTES * MINUTE
#: Most minutes that are listed one by one: a day.
MOST_MINUTES: Final = 1_440
#: How far ahead a host is warned of stock that runs out and of rules that begin.
AHEAD: Final = timedelta(minutes=10)
#: A buyer who means to pay usually has within this.
PROMPT: Final = timedelta(minutes=2)
#: Fewer orders than these say nothing about payments; fewer attempts nothing about a provider.
ENOUGH_ORDERS: Final = 10
ENOUGH_ATTEMPTS: Final = 3
#: Payments are in trouble where so much less of the orders is paid than before (half).
DROPPED_BPS: Final = 5_000
#: And a provider is where so many of the attempts fail.
FAILING_BPS: Final = 3_000


class Money(msgspec.Struct, frozen=True):
    """Orders that one definition counts: how many, what they add to GMV, whose they are."""

    orders: int = 0
    minor: int = 0
    buyers: int = 0

    @property
    def per_buyer_minor(self) -> int:
        """GMV per buyer, half up; 0 without any."""
        return per(self.minor, self.buyers)


class Sold(msgspec.Struct, frozen=True):
    """The same orders by every definition, in one currency."""

    currency: str
    placed: Money
    paid: Money
    net: Money

    def by(self, definition: Definition) -> Money:
        """Those that a definition counts."""
        found: Money = getattr(self, definition.value)
        return found


class Minute(msgspec.Struct, frozen=True):
    """One minute of a room. Amounts of the currency asked for."""

    minute: datetime
    viewers: int = 0
    entries: int = 0
    online: int = 0
    messages: int = 0
    seen: int = 0
    opened: int = 0
    orders: int = 0
    placed_minor: int = 0
    paid_minor: int = 0
    net_minor: int = 0


class ListingCounts(msgspec.Struct, frozen=True):
    """What one listing did in a room. ``recent`` pieces are of the last five minutes."""

    listing_id: UUID
    currency: str = ""
    seen: int = 0
    opened: int = 0
    jumps: int = 0
    orders: int = 0
    paid_orders: int = 0
    pieces: int = 0
    recent: int = 0
    placed_minor: int = 0
    paid_minor: int = 0
    net_minor: int = 0


class Payments(msgspec.Struct, frozen=True):
    """How payments go. Orders old enough to be paid (:data:`PROMPT`), and those paid within it:
    of the last minutes, and of the time before; attempts at recent orders, and those that failed.
    """

    recent: int = 0
    recent_prompt: int = 0
    earlier: int = 0
    earlier_prompt: int = 0
    attempts: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the funnel. ``rate_bps`` is of the step before; None where that had none."""

    name: str
    count: int
    rate_bps: int | None


@dataclass(frozen=True, slots=True)
class Direction:
    """A count of the last five whole minutes and of the five before them."""

    recent: int
    before: int

    @property
    def change_bps(self) -> int | None:
        """Growth in basis points; None where there was nothing before."""
        return ratio_bps(self.recent - self.before, self.before)


def per(minor: int, count: int, times: int = 1) -> int:
    """``minor × times / count`` rounded half up to the minor unit; 0 where there is nothing."""
    return (2 * minor * times + count) // (2 * count) if count else 0


def gpm_minor(minor: int, entries: int) -> int:
    """GMV for a thousand entries (page views)."""
    return per(minor, entries, 1_000)


def uv_value_minor(minor: int, viewers: int) -> int:
    """GMV for one viewer (unique visitor)."""
    return per(minor, viewers)


def funnel(*, viewers: int, seen: int, opened: int, orders: int, paid: int) -> list[Step]:
    """Entered, exposure, click, order, paid. Exposures are no share of viewers: each viewer has
    many, so their rate is how many a viewer has, in hundredths of one."""
    counts = [("entered", viewers), ("seen", seen), ("opened", opened)]
    counts += [("orders", orders), ("paid", paid)]
    steps = [Step(*counts[0], rate_bps=None)]
    steps += [
        Step(name, count, ratio_bps(count, before))
        for (name, count), (_name, before) in zip(counts[1:], counts[:-1], strict=True)
    ]
    return steps


def filled(
    minutes: Iterable[Minute], start: datetime, until: datetime, most: int = MOST_MINUTES
) -> list[Minute]:
    """One row for every minute from ``start`` until ``until``, quiet ones too; of a room that was
    forgotten and never ended only the last ``most``."""
    known = {one.minute: one for one in minutes}
    first = max(min([*known, _whole(start)]), _whole(until) - most * MINUTE)
    rows = []
    at = first
    while at < until:
        rows.append(known.get(at) or Minute(at))
        at += MINUTE
    return rows


def _whole(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def direction(minutes: Iterable[Minute], at: datetime, field: str) -> Direction:
    """How a count of the last five whole minutes stands beside the five before them."""
    end = _whole(at)
    recent = before = 0
    for one in minutes:
        if end - RECENT <= one.minute < end:
            recent += getattr(one, field)
        elif end - 2 * RECENT <= one.minute < end - RECENT:
            before += getattr(one, field)
    return Direction(recent, before)


def speed(pieces: int, since: datetime, at: datetime) -> float:
    """Pieces a minute, of what was sold in the last five minutes or since the room began."""
    elapsed = min(RECENT, max(at - since, MINUTE))
    return pieces / (elapsed / MINUTE)


def minutes_left(available: int | None, pieces_a_minute: float) -> float | None:
    """How long the stock lasts at this speed; None where it does not run out."""
    if available is None or pieces_a_minute <= 0:
        return None
    return max(0, available) / pieces_a_minute


def runs_out(available: int | None, minutes: float | None) -> bool:
    """Whether what is left will be gone within :data:`AHEAD`; what is gone already is not."""
    return bool(available) and minutes is not None and minutes <= AHEAD / MINUTE


def share_dropped(payments: Payments) -> bool:
    """Whether much less of the orders is paid promptly than earlier in the same room."""
    if min(payments.recent, payments.earlier) < ENOUGH_ORDERS:
        return False
    recent = ratio_bps(payments.recent_prompt, payments.recent) or 0
    earlier = ratio_bps(payments.earlier_prompt, payments.earlier) or 0
    return recent * 10_000 < earlier * DROPPED_BPS


def provider_fails(payments: Payments) -> bool:
    """Whether attempts to pay fail at the provider's."""
    share = ratio_bps(payments.failed, payments.attempts) or 0
    return payments.failed >= ENOUGH_ATTEMPTS and share >= FAILING_BPS


def main_currency(sold: Sequence[Sold]) -> str:
    """The currency with most orders; empty where nothing was sold."""
    return max(sold, key=lambda one: (one.placed.orders, one.currency)).currency if sold else ""
