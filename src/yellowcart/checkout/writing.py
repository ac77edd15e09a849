"""The parameters of the lane's writes, as PostgreSQL takes them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from yellowcart.checkout.arrays import bigints, bools, instant, instants, ints, texts, uuids
from yellowcart.checkout.values import (
    NewOrder,
    Offer,
    Placed,
    Request,
    Snapshot,
    SoldLine,
    StockKey,
)
from yellowcart.core.ids import new_id
from yellowcart.orders.carriers import carrier_type
from yellowcart.policy.verdicts import Verdict

_encode = msgspec.json.Encoder().encode


class _Group:
    """What a batch sells of one offer."""

    __slots__ = ("number", "offer", "orders", "quantity", "verdict")

    def __init__(self, number: int, offer: Offer, verdict: Verdict) -> None:
        self.number, self.offer, self.verdict = number, offer, verdict
        self.quantity = 0
        self.orders: list[UUID] = []


_Sold = list[tuple[Request, NewOrder, int]]
"""Orders, each with its request and the number of its first line's offer."""


def written(placed: Sequence[Placed], snapshot: Snapshot) -> tuple[bytes, list[bytes]]:
    """The statement that writes every order, line, hold, the stock and what to announce, with its
    parameters."""
    groups: dict[int, _Group] = {}
    if all(_is_plain(one) for one in placed):
        name, sales = b"write_plain", _plain_columns(placed, groups)
    else:
        name, sales = b"write", _sale_columns(placed, groups)
    moved = _stock_moves(placed, groups.values())
    return name, [
        *_offer_columns(list(groups.values()), snapshot),
        *sales,
        instant(snapshot.at),
        uuids([key.shop_id for key in moved]),
        uuids([key.sku_id for key in moved]),
        bigints(list(moved.values())),
        *_announcements(groups.values(), snapshot, moved),
    ]


def _is_plain(one: Placed) -> bool:
    """Whether it is one thing at its price."""
    if len(one.orders) > 1 or len(one.orders[0].lines) > 1:
        return False
    line = one.orders[0].lines[0]
    return not line.discount_minor and line.special is None and line.offer.deposit_minor is None


def _group(groups: dict[int, _Group], line: SoldLine, order: NewOrder) -> _Group:
    """The group of an offer with one more line in it."""
    group = groups.get(id(line.offer))
    if group is None:
        group = groups[id(line.offer)] = _Group(len(groups), line.offer, order.verdict)
    group.quantity += line.quantity
    group.orders.append(order.order_id)
    return group


def _plain_columns(placed: Sequence[Placed], groups: dict[int, _Group]) -> list[bytes]:
    requests = [one.request for one in placed]
    orders = [one.orders[0] for one in placed]
    lines = [order.lines[0] for order in orders]
    return [
        ints(
            [_group(groups, line, order).number for line, order in zip(lines, orders, strict=True)]
        ),
        uuids([order.order_id for order in orders]),
        uuids([request.buyer_id for request in requests]),
        texts([request.idempotency_key for request in requests]),
        texts([request.request_hash for request in requests]),
        *_ways(requests, lines),
        ints([line.quantity for line in lines]),
        bigints([line.unit_price_minor for line in lines]),
    ]


def _sale_columns(placed: Sequence[Placed], groups: dict[int, _Group]) -> list[bytes]:
    sold: _Sold = []
    lines: list[tuple[int, int, int, SoldLine]] = []
    for one in placed:
        for order in one.orders:
            for place, line in enumerate(order.lines, 1):
                number = _group(groups, line, order).number
                lines.append((len(sold), place, number, line))
            sold.append((one.request, order, lines[-len(order.lines)][2]))
    return [
        *_order_columns(sold),
        ints([number for number, _place, _offer, _line in lines]),
        ints([place for _number, place, _offer, _line in lines]),
        ints([offer for _number, _place, offer, _line in lines]),
        ints([line.quantity for *_where, line in lines]),
        bigints([line.unit_price_minor for *_where, line in lines]),
        bigints([line.discount_minor for *_where, line in lines]),
        uuids([line.special.id if line.special else None for *_where, line in lines]),
    ]


