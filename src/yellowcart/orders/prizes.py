"""Orders that cost nothing because their goods were won: paid the moment they are placed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.inventory import actions as inventory
from yellowcart.listings.models import Listing
from yellowcart.orders import events
from yellowcart.orders.actions import take_step
from yellowcart.orders.carriers import LIVE_ROOM
from yellowcart.orders.models import Order, OrderLine
from yellowcart.orders.states import Party


class PrizeGoods(NamedTuple):
    """One piece that somebody won. It is held already, as line 1 of the order that is to be."""

    order_id: UUID
    buyer_id: UUID
    room_id: UUID
    creator_id: UUID
    listing_id: UUID
    sku_id: UUID


@transaction.atomic
def do_place_prize(goods: PrizeGoods, ship_to: Mapping[str, str]) -> Order:
    """Place the order of a prize: at a price of 0, paid, and to be shipped like any other.

    Joins the caller's transaction. No commission is promised on it.
    """
    listing = Listing.objects.select_related("product").get(id=goods.listing_id)
    at = now()
    order = Order.objects.create(
        shop_id=listing.shop_id,
        id=goods.order_id,
        checkout_id=goods.order_id,
        buyer_id=goods.buyer_id,
        surface="live_room",
        container_id=goods.room_id,
        creator_id=goods.creator_id,
        host_id=goods.creator_id,
        carrier_type=LIVE_ROOM,
        source=listing.source,
        integration=listing.integration,
        goods_minor=0,
        amount_minor=0,
        currency=listing.product.currency,
        idempotency_key=f"prize:{goods.order_id}",
        request_hash="",
        placed_at=at,
        expires_at=at + timedelta(minutes=15),
        ship_to=dict(ship_to),
    )
    OrderLine.objects.create(
        shop_id=listing.shop_id,
        order_id=order.id,
        line_no=1,
        listing_id=listing.id,
        product_id=listing.product_id,
        sku_id=goods.sku_id,
        title=listing.product.title[:400],
        quantity=1,
        unit_price_minor=0,
    )
    inventory.do_capture([(order.shop_id, order.id)])
    take_step(order, "pay", frozenset({Party.PLATFORM}), None, prize=True)
    outbox.append_all([events.step(events.PAID, order)])
    return order
