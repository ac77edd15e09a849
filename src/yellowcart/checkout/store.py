"""The lane's SQL: lock, read and write one batch on one connection, in one transaction.

Locks are taken sorted and without the key: listings by id, then stock rows by key. What decides
is read after the locks, by statements of their own, so that they see what a rival committed while
this batch waited. Everything is written by one statement with array parameters.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection

from yellowcart.checkout.rules import (
    Decision,
    Offer,
    OrderKey,
    Placed,
    Receipt,
    Request,
    Snapshot,
    StockKey,
    admit,
)
from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.policy.rules import Facts
from yellowcart.policy.verdicts import Verdict

TOPIC_PLACED: Final = "orders.placed"

Verdicts = Callable[[Facts, datetime], Verdict]
Connection = AsyncConnection[tuple[Any, ...]]


class MovedError(Exception):
    """What was read no longer fits what was locked or written: do the whole batch again."""


_LOCK_LISTINGS = """
SELECT id FROM listings_listing WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""

_LOCK_STOCK = """
SELECT shop_id, sku_id, on_hand - reserved - sold FROM inventory_stock
WHERE (shop_id, sku_id) IN
  (SELECT stock_shop_id, stock_sku_id FROM catalog_sku WHERE id = ANY(%s::uuid[]))
ORDER BY shop_id, sku_id FOR NO KEY UPDATE
"""

_READ_OFFERS = """
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
WHERE l.id = ANY(%s::uuid[]) AND s.id = ANY(%s::uuid[])
"""

_READ_COUNTS = """
SELECT c.listing_id, c.buyer_id, c.quantity
FROM unnest(%s::uuid[], %s::uuid[]) AS w(listing_id, buyer_id)
JOIN listings_listing l ON l.id = w.listing_id AND l.purchase_limit IS NOT NULL
JOIN orders_purchase_count c
  ON c.shop_id = l.shop_id AND c.listing_id = w.listing_id AND c.buyer_id = w.buyer_id
"""

_READ_EARLIER = """
SELECT o.shop_id, o.buyer_id, o.idempotency_key,
  o.id, o.request_hash, o.state, o.amount_minor, o.currency, o.expires_at
FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) AS w(listing_id, buyer_id, key)
JOIN listings_listing l ON l.id = w.listing_id
JOIN orders_order o
  ON o.shop_id = l.shop_id AND o.buyer_id = w.buyer_id AND o.idempotency_key = w.key
"""

_WRITE = """
WITH offer AS (
  SELECT * FROM unnest(
    %s::int[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[],
    %s::text[], %s::text[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::int[],
    %s::bigint[], %s::bool[]
  ) AS f(no, shop_id, listing_id, sku_id, product_id, stock_shop_id, stock_sku_id, title,
    currency, surface, container_id, creator_id, source, integration, rule_key, rule_revision,
    unit_price, counted)
), sale AS MATERIALIZED (
  SELECT * FROM unnest(
    %s::int[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::int[]
  ) AS w(no, order_id, buyer_id, key, hash, quantity) JOIN offer USING (no)
), placed AS (
  INSERT INTO orders_order (shop_id, id, buyer_id, listing_id, surface, container_id, creator_id,
    source, integration, rule_key, rule_revision, state, amount_minor, currency, idempotency_key,
    request_hash, counted, placed_at, expires_at, close_reason, refunded_minor, ship_to)
  SELECT shop_id, order_id, buyer_id, listing_id, surface, container_id, creator_id, source,
    integration, rule_key, rule_revision, 'awaiting_payment', unit_price * quantity, currency,
    key, hash, counted, %s, %s, '', 0, '{}'
  FROM sale ORDER BY shop_id, buyer_id, key
  ON CONFLICT (shop_id, buyer_id, idempotency_key) DO NOTHING
  RETURNING 1
), lines AS (
  INSERT INTO orders_line (shop_id, order_id, line_no, product_id, sku_id, title, quantity,
    unit_price_minor)
  SELECT shop_id, order_id, 1, product_id, sku_id, title, quantity, unit_price FROM sale
), holds AS (
  INSERT INTO inventory_hold (shop_id, order_id, line_no, stock_shop_id, stock_sku_id, quantity,
    state, expires_at)
  SELECT shop_id, order_id, 1, stock_shop_id, stock_sku_id, quantity, 'pending', %s FROM sale
), stock AS (
  UPDATE inventory_stock AS row SET reserved = row.reserved + taken.quantity, updated_at = %s
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
  SELECT shop_id, id, %s, room_id, payload, %s
  FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::jsonb[]) AS e(shop_id, id, room_id, payload)
)
SELECT (SELECT count(*) FROM placed), pg_notify('outbox', '')
"""


async def sell(
    conn: Connection, requests: Sequence[Request], verdict: Verdicts, hold_for: timedelta
) -> list[Decision]:
    """Decide on a batch and write what is placed; committed when this returns.

    Raises :class:`MovedError` where a rival changed under it, and psycopg's own errors; then
    nothing was written, unless the connection broke during the commit.
    """
    async with conn.transaction():
        free = await _lock(conn, requests)
        snapshot = await _read(conn, requests, free, verdict, hold_for)
        decisions = admit(requests, snapshot)
        placed = [one for one in decisions if type(one) is Placed]
        if placed:
            await _write(conn, placed, snapshot)
    return decisions


