"""The statements behind the figures: sales of a window, summed in the database.

Each definition of GMV stands here once. What is read from the orders and what
:mod:`insights.days_kept` keeps of finished days comes from the same statement, so that they
cannot disagree.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import (
    Aggregate,
    BinaryField,
    Case,
    Count,
    DateTimeField,
    F,
    Func,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf, TruncDay, TruncHour, TruncMinute

from yellowcart.insights.parts import Numbers, Part, no_numbers
from yellowcart.insights.rules import (
    PERIODS,
    UNKNOWN,
    Definition,
    Dimension,
    Figures,
    Loop,
    Scope,
    Window,
    period_name,
    periods,
)
from yellowcart.orders.models import Conversion, Order

_LENGTHS: Final = {
    Dimension.DAY: timedelta(days=1),
    Dimension.HOUR: timedelta(hours=1),
    Dimension.MINUTE: timedelta(minutes=1),
}
_COLUMNS: Final[Mapping[Loop, Mapping[Dimension, Any]]] = {
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
#: Paid orders that count less in what is left than in what was paid.
_REDUCED: Final = Q(state="closed") | Q(refunded_minor__gt=0)
#: Those of them that do not count at all.
_LEFT_OUT: Final = Q(state="closed") | Q(amount_minor__gt=0, refunded_minor__gte=F("amount_minor"))


def platform_zone() -> ZoneInfo:
    """The zone in which days and hours are cut."""
    return ZoneInfo(settings.TIME_ZONE)


def dated(definition: Definition) -> Definition:
    """The definition whose orders, at whose instants, another one is made of: what is left is
    made of what was paid."""
    return Definition.PAID if definition is Definition.NET else definition


def orders(windows: Sequence[Window], definition: Definition, scope: Scope) -> QuerySet[Order]:
    """The orders that a definition counts in windows, which have no instant in common."""
    at = _dated(Loop.CLOSED, definition)
    within = Q()
    for one in windows:
        within |= Q(**{f"{at}__gte": one.start, f"{at}__lt": one.until})
    return counting(scoped(Order.objects.filter(within), scope), definition)


def counting(rows: QuerySet[Order], definition: Definition) -> QuerySet[Order]:
    """The orders that a definition counts, whatever their instant."""
    if definition is Definition.PLACED:
        return rows
    rows = rows.filter(paid_at__isnull=False)
    return rows if definition is Definition.PAID else rows.exclude(_LEFT_OUT)


def conversions(window: Window, definition: Definition, scope: Scope) -> QuerySet[Conversion]:
    """The sales that sources told of and a definition counts in a window."""
    rows = scoped(
        Conversion.objects.filter(
            ordered_at__gte=window.start, ordered_at__lt=window.until, in_window=True
        ),
        scope,
    )
    return rows if definition is Definition.PLACED else rows.exclude(status="closed")


def scoped(rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    """Of orders, conversions or clicks those of a scope."""
    if scope.shop_id is not None:
        rows = rows.filter(shop_id=scope.shop_id)
    if scope.source:
        rows = rows.filter(source=scope.source)
    if scope.surface:
        rows = rows.filter(surface=surface_of(scope))
    if scope.room_id is not None:
        rows = rows.filter(container_id=scope.room_id, surface="live_room")
    return rows


def surface_of(scope: Scope) -> str:
    """A scope's surface as rows have it."""
    return "" if scope.surface == UNKNOWN else scope.surface


class _Ids(Aggregate):
    """The bytes of ids, one after another."""

    function = "STRING_AGG"
    template = "%(function)s(uuid_send(%(expressions)s), ''::bytea)"
    output_field = BinaryField()


def parts_of(
    rows: QuerySet[Order],
    definition: Definition,
    by: Sequence[Dimension] = (),
    *,
    window: Window | None = None,
    numbers: Numbers | None = None,
) -> list[Part]:
    """What orders add up to by a definition, for each key and currency; with their buyers where
    there are ``numbers`` for them.

    All in one pass: the buyers come as they are and are told apart by whoever puts parts together,
    which costs less than sorting or hashing the orders of a window once more in the database.
    ``window`` is the one that the orders are of, to be given where time is cut.
    """
    columns = dimension_columns(Loop.CLOSED, by, _dated(Loop.CLOSED, definition), window)
    found = _summed(rows.annotate(**columns), list(columns), definition, numbers)
    return [
        Part(key_values(row, by), row["currency"], row["gmv"], row["sales"], row["buyers"])
        for row in found
    ]


def _summed(
    rows: QuerySet[Order], columns: Sequence[str], definition: Definition, numbers: Numbers | None
) -> list[dict[str, Any]]:
    net = definition is Definition.NET
    found = (
        rows.order_by()
        .values(*columns, "currency")
        .annotate(
            gmv=Sum(F("amount_minor") - F("refunded_minor") if net else F("amount_minor")),
            sales=Count("*"),
            buyers=_ids(numbers),
        )
    )
    return _with_numbers(list(found), "buyers", numbers)


def _ids(numbers: Numbers | None, only: Q | None = None) -> Any:
    return Value(None, BinaryField()) if numbers is None else _Ids("buyer_id", filter=only)