def _offer_columns(groups: Sequence[_Group], snapshot: Snapshot) -> list[bytes]:
    offers = [group.offer for group in groups]
    return [
        ints(range(len(offers))),
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
        uuids([offer.host_id for offer in offers]),
        texts([offer.source for offer in offers]),
        texts([offer.integration for offer in offers]),
        texts([group.verdict.rule or "" for group in groups]),
        ints([group.verdict.revision or 0 for group in groups]),
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


def _order_columns(sold: _Sold) -> list[bytes]:
    return [
        ints(range(len(sold))),
        ints([offer for _request, _order, offer in sold]),
        uuids([order.order_id for _request, order, _offer in sold]),
        uuids([request.checkout_id for request, _order, _offer in sold]),
        ints([order.part_no for _request, order, _offer in sold]),
        uuids([request.buyer_id for request, _order, _offer in sold]),
        texts([request.idempotency_key for request, _order, _offer in sold]),
        texts([request.request_hash for request, _order, _offer in sold]),
        *_ways(
            [request for request, _order, _offer in sold],
            [order.lines[0] for _request, order, _offer in sold],
        ),
        bigints([order.goods_minor for _request, order, _offer in sold]),
        bigints([order.discount_minor for _request, order, _offer in sold]),
        bigints([order.deposit_minor for _request, order, _offer in sold]),
    ]


def _ways(requests: Sequence[Request], lines: Sequence[SoldLine]) -> list[bytes]:
    """How each order came about: the share code and the carrier."""
    return [
        texts([request.share_code for request in requests]),
        ints(
            [
                carrier_type(line.offer.surface, explained=request.explained)
                for request, line in zip(requests, lines, strict=True)
            ]
        ),
    ]


def _stock_moves(placed: Sequence[Placed], groups: Iterable[_Group]) -> dict[StockKey, int]:
    """How many more pieces of each stock row are reserved: those that orders hold, less those
    that were set aside for buyers who waited and now have an order."""
    moved: Counter[StockKey] = Counter()
    for group in groups:
        if group.offer.reserves:
            moved[group.offer.stock] += group.quantity
    for one in placed:
        for offered in one.taken:
            moved[offered.stock] -= offered.quantity
    return dict(moved)


def _announcements(
    groups: Iterable[_Group], snapshot: Snapshot, moved: dict[StockKey, int]
) -> list[bytes]:
    """One event for each listing and SKU of the batch: shops, ids, rooms, payloads."""
    shops, ids, rooms, payloads = [], [], [], []
    for group in groups:
        offer = group.offer
        room = offer.container_id if offer.surface == "live_room" else None
        payload = {
            "room_id": room,
            "surface": offer.surface,
            "container_id": offer.container_id,
            "listing_id": offer.listing_id,
            "sku_id": offer.sku_id,
            "orders": group.orders,
            "quantity": group.quantity,
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
    counts: Counter[tuple[UUID, UUID, UUID]] = Counter()
    rooms: Counter[tuple[UUID, UUID]] = Counter()
    for one in placed:
        for order in one.orders:
            for line in order.lines:
                offer, buyer_id = line.offer, one.request.buyer_id
                if line.special is not None:
                    specials[line.special.shop_id, line.special.id] += line.quantity
                if offer.purchase_limit is not None:
                    counts[offer.shop_id, offer.listing_id, buyer_id] += line.quantity
                if offer.room_limit is not None:
                    rooms[offer.container_id, buyer_id] += line.quantity
    if specials:
        yield b"take_specials", [*_columns(specials), ints(list(specials.values()))]
    yield from _coupon_writes(placed, snapshot.at)
    if counts:
        yield b"count_purchases", [*_columns(counts, 3), ints(list(counts.values()))]
    if rooms:
        yield b"count_in_rooms", [*_columns(rooms), ints(list(rooms.values()))]
    taken = [(offered.shop_id, offered.waiting_id) for one in placed for offered in one.taken]
    if taken:
        yield b"take_waiting", [*_columns(taken), instant(snapshot.at)]


def _coupon_writes(placed: Sequence[Placed], at: datetime) -> Iterator[tuple[bytes, list[bytes]]]:
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
    yield (
        b"spend_coupons",
        [
            uuids(list(uses)),
            bigints(amounts),
            ints(list(uses.values())),
            uuids([new_id() for _coupon in uses]),
            instant(at),
        ],
    )
    yield b"use_claims", [*_columns(claims), ints(list(claims.values()))]
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


def _columns(keys: Iterable[tuple[UUID, ...]], width: int = 2) -> list[bytes]:
    """Keys of so many ids, column by column."""
    rows = list(keys)
    return [uuids([row[place] for row in rows]) for place in range(width)]