async def _lock(conn: Connection, requests: Sequence[Request]) -> dict[StockKey, int]:
    """Lock what the batch may change; what is free of each stock row."""
    listings = list({request.listing_id for request in requests})
    skus = list({request.sku_id for request in requests})
    await conn.execute(_LOCK_LISTINGS, [listings])
    rows = await (await conn.execute(_LOCK_STOCK, [skus], binary=True)).fetchall()
    return {StockKey(shop_id, sku_id): free for shop_id, sku_id, free in rows}


async def _read(
    conn: Connection,
    requests: Sequence[Request],
    free: dict[StockKey, int],
    verdict: Verdicts,
    hold_for: timedelta,
) -> Snapshot:
    listings = [request.listing_id for request in requests]
    buyers = [request.buyer_id for request in requests]
    keys = [request.idempotency_key for request in requests]
    skus = list({request.sku_id for request in requests})
    offers: dict[tuple[UUID, UUID], Offer] = {}
    found = await conn.execute(_READ_OFFERS, [list(set(listings)), skus], binary=True)
    for row in await found.fetchall():
        fields: list[Any] = [*row[:4], StockKey(row[4], row[5]), *row[6:]]
        offer = Offer(*fields)
        offers[offer.listing_id, offer.sku_id] = offer
    if any(offer.purchase_limit is not None for offer in offers.values()):
        found = await conn.execute(_READ_COUNTS, [listings, buyers], binary=True)
        counts = {(row[0], row[1]): row[2] for row in await found.fetchall()}
    else:
        counts = {}
    found = await conn.execute(_READ_EARLIER, [listings, buyers, keys], binary=True)
    earlier = {OrderKey(*row[:3]): Receipt(*row[3:]) for row in await found.fetchall()}
    at = clock.now()
    return Snapshot(at, at + hold_for, offers, free, counts, earlier, verdict)


async def _write(conn: Connection, placed: Sequence[Placed], snapshot: Snapshot) -> None:
    """Write every placed order, its line and hold, the stock, the counts and what to announce."""
    numbers: dict[tuple[UUID, UUID], int] = {}
    sold: list[Placed] = []
    for one in placed:
        place = (one.offer.listing_id, one.offer.sku_id)
        if place not in numbers:
            numbers[place] = len(sold)
            sold.append(one)
    if any(one.offer.stock not in snapshot.free for one in sold):
        raise MovedError("a SKU draws on another stock row than the one that was locked")
    at = snapshot.at
    found = await conn.execute(
        _WRITE,
        [
            *_offer_columns(sold),
            [numbers[one.offer.listing_id, one.offer.sku_id] for one in placed],
            [one.request.order_id for one in placed],
            [one.request.buyer_id for one in placed],
            [one.request.idempotency_key for one in placed],
            [one.request.request_hash for one in placed],
            [one.request.quantity for one in placed],
            *(at, snapshot.expires_at, snapshot.expires_at, at),
            *(TOPIC_PLACED, at),
            *_announcements(placed, snapshot),
        ],
        prepare=True,
        binary=True,
    )
    row = await found.fetchone()
    if row is None or row[0] != len(placed):
        raise MovedError("a rival used an idempotency key of this batch")


def _offer_columns(sold: Sequence[Placed]) -> list[list[Any]]:
    offers = [one.offer for one in sold]
    return [
        list(range(len(sold))),
        [offer.shop_id for offer in offers],
        [offer.listing_id for offer in offers],
        [offer.sku_id for offer in offers],
        [offer.product_id for offer in offers],
        [offer.stock.shop_id for offer in offers],
        [offer.stock.sku_id for offer in offers],
        [offer.title for offer in offers],
        [offer.currency for offer in offers],
        [offer.surface for offer in offers],
        [offer.container_id for offer in offers],
        [offer.creator_id for offer in offers],
        [offer.source for offer in offers],
        [offer.integration for offer in offers],
        [one.verdict.rule or "" for one in sold],
        [one.verdict.revision or 0 for one in sold],
        [one.unit_price_minor for one in sold],
        [offer.purchase_limit is not None for offer in offers],
    ]


def _announcements(placed: Sequence[Placed], snapshot: Snapshot) -> list[list[Any]]:
    """One event for each listing and SKU of the batch: shops, ids, rooms, payloads."""
    groups: defaultdict[tuple[UUID, UUID], list[Placed]] = defaultdict(list)
    left = dict(snapshot.free)
    for one in placed:
        groups[one.offer.listing_id, one.offer.sku_id].append(one)
        left[one.offer.stock] -= one.request.quantity
    offers = [group[0].offer for group in groups.values()]
    rooms = [offer.container_id if offer.surface == "live_room" else None for offer in offers]
    payloads = [
        json.dumps(
            {
                "room_id": str(room) if room else None,
                "surface": offer.surface,
                "container_id": str(offer.container_id),
                "listing_id": str(offer.listing_id),
                "sku_id": str(offer.sku_id),
                "orders": [str(one.request.order_id) for one in group],
                "quantity": sum(one.request.quantity for one in group),
                "available": left[offer.stock],
            }
        )
        for room, offer, group in zip(rooms, offers, groups.values(), strict=True)
    ]
    return [[offer.shop_id for offer in offers], [new_id() for _ in offers], rooms, payloads]
