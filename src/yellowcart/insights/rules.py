"""What the figures mean: definitions of GMV, the dimensions they are cut by, and how two windows
are compared. Values in, values out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

#: Basis points of the whole.
WHOLE_BPS = 10_000
#: Where a conversion names no surface: nothing here matches the click it speaks of.
UNKNOWN = "unknown"


class Definition(StrEnum):
    """Which sales count, and at which instant a sale is dated.

    ``placed``: every order, at the instant it was placed, paid or not; every sale a source told
    of, revoked ones too. ``paid``: orders that were paid, at the instant of payment, refunded or
    not; of the sales a source told of, those it stands by (paid, received, settled). ``net``: of
    the paid, what is left now: less refunds, without orders closed after payment.

    A sale on the other side of a jump-out is always dated by the source's own order time, and
    counts only if it happened within the attribution window of its click.
    """

    PLACED = "placed"
    PAID = "paid"
    NET = "net"


class Loop(StrEnum):
    """Where the sale was made: here, or on the other side of a link."""

    CLOSED = "closed"
    JUMP_OUT = "jump_out"


class Dimension(StrEnum):
    """What figures are cut by. Days, hours and minutes are those of the platform's zone."""

    SOURCE = "source"
    INTEGRATION = "integration"
    SURFACE = "surface"
    LOOP = "loop"
    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"


#: The dimensions that cut time; at most one of them at once.
PERIODS = (Dimension.DAY, Dimension.HOUR, Dimension.MINUTE)

#: One value for each dimension asked for.
Key = Mapping[Dimension, str]


@dataclass(frozen=True, slots=True)
class Window:
    """The half-open interval ``[start, until)`` of UTC instants."""

    start: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.start >= self.until:
            raise ValueError("a window ends after it starts")

    @property
    def length(self) -> timedelta:
        """From its start to its end."""
        return self.until - self.start


@dataclass(frozen=True, slots=True)
class Figures:
    """Sales that share a key and a currency.

    ``gmv_minor`` is in the currency's minor units. ``buyers`` counts different buyers of the
    closed loop; who bought on the other side of a link is not known here, so there it is 0.
    """

    key: Key
    currency: str
    gmv_minor: int
    sales: int
    buyers: int

    @property
    def average_minor(self) -> int:
        """The average sale, rounded half up to the minor unit; 0 where there was none."""
        return (2 * self.gmv_minor + self.sales) // (2 * self.sales) if self.sales else 0


@dataclass(frozen=True, slots=True)
class Clicks:
    """Jump-outs that share a key, and how many of them the other side made a sale of."""

    key: Key
    clicks: int
    converted: int

    @property
    def rate_bps(self) -> int:
        """Converted clicks of all clicks, in basis points."""
        return ratio_bps(self.converted, self.clicks) or 0


@dataclass(frozen=True, slots=True)
class Change:
    """One key before and after a cut."""

    key: Key
    currency: str
    before_minor: int
    after_minor: int
    before_sales: int
    after_sales: int

    @property
    def change_bps(self) -> int | None:
        """Growth in basis points of the amount before; None where there was nothing before."""
        if self.before_minor <= 0:
            return None
        return ratio_bps(self.after_minor - self.before_minor, self.before_minor)


@dataclass(frozen=True, slots=True)
class LoopShare:
    """The closed loop's share of a currency's GMV in basis points; None where there was none."""

    currency: str
    before_bps: int | None
    after_bps: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two windows of the same length on either side of an instant."""

    cut: datetime
    before: Window
    after: Window
    definition: Definition
    changes: Sequence[Change]
    shares: Sequence[LoopShare]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose sales: all, or those that match everything given."""

    shop_id: UUID | None = None
    source: str = ""
    surface: str = ""
    room_id: UUID | None = None


