-- A year of a platform's life in the shape it leaves in the tables. Each step is one statement
-- after a line of dashes; steps of one phase run beside one another. :orders is how many orders.

-- phase: names
-- step
CREATE SCHEMA fill;

-- step
CREATE FUNCTION fill.kin(id uuid, number integer) RETURNS uuid IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
$$ SELECT (left(id::text, 34) || lpad(to_hex(number), 2, '0'))::uuid $$;

-- step
-- The id of a row written so long ago, its last two digits 0, so that its kin have places of
-- their own beside it.
CREATE FUNCTION fill.id(age interval) RETURNS uuid VOLATILE LANGUAGE sql AS
$$ SELECT (left(uuidv7(-age)::text, 34) || '00')::uuid $$;

-- step
CREATE FUNCTION fill.chained(before bytea, content text) RETURNS bytea IMMUTABLE LANGUAGE sql AS
$$ SELECT sha256(before || sha256(convert_to(content, 'UTF8'))) $$;

-- step
CREATE AGGREGATE fill.chain(text) (
  SFUNC = fill.chained, STYPE = bytea,
  INITCOND = '\x0000000000000000000000000000000000000000000000000000000000000000');

-- step
-- The first shop sells three of ten orders; the others share the rest very unevenly.
CREATE UNLOGGED TABLE fill.shop AS
SELECT n, fill.id(interval '400 days') AS id,
  CASE WHEN n = 1 THEN greatest(20, least(120, :orders / 1000)) ELSE 2 + mod(n, 8) END AS products,
  'shop:' AS party, false AS is_huge
FROM generate_series(1, greatest(20, least(1000, :orders / 1000))) AS n;

-- step
UPDATE fill.shop SET party = 'shop:' || id, is_huge = n = 1;

-- step
CREATE UNLOGGED TABLE fill.person AS
SELECT n, fill.id(interval '390 days') AS id FROM generate_series(1, greatest(100, :orders / 5)) AS n;

-- step
CREATE UNLOGGED TABLE fill.creator AS
SELECT n, id, 'creator:' || id AS party FROM fill.person
WHERE n BETWEEN 11 AND 10 + greatest(5, least(200, :orders / 5000));

-- step
CREATE UNLOGGED TABLE fill.room AS
SELECT n, fill.id((1 - n::float8 / rooms) * interval '366 days') AS id,
  (SELECT id FROM fill.creator
   WHERE creator.n = 11 + floor((SELECT count(*) FROM fill.creator) * power(mod(n * 7919, 997) / 997.0, 2)))
    AS creator_id
FROM (SELECT greatest(5, :orders / 500) AS rooms) AS many, generate_series(1, rooms) AS n;

-- step
CREATE UNLOGGED TABLE fill.product AS
SELECT shop.n AS shop_n, k, shop.id AS shop_id, fill.id(interval '380 days') AS id,
  fill.id(interval '379 days') AS listing_id, 'Thing ' || shop.n || '-' || k AS title,
  1900 + mod((shop.n * 31 + k * 7919)::bigint, 300) * 100 AS price
FROM fill.shop AS shop, generate_series(1, shop.products) AS k;

-- step
CREATE UNIQUE INDEX ON fill.product (shop_n, k);

-- phase: orders
-- step
CREATE UNLOGGED TABLE fill.dice AS
SELECT row_number() OVER (ORDER BY age DESC) AS n, age, chance, part, buyer_n, shop_n, pieces, pick
FROM (
  SELECT 365 * power(random(), 1.1) * interval '1 day' AS age, random() AS chance, random() AS part,
    CASE WHEN random() < 0.003 THEN 1
      ELSE 2 + floor((greatest(100, :orders / 5) - 1) * power(random(), 1.4)) END::bigint AS buyer_n,
    CASE WHEN random() < 0.3 THEN 1
      ELSE 2 + floor(((SELECT count(*) FROM fill.shop) - 1) * power(random(), 2)) END::bigint
      AS shop_n,
    CASE WHEN random() < 0.85 THEN 1 ELSE 2 END AS pieces, random() AS pick
  FROM generate_series(1, :orders)
) AS thrown;

-- step
-- Everything that is decided of an order. "stage" is how far it came; its instants follow from it.
CREATE UNLOGGED TABLE fill.sale AS
SELECT told.*, now() - age AS placed_at, now() - age + interval '2 minutes' AS paid_at,
  now() - age + interval '1 day' AS shipped_at, now() - age + interval '9 days' AS completed_at,
  now() - age + interval '16 days' AS settled_at,
  goods1 + goods2 AS goods, goods1 + goods2 - discount AS amount,
  stage NOT IN ('awaiting', 'expired') AS is_paid,
  stage IN ('shipped', 'signed', 'completed', 'returned') AS is_shipped,
  stage = 'completed' AND age >= interval '16 days' AS is_settled,
  (goods1 + goods2) / 20 AS fee, (goods1 + goods2) / 10 AS commission
