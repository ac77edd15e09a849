"""The coupons that a room offers to those who watch it.

The folder ``promotions``, which stands above this one, writes them; here they are read by name,
with the room, in one statement.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from yellowcart.core.instants import iso
from yellowcart.listings.prices import money

#: Coupons that a room shows at a time, the newest first.
MOST_COUPONS: Final = 20

#: A JSON array: what can be claimed of the room ``r`` at ``%(at)s`` or later.
COUPONS: Final = f"""
(SELECT coalesce(jsonb_agg(jsonb_build_object(
    'coupon_id', c.id, 'title', c.title, 'bearer', c.bearer, 'shop_id', c.shop_id,
    'shop_name', s.name, 'listing_id', c.listing_id, 'fans_only', c.fans_only,
    'currency', c.currency, 'off', c.off_minor, 'off_bps', c.off_bps,
    'threshold', c.threshold_minor, 'per_buyer', c.per_buyer, 'claim_from', c.claim_from,
    'claim_until', c.claim_until, 'use_from', c.use_from, 'use_until', c.use_until)
    ORDER BY c.made_at DESC, c.id), '[]'::jsonb)
  FROM (
    SELECT c.* FROM (
      SELECT * FROM promotions_coupon WHERE shop_id IN (
        SELECT l.shop_id FROM listings_listing l WHERE l.surface = 'live_room'
          AND l.container_id = r.id AND l.state IN ('mounted', 'barred'))
      UNION ALL
      SELECT * FROM promotions_coupon WHERE shop_id IS NULL AND creator_id = r.creator_id
      UNION ALL
      SELECT * FROM promotions_coupon WHERE shop_id IS NULL AND creator_id IS NULL
    ) c
    WHERE c.ended_at IS NULL AND c.use_until > %(at)s
      AND (c.claim_until IS NULL OR c.claim_until > %(at)s)
      AND c.spent_minor < c.budget_minor AND (c.most_uses IS NULL OR c.used < c.most_uses)
      AND (c.creator_id IS NULL OR c.creator_id = r.creator_id)
      AND (c.room_id IS NULL OR c.room_id = r.id)
      AND (c.listing_id IS NULL OR EXISTS (SELECT FROM listings_listing l
        WHERE l.id = c.listing_id AND l.container_id = r.id AND l.state IN ('mounted', 'barred')))
    ORDER BY c.made_at DESC, c.id LIMIT {MOST_COUPONS}
  ) c LEFT JOIN shops_shop s ON s.id = c.shop_id)
"""  # noqa: S608  put together from constants

#: Room ids and their coupons, of the rooms ``%(rooms)s``.
OF_ROOMS: Final = f"SELECT r.id, {COUPONS}::text FROM live_room r WHERE r.id = ANY(%(rooms)s)"  # noqa: S608  constants


class CouponRow(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon as :data:`COUPONS` yields it; see ``promotions.models.Coupon``."""

    coupon_id: UUID
    title: str
    bearer: str
    shop_id: UUID | None
    shop_name: str | None
    listing_id: UUID | None
    fans_only: bool
    currency: str
    off: int | None
    off_bps: int | None
    threshold: int
    per_buyer: int
    claim_from: datetime
    claim_until: datetime | None
    use_from: datetime
    use_until: datetime

    def ends(self) -> datetime:
        """From when on it is no use claiming it."""
        return min(self.claim_until or self.use_until, self.use_until)


def coupon_items(rows: Iterable[CouponRow], at: datetime, language: str) -> list[dict[str, Any]]:
    """What a viewer sees of the coupons that can still be claimed, those to come included."""
    return [_item(row, language) for row in rows if at < row.ends()]


def _item(row: CouponRow, language: str) -> dict[str, Any]:
    return {
        "coupon_id": row.coupon_id,
        "title": row.title,
        "bearer": row.bearer,
        "shop": {"id": row.shop_id, "name": row.shop_name} if row.shop_id else None,
        "listing_id": row.listing_id,
        "fans_only": row.fans_only,
        "off": money(row.off, row.currency, language) if row.off is not None else None,
        "off_bps": row.off_bps,
        "threshold": money(row.threshold, row.currency, language) if row.threshold else None,
        "per_buyer": row.per_buyer,
        "claim_from": iso(row.claim_from),
        "claim_until": iso(row.claim_until) if row.claim_until else None,
        "use_from": iso(row.use_from),
        "use_until": iso(row.use_until),
    }