def _with_numbers(
    rows: list[dict[str, Any]], name: str, numbers: Numbers | None
) -> list[dict[str, Any]]:
    """Rows with numbers in the place of ids, and amounts as plain integers."""
    if numbers is not None:
        numbers.learn(bytes(row[name] or b"") for row in rows)
    for row in rows:
        row["gmv"] = int(row["gmv"])
        row[name] = no_numbers() if numbers is None else numbers.of(bytes(row[name] or b""))
    return rows


def reductions(
    window: Window, by: Sequence[Dimension], scope: Scope, numbers: Numbers | None = None
) -> list[Part]:
    """What is less of a window's orders now than what was paid for them, as parts that take
    away: with the parts by ``PAID`` of the same window they are those by ``NET``."""
    columns = dimension_columns(Loop.CLOSED, by, "paid_at", window)
    rows = (
        orders([window], Definition.PAID, scope)
        .filter(_REDUCED)
        .annotate(**columns)
        .order_by()
        .values(*columns, "currency")
        .annotate(
            gmv=Sum(Case(When(_LEFT_OUT, then=F("amount_minor")), default=F("refunded_minor"))),
            sales=Count(Case(When(_LEFT_OUT, then=Value(1)))),
            lost=_ids(numbers, _LEFT_OUT),
        )
    )
    return [
        Part(key_values(row, by), row["currency"], -row["gmv"], -row["sales"], lost=row["lost"])
        for row in _with_numbers(list(rows), "lost", numbers)
    ]


#: What a day that is kept is cut by, beside the shop.
KEPT_BY: Final = (Dimension.SOURCE, Dimension.INTEGRATION, Dimension.SURFACE)


def day_of(window: Window, definition: Definition, numbers: Numbers) -> list[tuple[UUID, Part]]:
    """What a day's orders add up to for each shop, by :data:`KEPT_BY`: all that is kept of it."""
    names = [one.value for one in KEPT_BY]
    found = _summed(orders([window], definition, Scope()), ["shop_id", *names], definition, numbers)
    return [
        (
            row["shop_id"],
            Part(
                tuple(row[name] for name in names),
                row["currency"],
                row["gmv"],
                row["sales"],
                row["buyers"],
            ),
        )
        for row in found
    ]


def jump_outs(
    rows: QuerySet[Conversion],
    definition: Definition,
    by: Sequence[Dimension] = (),
    *,
    window: Window | None = None,
) -> list[Figures]:
    """What the sales that sources told of add up to; who bought is not known of them."""
    columns = dimension_columns(Loop.JUMP_OUT, by, _dated(Loop.JUMP_OUT, definition), window)
    grouped = (
        rows.annotate(**columns)
        .order_by()
        .values(*columns, "currency")
        .annotate(gmv=Sum("amount_minor"), sales=Count("*"))
    )
    return [
        Figures(
            dict(zip(by, key_values(row, by), strict=True)),
            row["currency"],
            int(row["gmv"]),
            row["sales"],
            0,
        )
        for row in grouped
    ]


def _dated(loop: Loop, definition: Definition) -> str:
    """The column by which a sale is dated."""
    if loop is Loop.JUMP_OUT:
        return "ordered_at"
    return "placed_at" if definition is Definition.PLACED else "paid_at"


def column(dimension: Dimension) -> str:
    """A dimension's column in a statement."""
    # A name of its own, for the tables have columns of the same names.
    return f"by_{dimension.value}"


class _Bin(Func):
    """The period of an even length, counted from an instant, in which another one lies."""

    function = "DATE_BIN"
    output_field = DateTimeField()


def dimension_columns(
    loop: Loop, by: Sequence[Dimension], at: str, window: Window | None
) -> dict[str, Any]:
    """The columns of dimensions, by name; ``at`` dates the rows, which are of ``window``."""
    if sum(one in PERIODS for one in by) > 1:
        raise ValueError("cut by day, by hour or by minute, by one of them")
    return {
        column(one): _period(one, at, window) if one in PERIODS else _COLUMNS[loop][one]
        for one in by
    }


def _period(unit: Dimension, at: str, window: Window | None) -> Any:
    """The beginning of the local day, hour or minute.

    Where clocks stay as they are throughout the window all periods are equally long, and dividing
    costs a fraction of what the calendar does for every row.
    """
    zone = platform_zone()
    if window is not None:
        starts = [*periods(window, Dimension.DAY, zone), window.until.astimezone(zone)]
        if len({start.utcoffset() for start in starts}) == 1:
            return _Bin(Value(_LENGTHS[unit]), F(at), Value(starts[0].astimezone(UTC)))
    cuts = {Dimension.DAY: TruncDay, Dimension.HOUR: TruncHour, Dimension.MINUTE: TruncMinute}
    return cuts[unit](at, tzinfo=zone)


def key_values(row: Mapping[str, Any], by: Sequence[Dimension]) -> tuple[str, ...]:
    """The values of a row's dimensions, as keys of figures have them."""
    return tuple(
        period_name(_local(row[column(one)]), one) if one in PERIODS else row[column(one)]
        for one in by
    )


def _local(instant: datetime) -> datetime:
    return instant.astimezone(platform_zone())