FROM (
  SELECT d.n, fill.id(d.age) AS id, d.age, d.chance, d.part, p.shop_n, p.shop_id,
    buyer.id AS buyer_id, room.id AS room_id, room.creator_id, p.id AS product_id, p.listing_id,
    p.title, p.price, d.pieces, p2.id AS product2_id, p2.listing_id AS listing2_id,
    p2.title AS title2, p2.price AS price2,
    p.price * d.pieces AS goods1, coalesce(p2.price, 0) AS goods2,
    CASE WHEN d.part < 0.1 THEN 500 ELSE 0 END AS discount,
    CASE WHEN d.part < 0.7 THEN 'live_room' WHEN d.part < 0.85 THEN 'short_video'
      ELSE 'shop_page' END AS surface,
    CASE WHEN d.age < interval '20 minutes' THEN 'awaiting'
      WHEN d.chance < 0.08 THEN 'expired'
      WHEN d.age < interval '36 hours' THEN
        CASE WHEN d.chance < 0.12 AND p2.id IS NOT NULL THEN 'partly' ELSE 'paid' END
      WHEN d.chance < 0.1 THEN 'returned'
      WHEN d.age >= interval '9 days' THEN 'completed'
      WHEN d.age >= interval '4 days' AND d.chance < 0.7 THEN 'signed'
      ELSE 'shipped' END AS stage,
    CASE WHEN d.chance >= 0.985 AND d.age >= interval '36 hours' THEN
      CASE WHEN d.age < interval '14 days'
        THEN (ARRAY['awaiting_seller', 'refused', 'intervening', 'awaiting_return',
          'awaiting_seller_receipt', 'awaiting_replacement'])[1 + mod(d.n, 6)] ELSE 'closed' END
      WHEN d.chance BETWEEN 0.08 AND 0.1 AND d.age >= interval '36 hours' THEN 'succeeded'
      ELSE '' END AS case_state
  FROM fill.dice AS d
  JOIN fill.shop AS shop ON shop.n = d.shop_n
  JOIN fill.product AS p ON p.shop_n = d.shop_n AND p.k = 1 + floor(d.pick * shop.products)
  LEFT JOIN fill.product AS p2 ON mod(d.n, 5) = 0 AND p2.shop_n = d.shop_n
    AND p2.k = 1 + mod((1 + floor(d.pick * shop.products))::bigint, shop.products)
  JOIN fill.person AS buyer ON buyer.n = d.buyer_n
  JOIN fill.room AS room ON room.n = CASE
    WHEN d.n BETWEEN :orders * 0.9 AND :orders * 0.93 THEN (SELECT (max(n) * 0.9)::bigint FROM fill.room)
    ELSE 1 + (d.n - 1) * (SELECT max(n) FROM fill.room) / :orders END
) AS told ORDER BY n;

-- step
ANALYZE fill.sale;

-- phase: people and goods
-- step
INSERT INTO people_account (id, username, handle, display_name, language, is_active, joined_at)
SELECT id, 'person' || n, 'person' || n, 'Person ' || n, 'zh-hans', true, now() - interval '390 days'
FROM fill.person;

-- step
INSERT INTO people_role_grant (id, account_id, role, granted_at)
SELECT uuidv7(), id, 'creator', now() FROM fill.creator
UNION ALL SELECT uuidv7(), id, 'operator', now() FROM fill.person WHERE n = 3;

-- step
INSERT INTO shops_shop (id, handle, name, type, source, currency, state, opened_at)
SELECT id, 'shop' || n, 'Shop ' || n, 'enterprise', 'native', 'CNY', 'open', now() - interval '400 days'
FROM fill.shop;

-- step
-- The fourth person runs the huge shop, the fifth an ordinary one in the middle.
INSERT INTO shops_member (id, shop_id, account_id, role, since)
SELECT uuidv7(), shop.id, person.id, 'owner', now() FROM fill.shop AS shop JOIN fill.person AS person
  ON person.n = CASE WHEN shop.n = 1 THEN 4 WHEN shop.n = (SELECT max(n) / 2 FROM fill.shop) THEN 5 ELSE 6 END;

-- step
INSERT INTO catalog_product (id, shop_id, title, source, integration, currency, review_state, on_shelf,
  tags, images, option_names, created_at, updated_at)
SELECT id, shop_id, title, 'native', 'native', 'CNY',
  CASE WHEN k > 2 AND mod(shop_n * 13 + k, 29) = 0 THEN 'in_review' ELSE 'approved' END, true,
  '[]'::jsonb, '[]'::jsonb, '[]'::jsonb,
  now() - interval '380 days', now() FROM fill.product
