"""Changing stock, and the life of holds. Each verb is one transaction or joins the caller's.

The database itself refuses to promise more than there is (``inventory_never_oversold``); the
locks taken here, sorted and without the key, only make the answer polite. Whoever locks stock
and holds locks the holds first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.inventory.events import StockChanged, stock_changed
from yellowcart.inventory.models import Hold, Stock, StockMove
from yellowcart.inventory.states import EFFECTS

Key = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one order line asks for: so many of the stock row that its SKU draws on."""

    shop_id: UUID
    order_id: UUID
    line_no: int
    stock_shop_id: UUID
    stock_sku_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count of many rows did: how many changed, and the SKUs whose count was raised."""

    changed: int
    raised: list[UUID]


def lock_stock(keys: Iterable[Key]) -> dict[Key, Stock]:
    """The stock rows of these keys, locked in key order until the transaction ends."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    rows = (
        Stock.objects.select_for_update(no_key=True)
        .filter(pk__in=wanted)
        .order_by("shop_id", "sku_id")
    )
    return {(row.shop_id, row.sku_id): row for row in rows}


@transaction.atomic
def do_set_stock(
    shop_id: UUID,
    sku_id: UUID,
    on_hand: int,
    *,
    actor_id: UUID | None,
    reason: str = "set",
    idempotency_key: str | None = None,
) -> Stock:
    """Say how many pieces lie in the warehouse. Makes the row where there is none.

    Raises ``stock_promised`` where orders already hold more than that.
    """
    if on_hand < 0:
        raise Problem("stock_negative", 422, _("Stock can't be below 0. Write 0 or more."))
    Stock.objects.bulk_create([Stock(shop_id=shop_id, sku_id=sku_id)], ignore_conflicts=True)
    row = lock_stock([(shop_id, sku_id)])[shop_id, sku_id]
    return _move(row, on_hand - row.on_hand, actor_id, reason, idempotency_key)


@transaction.atomic
def do_adjust_stock(
    shop_id: UUID,
    sku_id: UUID,
    delta: int,
    *,
    actor_id: UUID | None,
    idempotency_key: str | None,
    reason: str = "adjust",
) -> Stock:
    """Add ``delta`` pieces (negative: take away). The same key again changes nothing.

    Raises ``stock_unknown`` or ``stock_promised``.
    """
    row = lock_stock([(shop_id, sku_id)]).get((shop_id, sku_id))
    if row is None:
        raise Problem("stock_unknown", 404, _("This SKU has no stock row. Set its stock first."))
    return _move(row, delta, actor_id, reason, idempotency_key)


def _move(
    row: Stock, delta: int, actor_id: UUID | None, reason: str, idempotency_key: str | None
) -> Stock:
    """Write a change of a locked row, unless its key was used before."""
    if idempotency_key is not None:
        done = StockMove.objects.filter(
            shop_id=row.shop_id, sku_id=row.sku_id, idempotency_key=idempotency_key
        )
        if done.exists():
            return row
    elif delta == 0:
        return row
    promised = row.reserved + row.sold
    if row.on_hand + delta < promised:
        raise Problem(
            "stock_promised",
            409,
            _("%(promised)s pieces are promised to orders. Stock can't go below that."),
            params={"promised": promised},
            extra={"promised": promised},
        )
    row.on_hand += delta
    row.updated_at = now()
    Stock.objects.filter(shop_id=row.shop_id, sku_id=row.sku_id).update(
        on_hand=row.on_hand, updated_at=row.updated_at
    )
    StockMove.objects.create(
        shop_id=row.shop_id,
        sku_id=row.sku_id,
        delta=delta,
        on_hand_after=row.on_hand,
        reason=reason,
        idempotency_key=idempotency_key,
        actor_id=actor_id,
    )
    free = row.on_hand - promised
    outbox.append_all(
        [stock_changed(row.shop_id, StockChanged(str(row.sku_id), row.on_hand, free))]
    )
    return row


