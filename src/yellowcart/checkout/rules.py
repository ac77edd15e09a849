"""What becomes of the requests that wait together: :func:`admit`, pure and in arrival order.

The snapshot is what the database said after everything that may change was locked; nothing here
reads or waits. Every piece, allocation and coupon a decision gives away is taken off before the
next request is looked at, so a batch can't promise more than the snapshot holds.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from yellowcart.catalog.rules import why_not_offerable
from yellowcart.checkout.coupons import Counter, take_off
from yellowcart.checkout.values import (
    MOST_PIECES,
    Decision,
    Line,
    NewOrder,
    Offer,
    Offered,
    OrderReceipt,
    Placed,
    Receipt,
    Refusal,
    Refused,
    Request,
    Same,
    Snapshot,
    SoldLine,
    Special,
    StockKey,
    Why,
)
from yellowcart.core.ids import new_id
from yellowcart.policy.verdicts import Verdict

SOLD_HERE = frozenset({"native", "supply"})
"""Integrations whose goods are sold here; the buyer of any other jumps out."""


def admit(requests: Sequence[Request], snapshot: Snapshot) -> list[Decision]:
    """One decision a request, in the order they arrived.

    Guaranteed: the pieces placed on a stock row never exceed its ``free``, those at a special
    price never its allocation, those of one buyer never the limit of the listing or the room; a
    coupon never takes off more than its budget; one key of one buyer at one shop is one request,
    here and with what came earlier; a request is placed whole or leaves no trace.
    """
    desk = _Desk(snapshot)
    return [desk.decide(request) for request in requests]


_Known = dict[tuple[int, str], Receipt]
"""By the number of the buyer's id, which is hashed faster than the id, and the key."""


class _Shelf:
    """One offer of a batch: what is the same for every buyer of it, worked out once.

    Figures that go down stand in lists, which all shelves that draw on them share.
    """

    __slots__ = (
        "buyers",
        "known",
        "left",
        "offer",
        "price",
        "refused",
        "room_buyers",
        "specials",
        "verdict",
    )

    def __init__(self, offer: Offer, snapshot: Snapshot) -> None:
        self.offer = offer
        self.verdict = snapshot.verdict(offer.facts(), snapshot.at)
        self.price = offer.price_at(snapshot.at)
        self.refused = not_offered(offer, self.verdict, snapshot.at)
        self.left: list[int] = []
        self.known: _Known = {}
        self.buyers: dict[UUID, int] = {}
        self.room_buyers: dict[UUID, int] = {}
        self.specials: list[tuple[Special, list[int] | None]] = []


