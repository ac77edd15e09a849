"""The lane's statements, by the name under which a connection prepares them.

Locks are taken sorted and without the key: listings, stock rows, special prices, coupons, claims,
counts. What decides is read after the locks, by statements of their own, so that they see what a
rival committed while this batch waited. Orders, lines, holds and stock are written by one
statement, whose unique key refuses the batch where an idempotency key was used before; what only
some orders need (special prices, coupons, limits, those who waited) has statements of its own,
which are sent only then.
"""

from typing import Final

LOCK_LISTINGS = """
SELECT id FROM listings_listing WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""

LOCK_STOCK = """
SELECT shop_id, sku_id, on_hand - reserved - sold FROM inventory_stock
WHERE (shop_id, sku_id) IN
  (SELECT stock_shop_id, stock_sku_id FROM catalog_sku WHERE id = ANY($1::uuid[]))
ORDER BY shop_id, sku_id FOR NO KEY UPDATE
"""

READ_OFFERS = """
SELECT l.shop_id, l.id, s.id, p.id, s.stock_shop_id, s.stock_sku_id, p.title, p.currency,
  s.price_minor, s.sale_price_minor, s.sale_from, s.sale_until, l.state, l.surface,
  l.container_id, l.creator_id, l.source, l.integration, l.shop_type, l.purchase_limit,
  l.commission_bps, l.sale_from, l.sale_until, l.task_order <> '',
  coalesce(r.state = 'live', false), sh.state, p.review_state, p.on_shelf, s.active,
  coalesce(r.reservation = 'hold', true), r.hold_seconds, r.purchase_limit,
  d.deposit_minor, d.balance_from, d.balance_until,
  EXISTS (SELECT FROM listings_special_price x
    WHERE x.listing_id = l.id AND x.sku_id = s.id AND x.ended_at IS NULL),
  EXISTS (SELECT FROM orders_waiting w
    WHERE w.shop_id = l.shop_id AND w.listing_id = l.id AND w.sku_id = s.id
      AND w.state IN ('waiting', 'offered') AND w.state = 'offered'),
  l.held, coalesce(r.practice, false),
  CASE l.surface WHEN 'live_room' THEN coalesce(r.on_stage_id, r.creator_id)
    WHEN 'replay' THEN r.creator_id END
FROM listings_listing l
JOIN catalog_product p ON p.id = l.product_id
JOIN catalog_sku s ON s.product_id = p.id
JOIN shops_shop sh ON sh.id = l.shop_id
LEFT JOIN live_room r ON r.id = l.container_id
LEFT JOIN listings_presale_terms d
  ON d.shop_id = l.shop_id AND d.listing_id = l.id AND d.sku_id = s.id
WHERE l.id = ANY($1::uuid[]) AND s.id = ANY($2::uuid[])
"""

LOCK_SPECIALS = """
SELECT listing_id, sku_id, shop_id, id, price_minor, fans_only, allocation - taken
FROM listings_special_price
WHERE listing_id = ANY($1::uuid[]) AND ended_at IS NULL
  AND starts_at <= $2::timestamptz AND (ends_at IS NULL OR ends_at > $2::timestamptz)
ORDER BY shop_id, id FOR NO KEY UPDATE
"""

LOCK_COUPONS = """
SELECT id, bearer, shop_id, creator_id, room_id, listing_id, fans_only, currency, off_minor,
  off_bps, threshold_minor, budget_minor - spent_minor, most_uses - used, per_buyer, use_from,
  use_until, ended_at IS NOT NULL
FROM promotions_coupon WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""

LOCK_CLAIMS = """
SELECT c.coupon_id, c.buyer_id, c.used FROM promotions_claim c
WHERE (c.coupon_id, c.buyer_id) IN
  (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
ORDER BY c.coupon_id, c.buyer_id FOR NO KEY UPDATE
"""