@transaction.atomic
def do_count_many(
    shop_id: UUID, counts: Mapping[UUID, int], *, actor_id: UUID | None, reason: str
) -> Counted:
    """Say what lies in the warehouse for many SKUs of one shop, in few statements.

    A count below what orders were promised is raised to that. Rows that are missing are made,
    unannounced since nobody watches them yet; counts that are so already leave no trace.
    """
    at = now()
    keys = sorted(counts)
    watched = set(
        Stock.objects.filter(pk__in=[(shop_id, sku_id) for sku_id in keys]).values_list(
            "sku_id", flat=True
        )
    )
    Stock.objects.bulk_create(
        [Stock(shop_id=shop_id, sku_id=sku_id, updated_at=at) for sku_id in keys],
        ignore_conflicts=True,
        batch_size=2_000,
    )
    rows = lock_stock((shop_id, sku_id) for sku_id in keys)
    deltas: dict[Key, tuple[int, int, int]] = {}
    moves: list[StockMove] = []
    raised: list[UUID] = []
    for key, row in rows.items():
        wanted = max(counts[row.sku_id], row.reserved + row.sold)
        if wanted != counts[row.sku_id]:
            raised.append(row.sku_id)
        delta = wanted - row.on_hand
        if delta == 0:
            continue
        deltas[key] = (delta, 0, 0)
        moves.append(
            StockMove(
                shop_id=shop_id,
                sku_id=row.sku_id,
                delta=delta,
                on_hand_after=wanted,
                reason=reason,
                actor_id=actor_id,
                at=at,
            )
        )
        row.on_hand = wanted
    _apply(deltas)
    StockMove.objects.bulk_create(moves, batch_size=2_000)
    outbox.append_all(
        [
            stock_changed(
                shop_id,
                StockChanged(str(sku_id), row.on_hand, row.on_hand - row.reserved - row.sold),
            )
            for (_shop, sku_id), row in rows.items()
            if (shop_id, sku_id) in deltas and sku_id in watched
        ]
    )
    return Counted(len(deltas), raised)


@transaction.atomic
def do_reserve(wanted: Sequence[Wanted], expires_at: datetime) -> None:
    """Hold stock for order lines, all or none.

    Raises ``sold_out`` naming the first SKU that has too little. The checkout lane does the same
    for many orders at once in SQL of its own; this is for orders that come one at a time.
    """
    rows = lock_stock((one.stock_shop_id, one.stock_sku_id) for one in wanted)
    needed: defaultdict[Key, int] = defaultdict(int)
    for one in wanted:
        needed[one.stock_shop_id, one.stock_sku_id] += one.quantity
    for key, quantity in sorted(needed.items()):
        row = rows.get(key)
        free = row.on_hand - row.reserved - row.sold if row else 0
        if free < quantity:
            raise Problem(
                "sold_out",
                409,
                _("Only %(left)s left. Choose fewer or something else."),
                params={"left": free},
                extra={"sku_id": str(key[1]), "left": free},
            )
    Hold.objects.bulk_create(
        [
            Hold(
                shop_id=one.shop_id,
                order_id=one.order_id,
                line_no=one.line_no,
                stock_shop_id=one.stock_shop_id,
                stock_sku_id=one.stock_sku_id,
                quantity=one.quantity,
                expires_at=expires_at,
            )
            for one in wanted
        ]
    )
    _apply({key: (0, quantity, 0) for key, quantity in needed.items()})


def do_capture(orders: Iterable[Key]) -> int:
    """The orders ``(shop_id, order_id)`` were paid: what was reserved is sold. Holds moved."""
    return _pass(orders, "pending", "captured")


def do_void(orders: Iterable[Key]) -> int:
    """The orders were cancelled, unpaid or paid but unsent: their pieces are free again."""
    with transaction.atomic():
        keys = list(orders)
        return _pass(keys, "pending", "voided") + _pass(keys, "captured", "voided")


def do_expire(orders: Iterable[Key]) -> int:
    """The orders were not paid in time: their pieces are free again."""
    return _pass(orders, "pending", "expired")


def do_ship(orders: Iterable[Key]) -> int:
    """The orders left the warehouse: on hand and sold fall together."""
    return _pass(orders, "captured", "shipped")


def do_ship_part(shop_id: UUID, order_id: UUID, pieces: Mapping[int, int]) -> None:
    """So many pieces of a paid order's lines left the warehouse, by line number.

    Raises ``hold_short`` where that many are not promised any more.
    """
    _part(shop_id, order_id, pieces, "shipped")


def do_release_part(shop_id: UUID, order_id: UUID, pieces: Mapping[int, int]) -> None:
    """So many pieces of a paid order's lines will not be sent: they are free again.

    Raises ``hold_short`` where that many are not promised any more.
    """
    _part(shop_id, order_id, pieces, "voided")


