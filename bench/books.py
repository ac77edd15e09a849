"""Do the answers and the database agree on every order and every piece?"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import psycopg

_PIECES = """
SELECT count(*) FILTER (WHERE s.reserved <> coalesce(h.pending, 0)) AS "reserved beside the holds",
  count(*) FILTER (WHERE s.sold <> coalesce(h.captured, 0)) AS "sold beside the holds",
  count(*) FILTER (WHERE s.on_hand < s.reserved + s.sold) AS "promised beyond the stock",
  count(*) FILTER (WHERE s.on_hand <> ALL(%(on_hand)s)) AS "stock that nobody brought"
FROM inventory_stock s
LEFT JOIN (
  SELECT stock_shop_id, stock_sku_id,
    sum(quantity - shipped - released) FILTER (WHERE state = 'pending') AS pending,
    sum(quantity - shipped - released) FILTER (WHERE state = 'captured') AS captured
  FROM inventory_hold GROUP BY 1, 2
) h ON h.stock_shop_id = s.shop_id AND h.stock_sku_id = s.sku_id
WHERE s.shop_id = ANY(%(shops)s)
"""

_ORDERS = """
SELECT
  count(*) FILTER (WHERE l.pieces IS NULL) AS "orders without lines",
  count(*) FILTER (WHERE o.reserves AND l.pieces <> coalesce(h.pieces, 0))
    AS "orders beside their holds",
  count(*) FILTER (WHERE l.minor <> o.amount_minor) AS "amounts beside the lines",
  count(*) FILTER (WHERE o.reserves AND o.state = 'awaiting_payment'
    AND coalesce(h.waiting, 0) <> l.pieces) AS "unpaid orders that hold nothing"
FROM orders_order o
LEFT JOIN (
  SELECT shop_id, order_id, sum(quantity) AS pieces,
    sum(quantity * unit_price_minor - discount_minor) AS minor
  FROM orders_line GROUP BY 1, 2
) l ON l.shop_id = o.shop_id AND l.order_id = o.id
LEFT JOIN (
  SELECT shop_id, order_id, sum(quantity) AS pieces,
    sum(quantity) FILTER (WHERE state = 'pending') AS waiting
  FROM inventory_hold GROUP BY 1, 2
) h ON h.shop_id = o.shop_id AND h.order_id = o.id
WHERE o.shop_id = ANY(%(shops)s)
"""

_TWICE = """
SELECT count(*) AS "keys that bought twice" FROM (
  SELECT 1 FROM orders_order WHERE shop_id = ANY(%(shops)s)
  GROUP BY shop_id, buyer_id, idempotency_key, part_no HAVING count(*) > 1
) AS twice
"""


def faults(
    url: str, shops: Sequence[UUID], answered: Collection[str], *, on_hand: Sequence[int]
) -> dict[str, int]:
    """What does not add up, by name; empty where everything does.

    ``answered`` are the checkouts that buyers were told of, all of them; ``on_hand`` the stocks
    that the shops' SKUs were given.
    """
    values: dict[str, Any] = {"shops": list(shops), "on_hand": list(on_hand)}
    told = set(answered)
    found = {"answered twice": len(answered) - len(told)}
    with psycopg.connect(url) as conn:
        kept = {
            str(row[0])
            for row in conn.execute(
                "SELECT DISTINCT checkout_id FROM orders_order WHERE shop_id = ANY(%(shops)s)",
                values,
            )
        }
        found["answered and not there"] = len(told - kept)
        found["there and not answered"] = len(kept - told)
        for query in (_PIECES, _ORDERS, _TWICE):
            cursor = conn.execute(query, values)
            assert cursor.description is not None
            row = cursor.fetchone()
            assert row is not None
            found |= {
                column.name: count for column, count in zip(cursor.description, row, strict=True)
            }
    return {name: count for name, count in found.items() if count}


def check(
    url: str, shops: Sequence[UUID], answered: Collection[str], *, on_hand: Sequence[int]
) -> None:
    """Raise ``RuntimeError`` unless the books balance."""
    if wrong := faults(url, shops, answered, on_hand=on_hand):
        raise RuntimeError(f"the books don't balance: {wrong}")
