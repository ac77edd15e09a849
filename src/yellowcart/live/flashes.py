"""Which flash price runs in a room, if any: read by name, for pins, the desk and the remote."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from msgspec import Struct


class Flash(Struct, frozen=True):
    """A flash price that runs until an instant; over earlier where its pieces are gone."""

    listing_id: UUID
    title: str
    until: datetime


# It is over when its time is, when nobody can have a piece at it any more, and when it was ended.
_RUNNING: Final = """
SELECT l.id, p.title, max(x.ends_at)
FROM listings_listing l
JOIN catalog_product p ON p.id = l.product_id
JOIN listings_special_price x ON x.listing_id = l.id AND x.flash AND x.ended_at IS NULL
  AND x.starts_at <= %(at)s AND x.ends_at > %(at)s
  AND (x.allocation IS NULL OR x.taken < x.allocation)
JOIN catalog_sku k ON k.id = x.sku_id AND k.active
JOIN inventory_stock st ON st.shop_id = k.stock_shop_id AND st.sku_id = k.stock_sku_id
  AND st.on_hand > st.reserved + st.sold
WHERE l.surface = 'live_room' AND l.container_id = %(room)s AND l.state = 'mounted'
GROUP BY l.id, p.title ORDER BY 3 DESC, 1 LIMIT 1
"""


def running_flash(room_id: UUID, at: datetime) -> Flash | None:
    """The flash price that can be had in a room at an instant."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING, {"room": room_id, "at": at})
        row = cursor.fetchone()
    return Flash(*row) if row else None
