"""The lane's statements, by the name under which a connection prepares them.

Locks are taken sorted and without the key: listings by id, then stock rows by key. What decides
is read after the locks, by statements of their own, so that they see what a rival committed while
this batch waited. Everything is written by one statement, whose unique key refuses the batch
where an idempotency key was used before.
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
  l.sale_from, l.sale_until, l.task_order <> '', coalesce(r.state = 'live', false),
  sh.state, p.review_state, p.on_shelf, s.active
FROM listings_listing l
JOIN catalog_product p ON p.id = l.product_id
JOIN catalog_sku s ON s.product_id = p.id
JOIN shops_shop sh ON sh.id = l.shop_id
LEFT JOIN live_room r ON r.id = l.container_id
WHERE l.id = ANY($1::uuid[]) AND s.id = ANY($2::uuid[])
"""

READ_COUNTS = """
SELECT c.listing_id, c.buyer_id, c.quantity
FROM unnest($1::uuid[], $2::uuid[]) AS w(listing_id, buyer_id)
JOIN listings_listing l ON l.id = w.listing_id AND l.purchase_limit IS NOT NULL
JOIN orders_purchase_count c
  ON c.shop_id = l.shop_id AND c.listing_id = w.listing_id AND c.buyer_id = w.buyer_id
"""

READ_EARLIER = """
SELECT o.shop_id, o.buyer_id, o.idempotency_key,
  o.id, o.request_hash, o.state, o.amount_minor, o.currency, o.expires_at
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS w(listing_id, buyer_id, key)
JOIN listings_listing l ON l.id = w.listing_id
JOIN orders_order o
  ON o.shop_id = l.shop_id AND o.buyer_id = w.buyer_id AND o.idempotency_key = w.key
"""

WRITE = """
WITH offer AS (
  SELECT * FROM unnest(
    $1::int[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[],
    $9::text[], $10::text[], $11::uuid[], $12::uuid[], $13::text[], $14::text[], $15::text[],
    $16::int[], $17::bigint[], $18::bool[]
  ) AS f(no, shop_id, listing_id, sku_id, product_id, stock_shop_id, stock_sku_id, title,
    currency, surface, container_id, creator_id, source, integration, rule_key, rule_revision,
    unit_price, counted)
), sale AS MATERIALIZED (
  SELECT * FROM unnest(
    $19::int[], $20::uuid[], $21::uuid[], $22::text[], $23::text[], $24::int[]
  ) AS w(no, order_id, buyer_id, key, hash, quantity) JOIN offer USING (no)
), placed AS (
  INSERT INTO orders_order (shop_id, id, checkout_id, part_no, buyer_id, surface, container_id,
    creator_id, source, integration, rule_key, rule_revision, state, goods_minor, discount_minor,
    amount_minor, deposit_minor, paid_minor, currency, idempotency_key, request_hash, reserves,
    room_counted, placed_at, expires_at, close_reason, refunded_minor, ship_to)
  SELECT shop_id, order_id, order_id, 0, buyer_id, surface, container_id, creator_id, source,
    integration, rule_key, rule_revision, 'awaiting_payment', unit_price * quantity, 0,
    unit_price * quantity, 0, 0, currency, key, hash, true, false, $25::timestamptz,
    $26::timestamptz, '', 0, '{}'
  FROM sale ORDER BY shop_id, buyer_id, key
), lines AS (
  INSERT INTO orders_line (shop_id, order_id, line_no, listing_id, product_id, sku_id, title,
    quantity, unit_price_minor, discount_minor, commission_bps, counted)
  SELECT shop_id, order_id, 1, listing_id, product_id, sku_id, title, quantity, unit_price, 0, 0,
    counted FROM sale
), holds AS (
  INSERT INTO inventory_hold (shop_id, order_id, line_no, stock_shop_id, stock_sku_id, quantity,
    state, expires_at)
  SELECT shop_id, order_id, 1, stock_shop_id, stock_sku_id, quantity, 'pending', $26::timestamptz
  FROM sale
), stock AS (
  UPDATE inventory_stock AS row
  SET reserved = row.reserved + taken.quantity, updated_at = $25::timestamptz
  FROM (SELECT stock_shop_id, stock_sku_id, sum(quantity)::bigint AS quantity FROM sale
    GROUP BY 1, 2) AS taken
  WHERE row.shop_id = taken.stock_shop_id AND row.sku_id = taken.stock_sku_id
), counts AS (
  INSERT INTO orders_purchase_count AS row (shop_id, listing_id, buyer_id, quantity)
  SELECT shop_id, listing_id, buyer_id, sum(quantity)::int FROM sale WHERE counted
  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (shop_id, listing_id, buyer_id)
  DO UPDATE SET quantity = row.quantity + excluded.quantity
), announced AS (
  INSERT INTO core_outbox (shop_id, id, topic, room_id, payload, created_at)
  SELECT shop_id, id, 'orders.placed', room_id, payload::jsonb, $25::timestamptz
  FROM unnest($27::uuid[], $28::uuid[], $29::uuid[], $30::text[])
    AS e(shop_id, id, room_id, payload)
)
SELECT pg_notify('outbox', '')
"""

STATEMENTS: Final = {
    b"lock_listings": LOCK_LISTINGS.encode(),
    b"lock_stock": LOCK_STOCK.encode(),
    b"read_offers": READ_OFFERS.encode(),
    b"read_counts": READ_COUNTS.encode(),
    b"read_earlier": READ_EARLIER.encode(),
    b"write": WRITE.encode(),
}