UNION ALL
SELECT fill.kin(id, 1), shop_id, title || ' elsewhere', 'youzan', 'link', 'CNY', 'approved', true,
  '[]', '[]', '[]', now() - interval '380 days', now() FROM fill.product WHERE k = 1;

-- step
INSERT INTO catalog_sku (id, shop_id, product_id, options, price_minor, stock_shop_id, stock_sku_id, active)
SELECT fill.kin(id, 2), shop_id, id, '[]', price, shop_id, fill.kin(id, 2), true FROM fill.product;

-- step
INSERT INTO listings_listing (id, shop_id, product_id, surface, container_id, source, integration,
  shop_type, position, state, commission_bps, mounted_at)
SELECT listing_id, shop_id, id, 'shop_page', shop_id, 'native', 'native', 'enterprise', k, 'mounted', 1000,
  now() - interval '379 days' FROM fill.product
UNION ALL
SELECT fill.kin(listing_id, 1), shop_id, fill.kin(id, 1), 'shop_page', shop_id, 'youzan', 'link', 'enterprise',
  1000, 'mounted', 0, now() - interval '379 days' FROM fill.product WHERE k = 1;

-- step
INSERT INTO live_room (id, creator_id, title, state, scheduled_at, started_at, ended_at, reservation,
  slow_mode_seconds, blocked_words)
SELECT room.id, room.creator_id, 'Evening ' || room.n, CASE WHEN room.n > last - 5 THEN 'live' ELSE 'ended' END,
  began, began, CASE WHEN room.n > last - 5 THEN NULL ELSE ended END, 'hold', 1, '[]'
FROM fill.room AS room JOIN (
  SELECT room_id, min(placed_at) - interval '1 minute' AS began, max(placed_at) + interval '1 minute' AS ended
  FROM fill.sale GROUP BY room_id
) AS times ON times.room_id = room.id, (SELECT max(n) AS last FROM fill.room) AS many;

-- step
INSERT INTO promotions_coupon (id, title, bearer, currency, off_minor, budget_minor, spent_minor, used,
  per_buyer, claim_from, use_from, use_until, made_at)
SELECT '01900000-0000-7000-8000-000000000001', 'Everybody', 'platform', 'CNY', 500, 100000000000,
  coalesce(sum(discount), 0), count(*), 1000000, now() - interval '1 year', now() - interval '1 year',
  now() + interval '1 year', now() - interval '1 year'
FROM fill.sale WHERE discount > 0 AND stage <> 'expired';

-- step
INSERT INTO core_audit (id, at, actor_id, verb, target, detail)
SELECT uuidv7(-age), now() - age, (SELECT id FROM fill.person WHERE n = 3), 'bench.deed', 'order:' || n, '{}'
FROM fill.dice WHERE mod(n, 20) = 0;

-- step
INSERT INTO notices_notice (id, account_id, party, shop_id, rule_key, rule_revision, stage, effective_at,
  title_en, title_zh, body_en, body_zh, hit, sent_at)
SELECT uuidv7(-t * interval '1 day'), person.id, 'merchant', shop.id, 'bench', t, 'announced', now(),
  'A rule', '规则', 'It changes.', '有变化。', '{}', now() - t * interval '1 day'
FROM fill.shop AS shop JOIN fill.person AS person
  ON person.n = CASE WHEN shop.n = 1 THEN 4 WHEN shop.n = (SELECT max(n) / 2 FROM fill.shop) THEN 5 ELSE 6 END,
  generate_series(1, 50) AS t;

-- phase: sales
-- step
INSERT INTO orders_order (shop_id, id, checkout_id, buyer_id, surface, container_id, creator_id, host_id,
  share_code, carrier_type, source,
  integration, state, goods_minor, discount_minor, amount_minor, paid_minor, refunded_minor, currency,
  idempotency_key, reserves, placed_at, expires_at, paid_at, shipped_at, signed_at, completed_at, closed_at,
  close_reason, ship_to, ship_by, receipt_at, open_cases, case_opened_at, case_closed_at)