@transaction.atomic
def _part(shop_id: UUID, order_id: UUID, pieces: Mapping[int, int], after: str) -> None:
    """Let a part of captured holds go; the last part takes the hold's state with it."""
    wanted = {line_no: count for line_no, count in pieces.items() if count}
    holds = list(
        Hold.objects.select_for_update(no_key=True)
        .filter(shop_id=shop_id, order_id=order_id, line_no__in=wanted, state="captured")
        .order_by("line_no")
    )
    left = {hold.line_no: hold.quantity - hold.shipped - hold.released for hold in holds}
    short = [line_no for line_no, count in wanted.items() if not 0 < count <= left.get(line_no, 0)]
    if short:
        raise Problem(
            "hold_short",
            409,
            _("Fewer pieces of this line are still to be sent. Look at the order again."),
            extra={"lines": short},
        )
    on_hand, reserved, sold = EFFECTS["captured", after]
    totals: defaultdict[Key, int] = defaultdict(int)
    for hold in holds:
        count = wanted[hold.line_no]
        if after == "shipped":
            hold.shipped += count
        else:
            hold.released += count
        if count == left[hold.line_no]:
            hold.state = "shipped" if hold.shipped else "voided"
        Hold.objects.filter(shop_id=shop_id, order_id=order_id, line_no=hold.line_no).update(
            shipped=hold.shipped, released=hold.released, state=hold.state
        )
        totals[hold.stock_shop_id, hold.stock_sku_id] += count
    lock_stock(totals)
    _apply({key: (n * on_hand, n * reserved, n * sold) for key, n in totals.items()})


@transaction.atomic
def _pass(orders: Iterable[Key], before: str, after: str) -> int:
    """Move the holds of orders from one state to another, once: a repeat finds nothing to do."""
    keys = sorted(set(orders))
    if not keys:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH due AS ("
            " SELECT hold.shop_id, hold.order_id, hold.line_no, hold.quantity, hold.shipped,"
            " hold.released FROM inventory_hold AS hold"
            " JOIN unnest(%s::uuid[], %s::uuid[]) AS wanted(shop_id, order_id)"
            " ON hold.shop_id = wanted.shop_id AND hold.order_id = wanted.order_id"
            " WHERE hold.state = %s"
            " ORDER BY hold.shop_id, hold.order_id, hold.line_no FOR NO KEY UPDATE OF hold)"
            # What went piece by piece before is not moved again.
            " UPDATE inventory_hold AS hold"
            " SET state = CASE WHEN due.shipped > 0 THEN 'shipped' ELSE %s END,"
            " shipped = CASE WHEN %s THEN due.quantity - due.released ELSE due.shipped END,"
            " released = CASE WHEN %s THEN due.quantity - due.shipped ELSE due.released END"
            " FROM due"
            " WHERE hold.shop_id = due.shop_id AND hold.order_id = due.order_id"
            " AND hold.line_no = due.line_no AND hold.state = %s"
            " RETURNING hold.stock_shop_id, hold.stock_sku_id,"
            " due.quantity - due.shipped - due.released",
            [
                [key[0] for key in keys],
                [key[1] for key in keys],
                before,
                after,
                after == "shipped",
                after in {"voided", "expired"},
                before,
            ],
        )
        moved = cursor.fetchall()
    on_hand, reserved, sold = EFFECTS[before, after]
    totals: defaultdict[Key, int] = defaultdict(int)
    for stock_shop_id, stock_sku_id, quantity in moved:
        totals[stock_shop_id, stock_sku_id] += quantity
    lock_stock(totals)
    _apply({key: (n * on_hand, n * reserved, n * sold) for key, n in totals.items()})
    return len(moved)


def _apply(deltas: dict[Key, tuple[int, int, int]]) -> None:
    """Add to ``on_hand``, ``reserved`` and ``sold`` of locked rows, in one statement."""
    if not deltas:
        return
    keys = sorted(deltas)
    columns = [[deltas[key][place] for key in keys] for place in range(3)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_stock AS stock SET on_hand = stock.on_hand + change.on_hand,"
            " reserved = stock.reserved + change.reserved, sold = stock.sold + change.sold,"
            " updated_at = %s"
            " FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[])"
            " AS change(shop_id, sku_id, on_hand, reserved, sold)"
            " WHERE stock.shop_id = change.shop_id AND stock.sku_id = change.sku_id",
            [now(), [key[0] for key in keys], [key[1] for key in keys], *columns],
        )
