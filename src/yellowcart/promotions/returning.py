"""Gives coupons back whose orders came to nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from yellowcart.promotions import events
from yellowcart.promotions.models import Coupon


@dataclass(frozen=True, slots=True)
class Returned:
    """What a closed order took of a coupon. ``is_last``: no other order of its checkout still
    uses the coupon, so the buyer may use it again."""

    coupon_id: UUID
    buyer_id: UUID
    amount_minor: int
    is_last: bool


def do_return_coupons(returned: Sequence[Returned]) -> None:
    """Put amounts back into budgets and uses back to their holders; joins the caller's
    transaction. Locks coupons by id, then claims, as the checkout lane does."""
    if not returned:
        return
    amounts: Counter[UUID] = Counter()
    uses: Counter[UUID] = Counter()
    claims: Counter[tuple[UUID, UUID]] = Counter()
    for one in returned:
        amounts[one.coupon_id] += one.amount_minor
        uses[one.coupon_id] += one.is_last
        if one.is_last:
            claims[one.coupon_id, one.buyer_id] += 1
    coupons = sorted(amounts)
    holders = sorted(claims)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH due AS (SELECT c.id, back.amount, back.uses FROM promotions_coupon AS c"
            " JOIN unnest(%s::uuid[], %s::bigint[], %s::int[]) AS back(id, amount, uses)"
            " USING (id) ORDER BY c.id FOR NO KEY UPDATE OF c)"
            " UPDATE promotions_coupon AS c SET spent_minor = c.spent_minor - due.amount,"
            " used = c.used - due.uses FROM due WHERE c.id = due.id"
            " RETURNING c.id, c.spent_minor + due.amount >= c.budget_minor"
            " OR coalesce(c.used + due.uses >= c.most_uses, false)",
            [coupons, [amounts[one] for one in coupons], [uses[one] for one in coupons]],
        )
        back = [coupon_id for coupon_id, was_gone in cursor.fetchall() if was_gone]
        cursor.execute(
            "WITH due AS (SELECT c.coupon_id, c.buyer_id, back.uses FROM promotions_claim AS c"
            " JOIN unnest(%s::uuid[], %s::uuid[], %s::int[]) AS back(coupon_id, buyer_id, uses)"
            " USING (coupon_id, buyer_id)"
            " ORDER BY c.coupon_id, c.buyer_id FOR NO KEY UPDATE OF c)"
            " UPDATE promotions_claim AS c SET used = c.used - due.uses FROM due"
            " WHERE c.coupon_id = due.coupon_id AND c.buyer_id = due.buyer_id",
            [
                [coupon_id for coupon_id, _buyer in holders],
                [buyer_id for _coupon, buyer_id in holders],
                [claims[holder] for holder in holders],
            ],
        )
    # What was used up can be had again.
    for coupon in Coupon.objects.filter(id__in=back).order_by("id"):
        events.offered(coupon)
