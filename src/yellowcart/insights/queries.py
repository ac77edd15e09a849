"""Where the money goes: sums made in the database, cut by source, surface, loop and time.

Sales of the closed loop are orders; those of jump-outs are conversions, learned late and from
the other side. Amounts of different currencies are never added.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import (
    Count,
    DateTimeField,
    F,
    Func,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, NullIf, TruncDay, TruncHour, TruncMinute

from yellowcart.core.clock import now
from yellowcart.insights.rules import (
    PERIODS,
    UNKNOWN,
    Clicks,
    Comparison,
    Definition,
    Dimension,
    Figures,
    Loop,
    Scope,
    Window,
    around,
    closed_share,
    compare,
    merge,
    period_name,
    periods,
    same_length,
)
from yellowcart.listings.models import Click
from yellowcart.live.models import Room
from yellowcart.orders.models import Conversion, Order
from yellowcart.policy.rules import Facts
from yellowcart.shops.models import Shop

#: How far a comparison looks to either side of a cut unless told otherwise.
COMPARED = timedelta(days=30)
#: A source's clock may run behind ours by this much.
_CLOCK_SKEW = timedelta(days=1)

EVERYTHING = Scope()
#: What the database may take to tell apart the buyers of one report.
_BUYERS_MEMORY = "64MB"

_LENGTHS = {
    Dimension.DAY: timedelta(days=1),
    Dimension.HOUR: timedelta(hours=1),
    Dimension.MINUTE: timedelta(minutes=1),
}


def platform_zone() -> ZoneInfo:
    """The zone in which days and hours are cut."""
    return ZoneInfo(settings.TIME_ZONE)


def gmv(
    window: Window,
    definition: Definition,
    *,
    by: Sequence[Dimension] = (),
    scope: Scope = EVERYTHING,
    with_buyers: bool = True,
) -> list[Figures]:
    """GMV in a window, one row for each key and currency that has any sale, in key order.

    ``by`` names at most one of day, hour and minute. Without dimensions, one row for each currency.
    Telling buyers apart costs as much as everything else: ``with_buyers`` false leaves them 0.
    """
    by = tuple(dict.fromkeys(by))
    orders = _orders(window, definition, scope)
    conversions = _conversions(window, definition, scope)
    return merge(
        [
            *_figures(orders, by, Loop.CLOSED, definition, window=window, with_buyers=with_buyers),
            *_figures(conversions, by, Loop.JUMP_OUT, definition, window=window),
        ],
        by,
    )


def buyers(
    window: Window, definition: Definition, currencies: Sequence[str], scope: Scope = EVERYTHING
) -> dict[str, int]:
    """How many different buyers the closed loop had in a window, by currency of those asked."""
    found = _buyers(_orders(window, definition, scope), (), currencies)
    return {currency: count for (currency,), count in found.items()}


def click_rates(
    window: Window, *, by: Sequence[Dimension] = (), scope: Scope = EVERYTHING
) -> list[Clicks]:
    """Jump-outs in a window and how many of these clicks a source made a standing sale of.

    A click counts as converted whenever its sale came, so a young window's rate still rises.
    """
    by = tuple(dict.fromkeys(by))
    rows = _scoped(Click.objects.filter(at__gte=window.start, at__lt=window.until), scope)
    standing = Conversion.objects.filter(
        ordered_at__gte=window.start - _CLOCK_SKEW, in_window=True, click_id__isnull=False
    ).exclude(status="closed")

    grouped = (
        rows.order_by()
        .annotate(
            together=Value(0), **_dimension_columns(_COLUMNS[Loop.JUMP_OUT], by, "at", window)
        )
        .values("together", *(_column(one) for one in by))
        .annotate(clicks=Count("*"), sold=Count("id", filter=Q(id__in=standing.values("click_id"))))
    )
    found = {_key_values(row, by): (row["clicks"], row["sold"]) for row in grouped}
    return [
        Clicks(dict(zip(by, values, strict=True)), clicks, sold)
        for values, (clicks, sold) in sorted(found.items())
        if clicks
    ]


def outside_window(window: Window, scope: Scope = EVERYTHING) -> list[Figures]:
    """Sales that sources told of too long after their click to be ours: in no figure of GMV."""
    rows = (
        _scoped(
            Conversion.objects.filter(
                ordered_at__gte=window.start, ordered_at__lt=window.until, in_window=False
            ),
            scope,
        )
        .order_by("currency")
        .values("currency")
        .annotate(gmv=Sum("amount_minor"), sales=Count("*"))
    )
    return [Figures({}, row["currency"], int(row["gmv"]), row["sales"], 0) for row in rows]


def around_cut(
    cut: datetime,
    definition: Definition,
    *,
    by: Sequence[Dimension] = (Dimension.LOOP,),
    length: timedelta | None = None,
    scope: Scope = EVERYTHING,
) -> Comparison:
    """GMV before and after an instant, over windows of the same length on both sides.

    The windows are as long as asked (30 days unless told), but never reach past now.
    ``ValueError`` where the cut has not come yet, or where ``by`` cuts time.
    """
    if any(one in PERIODS for one in by):
        raise ValueError("a comparison has two periods already")
    reach = same_length(cut, now(), longest=COMPARED, asked=length)
    before, after = around(cut, reach)
    asked = tuple(dict.fromkeys((*by, Dimension.LOOP)))
    old, new = (
        gmv(window, definition, by=asked, scope=scope, with_buyers=False)
        for window in (before, after)
    )
    by_loop = compare(merge(old, [Dimension.LOOP]), merge(new, [Dimension.LOOP]), [Dimension.LOOP])
    wanted = tuple(dict.fromkeys(by))
    return Comparison(
        cut=cut,
        before=before,
        after=after,
        definition=definition,
        changes=compare(merge(old, wanted), merge(new, wanted), wanted),
        shares=closed_share(by_loop),
    )


def room_figures(
    room_id: UUID, definition: Definition = Definition.PLACED
) -> tuple[list[Figures], Clicks]:
    """What one room sold, by loop, and what left it through links.

    A room's window is its life so far: it sells only while it is live. A room that never
    started has no figures.
    """
    nothing = Clicks({}, 0, 0)
    room = Room.objects.filter(id=room_id, started_at__isnull=False).first()
    if room is None or room.started_at is None:
        return [], nothing
    end = max(room.ended_at or now(), room.started_at + timedelta(microseconds=1))
    scope = Scope(room_id=room_id)
    window = Window(room.started_at, end)
    # Payments and late conversions may come after the end, but belong to what was sold in it.
    orders = _counting(
        _scoped(Order.objects.filter(placed_at__gte=window.start, placed_at__lt=end), scope),
        definition,
    )
    conversions = _conversions(Window(window.start, max(now(), end)), definition, scope)
    by = (Dimension.LOOP,)
    figures = merge(
        [
            *_figures(orders, by, Loop.CLOSED, definition),
            *_figures(conversions, by, Loop.JUMP_OUT, definition),
        ],
        by,
    )
    clicks = click_rates(window, scope=scope)
    return figures, clicks[0] if clicks else nothing


@dataclass(frozen=True, slots=True)
class FactSales:
    """Sales that share everything a rule may look at."""

    facts: Facts
    currency: str
    gmv_minor: int
    sales: int


def sales_by_facts(window: Window, definition: Definition) -> list[FactSales]:
    """GMV in a window by what rules tell apart, so that a verdict can be asked of past sales.

    Conversions that name no surface are left out: no rule can be asked of them.
    """
    conversions = (
        _conversions(window, definition, EVERYTHING)
        .exclude(surface="")
        .annotate(integration=Value("link"))
    )
    rows = [
        row
        for sales in (_orders(window, definition, EVERYTHING), conversions)
        for row in sales.order_by()
        .values("source", "integration", "surface", "shop_id", "creator_id", "currency")
        .annotate(gmv=Sum("amount_minor"), sales=Count("*"))
    ]
    types: dict[UUID | None, str] = dict(
        Shop.objects.filter(id__in={row["shop_id"] for row in rows}).values_list("id", "type")
    )
    return [
        FactSales(
            Facts(
                source=row["source"],
                integration=row["integration"],
                surface=row["surface"],
                shop=str(row["shop_id"]) if row["shop_id"] else None,
                shop_type=types.get(row["shop_id"]),
                creator=str(row["creator_id"]) if row["creator_id"] else None,
            ),
            row["currency"],
            int(row["gmv"]),
            row["sales"],
        )
        for row in rows
    ]


_COLUMNS: Mapping[Loop, Mapping[Dimension, Any]] = {
    Loop.CLOSED: {
        Dimension.SOURCE: F("source"),
        Dimension.INTEGRATION: F("integration"),
        Dimension.SURFACE: F("surface"),
        Dimension.LOOP: Value(Loop.CLOSED.value),
    },
    Loop.JUMP_OUT: {
        Dimension.SOURCE: F("source"),
        Dimension.INTEGRATION: Value("link"),
        Dimension.SURFACE: Coalesce(NullIf(F("surface"), Value("")), Value(UNKNOWN)),
        Dimension.LOOP: Value(Loop.JUMP_OUT.value),
    },
}


def _orders(window: Window, definition: Definition, scope: Scope) -> QuerySet[Order]:
    at = _dated(Loop.CLOSED, definition)
    rows = Order.objects.filter(**{f"{at}__gte": window.start, f"{at}__lt": window.until})
    return _counting(_scoped(rows, scope), definition)


def _counting(rows: QuerySet[Order], definition: Definition) -> QuerySet[Order]:
    """The orders that a definition counts, whatever their instant."""
    if definition is Definition.PLACED:
        return rows
    rows = rows.filter(paid_at__isnull=False)
    if definition is Definition.PAID:
        return rows
    untouched = Q(amount_minor=0) | Q(refunded_minor__lt=F("amount_minor"))
    return rows.exclude(state="closed").filter(untouched)


def _conversions(window: Window, definition: Definition, scope: Scope) -> QuerySet[Conversion]:
    rows = _scoped(
        Conversion.objects.filter(
            ordered_at__gte=window.start, ordered_at__lt=window.until, in_window=True
        ),
        scope,
    )
    return rows if definition is Definition.PLACED else rows.exclude(status="closed")


def _scoped(rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    if scope.shop_id is not None:
        rows = rows.filter(shop_id=scope.shop_id)
    if scope.source:
        rows = rows.filter(source=scope.source)
    if scope.surface:
        rows = rows.filter(surface="" if scope.surface == UNKNOWN else scope.surface)
    if scope.room_id is not None:
        rows = rows.filter(container_id=scope.room_id, surface="live_room")
    return rows


def _dated(loop: Loop, definition: Definition) -> str:
    """The column by which a sale is dated."""
    if loop is Loop.JUMP_OUT:
        return "ordered_at"
    return "placed_at" if definition is Definition.PLACED else "paid_at"


def _figures(
    rows: QuerySet[Any],
    by: Sequence[Dimension],
    loop: Loop,
    definition: Definition,
    *,
    window: Window | None = None,
    with_buyers: bool = True,
) -> list[Figures]:
    closed = loop is Loop.CLOSED
    refunds = closed and definition is Definition.NET
    amount = F("amount_minor") - F("refunded_minor") if refunds else F("amount_minor")
    columns = _dimension_columns(_COLUMNS[loop], by, _dated(loop, definition), window)
    grouped = (
        rows.order_by()
        .annotate(**columns)
        .values(*(_column(one) for one in by), "currency")
        .annotate(gmv=Sum(amount), sales=Count("*"))
    )
    found = list(grouped)
    buyers: dict[tuple[Any, ...], int] = {}
    if closed and with_buyers:
        # Every sale is of the closed loop here.
        told = [one for one in by if one is not Dimension.LOOP]
        currencies = sorted({row["currency"] for row in found})
        buyers = _buyers(rows.annotate(**columns), told, currencies)
    return [
        Figures(
            dict(zip(by, _key_values(row, by), strict=True)),
            row["currency"],
            int(row["gmv"]),
            row["sales"],
            buyers.get(
                (
                    *(_plain(row[_column(one)]) for one in by if one is not Dimension.LOOP),
                    row["currency"],
                ),
                0,
            ),
        )
        for row in found
    ]


def _buyers(
    rows: QuerySet[Order], by: Sequence[Dimension], currencies: Sequence[str]
) -> dict[tuple[Any, ...], int]:
    """Different buyers by the values of the dimensions and the currency.

    One currency at a time: most platforms have one, and what need not be told apart makes it twice
    as fast. Hashed rather than counted with ``DISTINCT``, which sorts every order of the window;
    and with memory enough for a month of a big platform, for otherwise the planner sorts after all.
    """
    names = [_column(one) for one in by]
    named = "".join(f"told.c{number}, " for number in range(len(names)))
    listed = ", ".join(f"c{number}" for number in range(len(names) + 1))
    # Without groups there is a row where there are no buyers, too.
    grouped = f"GROUP BY {named.removesuffix(', ')}" if names else ""
    found: dict[tuple[Any, ...], int] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{_BUYERS_MEMORY}'")
        for currency in currencies:
            asked = rows.filter(currency=currency).order_by().values(*names, "buyer_id").distinct()
            inner, values = asked.query.sql_with_params()
            # The inner query is Django's, with its values apart.
            cursor.execute(
                f"SELECT {named}count(*) FROM ({inner}) AS told({listed}) {grouped}",  # noqa: S608
                values,
            )
            for *key, count in cursor.fetchall():
                found[(*map(_plain, key), currency)] = count
    return found


def _plain(value: Any) -> Any:
    """A value as the database says it: what the calendar cut has no zone there, and what was
    divided is in UTC, so that neither has one here."""
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _column(dimension: Dimension) -> str:
    # A name of its own, for the tables have columns of the same names.
    return f"by_{dimension.value}"


class _Bin(Func):
    """The period of an even length, counted from an instant, in which another one lies."""

    function = "DATE_BIN"
    output_field = DateTimeField()


def _dimension_columns(
    columns: Mapping[Dimension, Any], by: Sequence[Dimension], dated: str, window: Window | None
) -> dict[str, Any]:
    if sum(one in PERIODS for one in by) > 1:
        raise ValueError("cut by day, by hour or by minute, by one of them")
    return {
        _column(one): _period(one, dated, window) if one in PERIODS else columns[one] for one in by
    }


def _period(unit: Dimension, dated: str, window: Window | None) -> Any:
    """The beginning of the local day, hour or minute.

    Where clocks stay as they are throughout the window all periods are equally long, and dividing
    costs a fraction of what the calendar does for every row.
    """
    zone = platform_zone()
    if window is not None:
        starts = [*periods(window, Dimension.DAY, zone), window.until.astimezone(zone)]
        if len({start.utcoffset() for start in starts}) == 1:
            return _Bin(Value(_LENGTHS[unit]), F(dated), Value(starts[0].astimezone(UTC)))
    cuts = {Dimension.DAY: TruncDay, Dimension.HOUR: TruncHour, Dimension.MINUTE: TruncMinute}
    return cuts[unit](dated, tzinfo=zone)


def _key_values(row: Mapping[str, Any], by: Sequence[Dimension]) -> tuple[str, ...]:
    zone = platform_zone()
    return tuple(
        period_name(row[_column(one)].astimezone(zone), one)
        if one in PERIODS
        else row[_column(one)]
        for one in by
    )