SELECT shop_id, id, id, buyer_id, surface,
  CASE surface WHEN 'live_room' THEN room_id WHEN 'shop_page' THEN shop_id ELSE creator_id END, creator_id,
  CASE surface WHEN 'live_room' THEN creator_id END, '',
  CASE surface WHEN 'live_room' THEN 2 WHEN 'short_video' THEN 1 WHEN 'shop_page' THEN 29 ELSE 3 END,
  'native', 'native',
  CASE stage WHEN 'awaiting' THEN 'awaiting_payment' WHEN 'expired' THEN 'closed' WHEN 'returned' THEN 'closed'
    WHEN 'partly' THEN 'partly_shipped' ELSE stage END,
  goods, discount, amount, CASE WHEN is_paid THEN amount ELSE 0 END,
  CASE WHEN stage = 'returned' THEN amount ELSE 0 END, 'CNY', 'bulk-' || n, true, placed_at,
  CASE WHEN stage = 'awaiting' THEN now() + interval '3 hours' ELSE placed_at + interval '15 minutes' END,
  CASE WHEN is_paid THEN paid_at END, CASE WHEN is_shipped THEN shipped_at END,
  CASE WHEN is_shipped AND stage <> 'shipped' THEN shipped_at + interval '3 days' END,
  CASE WHEN stage = 'completed' THEN completed_at END,
  CASE stage WHEN 'expired' THEN placed_at + interval '15 minutes'
    WHEN 'returned' THEN shipped_at + interval '5 minutes' END,
  CASE stage WHEN 'expired' THEN 'expired' WHEN 'returned' THEN 'refunded' ELSE '' END,
  '{"name": "Li Lei", "phone": "13800000000", "region": "Zhejiang", "address": "1 West Lake Road"}',
  CASE WHEN is_paid THEN paid_at + interval '48 hours' END,
  CASE WHEN stage IN ('shipped', 'signed') THEN shipped_at + interval '10 days' END,
  (case_state NOT IN ('', 'closed', 'succeeded'))::int,
  CASE WHEN case_state <> '' THEN shipped_at + interval '1 minute' END,
  CASE WHEN case_state IN ('closed', 'succeeded') THEN shipped_at + interval '5 minutes' END
FROM fill.sale ORDER BY n;

-- step
INSERT INTO orders_line (shop_id, order_id, line_no, listing_id, product_id, sku_id, title, quantity,
  unit_price_minor, discount_minor, commission_bps, shipped_quantity, refunded_quantity, refunded_minor)
SELECT shop_id, id, 1, listing_id, product_id, fill.kin(product_id, 2), title, pieces, price, discount, 1000,
  CASE WHEN is_shipped OR stage = 'partly' THEN pieces ELSE 0 END,
  CASE WHEN stage = 'returned' THEN pieces ELSE 0 END,
  CASE WHEN stage = 'returned' THEN goods1 - discount ELSE 0 END
FROM fill.sale
UNION ALL
SELECT shop_id, id, 2, listing2_id, product2_id, fill.kin(product2_id, 2), title2, 1, price2, 0, 1000,
  is_shipped::int, (stage = 'returned')::int, CASE WHEN stage = 'returned' THEN goods2 ELSE 0 END
FROM fill.sale WHERE product2_id IS NOT NULL;

-- step
INSERT INTO orders_discount (shop_id, order_id, coupon_id, checkout_id, bearer, amount_minor)
SELECT shop_id, id, '01900000-0000-7000-8000-000000000001', id, 'platform', discount
FROM fill.sale WHERE discount > 0;

-- step
INSERT INTO inventory_hold (shop_id, order_id, line_no, stock_shop_id, stock_sku_id, quantity, shipped,
  released, state, expires_at)
SELECT shop_id, id, line_no, shop_id, fill.kin(product, 2), quantity, CASE WHEN sent THEN quantity ELSE 0 END,
  CASE WHEN stage = 'expired' THEN quantity ELSE 0 END,
  CASE WHEN sent THEN 'shipped' WHEN stage = 'awaiting' THEN 'pending' WHEN stage = 'expired' THEN 'expired'
    ELSE 'captured' END,
  CASE WHEN stage = 'awaiting' THEN now() + interval '3 hours' ELSE placed_at + interval '15 minutes' END
FROM (
  SELECT shop_id, id, 1 AS line_no, product_id AS product, pieces AS quantity,
    is_shipped OR stage = 'partly' AS sent, stage, placed_at FROM fill.sale
  UNION ALL
  SELECT shop_id, id, 2, product2_id, 1, is_shipped, stage, placed_at FROM fill.sale
  WHERE product2_id IS NOT NULL
) AS held;

-- step
INSERT INTO orders_event (id, shop_id, order_id, verb, state, detail, at)
SELECT fill.kin(id, 49), shop_id, id, 'pay', 'paid', '{}'::jsonb, paid_at FROM fill.sale WHERE is_paid
UNION ALL
SELECT fill.kin(id, 50), shop_id, id, 'ship', 'shipped', '{}', shipped_at FROM fill.sale WHERE is_shipped
UNION ALL
SELECT fill.kin(id, 51), shop_id, id, 'receive', 'completed', '{}', completed_at FROM fill.sale
WHERE stage = 'completed'
UNION ALL
SELECT fill.kin(id, 52), shop_id, id, 'expire', 'closed', '{}', placed_at + interval '15 minutes' FROM fill.sale
WHERE stage = 'expired';