READ_COUNTS = """
SELECT c.listing_id, c.buyer_id, c.quantity
FROM unnest($1::uuid[], $2::uuid[]) AS w(listing_id, buyer_id)
JOIN listings_listing l ON l.id = w.listing_id AND l.purchase_limit IS NOT NULL
JOIN orders_purchase_count c
  ON c.shop_id = l.shop_id AND c.listing_id = w.listing_id AND c.buyer_id = w.buyer_id
"""

# A row must be there to be locked: two shops' goods in one room meet in no other lock.
OPEN_ROOM_COUNTS = """
INSERT INTO orders_room_purchase_count (room_id, buyer_id, quantity)
SELECT DISTINCT w.room_id, w.buyer_id, 0 FROM unnest($1::uuid[], $2::uuid[]) AS w(room_id, buyer_id)
ORDER BY 1, 2 ON CONFLICT DO NOTHING
"""

LOCK_ROOM_COUNTS = """
SELECT c.room_id, c.buyer_id, c.quantity FROM orders_room_purchase_count c
WHERE (c.room_id, c.buyer_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
ORDER BY c.room_id, c.buyer_id FOR NO KEY UPDATE
"""

READ_FANS = """
SELECT f.follower_id, f.followee_id FROM people_follow f
WHERE f.follower_id = ANY($1::uuid[]) AND f.followee_id = ANY($2::uuid[])
"""

# Skipped where the offer is being taken back at this moment: whoever does that waits for stock.
LOCK_WAITING = """
SELECT w.listing_id, w.sku_id, w.buyer_id, w.shop_id, w.id, w.stock_shop_id,
  w.stock_sku_id, w.quantity FROM orders_waiting w
WHERE w.listing_id = ANY($1::uuid[]) AND w.buyer_id = ANY($2::uuid[])
  AND w.state = 'offered' AND w.offered_until > $3::timestamptz
ORDER BY w.shop_id, w.id FOR NO KEY UPDATE SKIP LOCKED
"""

READ_EARLIER = """
SELECT o.shop_id, o.buyer_id, o.idempotency_key, o.checkout_id, o.request_hash, o.currency,
  o.expires_at, o.id, o.state, o.amount_minor, o.discount_minor, o.deposit_minor
FROM (SELECT DISTINCT l.shop_id, w.buyer_id, w.key
  FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS w(listing_id, buyer_id, key)
  JOIN listings_listing l ON l.id = w.listing_id) w
JOIN orders_order o
  ON o.shop_id = w.shop_id AND o.buyer_id = w.buyer_id AND o.idempotency_key = w.key
ORDER BY o.checkout_id, o.id <> o.checkout_id, o.id
"""

# Every batch sells through the lane's offers; the parameters that name them come first.
_OFFERS = """
WITH offer AS (
  SELECT * FROM unnest(
    $1::int[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[],
    $9::text[], $10::text[], $11::uuid[], $12::uuid[], $13::uuid[], $14::text[], $15::text[],
    $16::text[], $17::int[], $18::int[], $19::bool[], $20::bool[], $21::bool[],
    $22::timestamptz[], $23::timestamptz[], $24::timestamptz[]
  ) AS f(offer_no, shop_id, listing_id, sku_id, product_id, stock_shop_id, stock_sku_id, title,
    currency, surface, container_id, creator_id, host_id, source, integration, rule_key,
    rule_revision, commission_bps, counted, room_counted, reserves, expires_at, balance_from,
    balance_until)
)"""

# One thing at its price, which is what a crowd buys: an order is its line.
_PLAIN_SALES = """
, sale AS MATERIALIZED (
  SELECT f.*, w.*, order_id AS checkout_id, 0 AS part_no, quantity * unit_price AS goods,
    0::bigint AS discount, 0::bigint AS deposit
  FROM unnest($25::int[], $26::uuid[], $27::uuid[], $28::text[], $29::text[], $30::text[],
    $31::int[], $32::int[], $33::bigint[]) AS w(number, order_id, buyer_id, key, hash, share,
    carrier, quantity, unit_price)
  JOIN offer f ON f.offer_no = w.number
), line AS (
  SELECT *, 1 AS line_no, 0::bigint AS line_discount, NULL::uuid AS special_id FROM sale
)"""