class _Desk:
    """The figures of one batch as they go down."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.expires_at = snapshot.expires_at
        self.shelves: dict[tuple[UUID, UUID], _Shelf] = {}
        #: The same by the line's identity: of a crowd that wants one thing, many share the line.
        self.by_line: dict[int, _Shelf] = {}
        self.free: dict[StockKey, list[int]] = {}
        self.known: dict[UUID, _Known] = {}
        for key, receipt in snapshot.earlier.items():
            shop = self.known.setdefault(key.shop_id, {})
            shop[key.buyer_id.int, key.idempotency_key] = receipt
        self.counts: dict[UUID, dict[UUID, int]] = {}
        for (listing_id, buyer_id), count in snapshot.counts.items():
            self.counts.setdefault(listing_id, {})[buyer_id] = count
        self.room_counts: dict[UUID, dict[UUID, int]] = {}
        for (room_id, buyer_id), count in snapshot.room_counts.items():
            self.room_counts.setdefault(room_id, {})[buyer_id] = count
        self.waiting = dict(snapshot.waiting)
        self.coupons = Counter(snapshot)

    def _shelf(self, line: Line) -> _Shelf | None:
        shelf = self._find_shelf(line)
        if shelf is not None:
            self.by_line[id(line)] = shelf
        return shelf

    def _find_shelf(self, line: Line) -> _Shelf | None:
        place = (line.listing_id, line.sku_id)
        shelf = self.shelves.get(place)
        if shelf is None:
            offer = self.snapshot.offers.get(place)
            if offer is None:
                return None
            shelf = self.shelves[place] = _Shelf(offer, self.snapshot)
            shelf.left = self.free.setdefault(offer.stock, [self.snapshot.free.get(offer.stock, 0)])
            shelf.known = self.known.setdefault(offer.shop_id, {})
            shelf.buyers = self.counts.setdefault(offer.listing_id, {})
            shelf.room_buyers = self.room_counts.setdefault(offer.container_id, {})
            shelf.specials = [
                (special, None if special.left is None else [special.left])
                for special in sorted(
                    self.snapshot.specials.get(place, ()), key=lambda one: (one.price_minor, one.id)
                )
            ]
        return shelf

    def decide(self, request: Request) -> Decision:
        """One request, whole or not at all."""
        shelves: list[_Shelf] = []
        for number, line in enumerate(request.lines):
            shelf = self.by_line.get(id(line)) or self._shelf(line)
            if shelf is None:
                return Refused(Refusal.NOT_ON_SALE, Why.UNKNOWN, line=number)
            shelves.append(shelf)
        key = (request.buyer_id.int, request.idempotency_key)
        for shelf in shelves:
            before = shelf.known.get(key)
            if before is not None:
                if before.request_hash == request.request_hash:
                    return Same(before)
                return Refused(Refusal.KEY_REUSED)
        if len(shelves) > 1 or request.coupons:
            refused = _mixed(request, shelves)
            if refused is not None:
                return refused
        sold: list[SoldLine] = []
        taken: list[tuple[tuple[UUID, UUID, UUID], Offered]] = []
        for number, (line, shelf) in enumerate(zip(request.lines, shelves, strict=True)):
            one = self._take(request, line, shelf, taken)
            if isinstance(one, Refused):
                self._give_back(request, shelves, sold, taken)
                return replace(one, line=number)
            sold.append(one)
        return self._place(request, shelves, sold, taken)

    def _take(
        self,
        request: Request,
        line: Line,
        shelf: _Shelf,
        taken: list[tuple[tuple[UUID, UUID, UUID], Offered]],
    ) -> SoldLine | Refused:
        """Take one line's pieces off all figures, or say why not and touch none."""
        offer, quantity, buyer = shelf.offer, line.quantity, request.buyer_id
        if not 1 <= quantity <= MOST_PIECES:
            return Refused(Refusal.BAD_QUANTITY)
        if request.container_id.int != offer.container_id.int:
            return Refused(Refusal.NOT_ON_SALE, Why.UNKNOWN)
        if shelf.refused is not None:
            return shelf.refused
        price, special, why = shelf.price, None, None
        if shelf.specials:
            price, special, why = self._price(shelf, line, buyer)
        if line.unit_price_minor != price:
            return Refused(
                Refusal.PRICE_CHANGED, why, unit_price_minor=price, currency=offer.currency
            )
        limited = _over_limit(shelf, buyer, quantity)
        if limited is not None:
            return limited
        left = shelf.left
        place, offered = None, None
        if offer.has_waiting and offer.reserves:
            place = (offer.listing_id, offer.sku_id, buyer)
            offered = self.waiting.get(place)
        available = left[0] + (offered.quantity if offered else 0)
        if available < quantity:
            return Refused(Refusal.SOLD_OUT, left=max(available, 0))
        if offer.reserves:
            left[0] = available - quantity
        if place is not None and offered is not None:
            taken.append((place, self.waiting.pop(place)))
        _count(shelf, buyer, quantity)
        if special is not None:
            _allocate(shelf, special, -quantity)
        return SoldLine(offer, quantity, price, 0, special)

    def _give_back(
        self,
        request: Request,
        shelves: Sequence[_Shelf],
        sold: Sequence[SoldLine],
        taken: Sequence[tuple[tuple[UUID, UUID, UUID], Offered]],
    ) -> None:
        """Undo what :meth:`_take` did for these lines."""
        for line, shelf in zip(sold, shelves, strict=False):
            if line.offer.reserves:
                shelf.left[0] += line.quantity
            _count(shelf, request.buyer_id, -line.quantity)
            if line.special is not None:
                _allocate(shelf, line.special, line.quantity)
        for place, offered in taken:
            self.waiting[place] = offered
            self.shelves[place[:2]].left[0] -= offered.quantity

    def _price(
        self, shelf: _Shelf, line: Line, buyer: UUID
    ) -> tuple[int, Special | None, Why | None]:
        """The lowest price this buyer can have so many pieces at; and where the price they were
        shown is another, why it is not theirs."""
        why = None
        for special, left in shelf.specials:
            if special.price_minor >= shelf.price:
                break
            mine = not special.fans_only or (
                (buyer, shelf.offer.creator_id) in self.snapshot.fans
                or buyer == shelf.offer.creator_id
            )
            enough = left is None or left[0] >= line.quantity
            if mine and enough:
                return special.price_minor, special, why
            if special.price_minor == line.unit_price_minor:
                why = Why.ALLOCATION_GONE if mine else Why.FANS_ONLY
        return shelf.price, None, why

    def _place(
        self,
        request: Request,
        shelves: Sequence[_Shelf],
        sold: list[SoldLine],
        taken: Sequence[tuple[tuple[UUID, UUID, UUID], Offered]],
    ) -> Decision:
        first = shelves[0]
        discount = 0
        if request.coupons:
            outcome = take_off(request, sold, self.coupons)
            if isinstance(outcome, Refused):
                self._give_back(request, shelves, sold, taken)
                return outcome
            orders = _orders(request, shelves, outcome.lines, outcome.by_line)
            discount = sum(order.discount_minor for order in orders)
        elif len(sold) > 1:
            orders = _orders(request, shelves, sold, {})
        else:
            [one] = sold
            orders = (NewOrder(request.checkout_id, 0, (one,), first.verdict, one.goods_minor),)
        seconds = first.offer.hold_seconds
        receipt = Receipt(
            request.checkout_id,
            request.request_hash,
            first.offer.currency,
            self.expires_at if seconds is None else self.snapshot.expires_after(seconds),
            tuple([_receipt(order) for order in orders]),
            discount,
            orders[0].deposit_minor,
        )
        key = (request.buyer_id.int, request.idempotency_key)
        for shelf in shelves:
            shelf.known[key] = receipt
        return Placed(request, orders, receipt, tuple([offered for _place, offered in taken]))


