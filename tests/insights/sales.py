"""Sales made by hand: rows written straight into the tables, with amounts one can add in one's
head."""

from datetime import datetime, timedelta
from typing import Any

from yellowcart.catalog.models import Product
from yellowcart.core.ids import new_id
from yellowcart.core.instants import parse_instant
from yellowcart.listings.models import Click, Listing
from yellowcart.live.models import Room
from yellowcart.orders.models import Conversion, Order
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop

CUT = parse_instant("2021-11-16T00:00+08:00")


def at(text: str) -> datetime:
    """An instant of the platform's zone: ``at("11-15 23:59")`` in 2021."""
    return parse_instant(f"2021-{text}+08:00")


def account(name: str = "") -> Account:
    handle = name or f"p-{new_id().hex[-12:]}"
    return Account.objects.create(username=handle, handle=handle, display_name=handle)


def shop(handle: str = "", source: str = "native") -> Shop:
    name = handle or f"s-{new_id().hex[-12:]}"
    return Shop.objects.create(handle=name, name=name, type="enterprise", source=source)


def listing(of: Shop, source: str = "native", surface: str = "live_room") -> Listing:
    integration = "native" if source == "native" else "link"
    product = Product.objects.create(shop=of, title="Tea", source=source, integration=integration)
    return Listing.objects.create(
        shop=of,
        product=product,
        surface=surface,
        container_id=new_id(),
        source=source,
        integration=integration,
        shop_type=of.type,
    )


def order(amount: int, placed: datetime, *, paid: bool = True, **more: Any) -> Order:
    """An order, paid a minute after it was placed unless told otherwise."""
    fields: dict[str, Any] = {
        "shop_id": new_id(),
        "buyer_id": new_id(),
        "checkout_id": new_id(),
        "surface": "live_room",
        "container_id": new_id(),
        "source": "native",
        "integration": "native",
        "state": "paid" if paid else "awaiting_payment",
        "paid_at": placed + timedelta(minutes=1) if paid else None,
        "currency": "CNY",
    }
    return Order.objects.create(
        **(fields | more),
        goods_minor=amount,
        amount_minor=amount,
        placed_at=placed,
        expires_at=placed + timedelta(minutes=15),
        idempotency_key=str(new_id()),
        request_hash="",
    )


def conversion(amount: int, ordered: datetime, **more: Any) -> Conversion:
    """A sale a source told of two days after it was made, unless told otherwise."""
    fields: dict[str, Any] = {
        "source": "youzan",
        "external_order_id": str(new_id()),
        "status": "paid",
        "surface": "live_room",
        "shop_id": new_id(),
        "first_told_at": ordered + timedelta(days=2),
        "source_updated_at": ordered + timedelta(days=2),
    }
    return Conversion.objects.create(**(fields | more), amount_minor=amount, ordered_at=ordered)


def click(on: Listing, when: datetime) -> Click:
    return Click.objects.create(
        listing=on,
        shop_id=on.shop_id,
        product_id=on.product_id,
        source=on.source,
        surface=on.surface,
        container_id=on.container_id,
        at=when,
    )


def room(creator: Account, started: datetime | None, ended: datetime | None = None) -> Room:
    return Room.objects.create(
        creator=creator,
        title="Evening",
        scheduled_at=started or CUT,
        started_at=started,
        ended_at=ended,
        state="ended" if ended else "live",
    )
