"""The lane's SQL: lock, read and write one batch on one connection, in one transaction.

Locks are taken sorted and without the key: listings by id, then stock rows by key. What decides
is read after the locks, by statements of their own, so that they see what a rival committed while
this batch waited. Everything is written by one statement with array parameters.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.errors import UniqueViolation

from yellowcart.checkout.arrays import Ints, Texts, Uuids
from yellowcart.checkout.rules import (
    Decision,
    Offer,
    OrderKey,
    Placed,
    Receipt,
    Refused,
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

_encode = msgspec.json.Encoder().encode

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
  SELECT shop_id, id, %s, room_id, payload::jsonb, %s
  FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[]) AS e(shop_id, id, room_id, payload)
)
SELECT pg_notify('outbox', '')
"""


async def sell(
    conn: Connection, requests: Sequence[Request], verdict: Verdicts, hold_for: timedelta
) -> list[Decision]:
    """Decide on a batch and write what is placed; committed when this returns.

    Raises psycopg's errors, or :class:`MovedError` where a rival changed under it; then nothing
    was written, unless the connection broke during the commit.
    """
    try:
        return await _sell(conn, requests, verdict, hold_for, look_back=False)
    except UniqueViolation:
        # A key of this batch was used before; whoever used it has committed by now.
        return await _sell(conn, requests, verdict, hold_for, look_back=True)


async def _sell(
    conn: Connection,
    requests: Sequence[Request],
    verdict: Verdicts,
    hold_for: timedelta,
    *,
    look_back: bool,
) -> list[Decision]:
    """One transaction, in two round trips where nobody is refused.

    Most keys are new, and the unique index says so as the orders are written. Only where someone
    would be refused (it may be a retry of what they got before) or the index found a key in use,
    are the keys looked up first.
    """
    try:
        async with conn.pipeline():
            snapshot = await _lock_and_read(conn, requests, verdict, hold_for)
            if look_back:
                snapshot = await _look_back(conn, requests, snapshot)
            decisions = admit(requests, snapshot)
            if not look_back and any(type(one) is Refused for one in decisions):
                snapshot = await _look_back(conn, requests, snapshot)
                decisions = admit(requests, snapshot)
            placed = [one for one in decisions if type(one) is Placed]
            if placed:
                await _write(conn, placed, snapshot)
            await conn.commit()
    except BaseException:
        if not conn.closed:
            await conn.rollback()
        raise
    return decisions


async def _lock_and_read(
    conn: Connection, requests: Sequence[Request], verdict: Verdicts, hold_for: timedelta
) -> Snapshot:
    """Lock what the batch may change and read what decides, in one round trip."""
    listings = Uuids(list({request.listing_id for request in requests}))
    skus = Uuids(list({request.sku_id for request in requests}))
    await conn.execute(_LOCK_LISTINGS, [listings], binary=True)
    stock = await conn.execute(_LOCK_STOCK, [skus], binary=True)
    offered = await conn.execute(_READ_OFFERS, [listings, skus], binary=True)
    free = {StockKey(row[0], row[1]): row[2] for row in await stock.fetchall()}
    offers: dict[tuple[UUID, UUID], Offer] = {}
    for row in await offered.fetchall():
        fields: list[Any] = [*row[:4], StockKey(row[4], row[5]), *row[6:]]
        offer = Offer(*fields)
        offers[offer.listing_id, offer.sku_id] = offer
    counts: dict[tuple[UUID, UUID], int] = {}
    if any(offer.purchase_limit is not None for offer in offers.values()):
        columns = _columns(requests)[:2]
        counted = await conn.execute(_READ_COUNTS, columns, binary=True)
        counts = {(row[0], row[1]): row[2] for row in await counted.fetchall()}
    at = clock.now()
    return Snapshot(at, at + hold_for, offers, free, counts, {}, verdict)