-- step
INSERT INTO orders_shipment (id, shop_id, order_id, carrier, tracking_no, shipped_at, signed_at)
SELECT fill.kin(id, 53), shop_id, id, '顺丰速运', 'SF' || n, shipped_at,
  CASE WHEN stage NOT IN ('partly', 'shipped') THEN shipped_at + interval '3 days' END
FROM fill.sale WHERE is_shipped OR stage = 'partly';

-- step
INSERT INTO orders_shipment_line (shop_id, shipment_id, line_no, order_id, quantity)
SELECT shop_id, fill.kin(id, 53), 1, id, pieces FROM fill.sale WHERE is_shipped OR stage = 'partly'
UNION ALL
SELECT shop_id, fill.kin(id, 53), 2, id, 1 FROM fill.sale WHERE is_shipped AND product2_id IS NOT NULL;

-- step
INSERT INTO payments_payment (id, checkout_id, stage, buyer_id, provider, provider_ref, provider_txn, state,
  amount_minor, currency, received_minor, refunded_minor, started_at, expires_at, finished_at, statement_day)
SELECT fill.kin(id, 54), id, 'full', buyer_id, 'sandbox', 'sbx_' || n, 'sbx_' || n,
  CASE WHEN stage = 'returned' THEN 'refunded' ELSE 'succeeded' END, amount, 'CNY', amount,
  CASE WHEN stage = 'returned' THEN amount ELSE 0 END, placed_at + interval '1 minute',
  placed_at + interval '15 minutes', paid_at, (paid_at AT TIME ZONE 'Asia/Shanghai')::date
FROM fill.sale WHERE is_paid;

-- step
INSERT INTO payments_part (shop_id, payment_id, order_id, amount_minor, refunded_minor)
SELECT shop_id, fill.kin(id, 54), id, amount, CASE WHEN stage = 'returned' THEN amount ELSE 0 END
FROM fill.sale WHERE is_paid;

-- step
INSERT INTO payments_sandbox_charge (ref, payment_id, amount_minor, currency, title, state, refunded_minor,
  created_at, answered_at)
SELECT 'sbx_' || n, fill.kin(id, 54), amount, 'CNY', title,
  CASE WHEN stage = 'returned' THEN 'refunded' ELSE 'approved' END,
  CASE WHEN stage = 'returned' THEN amount ELSE 0 END, placed_at + interval '1 minute', paid_at
FROM fill.sale WHERE is_paid;

-- step
INSERT INTO payments_sandbox_refund (id, charge_ref, amount_minor, at)
SELECT fill.kin(id, 56), 'sbx_' || n, amount, shipped_at + interval '6 minutes' FROM fill.sale
WHERE stage = 'returned';

-- step
INSERT INTO payments_refund (shop_id, id, order_id, buyer_id, reference, amount_minor, currency, reason, state,
  asked_at, done_at)
SELECT shop_id, fill.kin(id, 55), id, buyer_id, 'case:' || fill.kin(id, 57), amount, 'CNY', 'returned', 'done',
  shipped_at + interval '5 minutes', shipped_at + interval '6 minutes'
FROM fill.sale WHERE stage = 'returned';

-- step
INSERT INTO payments_refund_leg (shop_id, id, refund_id, payment_id, amount_minor, state, provider_ref,
  asked_at, done_at)
SELECT shop_id, fill.kin(id, 56), fill.kin(id, 55), fill.kin(id, 54), amount, 'done', fill.kin(id, 56)::text,
  shipped_at + interval '5 minutes', shipped_at + interval '6 minutes'
FROM fill.sale WHERE stage = 'returned';

-- step
-- The statements of the last weeks were looked at.
INSERT INTO payments_reconciliation_run (id, provider, day, origin, state, matched, asked_at, ended_at)
SELECT uuidv7(), 'sandbox', current_date + 1 - t, 'daily', 'done', 1, now(), now()
FROM generate_series(0, 40) AS t;

-- step
INSERT INTO aftersales_case (shop_id, id, order_id, buyer_id, kind, reason, state, amount_minor, refunded_minor,
  currency, deadline_at, deadline_verb, opened_at, stepped_at, closed_at)
