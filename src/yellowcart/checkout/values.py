"""What the lane decides on and what it decides: plain values, nothing that reads or waits."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from msgspec import Struct

from yellowcart.catalog.rules import price_at
from yellowcart.listings.facts import facts_of
from yellowcart.policy.rules import Facts
from yellowcart.policy.verdicts import Verdict
from yellowcart.promotions.rules import Terms, WhyNot

MOST_PIECES: Final = 999
"""The most pieces of one line of an order."""
MOST_LINES: Final = 50
MOST_COUPONS: Final = 5


class StockKey(NamedTuple):
    """Whose stock row: a copy's is its supplier's."""

    shop_id: UUID
    sku_id: UUID


class Line(Struct, frozen=True, gc=False):
    """So many of one SKU through one listing, at the price the buyer was shown."""

    listing_id: UUID
    sku_id: UUID
    quantity: int
    unit_price_minor: int


class Request(Struct, frozen=True, gc=False):
    """One buyer's wish: everything in it is bought, or nothing.

    ``checkout_id`` is made on arrival and becomes the id of the first order, if it is placed.
    ``container_id`` is the room, video, profile or shop whose pass the buyer holds;
    ``request_hash`` covers everything but the key. No listing and SKU stand in two lines.
    ``share_code`` and ``explained`` say how the buyer came, and decide nothing.
    """

    checkout_id: UUID
    buyer_id: UUID
    container_id: UUID
    lines: tuple[Line, ...]
    coupons: tuple[UUID, ...]
    idempotency_key: str
    request_hash: str
    share_code: str = ""
    explained: bool = False


class Offer(Struct, frozen=True):
    """One SKU through one listing, as the database has it. Prices in minor units.

    ``reserves``, ``hold_seconds`` and ``room_limit`` are its room's; ``deposit_minor`` and the
    balance's times are there where it is sold against a deposit. ``has_special`` and
    ``has_waiting`` say whether more must be read to decide. ``held`` until its host links it up;
    in ``practice`` nothing is sold. ``host_id`` hosts its room now.
    """

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
    commission_bps: int
    offered_from: datetime | None
    offered_until: datetime | None
    has_task: bool
    room_live: bool
    shop_state: str
    review_state: str
    on_shelf: bool
    sku_active: bool
    reserves: bool = True
    hold_seconds: int | None = None
    room_limit: int | None = None
    deposit_minor: int | None = None
    balance_from: datetime | None = None
    balance_until: datetime | None = None
    has_special: bool = False
    has_waiting: bool = False
    held: bool = False
    practice: bool = False
    host_id: UUID | None = None

    def price_at(self, at: datetime) -> int:
        """The price of one piece at an instant, special prices aside."""
        return price_at(
            self.price_minor, self.sale_price_minor, self.sale_from, self.sale_until, at
        )

    def facts(self) -> Facts:
        """What the policy is asked about."""
        return facts_of(self)


class Special(Struct, frozen=True):
    """A special price that is in force now; ``left`` of its allocation, None where unbounded."""

    shop_id: UUID
    id: UUID
    price_minor: int
    fans_only: bool
    left: int | None


class Offered(Struct, frozen=True):
    """Pieces that came back and are set aside for one who waited."""

    shop_id: UUID
    waiting_id: UUID
    stock: StockKey
    quantity: int


class OrderKey(NamedTuple):
    """What one shop's orders of one request are known by to the buyer who asked."""

    shop_id: UUID
    buyer_id: UUID
    idempotency_key: str


class OrderReceipt(Struct, frozen=True, gc=False):
    """One order of a checkout as it is answered."""

    order_id: UUID
    shop_id: UUID
    state: str
    amount_minor: int


class Receipt(Struct, frozen=True, gc=False):
    """A checkout as it is answered. ``deposit_minor`` is what is paid first, 0 for everything."""

    checkout_id: UUID
    request_hash: str
    currency: str
    expires_at: datetime
    orders: tuple[OrderReceipt, ...]
    discount_minor: int = 0
    deposit_minor: int = 0

    @property
    def order_id(self) -> UUID:
        """The first order's id."""
        return self.orders[0].order_id

    @property
    def state(self) -> str:
        """The first order's state."""
        return self.orders[0].state

    @property
    def amount_minor(self) -> int:
        """What all its orders come to."""
        return sum(order.amount_minor for order in self.orders)