async def _look_back(conn: Connection, requests: Sequence[Request], snapshot: Snapshot) -> Snapshot:
    """The snapshot with the orders that these keys stand for already."""
    found = await conn.execute(_READ_EARLIER, _columns(requests), binary=True)
    earlier = {OrderKey(*row[:3]): Receipt(*row[3:]) for row in await found.fetchall()}
    return msgspec.structs.replace(snapshot, earlier=earlier)


def _columns(requests: Sequence[Request]) -> list[Uuids | Texts]:
    """Listing, buyer and key of each request."""
    return [
        Uuids([request.listing_id for request in requests]),
        Uuids([request.buyer_id for request in requests]),
        Texts([request.idempotency_key for request in requests]),
    ]


async def _write(conn: Connection, placed: Sequence[Placed], snapshot: Snapshot) -> None:
    """Write every placed order, its line and hold, the stock, the counts and what to announce."""
    groups: defaultdict[int, list[Placed]] = defaultdict(list)
    for one in placed:
        groups[id(one.offer)].append(one)
    sold = [group[0] for group in groups.values()]
    if any(one.offer.stock not in snapshot.free for one in sold):
        raise MovedError("a SKU draws on another stock row than the one that was locked")
    numbers = {offer: number for number, offer in enumerate(groups)}
    wanted = [one.request for one in placed]
    at, until = snapshot.at, snapshot.expires_at
    await conn.execute(
        _WRITE,
        [
            *_offer_columns(sold),
            Ints([numbers[id(one.offer)] for one in placed]),
            Uuids([request.order_id for request in wanted]),
            Uuids([request.buyer_id for request in wanted]),
            Texts([request.idempotency_key for request in wanted]),
            Texts([request.request_hash for request in wanted]),
            Ints([request.quantity for request in wanted]),
            *(at, until, until, at),
            *(TOPIC_PLACED, at),
            *_announcements(groups.values(), snapshot),
        ],
        binary=True,
    )


def _offer_columns(sold: Sequence[Placed]) -> list[Any]:
    offers = [one.offer for one in sold]
    return [
        Ints(range(len(sold))),
        Uuids([offer.shop_id for offer in offers]),
        Uuids([offer.listing_id for offer in offers]),
        Uuids([offer.sku_id for offer in offers]),
        Uuids([offer.product_id for offer in offers]),
        Uuids([offer.stock.shop_id for offer in offers]),
        Uuids([offer.stock.sku_id for offer in offers]),
        Texts([offer.title for offer in offers]),
        Texts([offer.currency for offer in offers]),
        Texts([offer.surface for offer in offers]),
        Uuids([offer.container_id for offer in offers]),
        Uuids([offer.creator_id for offer in offers]),
        Texts([offer.source for offer in offers]),
        Texts([offer.integration for offer in offers]),
        Texts([one.verdict.rule or "" for one in sold]),
        Ints([one.verdict.revision or 0 for one in sold]),
        [one.unit_price_minor for one in sold],
        [offer.purchase_limit is not None for offer in offers],
    ]


def _announcements(groups: Iterable[Sequence[Placed]], snapshot: Snapshot) -> list[Any]:
    """One event for each listing and SKU of the batch: shops, ids, rooms, payloads."""
    left = dict(snapshot.free)
    shops, ids, rooms, payloads = [], [], [], []
    for group in groups:
        offer = group[0].offer
        left[offer.stock] -= sum(one.request.quantity for one in group)
    for group in groups:
        offer = group[0].offer
        room = offer.container_id if offer.surface == "live_room" else None
        payload = {
            "room_id": room,
            "surface": offer.surface,
            "container_id": offer.container_id,
            "listing_id": offer.listing_id,
            "sku_id": offer.sku_id,
            "orders": [one.request.order_id for one in group],
            "quantity": sum(one.request.quantity for one in group),
            "available": left[offer.stock],
        }
        shops.append(offer.shop_id)
        ids.append(new_id())
        rooms.append(room)
        payloads.append(_encode(payload).decode())
    return [Uuids(shops), Uuids(ids), Uuids(rooms), Texts(payloads)]