SELECT shop_id, fill.kin(id, 57), id, buyer_id, 'return_refund', 'quality', case_state, goods1 - discount,
  CASE WHEN case_state = 'succeeded' THEN goods1 - discount ELSE 0 END, 'CNY',
  CASE WHEN case_state NOT IN ('succeeded', 'closed', 'intervening') THEN now() + interval '1 day' END,
  CASE case_state WHEN 'awaiting_seller' THEN 'agree_return' WHEN 'refused' THEN 'lapse'
    WHEN 'awaiting_return' THEN 'lapse' WHEN 'awaiting_seller_receipt' THEN 'take_back' ELSE '' END,
  shipped_at + interval '1 minute', shipped_at + interval '3 minutes',
  CASE WHEN case_state IN ('closed', 'succeeded') THEN shipped_at + interval '5 minutes' END
FROM fill.sale WHERE case_state <> '';

-- step
INSERT INTO aftersales_line (shop_id, case_id, line_no, order_id, quantity, amount_minor, is_open)
SELECT shop_id, fill.kin(id, 57), 1, id, pieces, goods1 - discount, case_state NOT IN ('closed', 'succeeded')
FROM fill.sale WHERE case_state <> '';

-- step
INSERT INTO aftersales_event (id, shop_id, case_id, verb, state, party, words, detail, at)
SELECT fill.kin(id, 58 + step), shop_id, fill.kin(id, 57), 'change', 'awaiting_seller', 'buyer', 'It broke.',
  '{}', shipped_at + (1 + step) * interval '1 minute'
FROM fill.sale, generate_series(0, 2) AS step WHERE case_state <> '';

-- step
INSERT INTO listings_click (id, listing_id, shop_id, product_id, source, surface, container_id, creator_id,
  viewer_id, at)
SELECT fill.kin(s.id, 62), fill.kin(p.listing_id, 1), s.shop_id, fill.kin(p.id, 1), 'youzan', s.surface,
  CASE s.surface WHEN 'live_room' THEN s.room_id WHEN 'shop_page' THEN s.shop_id ELSE s.creator_id END,
  s.creator_id, s.buyer_id, s.placed_at
FROM fill.sale AS s JOIN fill.product AS p ON p.shop_n = s.shop_n AND p.k = 1 WHERE mod(s.n, 4) = 0;

-- step
INSERT INTO orders_conversion (id, source, external_order_id, click_id, shop_id, listing_id, surface,
  container_id, status, amount_minor, commission_minor, currency, in_window, ordered_at, source_updated_at,
  first_told_at, last_told_at)
SELECT fill.kin(s.id, 63), 'youzan', 'YZ' || s.n, fill.kin(s.id, 62), s.shop_id, fill.kin(p.listing_id, 1),
  s.surface, CASE s.surface WHEN 'live_room' THEN s.room_id WHEN 'shop_page' THEN s.shop_id ELSE s.creator_id END,
  CASE WHEN mod(s.n, 220) = 0 THEN 'closed' ELSE 'received' END, s.price, s.commission, 'CNY', true, s.placed_at,
  s.placed_at, s.placed_at, s.placed_at
FROM fill.sale AS s JOIN fill.product AS p ON p.shop_n = s.shop_n AND p.k = 1 WHERE mod(s.n, 20) = 0;

-- step
INSERT INTO settlement_bill (shop_id, id, kind, source, currency, goods_minor, paid_minor, refunded_minor,
  line_count, sold_at, since, is_disputed)
SELECT shop_id, id, 'order', 'native', 'CNY', goods, amount, CASE WHEN stage = 'returned' THEN amount ELSE 0 END,
  CASE WHEN product2_id IS NULL THEN 1 ELSE 2 END, paid_at,
  CASE stage WHEN 'completed' THEN completed_at WHEN 'returned' THEN shipped_at + interval '5 minutes' END,
  case_state NOT IN ('', 'closed', 'succeeded')
FROM fill.sale WHERE is_paid;

-- step
INSERT INTO settlement_share (id, shop_id, bill_id, share_no, role, party, currency, amount_minor,
  returned_minor, parts, rule_key, state, reason, sold_at, due_at, settled_at)
SELECT fill.kin(id, 64 + share_no), shop_id, id, share_no, role, party, 'CNY', share,
  CASE WHEN stage = 'returned' THEN share ELSE 0 END, parts, '',
  CASE WHEN stage = 'returned' THEN 'cancelled'
    WHEN case_state NOT IN ('', 'closed', 'succeeded') THEN 'held'
    WHEN is_settled THEN 'completed' WHEN stage = 'completed' THEN 'received' ELSE 'waiting' END,
  CASE WHEN case_state NOT IN ('', 'closed', 'succeeded') THEN 'dispute' ELSE '' END, paid_at,
  CASE WHEN stage = 'completed' THEN settled_at END,
  CASE WHEN is_settled AND case_state IN ('', 'closed') THEN settled_at END
