"""Writes what changed of bills and shares, many at once: one statement each."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from yellowcart.settlement.models import Bill, Share

_BILLS = """
UPDATE settlement_bill AS b SET paid_minor = new.paid, goods_minor = new.goods,
  refunded_minor = new.refunded, late_minor = new.late, since = new.since,
  is_disputed = new.disputed, dispute_closed_at = new.closed
FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
  %s::timestamptz[], %s::boolean[], %s::timestamptz[])
  AS new(shop_id, id, paid, goods, refunded, late, since, disputed, closed)
WHERE b.shop_id = new.shop_id AND b.id = new.id"""

_SHARES = """
UPDATE settlement_share AS s SET returned_minor = new.returned, adjusted_minor = new.adjusted,
  state = new.state, reason = new.reason, due_at = new.due, settled_at = new.settled
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::timestamptz[],
  %s::timestamptz[]) AS new(id, returned, adjusted, state, reason, due, settled)
WHERE s.id = new.id"""


class Changes:
    """Remembers what bills and shares were like, and writes those that have changed since."""

    def __init__(self, bills: Iterable[Bill], shares: Iterable[Share]) -> None:
        self._bills = [(one, _bill(one)) for one in bills]
        self._shares = [(one, _share(one)) for one in shares]

    def save(self) -> None:
        """Write them; joins the caller's transaction."""
        _update(_BILLS, [row for one, before in self._bills if (row := _bill(one)) != before])
        save_shares([one for one, before in self._shares if _share(one) != before])


def save_shares(shares: Iterable[Share]) -> None:
    """Write what can change of shares."""
    _update(_SHARES, [_share(one) for one in shares])


def _bill(one: Bill) -> tuple[Any, ...]:
    return (
        one.shop_id,
        one.id,
        one.paid_minor,
        one.goods_minor,
        one.refunded_minor,
        one.late_minor,
        one.since,
        one.is_disputed,
        one.dispute_closed_at,
    )


def _share(one: Share) -> tuple[Any, ...]:
    return (
        one.id,
        one.returned_minor,
        one.adjusted_minor,
        one.state,
        one.reason,
        one.due_at,
        one.settled_at,
    )


def _update(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