class Snapshot(Struct, frozen=True):
    """What is true at ``at``, once everything that may change was locked.

    ``counts`` by (listing, buyer), for listings with a limit; ``room_counts`` by buyer within a
    room, for rooms with one; ``claims`` by (coupon, buyer): how often it was used; ``fans`` as
    (buyer, creator); ``waiting`` by (listing, SKU, buyer).
    """

    at: datetime
    hold_for: timedelta
    offers: Mapping[tuple[UUID, UUID], Offer]
    free: Mapping[StockKey, int]
    verdict: Callable[[Facts, datetime], Verdict]
    counts: Mapping[tuple[UUID, UUID], int] = {}
    room_counts: Mapping[tuple[UUID, UUID], int] = {}
    specials: Mapping[tuple[UUID, UUID], tuple[Special, ...]] = {}
    coupons: Mapping[UUID, Terms] = {}
    claims: Mapping[tuple[UUID, UUID], int] = {}
    fans: frozenset[tuple[UUID, UUID]] = frozenset()
    waiting: Mapping[tuple[UUID, UUID, UUID], Offered] = {}
    earlier: Mapping[OrderKey, Receipt] = {}

    @property
    def expires_at(self) -> datetime:
        """When an order that is placed now ends unpaid."""
        return self.at + self.hold_for

    def expires_after(self, seconds: int) -> datetime:
        """The same where the room gives a time of its own."""
        return self.at + timedelta(seconds=seconds)


class Refusal(StrEnum):
    """Why an order is not placed: the stable code of the answer."""

    SOLD_OUT = "sold_out"
    LIMIT_REACHED = "limit_reached"
    PRICE_CHANGED = "price_changed"
    NOT_ON_SALE = "not_on_sale"
    BARRED = "barred_by_policy"
    COUPON = "coupon_refused"
    MIXED = "mixed_order"
    KEY_REUSED = "idempotency_key_reused"
    BAD_QUANTITY = "invalid_request"


class Why(StrEnum):
    """What a refusal means, for machines; the words are in :mod:`checkout.problems`."""

    UNKNOWN = "unknown"
    NOT_MOUNTED = "not_mounted"
    ROOM_NOT_LIVE = "room_not_live"
    JUMP_OUT = "jump_out"
    NOT_OFFERED = "not_offered"
    NOT_YET = "not_yet"
    HELD = "held"
    PRACTICE = "practice"
    OVER = "over"
    DEPOSITS_OVER = "deposits_over"
    ROOM_LIMIT = "room_limit"
    FANS_ONLY = "fans_only"
    ALLOCATION_GONE = "allocation_gone"
    CURRENCIES = "currencies"
    PRESALE_ALONE = "presale_alone"


class Refused(Struct, frozen=True):
    """Not placed. The fields say what is true now, each where it applies; lines count from 0."""

    code: Refusal
    why: Why | WhyNot | None = None
    left: int = 0
    limit: int = 0
    already: int = 0
    unit_price_minor: int = 0
    threshold_minor: int = 0
    currency: str = ""
    from_: datetime | None = None
    until: datetime | None = None
    verdict: Verdict | None = None
    coupon_id: UUID | None = None
    line: int = 0


class SoldLine(Struct, frozen=True, gc=False):
    """One line to be written, with the special price whose allocation it takes from."""

    offer: Offer
    quantity: int
    unit_price_minor: int
    discount_minor: int = 0
    special: Special | None = None

    @property
    def goods_minor(self) -> int:
        """What it comes to before discounts."""
        return self.unit_price_minor * self.quantity

    @property
    def amount_minor(self) -> int:
        """What the buyer pays for it."""
        return self.goods_minor - self.discount_minor


class NewOrder(Struct, frozen=True, gc=False):
    """One order to be written. ``verdict`` names the rule it is sold under.

    ``goods_minor`` is what the goods come to before discounts, ``discount_minor`` what coupons
    take off; ``discounts`` are (coupon, bearer, amount).
    """

    order_id: UUID
    part_no: int
    lines: tuple[SoldLine, ...]
    verdict: Verdict
    goods_minor: int
    discount_minor: int = 0
    discounts: tuple[tuple[UUID, str, int], ...] = ()

    @property
    def amount_minor(self) -> int:
        """What the buyer pays."""
        return self.goods_minor - self.discount_minor

    @property
    def deposit_minor(self) -> int:
        """What of it is paid first; 0 where everything is, as it is once a price has fallen to
        the deposit."""
        line = self.lines[0]
        deposit = line.offer.deposit_minor or 0
        return deposit * line.quantity if deposit < line.unit_price_minor else 0


class Placed(Struct, frozen=True, gc=False):
    """To be written. ``taken`` are the offers to one who waited that it uses up."""

    request: Request
    orders: tuple[NewOrder, ...]
    receipt: Receipt
    taken: tuple[Offered, ...] = ()


class Same(Struct, frozen=True, gc=False):
    """The key was used for this very wish before; it is answered again."""

    receipt: Receipt


Decision = Placed | Same | Refused
