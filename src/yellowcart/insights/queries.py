"""Where the money goes: sums made in the database, cut by source, surface, loop and time.

Sales of the closed loop are orders; those of jump-outs are conversions, learned late and from
the other side. Amounts of different currencies are never added.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum, Value

from yellowcart.core.clock import now
from yellowcart.insights import days_kept, parts, sums
from yellowcart.insights.parts import Numbers, Part
from yellowcart.insights.rules import (
    PERIODS,
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
#: So many stretches of a window are read one by one.
FEW_STRETCHES = 4

EVERYTHING = Scope()


def platform_zone() -> ZoneInfo:
    """The zone in which days and hours are cut."""
    return sums.platform_zone()


@dataclass(frozen=True, slots=True)
class Sales:
    """The sales of a window, read once."""

    by: Sequence[Dimension]
    orders: Sequence[Part]
    """Of the closed loop."""
    jump_outs: Sequence[Figures]

    def figures(self, *, with_buyers: bool = True) -> list[Figures]:
        """One row for each key and currency that has any sale, in key order."""
        own = parts.figures(self.orders, self.by, with_buyers=with_buyers)
        return merge([*own, *self.jump_outs], self.by)

    def totals(self) -> list[Figures]:
        """One row for each currency. A buyer may be in several rows of the figures, and counts
        once here."""
        together = [replace(part, key=()) for part in self.orders]
        return merge([*parts.figures(together, ()), *self.jump_outs], ())


def sales(
    window: Window,
    definition: Definition,
    *,
    by: Sequence[Dimension] = (),
    scope: Scope = EVERYTHING,
    with_buyers: bool = True,
) -> Sales:
    """The sales of a window; see :func:`gmv`."""
    by = tuple(dict.fromkeys(by))
    dated = sums.dated(definition)
    found, stretches = days_kept.kept_parts(window, dated, by, scope, with_buyers=with_buyers)
    # A statement each, for one stretch is read in the order of an index; but not very many.
    few = len(stretches) <= FEW_STRETCHES
    numbers = Numbers(days_kept.numbers_of if found else None) if with_buyers else None
    for some in [[one] for one in stretches] if few else [stretches]:
        rows = sums.orders(some, dated, scope)
        found += sums.parts_of(rows, dated, by, window=window, numbers=numbers)
    if definition is not dated:
        found += sums.reductions(window, by, scope, numbers)
    told = sums.conversions(window, definition, scope)
    return Sales(by, found, sums.jump_outs(told, definition, by, window=window))


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
    Days that are over are read as they were kept (:mod:`insights.days_kept`), everything else from
    the orders. Without ``with_buyers`` less is read, and buyers are 0.
    """
    found = sales(window, definition, by=by, scope=scope, with_buyers=with_buyers)
    return found.figures(with_buyers=with_buyers)


def click_rates(
    window: Window, *, by: Sequence[Dimension] = (), scope: Scope = EVERYTHING
) -> list[Clicks]:
    """Jump-outs in a window and how many of these clicks a source made a standing sale of.

    A click counts as converted whenever its sale came, so a young window's rate still rises.
    """
    by = tuple(dict.fromkeys(by))
    rows = sums.scoped(Click.objects.filter(at__gte=window.start, at__lt=window.until), scope)
    standing = Conversion.objects.filter(
        ordered_at__gte=window.start - _CLOCK_SKEW, in_window=True, click_id__isnull=False
    ).exclude(status="closed")

    grouped = (
        rows.order_by()
        .annotate(together=Value(0), **sums.dimension_columns(Loop.JUMP_OUT, by, "at", window))
        .values("together", *(sums.column(one) for one in by))
        .annotate(clicks=Count("*"), sold=Count("id", filter=Q(id__in=standing.values("click_id"))))
    )
    found = {sums.key_values(row, by): (row["clicks"], row["sold"]) for row in grouped}
    return [
        Clicks(dict(zip(by, values, strict=True)), clicks, sold)
        for values, (clicks, sold) in sorted(found.items())
        if clicks
    ]


def outside_window(window: Window, scope: Scope = EVERYTHING) -> list[Figures]:
    """Sales that sources told of too long after their click to be ours: in no figure of GMV."""
    rows = (
        sums.scoped(
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
    orders = sums.counting(
        sums.scoped(Order.objects.filter(placed_at__gte=window.start, placed_at__lt=end), scope),
        definition,
    )
    conversions = sums.conversions(Window(window.start, max(now(), end)), definition, scope)
    by = (Dimension.LOOP,)
    figures = merge(
        [
            *parts.figures(sums.parts_of(orders, definition, by, numbers=Numbers()), by),
            *sums.jump_outs(conversions, definition, by),
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
        sums.conversions(window, definition, EVERYTHING)
        .exclude(surface="")
        .annotate(integration=Value("link"))
    )
    rows = [
        row
        for some in (sums.orders([window], definition, EVERYTHING), conversions)
        for row in some.order_by()
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
