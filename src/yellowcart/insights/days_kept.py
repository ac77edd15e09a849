"""Days that are over, kept as sums, so that a report of a month need not read its orders again.

A day is kept twice: by the orders placed in it and by those paid in it. Neither changes any more
once it is over: what an order came to and when it was paid stays, and what refunds take away is
read where it stands (:func:`sums.reductions`). What is kept is what :func:`sums.day_of` says, the
statement that days not kept are read with; so a day may be kept or not, and every figure is the
same. Today, the pieces of days at a window's ends, and what is cut by hour or minute are read from
the orders.

The worker keeps the days (:class:`KeepDays`), each in a transaction of its own, the latest first.
An order of a finished day that comes late, because its transaction was long or the clock was set,
is told of by the outbox: the day is read from the orders until it has been kept anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Min, QuerySet

from yellowcart.core import clock
from yellowcart.core.arrays import hex_array
from yellowcart.core.outbox import Event
from yellowcart.insights import sums
from yellowcart.insights.models import KeptDay, KeptSales
from yellowcart.insights.parts import Numbers, Part, packed, together, unpacked
from yellowcart.insights.rules import (
    Definition,
    Dimension,
    Loop,
    Scope,
    Window,
    period_name,
    periods,
)
from yellowcart.orders.models import Order

#: So long after its end a day is kept: by then whatever began in it has been committed.
SETTLED: Final = timedelta(minutes=5)
#: Days that one look of the duty keeps.
BATCH: Final = 4
#: What stands for a shop in the sums of all shops together.
EVERYBODY: Final = UUID(int=0)
#: The definitions by which days are kept; what is left is made of what was paid.
_DATED: Final = (Definition.PLACED, Definition.PAID)

#: Shops with fewer orders in a day are read from them.
MANY: Final = 100

_KEPT: Final = """
SELECT d.starts_at, d.ends_at, s.source, s.integration, s.surface, s.currency, s.amount_minor,
       s.sales, CASE WHEN %(buyers)s THEN s.buyers ELSE '' END
FROM insights_kept_day d LEFT JOIN insights_kept_sales s
  ON s.starts_at = d.starts_at AND s.dated = d.dated AND s.shop_id = %(shop)s
WHERE d.dated = %(dated)s AND d.is_kept AND d.starts_at >= %(start)s AND d.ends_at <= %(until)s
"""


def days(window: Window) -> list[Window]:
    """The days of the platform's zone that lie in a window whole, the earliest first."""
    starts = periods(window, Dimension.DAY, sums.platform_zone())
    ends = [*starts[1:], starts[-1] + timedelta(days=1)]
    return [
        Window(start, end)
        for start, end in zip(map(_utc, starts), map(_utc, ends), strict=True)
        if start >= window.start and end <= window.until
    ]


def kept_parts(
    window: Window,
    definition: Definition,
    by: Sequence[Dimension],
    scope: Scope,
    *,
    with_buyers: bool = True,
) -> tuple[list[Part], list[Window]]:
    """What is kept of a window's orders, and the stretches of it that must be read from them."""
    finer = {Dimension.HOUR, Dimension.MINUTE}.intersection(by)
    whole = {} if finer or scope.room_id else {day.start: day.until for day in days(window)}
    if not whole:
        return [], [window]
    with connection.cursor() as cursor:
        cursor.execute(
            _KEPT,
            {
                "dated": definition.value,
                "shop": scope.shop_id or EVERYBODY,
                "start": window.start,
                "until": window.until,
                "buyers": with_buyers,
            },
        )
        # A day as another calendar had it, from before the zone was changed, is none of ours.
        found = [_Kept(*row) for row in cursor.fetchall() if whole.get(row[0]) == row[1]]
    # Of a shop nothing is kept where it had few orders; of all together that means none.
    rows = [row for row in found if row.sales]
    kept = {(row.starts_at, row.ends_at) for row in (rows if scope.shop_id else found)}
    zone = sums.platform_zone()
    parts = [row.part(by, zone) for row in rows if row.matches(scope)]
    return parts, _rest(window, sorted(kept))


class _Kept(NamedTuple):
    """A row of the statement; all of a day without sales is empty but its ends."""

    starts_at: datetime
    ends_at: datetime
    source: str
    integration: str
    surface: str
    currency: str
    amount_minor: int
    sales: int
    buyers: bytes

    def matches(self, scope: Scope) -> bool:
        return scope.source in {"", self.source} and (
            not scope.surface or self.surface == sums.surface_of(scope)
        )

    def part(self, by: Sequence[Dimension], zone: ZoneInfo) -> Part:
        values = {
            Dimension.SOURCE: self.source,
            Dimension.INTEGRATION: self.integration,
            Dimension.SURFACE: self.surface,
            Dimension.LOOP: Loop.CLOSED.value,
            Dimension.DAY: period_name(self.starts_at.astimezone(zone), Dimension.DAY),
        }
        key = tuple(values[one] for one in by)
        return Part(key, self.currency, self.amount_minor, self.sales, unpacked(self.buyers))


def _rest(window: Window, kept: Iterable[tuple[datetime, datetime]]) -> list[Window]:
    """What of a window lies between days in order."""
    rest, at = [], window.start
    for start, end in kept:
        if at < start:
            rest.append(Window(at, start))
        at = end
    if at < window.until:
        rest.append(Window(at, window.until))
    return rest