def _receipt(order: NewOrder) -> OrderReceipt:
    shop_id = order.lines[0].offer.shop_id
    return OrderReceipt(order.order_id, shop_id, "awaiting_payment", order.amount_minor)


def _mixed(request: Request, shelves: Sequence[_Shelf]) -> Refused | None:
    """What can't be bought in one request."""
    if len({shelf.offer.currency for shelf in shelves}) > 1:
        return Refused(Refusal.MIXED, Why.CURRENCIES)
    for number, shelf in enumerate(shelves):
        if shelf.offer.deposit_minor is not None:
            return Refused(Refusal.MIXED, Why.PRESALE_ALONE, line=number)
    return None


def _over_limit(shelf: _Shelf, buyer: UUID, quantity: int) -> Refused | None:
    offer = shelf.offer
    if offer.purchase_limit is not None:
        already = shelf.buyers.get(buyer, 0)
        if already + quantity > offer.purchase_limit:
            return Refused(Refusal.LIMIT_REACHED, limit=offer.purchase_limit, already=already)
    if offer.room_limit is not None:
        already = shelf.room_buyers.get(buyer, 0)
        if already + quantity > offer.room_limit:
            return Refused(
                Refusal.LIMIT_REACHED, Why.ROOM_LIMIT, limit=offer.room_limit, already=already
            )
    return None


