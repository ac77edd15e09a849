"""Sell one batch: lock, read, decide, write and commit, on one connection."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from psycopg.errors import UniqueViolation

from yellowcart.checkout.arrays import instant, texts, uuids
from yellowcart.checkout.rules import admit
from yellowcart.checkout.values import (
    Decision,
    Offer,
    Offered,
    OrderKey,
    OrderReceipt,
    Placed,
    Receipt,
    Refused,
    Request,
    Snapshot,
    Special,
    StockKey,
)
from yellowcart.checkout.wire import Rows, Wire
from yellowcart.checkout.writing import extras, written
from yellowcart.core import clock
from yellowcart.policy.rules import Facts
from yellowcart.policy.verdicts import Verdict
from yellowcart.promotions.rules import Terms

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
    """One transaction, in two round trips where nobody is refused and nothing special is bought.

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
            _check_stock_was_locked(placed, snapshot)
            wire.send(*written(placed, snapshot))
            for name, parameters in extras(placed, snapshot):
                wire.send(name, parameters)
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
    """Lock what the batch may change and read what decides, in one round trip for most."""
    # A crowd that wants the same thing shares the line: look at each once.
    lines = {id(line): line for request in requests for line in request.lines}.values()
    listings = uuids(list({line.listing_id for line in lines}))
    skus = uuids(list({line.sku_id for line in lines}))
    wire.send(b"begin")
    wire.send(b"lock_listings", [listings])
    wire.send(b"lock_stock", [skus])
    wire.send(b"read_offers", [listings, skus])
    _begun, _listings, stock, offered = await wire.sent()
    at = clock.now()
    snapshot = Snapshot(
        at,
        hold_for,
        {(offer.listing_id, offer.sku_id): offer for offer in map(_offer, offered)},
        {StockKey(row[0], row[1]): row[2] for row in stock},
        verdict,
    )
    return await _read_more(wire, requests, snapshot)


def _offer(row: tuple[Any, ...]) -> Offer:
    fields: list[Any] = [*row[:4], StockKey(row[4], row[5]), *row[6:]]
    return Offer(*fields)


async def _read_more(wire: Wire, requests: Sequence[Request], snapshot: Snapshot) -> Snapshot:
    """What only some offers and some requests need, in one more round trip where any does."""
    offers = snapshot.offers.values()
    buyers = list({request.buyer_id for request in requests})
    coupons = sorted({coupon for request in requests for coupon in request.coupons})
    special = [offer for offer in offers if offer.has_special]
    waited = [offer for offer in offers if offer.has_waiting]
    rooms = {offer.container_id for offer in offers if offer.room_limit is not None}
    places = [(room, buyer) for room in sorted(rooms) for buyer in buyers]
    asked: dict[str, Sequence[bytes]] = {}
    if special:
        listings = uuids(list({offer.listing_id for offer in special}))
        asked["lock_specials"] = [listings, instant(snapshot.at)]
    if coupons:
        asked["lock_coupons"] = [uuids(coupons)]
        claims = [(one, request.buyer_id) for request in requests for one in request.coupons]
        asked["lock_claims"] = _pairs(claims)
    if places:
        asked["open_room_counts"] = asked["lock_room_counts"] = _pairs(places)
    if any(offer.purchase_limit is not None for offer in offers):
        pairs = {(line.listing_id, r.buyer_id) for r in requests for line in r.lines}
        asked["read_counts"] = _pairs(list(pairs))
    if special or coupons:
        creators = list({offer.creator_id for offer in offers if offer.creator_id})
        asked["read_fans"] = [uuids(buyers), uuids(creators)]
    if waited:
        listings = uuids(list({offer.listing_id for offer in waited}))
        asked["lock_waiting"] = [listings, uuids(buyers), instant(snapshot.at)]
    if not asked:
        return snapshot
    for name, parameters in asked.items():
        wire.send(name.encode(), parameters)
    found = dict(zip(asked, await wire.sent(), strict=True))
    return _with(snapshot, found)


def _with(snapshot: Snapshot, found: dict[str, Rows]) -> Snapshot:
    specials: dict[tuple[UUID, UUID], list[Special]] = {}
    for row in found.get("lock_specials", ()):
        specials.setdefault((row[0], row[1]), []).append(Special(*row[2:]))
    return msgspec.structs.replace(
        snapshot,
        specials={place: tuple(several) for place, several in specials.items()},
        coupons={row[0]: Terms(*row) for row in found.get("lock_coupons", ())},
        claims={(row[0], row[1]): row[2] for row in found.get("lock_claims", ())},
        counts={(row[0], row[1]): row[2] for row in found.get("read_counts", ())},
        room_counts={(row[0], row[1]): row[2] for row in found.get("lock_room_counts", ())},
        fans=frozenset((row[0], row[1]) for row in found.get("read_fans", ())),
        waiting={
            (row[0], row[1], row[2]): Offered(row[3], row[4], StockKey(row[5], row[6]), row[7])
            for row in found.get("lock_waiting", ())
        },
    )


def _pairs(pairs: Sequence[tuple[UUID, UUID]]) -> list[bytes]:
    return [uuids([pair[0] for pair in pairs]), uuids([pair[1] for pair in pairs])]


async def _look_back(wire: Wire, requests: Sequence[Request], snapshot: Snapshot) -> Snapshot:
    """The snapshot with the orders that these keys stand for already."""
    asked = [(line.listing_id, one) for one in requests for line in one.lines]
    wire.send(
        b"read_earlier",
        [
            uuids([listing_id for listing_id, _request in asked]),
            uuids([request.buyer_id for _listing, request in asked]),
            texts([request.idempotency_key for _listing, request in asked]),
        ],
    )
    (found,) = await wire.sent()
    return msgspec.structs.replace(snapshot, earlier=_receipts(found))


def _receipts(rows: Rows) -> dict[OrderKey, Receipt]:
    """What was answered before, by the keys of all shops that had a part in it."""
    checkouts: dict[UUID, list[tuple[Any, ...]]] = {}
    for row in rows:
        checkouts.setdefault(row[3], []).append(row)
    earlier: dict[OrderKey, Receipt] = {}
    for checkout_id, orders in checkouts.items():
        first = orders[0]
        receipt = Receipt(
            checkout_id,
            first[4],
            first[5],
            first[6],
            tuple(OrderReceipt(row[7], row[0], row[8], row[9]) for row in orders),
            sum(row[10] for row in orders),
            first[11],
        )
        for row in orders:
            earlier[OrderKey(*row[:3])] = receipt
    return earlier


def _check_stock_was_locked(placed: Sequence[Placed], snapshot: Snapshot) -> None:
    lines = (line for one in placed for order in one.orders for line in order.lines)
    for offer in {id(line.offer): line.offer for line in lines}.values():
        if offer.stock not in snapshot.free:
            raise MovedError("a SKU draws on another stock row than the one locked")