FROM (
  SELECT s.*, 0 AS share_no, 'merchant' AS role, 'shop:' || shop_id AS party, goods - fee - commission AS share,
    jsonb_build_object('goods', goods, 'fee', -fee, 'commission', -commission) AS parts
  FROM fill.sale AS s WHERE is_paid
  UNION ALL
  SELECT s.*, 1, 'platform', 'platform', fee, jsonb_build_object('fee', fee) FROM fill.sale AS s WHERE is_paid
  UNION ALL
  SELECT s.*, 2, 'creator', 'creator:' || creator_id, commission, jsonb_build_object('commission', commission)
  FROM fill.sale AS s WHERE is_paid
  UNION ALL
  SELECT s.*, 3, 'subsidy', 'platform', -discount, jsonb_build_object('discount', -discount)
  FROM fill.sale AS s WHERE is_paid AND discount > 0
) AS parted ORDER BY n, share_no;

-- phase: moves
-- step
INSERT INTO settlement_move (id, party, currency, at, kind, amount_minor, share_id, reference)
SELECT fill.kin(bill_id, 72 + share_no), party, 'CNY', settled_at, 'settled', amount_minor, id,
  'settle:' || bill_id
FROM settlement_share WHERE state = 'completed'
UNION ALL
-- Every week each shop that sells takes out what it can.
SELECT uuidv7(), party, 'CNY', week + interval '7 days', 'withdrawal', -amount, NULL, 'withdraw:' || id
FROM (
  SELECT party, to_timestamp(floor(extract(epoch FROM settled_at) / 604800) * 604800) AS week,
    sum(amount_minor) AS amount, fill.kin((array_agg(bill_id ORDER BY bill_id))[1], 80 + starts_with(party, 'shop')::int) AS id
  FROM settlement_share WHERE state = 'completed' AND party <> 'platform' GROUP BY 1, 2
) AS weekly WHERE week + interval '7 days' < now() - interval '1 day' AND amount > 0;

-- phase: sums
-- step
INSERT INTO settlement_withdrawal (id, party, currency, amount_minor, state, requested_by, requested_at, send_at,
  sent_at, ended_at, provider, provider_ref, idempotency_key)
SELECT substr(reference, 10)::uuid, party, 'CNY', -amount_minor, 'done', (SELECT id FROM fill.person WHERE n = 4),
  at, at, at, at + interval '1 hour', 'sandbox', reference, reference
FROM settlement_move WHERE kind = 'withdrawal';

-- step
INSERT INTO settlement_day (party, currency, day, kind, amount_minor, sales_minor)
SELECT move.party, 'CNY', (move.at AT TIME ZONE 'UTC')::date, move.kind, sum(move.amount_minor),
  coalesce(sum(bill.goods_minor), 0)
FROM settlement_move AS move
LEFT JOIN settlement_share AS share ON share.id = move.share_id AND share.role = 'merchant'
LEFT JOIN settlement_bill AS bill ON bill.shop_id = share.shop_id AND bill.id = share.bill_id
GROUP BY 1, 3, 4;

-- step
INSERT INTO settlement_position (party, currency)
SELECT DISTINCT party, 'CNY' FROM settlement_share WHERE party <> 'platform';

-- step
INSERT INTO inventory_stock (shop_id, sku_id, on_hand, reserved, sold, updated_at)
SELECT p.shop_id, fill.kin(p.id, 2), CASE WHEN mod(p.k, 10) = 3 THEN 2 ELSE 5000 END + coalesce(reserved, 0)
  + coalesce(sold, 0), coalesce(reserved, 0), coalesce(sold, 0), now()
FROM fill.product AS p LEFT JOIN (
  SELECT stock_sku_id, sum(quantity) FILTER (WHERE state = 'pending') AS reserved,
    sum(quantity) FILTER (WHERE state = 'captured') AS sold
  FROM inventory_hold WHERE state IN ('pending', 'captured') GROUP BY 1
) AS held ON held.stock_sku_id = fill.kin(p.id, 2);

-- step
INSERT INTO listings_sold (listing_id, quantity)
SELECT listing_id, sum(quantity) FROM orders_line GROUP BY 1;

