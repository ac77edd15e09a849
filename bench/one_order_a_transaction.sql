-- One order a transaction as it is written at its best: everything that need not wait is done
-- first, the hot stock row is taken last and guards itself. The same rows as the lane writes, with
-- ids that come in order of time as the lane's do, and as many buyers.
\set buyer random(1, 2000)
BEGIN;
SELECT l.shop_id, p.title, p.currency, s.price_minor, s.stock_shop_id, s.stock_sku_id, l.state,
  l.purchase_limit, r.state, sh.state, p.review_state
FROM listings_listing l
JOIN catalog_product p ON p.id = l.product_id
JOIN catalog_sku s ON s.product_id = p.id
JOIN shops_shop sh ON sh.id = l.shop_id
LEFT JOIN live_room r ON r.id = l.container_id
WHERE l.id = :listing::uuid AND s.id = :sku::uuid;
SELECT uuidv7() AS order_id, md5(:buyer::text)::uuid AS buyer_id, clock_timestamp() AS at \gset
INSERT INTO orders_order (shop_id, id, checkout_id, part_no, buyer_id, surface, container_id,
  creator_id, source, integration, rule_key, rule_revision, state, goods_minor, discount_minor,
  amount_minor, deposit_minor, paid_minor, currency, idempotency_key, request_hash, reserves,
  room_counted, placed_at, expires_at, close_reason, refunded_minor, ship_to)
VALUES (:shop::uuid, :order_id::uuid, :order_id::uuid, 0, :buyer_id::uuid, 'live_room',
  :room::uuid, NULL, 'native', 'native', '', 0, 'awaiting_payment', 9900, 0,
  9900, 0, 0, 'CNY', :order_id::text, '0123456789abcdef0123456789abcdef', true,
  false, :at::timestamptz, :at::timestamptz + interval '15 minutes', '', 0, '{}')
ON CONFLICT (shop_id, buyer_id, idempotency_key, part_no) DO NOTHING;
INSERT INTO orders_line (shop_id, order_id, line_no, listing_id, product_id, sku_id, title,
  quantity, unit_price_minor, discount_minor, commission_bps, counted)
VALUES (:shop::uuid, :order_id::uuid, 1, :listing::uuid, :product::uuid, :sku::uuid, 'Hot item',
  1, 9900, 0, 0, false);
INSERT INTO inventory_hold (shop_id, order_id, line_no, stock_shop_id, stock_sku_id, quantity,
  state, expires_at)
VALUES (:shop::uuid, :order_id::uuid, 1, :shop::uuid, :sku::uuid, 1, 'pending',
  :at::timestamptz + interval '15 minutes');
INSERT INTO core_outbox (shop_id, id, topic, room_id, payload, created_at)
VALUES (:shop::uuid, uuidv7(), 'orders.placed', :room::uuid,
  jsonb_build_object('room_id', :room::text, 'listing_id', :listing::text, 'sku_id', :sku::text,
    'orders', jsonb_build_array(:order_id::text), 'quantity', 1), :at::timestamptz);
UPDATE inventory_stock SET reserved = reserved + 1, updated_at = :at::timestamptz
WHERE shop_id = :shop::uuid AND sku_id = :sku::uuid AND on_hand - reserved - sold >= 1;
COMMIT;
