"""Sell one batch: lock, read, decide, write and commit, on one connection."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from psycopg.errors import UniqueViolation

from yellowcart.checkout.arrays import bigints, bools, instant, ints, texts, uuids
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
from yellowcart.checkout.wire import Rows, Wire
from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.policy.rules import Facts
from yellowcart.policy.verdicts import Verdict

_encode = msgspec.json.Encoder().encode

Verdicts = Callable[[Facts, datetime], Verdict]


class MovedError(Exception):
    """What was read no longer fits what was locked or written: do the whole batch again."""


async def sell(
    wire: Wire, requests: Sequence[Request], verdict: Verdicts, hold_for: timedelta
) -> list[Decision]:
    """Decide on a batch and write what is placed; committed when this returns.

    Raises psycopg's errors, or :class:`MovedError` where a rival changed under it; then nothing
    was written, unless the connection broke during the commit.
    """
    try:
        return await _sell(wire, requests, verdict, hold_for, look_back=False)
    except UniqueViolation:
        # A key of this batch was used before; whoever used it has committed by now.
        return await _sell(wire, requests, verdict, hold_for, look_back=True)


async def _sell(
    wire: Wire,
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
        snapshot = await _lock_and_read(wire, requests, verdict, hold_for)
        if look_back:
            snapshot = await _look_back(wire, requests, snapshot)
        decisions = admit(requests, snapshot)
        if not look_back and any(type(one) is Refused for one in decisions):
            snapshot = await _look_back(wire, requests, snapshot)
            decisions = admit(requests, snapshot)
        placed = [one for one in decisions if type(one) is Placed]
        if placed:
            wire.send(b"write", _written(placed, snapshot))
        wire.send(b"commit")
        await wire.sent()
    except Exception:
        if not wire.closed:
            wire.send(b"rollback")
            await wire.sent()
        raise
    except BaseException:
        # Cancelled between sending and hearing: only a new connection is sure of its state.
        await wire.close()
        raise
    return decisions


async def _lock_and_read(
    wire: Wire, requests: Sequence[Request], verdict: Verdicts, hold_for: timedelta
) -> Snapshot:
    """Lock what the batch may change and read what decides, in one round trip."""
    listings = uuids(list({request.listing_id for request in requests}))
    skus = uuids(list({request.sku_id for request in requests}))
    wire.send(b"begin")
    wire.send(b"lock_listings", [listings])
    wire.send(b"lock_stock", [skus])
    wire.send(b"read_offers", [listings, skus])
    _begun, _listings, stock, offered = await wire.sent()
    free = {StockKey(row[0], row[1]): row[2] for row in stock}
    offers = {(offer.listing_id, offer.sku_id): offer for offer in map(_offer, offered)}
    counted: Rows = []
    if any(offer.purchase_limit is not None for offer in offers.values()):
        wire.send(b"read_counts", _columns(requests)[:2])
        (counted,) = await wire.sent()
    counts = {(row[0], row[1]): row[2] for row in counted}
    at = clock.now()
    return Snapshot(at, at + hold_for, offers, free, counts, {}, verdict)


def _offer(row: tuple[Any, ...]) -> Offer:
    fields: list[Any] = [*row[:4], StockKey(row[4], row[5]), *row[6:]]
    return Offer(*fields)


async def _look_back(wire: Wire, requests: Sequence[Request], snapshot: Snapshot) -> Snapshot:
    """The snapshot with the orders that these keys stand for already."""
    wire.send(b"read_earlier", _columns(requests))
    (found,) = await wire.sent()
    earlier = {OrderKey(*row[:3]): Receipt(*row[3:]) for row in found}
    return msgspec.structs.replace(snapshot, earlier=earlier)


def _columns(requests: Sequence[Request]) -> list[bytes]:
    """Listing, buyer and key of each request."""
    return [
        uuids([request.listing_id for request in requests]),
        uuids([request.buyer_id for request in requests]),
        texts([request.idempotency_key for request in requests]),
    ]


def _written(placed: Sequence[Placed], snapshot: Snapshot) -> list[bytes]:
    """The parameters that write every placed order, its line and hold, the stock, the counts and
    what to announce."""
    groups: defaultdict[int, list[Placed]] = defaultdict(list)
    for one in placed:
        groups[id(one.offer)].append(one)
    sold = [group[0] for group in groups.values()]
    if any(one.offer.stock not in snapshot.free for one in sold):
        raise MovedError("a SKU draws on another stock row than the one that was locked")
    numbers = {offer: number for number, offer in enumerate(groups)}
    wanted = [one.request for one in placed]
    return [
        *_offer_columns(sold),
        ints([numbers[id(one.offer)] for one in placed]),
        uuids([request.order_id for request in wanted]),
        uuids([request.buyer_id for request in wanted]),
        texts([request.idempotency_key for request in wanted]),
        texts([request.request_hash for request in wanted]),
        ints([request.quantity for request in wanted]),
        instant(snapshot.at),
        instant(snapshot.expires_at),
        *_announcements(groups.values(), snapshot),
    ]


def _offer_columns(sold: Sequence[Placed]) -> list[bytes]:
    offers = [one.offer for one in sold]
    return [
        ints(range(len(sold))),
        uuids([offer.shop_id for offer in offers]),
        uuids([offer.listing_id for offer in offers]),
        uuids([offer.sku_id for offer in offers]),
        uuids([offer.product_id for offer in offers]),
        uuids([offer.stock.shop_id for offer in offers]),
        uuids([offer.stock.sku_id for offer in offers]),
        texts([offer.title for offer in offers]),
        texts([offer.currency for offer in offers]),
        texts([offer.surface for offer in offers]),
        uuids([offer.container_id for offer in offers]),
        uuids([offer.creator_id for offer in offers]),
        texts([offer.source for offer in offers]),
        texts([offer.integration for offer in offers]),
        texts([one.verdict.rule or "" for one in sold]),
        ints([one.verdict.revision or 0 for one in sold]),
        bigints([one.unit_price_minor for one in sold]),
        bools([offer.purchase_limit is not None for offer in offers]),
    ]


def _announcements(groups: Iterable[Sequence[Placed]], snapshot: Snapshot) -> list[bytes]:
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
    return [uuids(shops), uuids(ids), uuids(rooms), texts(payloads)]