class KeepDays:
    """A duty: keeps the days that are over, and those anew of which an order came late."""

    def __init__(self) -> None:
        self._planned: Window | None = None

    def __call__(self) -> datetime | None:
        """Keep a few; when it next wants to be asked."""
        at = clock.now()
        today = _today(at)
        if today != self._planned:
            do_plan(at)
            self._planned = today
        do_keep(at, BATCH)
        return today.until + SETTLED


def do_plan(at: datetime) -> None:
    """Note which days there are to keep at an instant: from the first order that was paid until
    yesterday. What was kept by another calendar goes."""
    first = Order.objects.aggregate(first=Min("paid_at"))["first"]
    until = _today(at).start
    if first is None or first >= until:
        return
    start = _today(first).start
    wanted = {(day.start, day.until) for day in days(Window(start, until))}
    known = set(KeptDay.objects.values_list("dated", "starts_at", "ends_at"))
    for dated, starts_at, ends_at in known:
        if start <= starts_at < until and (starts_at, ends_at) not in wanted:
            _forget(dated, starts_at)
    KeptDay.objects.bulk_create(
        [
            KeptDay(dated=dated.value, starts_at=starts_at, ends_at=ends_at)
            for dated in _DATED
            for starts_at, ends_at in sorted(wanted)
            if (dated.value, starts_at, ends_at) not in known
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def _forget(dated: str, starts_at: datetime) -> None:
    KeptDay.objects.filter(dated=dated, starts_at=starts_at).delete()
    KeptSales.objects.filter(dated=dated, starts_at=starts_at).delete()


def do_keep(at: datetime, limit: int) -> int:
    """Keep days that are over at an instant and are not kept; how many were looked at."""
    keys = list(_waiting(at).order_by("-ends_at").values_list("dated", "starts_at")[:limit])
    for dated, starts_at in keys:
        _keep(dated, starts_at)
    return len(keys)


def waiting(at: datetime) -> int:
    """How many days are over at an instant and still to be kept, of those that were planned."""
    return _waiting(at).count()


def _waiting(at: datetime) -> QuerySet[KeptDay]:
    return KeptDay.objects.filter(is_kept=False, ends_at__lte=at - SETTLED)


@transaction.atomic
def _keep(dated: str, starts_at: datetime) -> None:
    """Keep one day. Whoever has an order to tell of it waits for the row, so that nothing that the
    sums lack goes unnoticed."""
    locked = KeptDay.objects.select_for_update(no_key=True)
    day = locked.filter(dated=dated, starts_at=starts_at, is_kept=False).first()
    if day is None:
        return
    shops: defaultdict[UUID, list[Part]] = defaultdict(list)
    window, numbers = Window(day.starts_at, day.ends_at), Numbers(_number)
    for shop_id, part in sums.day_of(window, Definition(dated), numbers):
        shops[shop_id].append(part)
    rows = [
        (EVERYBODY, part) for part in together(part for some in shops.values() for part in some)
    ]
    for shop_id, some in shops.items():
        if sum(part.sales for part in some) >= MANY:
            rows += [(shop_id, part) for part in some]
    KeptSales.objects.filter(dated=dated, starts_at=starts_at).delete()
    KeptSales.objects.bulk_create(_row(day, shop_id, part) for shop_id, part in rows)
    KeptDay.objects.filter(dated=dated, starts_at=starts_at).update(is_kept=True)


def _row(day: KeptDay, shop_id: UUID, part: Part) -> KeptSales:
    source, integration, surface = part.key
    return KeptSales(
        dated=day.dated,
        starts_at=day.starts_at,
        shop_id=shop_id,
        source=source,
        integration=integration,
        surface=surface,
        currency=part.currency,
        amount_minor=part.gmv_minor,
        sales=part.sales,
        buyers=packed(part.buyers),
    )


_NUMBERS: Final = """
SELECT uuid_send(buyer_id), number FROM insights_kept_buyer WHERE buyer_id = ANY(%s::uuid[])
"""
_GIVE_NUMBERS: Final = """
INSERT INTO insights_kept_buyer (buyer_id)
SELECT id FROM unnest(%s::uuid[]) AS new(id)
WHERE NOT EXISTS (SELECT FROM insights_kept_buyer known WHERE known.buyer_id = new.id)
ORDER BY id ON CONFLICT DO NOTHING
"""


def numbers_of(ids: set[bytes]) -> Mapping[bytes, int]:
    """The numbers that stand for buyers in what is kept; of those who are in it."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, [hex_array(ids)])
        return dict(cursor.fetchall())


def _number(ids: set[bytes]) -> Mapping[bytes, int]:
    """The numbers of buyers, given now to those who had none."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_NUMBERS, [hex_array(ids)])
    return numbers_of(ids)


def on_orders(events: Sequence[Event]) -> None:
    """Orders were placed or paid: no longer rely on what was kept of their days.

    While an order is placed or paid the day is hardly ever one that is over, and then this is one
    look at a small table for a whole batch.
    """
    told = [event.at for event in events]
    do_forget(min(told) - SETTLED, max(told))


def do_forget(start: datetime, until: datetime) -> None:
    """Have the days that touch ``[start, until]`` read from the orders until they are kept anew.

    To be called after the commit of whatever wrote orders of the past without telling the outbox.
    """
    KeptDay.objects.filter(ends_at__gt=start, starts_at__lte=until).update(is_kept=False)


def _today(at: datetime) -> Window:
    """The whole local day in which an instant lies."""
    start = at.astimezone(sums.platform_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    return Window(_utc(start), _utc(start + timedelta(days=1)))


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)