_SALES = """
, sale AS MATERIALIZED (
  SELECT * FROM unnest(
    $25::int[], $26::int[], $27::uuid[], $28::uuid[], $29::int[], $30::uuid[], $31::text[],
    $32::text[], $33::text[], $34::int[], $35::bigint[], $36::bigint[], $37::bigint[]
  ) AS w(order_no, offer_no, order_id, checkout_id, part_no, buyer_id, key, hash, share, carrier,
    goods, discount, deposit)
  JOIN offer USING (offer_no)
), line AS MATERIALIZED (
  SELECT w.*, o.order_id, f.shop_id, f.listing_id, f.sku_id, f.product_id,
    f.stock_shop_id, f.stock_sku_id, f.title, f.commission_bps, f.counted, f.reserves, f.expires_at
  FROM unnest(
    $38::int[], $39::int[], $40::int[], $41::int[], $42::bigint[], $43::bigint[], $44::uuid[]
  ) AS w(order_no, line_no, offer_no, quantity, unit_price, line_discount, special_id)
  JOIN offer f USING (offer_no)
  JOIN sale o USING (order_no)
)"""


def _writing(sales: str, after: int) -> str:
    """The statement that writes a batch, whose sales take the parameters up to ``after``."""
    at, stock, events = f"${after + 1}::timestamptz", after + 2, after + 5
    return f"""{_OFFERS}{sales}, placed AS (
  INSERT INTO orders_order (shop_id, id, checkout_id, part_no, buyer_id, surface, container_id,
    creator_id, host_id, share_code, carrier_type, source, integration, rule_key, rule_revision,
    state, goods_minor, discount_minor, amount_minor, deposit_minor, balance_from, balance_until,
    paid_minor, currency, idempotency_key, request_hash, reserves, room_counted, placed_at,
    expires_at, close_reason, refunded_minor, ship_to)
  SELECT shop_id, order_id, checkout_id, part_no, buyer_id, surface, container_id, creator_id,
    host_id, share, carrier, source, integration, rule_key, rule_revision, 'awaiting_payment',
    goods, discount, goods - discount, deposit, CASE WHEN deposit > 0 THEN balance_from END,
    CASE WHEN deposit > 0 THEN balance_until END, 0, currency, key, hash, reserves, room_counted,
    {at}, expires_at, '', 0, '{{}}'
  FROM sale ORDER BY shop_id, buyer_id, key, part_no
), lines AS (
  INSERT INTO orders_line (shop_id, order_id, line_no, listing_id, product_id, sku_id, title,
    quantity, unit_price_minor, discount_minor, commission_bps, special_price_id, counted)
  SELECT shop_id, order_id, line_no, listing_id, product_id, sku_id, title, quantity, unit_price,
    line_discount, commission_bps, special_id, counted
  FROM line
), holds AS (
  INSERT INTO inventory_hold (shop_id, order_id, line_no, stock_shop_id, stock_sku_id, quantity,
    state, expires_at)
  SELECT shop_id, order_id, line_no, stock_shop_id, stock_sku_id, quantity, 'pending', expires_at
  FROM line WHERE reserves
), stock AS (
  UPDATE inventory_stock AS row
  SET reserved = row.reserved + taken.quantity, updated_at = {at}
  FROM unnest(${stock}::uuid[], ${stock + 1}::uuid[], ${stock + 2}::bigint[])
    AS taken(shop_id, sku_id, quantity)
  WHERE row.shop_id = taken.shop_id AND row.sku_id = taken.sku_id
), announced AS (
  INSERT INTO core_outbox (shop_id, id, topic, room_id, payload, created_at)
  SELECT shop_id, id, 'orders.placed', room_id, payload::jsonb, {at}
  FROM unnest(${events}::uuid[], ${events + 1}::uuid[], ${events + 2}::uuid[],
    ${events + 3}::text[]) AS e(shop_id, id, room_id, payload)
)
SELECT WHERE false
"""  # noqa: S608  put together from constants


WRITE_PLAIN = _writing(_PLAIN_SALES, after=33)
WRITE = _writing(_SALES, after=44)

