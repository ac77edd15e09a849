"""What the commission of sales on other platforms comes to, and whose it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from yellowcart.orders.jumpouts import Earned
from yellowcart.orders.models import Conversion
from yellowcart.settlement.models import Bill, Share
from yellowcart.settlement.rules import Role

_SUMS = """
SELECT c.source, c.currency, count(*),
  count(*) FILTER (WHERE c.click_id IS NULL AND c.status <> 'closed'),
  count(*) FILTER (WHERE c.status = 'closed'),
  coalesce(sum(c.commission_minor) FILTER (WHERE c.status <> 'closed'), 0),
  coalesce(sum(greatest(c.commission_minor - (b.paid_minor - b.refunded_minor), 0))
    FILTER (WHERE c.status <> 'closed'), 0),
  coalesce(sum(s.platform), 0), coalesce(sum(s.promoters), 0), coalesce(sum(s.settled), 0)
FROM orders_conversion c
LEFT JOIN settlement_bill b ON b.id = c.id AND b.kind = 'conversion'
LEFT JOIN LATERAL (
  SELECT sum(net) FILTER (WHERE role = 'platform') AS platform,
    sum(net) FILTER (WHERE role <> 'platform') AS promoters,
    sum(net) FILTER (WHERE role = 'platform' AND state = 'completed') AS settled
  FROM (
    SELECT role, state, amount_minor - returned_minor + adjusted_minor AS net
    FROM settlement_share WHERE shop_id = b.shop_id AND bill_id = b.id
  ) AS share
) AS s ON true
WHERE c.ordered_at >= %s AND c.ordered_at < %s AND c.earner_id IS NULL
GROUP BY c.source, c.currency ORDER BY c.source, c.currency"""


class SourceSum(NamedTuple):
    """A source's sales of a period, in minor units: its commission, what it keeps of that, the
    platform's part by the fee rules, the promoters', and what of the platform's is settled."""

    source: str
    currency: str
    sales: int
    unmatched: int
    revoked: int
    commission_minor: int
    kept_minor: int
    platform_minor: int
    promoters_minor: int
    settled_minor: int


def earned_from(rows: Sequence[Conversion]) -> dict[UUID, Earned]:
    """What came of the commission of these sales; those not billed yet are left out."""
    told = {row.id: row for row in rows}
    bills = {bill.id: bill for bill in Bill.objects.filter(id__in=told, kind="conversion")}
    shares: dict[UUID, list[Share]] = {key: [] for key in bills}
    for one in Share.objects.filter(
        shop_id__in={bill.shop_id for bill in bills.values()}, bill_id__in=bills
    ):
        shares[one.bill_id].append(one)
    return {key: _earned(told[key], bill, shares[key]) for key, bill in bills.items()}


def _earned(row: Conversion, bill: Bill, shares: Sequence[Share]) -> Earned:
    platform = sum(one.net_minor for one in shares if one.role == Role.PLATFORM)
    return Earned(
        kept_minor=max(row.commission_minor - _whole(row, bill), 0),
        platform_minor=platform,
        promoters_minor=sum(one.net_minor for one in shares) - platform,
        settled=bool(shares) and all(one.state in {"completed", "cancelled"} for one in shares),
    )


def _whole(row: Conversion, bill: Bill) -> int:
    """What is parted of a sale's commission; of one that was revoked, what was."""
    gone = 0 if row.status == "closed" else bill.refunded_minor
    return bill.paid_minor - gone


def sums_by_source(start: datetime, until: datetime) -> list[SourceSum]:
    """What each source's sales ordered in ``[start, until)`` come to, those left out whose
    commission a shop's own account earned."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [start, until])
        return [SourceSum(*row[:2], *(int(value) for value in row[2:])) for row in cursor]
