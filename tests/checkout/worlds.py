"""What the checkout tests sell: rows in the database, and the lane's own values."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.factories import make_account, make_product, make_shop, make_sku

from yellowcart.catalog.models import Sku
from yellowcart.checkout.routes import request_hash
from yellowcart.checkout.values import Line, Offer, Request, Snapshot, StockKey
from yellowcart.core.clock import now
from yellowcart.inventory.models import Hold, Stock
from yellowcart.listings.models import Listing
from yellowcart.live.models import Room
from yellowcart.orders.models import Order, Waiting
from yellowcart.policy.table import RuleTable, compile_rules

NO_RULES: RuleTable = compile_rules([])
HOLD_FOR = timedelta(minutes=15)
NOON = datetime(2021, 11, 15, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """A listing that sells one SKU in a live room."""

    room: Room
    listing: Listing
    sku: Sku

    def request(self, **changes: Any) -> Request:
        """Somebody's wish for one piece at the shown price."""
        return wish(self.listing.id, self.sku.id, self.room.id, self.sku.price_minor, **changes)


def make_place(*, stock: int = 10, price: int = 9_900, sku: Sku | None = None, **listing) -> Place:
    """A live room with one mounted native product."""
    room = Room.objects.create(
        creator=make_account(), title="Room", state="live", scheduled_at=now()
    )
    sku = sku or make_sku(make_product(make_shop()), stock=stock, price=price)
    return Place(room, mount(sku, container_id=room.id, **listing), sku)


def mount(sku: Sku, **fields: Any) -> Listing:
    """The SKU's product listed somewhere."""
    values = {
        "shop_id": sku.shop_id,
        "product_id": sku.product_id,
        "surface": "live_room",
        "source": "native",
        "integration": "native",
        "shop_type": "enterprise",
        **fields,
    }
    return Listing.objects.create(**values)


def wish(
    listing_id: UUID,
    sku_id: UUID,
    container_id: UUID,
    unit_price: int,
    *,
    buyer: UUID | None = None,
    key: str | None = None,
    quantity: int = 1,
    unit_price_minor: int | None = None,
    container: UUID | None = None,
    coupons: tuple[UUID, ...] = (),
) -> Request:
    """A request as the endpoint would make it."""
    price = unit_price if unit_price_minor is None else unit_price_minor
    line = Line(listing_id, sku_id, quantity, price)
    return basket(line, container=container or container_id, buyer=buyer, key=key, coupons=coupons)


def basket(
    *lines: Line,
    container: UUID,
    buyer: UUID | None = None,
    key: str | None = None,
    coupons: tuple[UUID, ...] = (),
    share_code: str = "",
    explained: bool = False,
) -> Request:
    """A request for several things, as the endpoint would make it."""
    return Request(
        uuid4(),
        buyer or uuid4(),
        container,
        lines,
        coupons,
        key or str(uuid4()),
        request_hash(lines, coupons),
        share_code,
        explained,
    )


def offer(**changes: Any) -> Offer:
    """An offer that anybody can buy."""
    shop, sku = uuid4(), uuid4()
    values: dict[str, Any] = {
        "shop_id": shop,
        "listing_id": uuid4(),
        "sku_id": sku,
        "product_id": uuid4(),
        "stock": StockKey(shop, sku),
        "title": "Tea",
        "currency": "CNY",
        "price_minor": 100,
        "sale_price_minor": None,
        "sale_from": None,
        "sale_until": None,
        "listing_state": "mounted",
        "surface": "live_room",
        "container_id": uuid4(),
        "creator_id": None,
        "source": "native",
        "integration": "native",
        "shop_type": "enterprise",
        "purchase_limit": None,
        "commission_bps": 0,
        "offered_from": None,
        "offered_until": None,
        "has_task": False,
        "room_live": True,
        "shop_state": "open",
        "review_state": "approved",
        "on_shelf": True,
        "sku_active": True,
        **changes,
    }
    return Offer(**values)


def snapshot(*offers: Offer, free: int | dict[StockKey, int] = 10, **changes: Any) -> Snapshot:
    """What the database says about these offers."""
    left = free if isinstance(free, dict) else {one.stock: free for one in offers}
    values: dict[str, Any] = {
        "at": NOON,
        "hold_for": HOLD_FOR,
        "offers": {(one.listing_id, one.sku_id): one for one in offers},
        "free": left,
        "verdict": NO_RULES.verdict,
        **changes,
    }
    return Snapshot(**values)


def wish_for(one: Offer, **changes: Any) -> Request:
    """A request for an offer at its regular price."""
    return wish(one.listing_id, one.sku_id, one.container_id, one.price_minor, **changes)


def check_stock() -> None:
    """Every stock row balances with the holds and orders that lean on it."""
    for row in Stock.objects.all():
        holds = Hold.objects.filter(stock_shop_id=row.shop_id, stock_sku_id=row.sku_id)
        pending = sum(holds.filter(state="pending").values_list("quantity", flat=True))
        captured = sum(holds.filter(state="captured").values_list("quantity", flat=True))
        assert (row.reserved, row.sold) == (pending, captured)
        assert row.on_hand - row.reserved - row.sold >= 0
    unpaid = Order.objects.filter(state__in=["awaiting_payment", "deposit_paid"], reserves=True)
    offered = Waiting.objects.filter(state="offered")
    held = set(Hold.objects.filter(state="pending").values_list("order_id", flat=True))
    assert {*unpaid.values_list("id", flat=True), *offered.values_list("id", flat=True)} == held