TAKE_SPECIALS = """
UPDATE listings_special_price AS row SET taken = row.taken + w.quantity
FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS w(shop_id, id, quantity)
WHERE row.shop_id = w.shop_id AND row.id = w.id
"""

# What was used up by this leaves every room that shows it.
SPEND_COUPONS = """
WITH spent AS (
  UPDATE promotions_coupon AS row
  SET spent_minor = row.spent_minor + w.amount, used = row.used + w.uses
  FROM unnest($1::uuid[], $2::bigint[], $3::int[], $4::uuid[]) AS w(id, amount, uses, event_id)
  WHERE row.id = w.id
  RETURNING row.id, w.event_id,
    row.spent_minor >= row.budget_minor OR row.used >= row.most_uses AS is_gone
)
INSERT INTO core_outbox (shop_id, id, topic, payload, created_at)
SELECT '00000000-0000-0000-0000-000000000000', event_id, 'promotions.coupon_spent',
  jsonb_build_object('coupon_id', id), $5::timestamptz
FROM spent WHERE is_gone
"""

USE_CLAIMS = """
UPDATE promotions_claim AS row SET used = row.used + w.uses
FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS w(coupon_id, buyer_id, uses)
WHERE row.coupon_id = w.coupon_id AND row.buyer_id = w.buyer_id
"""

WRITE_DISCOUNTS = """
INSERT INTO orders_discount (shop_id, order_id, coupon_id, checkout_id, bearer, amount_minor)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[])
"""

COUNT_PURCHASES = """
INSERT INTO orders_purchase_count AS row (shop_id, listing_id, buyer_id, quantity)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[]) ORDER BY 1, 2, 3
ON CONFLICT (shop_id, listing_id, buyer_id)
DO UPDATE SET quantity = row.quantity + excluded.quantity
"""

COUNT_IN_ROOMS = """
UPDATE orders_room_purchase_count AS row SET quantity = row.quantity + w.quantity
FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS w(room_id, buyer_id, quantity)
WHERE row.room_id = w.room_id AND row.buyer_id = w.buyer_id
"""

TAKE_WAITING = """
WITH taken AS (
  UPDATE orders_waiting AS row SET state = 'taken', ended_at = $3::timestamptz
  FROM unnest($1::uuid[], $2::uuid[]) AS w(shop_id, id)
  WHERE row.shop_id = w.shop_id AND row.id = w.id RETURNING row.shop_id, row.id
)
UPDATE inventory_hold AS hold SET state = 'voided' FROM taken
WHERE hold.shop_id = taken.shop_id AND hold.order_id = taken.id AND hold.state = 'pending'
"""

STATEMENTS: Final = {
    b"lock_listings": LOCK_LISTINGS.encode(),
    b"lock_stock": LOCK_STOCK.encode(),
    b"read_offers": READ_OFFERS.encode(),
    b"lock_specials": LOCK_SPECIALS.encode(),
    b"lock_coupons": LOCK_COUPONS.encode(),
    b"lock_claims": LOCK_CLAIMS.encode(),
    b"read_counts": READ_COUNTS.encode(),
    b"open_room_counts": OPEN_ROOM_COUNTS.encode(),
    b"lock_room_counts": LOCK_ROOM_COUNTS.encode(),
    b"read_fans": READ_FANS.encode(),
    b"lock_waiting": LOCK_WAITING.encode(),
    b"read_earlier": READ_EARLIER.encode(),
    b"write_plain": WRITE_PLAIN.encode(),
    b"write": WRITE.encode(),
    b"take_specials": TAKE_SPECIALS.encode(),
    b"spend_coupons": SPEND_COUPONS.encode(),
    b"use_claims": USE_CLAIMS.encode(),
    b"write_discounts": WRITE_DISCOUNTS.encode(),
    b"count_purchases": COUNT_PURCHASES.encode(),
    b"count_in_rooms": COUNT_IN_ROOMS.encode(),
    b"take_waiting": TAKE_WAITING.encode(),
}
