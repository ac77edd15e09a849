"""The parameters of the lane's writes, as PostgreSQL takes them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from yellowcart.checkout.arrays import bigints, bools, instant, instants, ints, texts, uuids
from yellowcart.checkout.values import NewOrder, Offer, Placed, Snapshot, SoldLine, StockKey
from yellowcart.core.ids import new_id
from yellowcart.policy.verdicts import Verdict

_encode = msgspec.json.Encoder().encode

_Sold = list[tuple[Placed, NewOrder]]


def written(placed: Sequence[Placed], snapshot: Snapshot) -> list[bytes]:
    """For the statement ``write``: every order, line, hold, the stock and what to announce."""
    numbers: dict[int, int] = {}
    offers: list[tuple[Offer, Verdict]] = []
    sold: _Sold = []
    lines: list[tuple[int, int, SoldLine]] = []
    for one in placed:
        for order in one.orders:
            for place, line in enumerate(order.lines):
                if id(line.offer) not in numbers:
                    numbers[id(line.offer)] = len(offers)
                    offers.append((line.offer, order.verdict))
                lines.append((len(sold), place + 1, line))
            sold.append((one, order))
    moved = _stock_moves(placed)
    return [
        *_offer_columns(offers, snapshot),
        *_order_columns(sold, numbers),
        ints([number for number, _place, _line in lines]),
        ints([place for _number, place, _line in lines]),
        ints([numbers[id(line.offer)] for _number, _place, line in lines]),
        ints([line.quantity for _number, _place, line in lines]),
        bigints([line.unit_price_minor for _number, _place, line in lines]),
        bigints([line.discount_minor for _number, _place, line in lines]),
        uuids([line.special.id if line.special else None for _number, _place, line in lines]),
        instant(snapshot.at),
        uuids([key.shop_id for key in moved]),
        uuids([key.sku_id for key in moved]),
        bigints(list(moved.values())),
        *_announcements(sold, snapshot, moved),
    ]


def _offer_columns(sold: Sequence[tuple[Offer, Verdict]], snapshot: Snapshot) -> list[bytes]:
    offers = [offer for offer, _verdict in sold]
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
        texts([verdict.rule or "" for _offer, verdict in sold]),
        ints([verdict.revision or 0 for _offer, verdict in sold]),
        ints([offer.commission_bps for offer in offers]),
        bools([offer.purchase_limit is not None for offer in offers]),
        bools([offer.room_limit is not None for offer in offers]),
        bools([offer.reserves for offer in offers]),
        instants([_expires_at(offer, snapshot) for offer in offers]),
        instants([offer.balance_from for offer in offers]),
        instants([offer.balance_until for offer in offers]),
    ]


def _expires_at(offer: Offer, snapshot: Snapshot) -> datetime:
    seconds = offer.hold_seconds
    return snapshot.expires_at if seconds is None else snapshot.expires_after(seconds)


def _order_columns(sold: _Sold, numbers: dict[int, int]) -> list[bytes]:
    return [
        ints(range(len(sold))),
        ints([numbers[id(order.lines[0].offer)] for _one, order in sold]),
        uuids([order.order_id for _one, order in sold]),
        uuids([one.request.checkout_id for one, _order in sold]),
        ints([order.part_no for _one, order in sold]),
        uuids([one.request.buyer_id for one, _order in sold]),
        texts([one.request.idempotency_key for one, _order in sold]),
        texts([one.request.request_hash for one, _order in sold]),
        bigints([order.goods_minor for _one, order in sold]),
        bigints([order.discount_minor for _one, order in sold]),
        bigints([order.deposit_minor for _one, order in sold]),
    ]


def _stock_moves(placed: Sequence[Placed]) -> dict[StockKey, int]:
    """How many more pieces of each stock row are reserved: those that orders hold, less those
    that were set aside for buyers who waited and now have an order."""
    moved: Counter[StockKey] = Counter()
    for one in placed:
        for order in one.orders:
            for line in order.lines:
                if line.offer.reserves:
                    moved[line.offer.stock] += line.quantity
        for offered in one.taken:
            moved[offered.stock] -= offered.quantity
    return dict(moved)


def _announcements(sold: _Sold, snapshot: Snapshot, moved: dict[StockKey, int]) -> list[bytes]:
    """One event for each listing and SKU of the batch: shops, ids, rooms, payloads."""
    groups: defaultdict[int, list[tuple[UUID, SoldLine]]] = defaultdict(list)
    for _one, order in sold:
        for line in order.lines:
            groups[id(line.offer)].append((order.order_id, line))
    shops, ids, rooms, payloads = [], [], [], []
    for group in groups.values():
        offer = group[0][1].offer
        room = offer.container_id if offer.surface == "live_room" else None
        payload = {
            "room_id": room,
            "surface": offer.surface,
            "container_id": offer.container_id,
            "listing_id": offer.listing_id,
            "sku_id": offer.sku_id,
            "orders": [order_id for order_id, _line in group],
            "quantity": sum(line.quantity for _order_id, line in group),
            "available": snapshot.free[offer.stock] - moved.get(offer.stock, 0),
        }
        shops.append(offer.shop_id)
        ids.append(new_id())
        rooms.append(room)
        payloads.append(_encode(payload).decode())
    return [uuids(shops), uuids(ids), uuids(rooms), texts(payloads)]


def extras(placed: Sequence[Placed], snapshot: Snapshot) -> Iterator[tuple[bytes, list[bytes]]]:
    """The statements that only some batches need, with their parameters."""
    specials: Counter[tuple[UUID, UUID]] = Counter()
    rooms: Counter[tuple[UUID, UUID]] = Counter()
    for one in placed:
        for order in one.orders:
            for line in order.lines:
                if line.special is not None:
                    specials[line.special.shop_id, line.special.id] += line.quantity
                if line.offer.room_limit is not None:
                    rooms[line.offer.container_id, one.request.buyer_id] += line.quantity
    if specials:
        yield b"take_specials", [*_pairs(specials), ints(list(specials.values()))]
    yield from _coupon_writes(placed)
    if rooms:
        yield b"count_in_rooms", [*_pairs(rooms), ints(list(rooms.values()))]
    taken = [(offered.shop_id, offered.waiting_id) for one in placed for offered in one.taken]
    if taken:
        yield b"take_waiting", [*_pairs(taken), instant(snapshot.at)]


def _coupon_writes(placed: Sequence[Placed]) -> Iterator[tuple[bytes, list[bytes]]]:
    rows = [
        (one.request.checkout_id, order, discount)
        for one in placed
        for order in one.orders
        for discount in order.discounts
    ]
    if not rows:
        return
    spent: Counter[UUID] = Counter()
    for _checkout, _order, (coupon_id, _bearer, amount) in rows:
        spent[coupon_id] += amount
    claims = Counter(
        (coupon_id, one.request.buyer_id) for one in placed for coupon_id in one.request.coupons
    )
    uses: Counter[UUID] = Counter()
    for (coupon_id, _buyer), count in claims.items():
        uses[coupon_id] += count
    amounts = [spent[coupon_id] for coupon_id in uses]
    yield b"spend_coupons", [uuids(list(uses)), bigints(amounts), ints(list(uses.values()))]
    yield b"use_claims", [*_pairs(claims), ints(list(claims.values()))]
    yield (
        b"write_discounts",
        [
            uuids([order.lines[0].offer.shop_id for _checkout, order, _discount in rows]),
            uuids([order.order_id for _checkout, order, _discount in rows]),
            uuids([discount[0] for _checkout, _order, discount in rows]),
            uuids([checkout_id for checkout_id, _order, _discount in rows]),
            texts([discount[1] for _checkout, _order, discount in rows]),
            bigints([discount[2] for _checkout, _order, discount in rows]),
        ],
    )


def _pairs(keys: Iterable[tuple[UUID, UUID]]) -> list[bytes]:
    pairs = list(keys)
    return [uuids([pair[0] for pair in pairs]), uuids([pair[1] for pair in pairs])]