-- step
-- What is written of one event, as the accounts and amounts it moves.
CREATE UNLOGGED TABLE fill.entry AS
SELECT row_number() OVER (ORDER BY at, id) AS seq, id, base, at, reference, description, parties, kinds, amounts
FROM (
  SELECT fill.kin(id, 128) AS id, 128 AS base, paid_at AS at, 'payment:' || fill.kin(id, 54) AS reference,
    'Payment of checkout ' || id AS description, ARRAY['provider:sandbox', 'shop:' || shop_id] AS parties,
    ARRAY['cash', 'held'] AS kinds, ARRAY[amount, -amount] AS amounts
  FROM fill.sale WHERE is_paid
  UNION ALL
  SELECT fill.kin(id, 136), 136, shipped_at + interval '5 minutes', 'refund:' || fill.kin(id, 55), 'Refund of order ' || id,
    ARRAY['shop:' || shop_id, 'buyer:' || buyer_id], ARRAY['held', 'payable'], ARRAY[amount, -amount]
  FROM fill.sale WHERE stage = 'returned'
  UNION ALL
  SELECT fill.kin(id, 144), 144, shipped_at + interval '6 minutes', 'refund-leg:' || fill.kin(id, 56),
    'Refund ' || fill.kin(id, 55) || ' went back', ARRAY['buyer:' || buyer_id, 'provider:sandbox'],
    ARRAY['payable', 'cash'], ARRAY[amount, -amount]
  FROM fill.sale WHERE stage = 'returned'
  UNION ALL
  SELECT fill.kin(id, 152), 152, settled_at, 'settle:' || id, 'Settlement of order ' || id,
    ARRAY['shop:' || shop_id, 'shop:' || shop_id, 'platform', 'creator:' || creator_id]
      || CASE WHEN discount > 0 THEN ARRAY['platform'] ELSE ARRAY[]::text[] END,
    ARRAY['held', 'payable', 'revenue', 'payable']
      || CASE WHEN discount > 0 THEN ARRAY['expense'] ELSE ARRAY[]::text[] END,
    ARRAY[amount, fee + commission - goods, -fee, -commission]
      || CASE WHEN discount > 0 THEN ARRAY[discount::bigint] ELSE ARRAY[]::bigint[] END
  FROM fill.sale WHERE is_settled AND case_state IN ('', 'closed')
  UNION ALL
  SELECT uuidv7(), 0, requested_at, 'withdraw:' || id, 'Withdrawal', ARRAY[party, party], ARRAY['payable', 'payout'],
    ARRAY[amount_minor, -amount_minor] FROM settlement_withdrawal
  UNION ALL
  SELECT uuidv7(), 0, ended_at, 'payout:' || id, 'Withdrawal paid out', ARRAY[party, 'provider:sandbox'],
    ARRAY['payout', 'cash'], ARRAY[amount_minor, -amount_minor] FROM settlement_withdrawal
) AS entries;

-- phase: accounts
-- step
INSERT INTO ledger_account (id, party, kind, currency)
SELECT uuidv7(), party, kind, 'CNY' FROM (
  SELECT DISTINCT party, kind FROM fill.entry, unnest(parties, kinds) AS line(party, kind)
) AS named;

-- step
ANALYZE ledger_account;

-- phase: books
-- step
CREATE UNLOGGED TABLE fill.posting AS
SELECT e.seq, fill.kin(e.id, e.base + line.place::int) AS id, e.id AS entry_id, account.id AS account_id,
  account.party, account.kind, line.amount
FROM fill.entry AS e
CROSS JOIN LATERAL unnest(e.parties, e.kinds, e.amounts) WITH ORDINALITY AS line(party, kind, amount, place)
JOIN ledger_account AS account ON account.party = line.party AND account.kind = line.kind
WHERE line.amount <> 0;

-- phase: written
-- step
INSERT INTO ledger_entry (id, reference, at, description, posting_count)
SELECT e.id, e.reference, e.at, e.description, (SELECT count(*) FROM unnest(e.amounts) AS amount WHERE amount <> 0)
FROM fill.entry AS e ORDER BY e.seq;

-- step
INSERT INTO ledger_posting (id, entry_id, account_id, amount_minor)
SELECT id, entry_id, account_id, amount FROM fill.posting;

-- step
INSERT INTO ledger_seal (seq, entry_id, content, hash, sealed_at)
SELECT seq, id, content, fill.chain(content) OVER (ORDER BY seq), at FROM (
  SELECT e.seq, e.id, e.at, jsonb_build_array(e.id, e.reference, (extract(epoch FROM e.at) * 1000000)::bigint,
    e.description, count(*), NULL, jsonb_agg(jsonb_build_array(p.id, p.account_id, p.party, p.kind, 'CNY', p.amount)
      ORDER BY p.id))::text AS content
  FROM fill.entry AS e JOIN fill.posting AS p ON p.seq = e.seq
  GROUP BY e.seq, e.id, e.reference, e.at, e.description
) AS written;

-- step
INSERT INTO ledger_snapshot (account_id, amount_minor, posting_count, seq)
SELECT account_id, sum(amount), count(*), max(seq) FROM fill.posting GROUP BY 1;

-- step
INSERT INTO ledger_purse (account_id, amount_minor)
SELECT account_id, -sum(amount) FROM fill.posting
WHERE kind IN ('payable', 'payout') AND split_part(party, ':', 1) IN ('shop', 'creator') GROUP BY 1;
