"""What becomes of the orders that wait together: :func:`admit`, pure and in arrival order.

The snapshot is what the database said after the stock rows were locked; nothing here reads or
waits. Every piece a decision gives away is taken off before the next request is looked at, so a
batch can't promise more than the snapshot holds.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from msgspec import Struct

from yellowcart.catalog.rules import price_at, why_not_offerable
from yellowcart.listings.facts import facts_of
from yellowcart.policy.rules import Facts
from yellowcart.policy.verdicts import Verdict

MOST_PIECES: Final = 999
"""The most pieces of one SKU in one order."""

SOLD_HERE: Final = frozenset({"native", "supply"})
"""Integrations whose goods are sold here; the buyer of any other jumps out."""


class StockKey(NamedTuple):
    """Whose stock row: a copy's is its supplier's."""

    shop_id: UUID
    sku_id: UUID


class Request(Struct, frozen=True, gc=False):
    """One buyer's wish. ``order_id`` is made on arrival and becomes the order's if it is placed.

    ``container_id`` is the room, video, profile or shop whose pass the buyer holds;
    ``request_hash`` covers everything but the key.
    """

    order_id: UUID
    buyer_id: UUID
    container_id: UUID
    listing_id: UUID
    sku_id: UUID
    quantity: int
    unit_price_minor: int
    idempotency_key: str
    request_hash: str


class Offer(Struct, frozen=True):
    """One SKU through one listing, as the database has it. Prices in minor units."""

    shop_id: UUID
    listing_id: UUID
    sku_id: UUID
    product_id: UUID
    stock: StockKey
    title: str
    currency: str
    price_minor: int
    sale_price_minor: int | None
    sale_from: datetime | None
    sale_until: datetime | None
    listing_state: str
    surface: str
    container_id: UUID
    creator_id: UUID | None
    source: str
    integration: str
    shop_type: str
    purchase_limit: int | None
    offered_from: datetime | None
    offered_until: datetime | None
    has_task: bool
    room_live: bool
    shop_state: str
    review_state: str
    on_shelf: bool
    sku_active: bool

    def price_at(self, at: datetime) -> int:
        """The price of one piece at an instant."""
        return price_at(
            self.price_minor, self.sale_price_minor, self.sale_from, self.sale_until, at
        )

    def facts(self) -> Facts:
        """What the policy is asked about."""
        return facts_of(self)


class OrderKey(NamedTuple):
    """What one order is known by to the buyer who asked for it."""

    shop_id: UUID
    buyer_id: UUID
    idempotency_key: str


class Receipt(Struct, frozen=True, gc=False):
    """An order as it is answered."""

    order_id: UUID
    request_hash: str
    state: str
    amount_minor: int
    currency: str
    expires_at: datetime


class Snapshot(Struct, frozen=True):
    """What is true at ``at``. ``counts`` by (listing, buyer), for listings with a limit."""

    at: datetime
    expires_at: datetime
    offers: Mapping[tuple[UUID, UUID], Offer]
    free: Mapping[StockKey, int]
    counts: Mapping[tuple[UUID, UUID], int]
    earlier: Mapping[OrderKey, Receipt]
    verdict: Callable[[Facts, datetime], Verdict]


class Refusal(StrEnum):
    """Why an order is not placed: the stable code of the answer."""

    SOLD_OUT = "sold_out"
    LIMIT_REACHED = "limit_reached"
    PRICE_CHANGED = "price_changed"
    NOT_ON_SALE = "not_on_sale"
    BARRED = "barred_by_policy"
    KEY_REUSED = "idempotency_key_reused"
    BAD_QUANTITY = "invalid_request"


class Why(StrEnum):
    """What "not on sale" means, for machines; the words are in :mod:`checkout.problems`."""

    UNKNOWN = "unknown"
    NOT_MOUNTED = "not_mounted"
    ROOM_NOT_LIVE = "room_not_live"
    JUMP_OUT = "jump_out"
    NOT_OFFERED = "not_offered"
    NOT_YET = "not_yet"
    OVER = "over"


class Placed(Struct, frozen=True, gc=False):
    """To be written. ``verdict`` names the rule it is sold under."""

    request: Request
    offer: Offer
    verdict: Verdict
    unit_price_minor: int
    receipt: Receipt


class Same(Struct, frozen=True, gc=False):
    """The key was used for this very order before; it is answered again."""

    receipt: Receipt


class Refused(Struct, frozen=True):
    """Not placed. The fields say what is true now, each where it applies."""

    code: Refusal
    why: Why | None = None
    left: int = 0
    limit: int = 0
    already: int = 0
    unit_price_minor: int = 0
    currency: str = ""
    from_: datetime | None = None
    until: datetime | None = None
    verdict: Verdict | None = None


Decision = Placed | Same | Refused


def admit(requests: Sequence[Request], snapshot: Snapshot) -> list[Decision]:
    """One decision a request, in the order they arrived.

    Guaranteed: the pieces placed on a stock row never exceed its ``free``; those placed for one
    buyer through a listing, with what ``counts`` says, never exceed its limit; one key of one
    buyer at one shop is one order, here and with what came earlier.
    """
    desk = _Desk(snapshot)
    return [desk.decide(request) for request in requests]


class _Shelf:
    """One offer of a batch: what is the same for every buyer of it, worked out once."""

    __slots__ = ("buyers", "known", "left", "offer", "price", "refused", "verdict")

    def __init__(self, offer: Offer, snapshot: Snapshot, left: list[int], known: "_Known") -> None:
        self.offer = offer
        self.verdict = snapshot.verdict(offer.facts(), snapshot.at)
        self.price = offer.price_at(snapshot.at)
        self.refused = not_offered(offer, self.verdict, snapshot.at)
        self.left = left
        self.known = known
        self.buyers: dict[UUID, int] = {}


_Known = dict[tuple[UUID, str], Receipt]


class _Desk:
    """The figures of one batch as they go down.

    A shelf holds its stock's figure in a list that all shelves of that stock share, and its
    shop's known keys, so that one look-up a request finds everything.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.shelves: dict[tuple[UUID, UUID], _Shelf] = {}
        self.free: dict[StockKey, list[int]] = {}
        self.known: dict[UUID, _Known] = {}
        for key, receipt in snapshot.earlier.items():
            shop = self.known.setdefault(key.shop_id, {})
            shop[key.buyer_id, key.idempotency_key] = receipt
        self.counts: dict[UUID, dict[UUID, int]] = {}
        for (listing_id, buyer_id), count in snapshot.counts.items():
            self.counts.setdefault(listing_id, {})[buyer_id] = count

    def _shelf(self, place: tuple[UUID, UUID], offer: Offer) -> _Shelf:
        left = self.free.setdefault(offer.stock, [self.snapshot.free.get(offer.stock, 0)])
        shelf = _Shelf(offer, self.snapshot, left, self.known.setdefault(offer.shop_id, {}))
        shelf.buyers = self.counts.setdefault(offer.listing_id, {})
        self.shelves[place] = shelf
        return shelf

    def decide(self, request: Request) -> Decision:
        place = (request.listing_id, request.sku_id)
        shelf = self.shelves.get(place)
        if shelf is None:
            offer = self.snapshot.offers.get(place)
            if offer is None:
                return Refused(Refusal.NOT_ON_SALE, Why.UNKNOWN)
            shelf = self._shelf(place, offer)
        key = (request.buyer_id, request.idempotency_key)
        before = shelf.known.get(key)
        if before is not None:
            if before.request_hash == request.request_hash:
                return Same(before)
            return Refused(Refusal.KEY_REUSED)
        refused = self._refusal(request, shelf)
        if refused is not None:
            return refused
        placed = self._place(request, shelf)
        shelf.known[key] = placed.receipt
        return placed

    @staticmethod
    def _refusal(request: Request, shelf: _Shelf) -> Refused | None:
        offer = shelf.offer
        if not 1 <= request.quantity <= MOST_PIECES:
            return Refused(Refusal.BAD_QUANTITY)
        if request.container_id != offer.container_id:
            return Refused(Refusal.NOT_ON_SALE, Why.UNKNOWN)
        if shelf.refused is not None:
            return shelf.refused
        if request.unit_price_minor != shelf.price:
            return Refused(
                Refusal.PRICE_CHANGED, unit_price_minor=shelf.price, currency=offer.currency
            )
        if offer.purchase_limit is not None:
            already = shelf.buyers.get(request.buyer_id, 0)
            if already + request.quantity > offer.purchase_limit:
                return Refused(Refusal.LIMIT_REACHED, limit=offer.purchase_limit, already=already)
        if shelf.left[0] < request.quantity:
            return Refused(Refusal.SOLD_OUT, left=max(shelf.left[0], 0))
        return None

    def _place(self, request: Request, shelf: _Shelf) -> Placed:
        offer = shelf.offer
        shelf.left[0] -= request.quantity
        if offer.purchase_limit is not None:
            buyer = request.buyer_id
            shelf.buyers[buyer] = shelf.buyers.get(buyer, 0) + request.quantity
        receipt = Receipt(
            request.order_id,
            request.request_hash,
            "awaiting_payment",
            shelf.price * request.quantity,
            offer.currency,
            self.snapshot.expires_at,
        )
        return Placed(request, offer, shelf.verdict, shelf.price, receipt)


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
    if offer.surface == "live_room" and not offer.room_live:
        return Refused(Refusal.NOT_ON_SALE, Why.ROOM_NOT_LIVE)
    if not offer.sku_active or why_not_offerable(
        offer.review_state, offer.on_shelf, offer.shop_state
    ):
        return Refused(Refusal.NOT_ON_SALE, Why.NOT_OFFERED)
    if offer.offered_from is not None and at < offer.offered_from:
        return Refused(Refusal.NOT_ON_SALE, Why.NOT_YET, from_=offer.offered_from)
    if offer.offered_until is not None and at >= offer.offered_until:
        return Refused(Refusal.NOT_ON_SALE, Why.OVER, until=offer.offered_until)
    return None