def ratio_bps(part: int, whole: int) -> int | None:
    """``part`` of ``whole`` in basis points, rounded half up, sign kept; None of nothing."""
    if whole == 0:
        return None
    sign = -1 if (part < 0) != (whole < 0) else 1
    return sign * ((2 * abs(part) * WHOLE_BPS + abs(whole)) // (2 * abs(whole)))


def counted_minor(
    definition: Definition, *, amount_minor: int, refunded_minor: int, paid: bool, closed: bool
) -> int | None:
    """What an order of the closed loop adds to GMV; None where the definition leaves it out.

    The statements that sum in the database say the same, and tests hold them to it.
    """
    if definition is Definition.PLACED:
        return amount_minor
    if not paid:
        return None
    if definition is Definition.PAID:
        return amount_minor
    if closed or (amount_minor and refunded_minor >= amount_minor):
        return None
    return amount_minor - refunded_minor


def around(cut: datetime, length: timedelta) -> tuple[Window, Window]:
    """The windows of one length that end and begin at ``cut``."""
    return Window(cut - length, cut), Window(cut, cut + length)


def same_length(
    cut: datetime, now: datetime, *, longest: timedelta, asked: timedelta | None = None
) -> timedelta:
    """How far to look to either side of ``cut``, so that both windows are whole.

    As far as asked for, else ``longest``, but never past ``now``. ``ValueError`` where nothing
    has happened since the cut.
    """
    if now <= cut:
        raise ValueError("the cut has not come yet")
    return min(asked or longest, now - cut)


def merge(figures: Iterable[Figures], dimensions: Sequence[Dimension]) -> list[Figures]:
    """Figures summed to fewer dimensions, in order of key and currency.

    Buyers are summed: it holds only where no buyer is in two of the parts, as with the loops.
    """
    totals: dict[tuple[tuple[str, ...], str], list[int]] = {}
    for one in figures:
        place = (tuple(one.key[dimension] for dimension in dimensions), one.currency)
        total = totals.setdefault(place, [0, 0, 0])
        for index, amount in enumerate((one.gmv_minor, one.sales, one.buyers)):
            total[index] += amount
    return [
        Figures(dict(zip(dimensions, values, strict=True)), currency, *totals[values, currency])
        for values, currency in sorted(totals)
    ]


def compare(
    before: Iterable[Figures], after: Iterable[Figures], dimensions: Sequence[Dimension]
) -> list[Change]:
    """Every key of either side with its figures on both; nothing there counts as 0."""

    def by_place(
        figures: Iterable[Figures],
    ) -> dict[tuple[str, tuple[str, ...]], Figures]:
        return {
            (one.currency, tuple(one.key[dimension] for dimension in dimensions)): one
            for one in figures
        }

    old, new = by_place(before), by_place(after)
    changes = []
    for place in sorted(old.keys() | new.keys()):
        was, became = old.get(place), new.get(place)
        changes.append(
            Change(
                key=dict(zip(dimensions, place[1], strict=True)),
                currency=place[0],
                before_minor=was.gmv_minor if was else 0,
                after_minor=became.gmv_minor if became else 0,
                before_sales=was.sales if was else 0,
                after_sales=became.sales if became else 0,
            )
        )
    return changes


def closed_share(by_loop: Iterable[Change]) -> list[LoopShare]:
    """The closed loop's share before and after, for each currency, from changes by loop."""
    sums: dict[str, list[int]] = {}
    for change in by_loop:
        total = sums.setdefault(change.currency, [0, 0, 0, 0])
        total[0] += change.before_minor
        total[1] += change.after_minor
        if change.key[Dimension.LOOP] == Loop.CLOSED:
            total[2] += change.before_minor
            total[3] += change.after_minor
    return [
        LoopShare(currency, ratio_bps(total[2], total[0]), ratio_bps(total[3], total[1]))
        for currency, total in sorted(sums.items())
    ]


def periods(window: Window, unit: Dimension, zone: ZoneInfo) -> list[datetime]:
    """The starts of all days, hours or minutes of ``zone`` that a window touches, as local
    instants. A day is as long as the calendar makes it, where clocks are put forward or back."""
    local = window.start.astimezone(zone).replace(second=0, microsecond=0)
    if unit is Dimension.DAY:
        day = local.replace(hour=0, minute=0)
        starts = []
        while day < window.until:
            starts.append(day)
            day += timedelta(days=1)
        return starts
    step = timedelta(minutes=1) if unit is Dimension.MINUTE else timedelta(hours=1)
    first = local if unit is Dimension.MINUTE else local.replace(minute=0)
    count = -((first - window.until) // step)
    return [(first.astimezone(UTC) + place * step).astimezone(zone) for place in range(count)]


def period_name(start: datetime, unit: Dimension) -> str:
    """A period's name in keys: ``2021-11-16``, else ``2021-11-16T00:00+08:00``."""
    return start.date().isoformat() if unit is Dimension.DAY else start.isoformat("T", "minutes")