def _count(shelf: _Shelf, buyer: UUID, quantity: int) -> None:
    if shelf.offer.purchase_limit is not None:
        shelf.buyers[buyer] = shelf.buyers.get(buyer, 0) + quantity
    if shelf.offer.room_limit is not None:
        shelf.room_buyers[buyer] = shelf.room_buyers.get(buyer, 0) + quantity


def _allocate(shelf: _Shelf, special: Special, quantity: int) -> None:
    for one, left in shelf.specials:
        if one.id == special.id and left is not None:
            left[0] += quantity


def _orders(
    request: Request,
    shelves: Sequence[_Shelf],
    sold: Sequence[SoldLine],
    discounts: dict[int, list[tuple[UUID, str, int]]],
) -> tuple[NewOrder, ...]:
    """One order a shop and source, in the order of the lines; ``discounts`` by line."""
    groups: dict[tuple[UUID, str, str], list[int]] = {}
    for number, line in enumerate(sold):
        offer = line.offer
        groups.setdefault((offer.shop_id, offer.source, offer.integration), []).append(number)
    parts: dict[UUID, int] = {}
    orders: list[NewOrder] = []
    for (shop_id, _source, _integration), numbers in groups.items():
        part = parts[shop_id] = parts.get(shop_id, -1) + 1
        totals: dict[tuple[UUID, str], int] = {}
        for number in numbers:
            for coupon_id, bearer, amount in discounts.get(number, ()):
                if amount:
                    place = (coupon_id, bearer)
                    totals[place] = totals.get(place, 0) + amount
        orders.append(
            NewOrder(
                request.checkout_id if not orders else new_id(),
                part,
                tuple(sold[number] for number in numbers),
                shelves[numbers[0]].verdict,
                sum(sold[number].goods_minor for number in numbers),
                sum(sold[number].discount_minor for number in numbers),
                tuple((coupon_id, bearer, sum_) for (coupon_id, bearer), sum_ in totals.items()),
            )
        )
    return tuple(orders)


def not_offered(offer: Offer, verdict: Verdict, at: datetime) -> Refused | None:
    """Why nobody can buy this here and now; ``None`` where one can.

    A listing marked ``barred`` is still in its cart: the verdict alone says whether it may be
    sold, so a sweep that is late, or not yet undone, changes nothing.
    """
    if offer.listing_state not in {"mounted", "barred"}:
        return Refused(Refusal.NOT_ON_SALE, Why.NOT_MOUNTED)
    if not verdict.permits(has_task=offer.has_task):
        return Refused(Refusal.BARRED, verdict=verdict)
    if offer.integration not in SOLD_HERE:
        return Refused(Refusal.NOT_ON_SALE, Why.JUMP_OUT)
    if offer.practice or (offer.surface == "live_room" and not offer.room_live):
        return Refused(Refusal.NOT_ON_SALE, Why.PRACTICE if offer.practice else Why.ROOM_NOT_LIVE)
    if not offer.sku_active or why_not_offerable(
        offer.review_state, offer.on_shelf, offer.shop_state
    ):
        return Refused(Refusal.NOT_ON_SALE, Why.NOT_OFFERED)
    if offer.held:
        return Refused(Refusal.NOT_ON_SALE, Why.HELD)
    return _out_of_its_time(offer, at)


def _out_of_its_time(offer: Offer, at: datetime) -> Refused | None:
    if offer.offered_from is not None and at < offer.offered_from:
        return Refused(Refusal.NOT_ON_SALE, Why.NOT_YET, from_=offer.offered_from)
    if offer.offered_until is not None and at >= offer.offered_until:
        return Refused(Refusal.NOT_ON_SALE, Why.OVER, until=offer.offered_until)
    if offer.balance_from is not None and at >= offer.balance_from:
        return Refused(Refusal.NOT_ON_SALE, Why.DEPOSITS_OVER, until=offer.balance_from)
    return None
