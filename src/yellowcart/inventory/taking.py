"""Stock for orders that held none until they were paid: whoever pays first is served."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.inventory.actions import Key, Wanted, lock_stock
from yellowcart.inventory.events import StockChanged, stock_changed
from yellowcart.inventory.models import Hold, Stock

_COLUMN: Final = {"captured": "sold", "pending": "reserved"}


def lock_for_payment(orders: Iterable[Key], wanted: Sequence[Wanted]) -> dict[Key, Stock]:
    """Lock the holds of orders that have some, and every stock row that they or ``wanted`` draw
    on, in the one order; for a payment that captures some and takes others afresh."""
    holds = list(
        Hold.objects.select_for_update(no_key=True)
        .filter(
            shop_id__in={key[0] for key in orders},
            order_id__in=[key[1] for key in orders],
            state="pending",
        )
        .order_by("shop_id", "order_id", "line_no")
    )
    keys = {(hold.stock_shop_id, hold.stock_sku_id) for hold in holds}
    return lock_stock(keys | {(one.stock_shop_id, one.stock_sku_id) for one in wanted})


@transaction.atomic
def do_take(
    wanted: Sequence[Wanted], *, state: str = "captured", expires_at: datetime | None = None
) -> list[Key]:
    """Take stock directly for orders that were paid before any was held for them.

    Each order gets all of its lines or none, in the order of their keys; those that get none are
    returned. ``state`` is ``captured`` (sold) or ``pending`` (reserved until ``expires_at``, for
    an order of which only the deposit is paid).
    """
    column = _COLUMN[state]
    rows = lock_stock((one.stock_shop_id, one.stock_sku_id) for one in wanted)
    free = {key: row.on_hand - row.reserved - row.sold for key, row in rows.items()}
    by_order: defaultdict[Key, list[Wanted]] = defaultdict(list)
    for one in wanted:
        by_order[one.shop_id, one.order_id].append(one)
    taken: defaultdict[Key, int] = defaultdict(int)
    holds: list[Hold] = []
    refused: list[Key] = []
    for key in sorted(by_order):
        needed = _needed(by_order[key])
        if any(free.get(stock, 0) - taken[stock] < count for stock, count in needed.items()):
            refused.append(key)
            continue
        for stock, count in needed.items():
            taken[stock] += count
        holds += [
            Hold(
                shop_id=one.shop_id,
                order_id=one.order_id,
                line_no=one.line_no,
                stock_shop_id=one.stock_shop_id,
                stock_sku_id=one.stock_sku_id,
                quantity=one.quantity,
                state=state,
                expires_at=expires_at or now(),
            )
            for one in by_order[key]
        ]
    Hold.objects.bulk_create(holds)
    for (shop_id, sku_id), count in sorted(taken.items()):
        if count:
            Stock.objects.filter(shop_id=shop_id, sku_id=sku_id).update(
                **{column: F(column) + count, "updated_at": now()}
            )
    outbox.append_all(
        [
            stock_changed(key[0], StockChanged(str(key[1]), rows[key].on_hand, free[key] - count))
            for key, count in sorted(taken.items())
            if count
        ]
    )
    return refused


def _needed(lines: Sequence[Wanted]) -> Mapping[Key, int]:
    needed: defaultdict[Key, int] = defaultdict(int)
    for one in lines:
        needed[one.stock_shop_id, one.stock_sku_id] += one.quantity
    return needed
