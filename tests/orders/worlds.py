"""Orders as the lane writes them, for tests of what comes after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.factories import make_account, make_product, make_shop, make_sku

from yellowcart.catalog.models import Sku
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.inventory.actions import Wanted, do_reserve
from yellowcart.inventory.models import Stock
from yellowcart.listings.models import Listing
from yellowcart.orders.models import Order, OrderLine, PurchaseCount
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop

ADDRESS = {"name": "Li Hua", "phone": "13800138000", "address": "1 Chang'an Avenue"}


@dataclass(frozen=True)
class World:
    """A shop with an owner, one SKU offered on its shop page, and a buyer."""

    owner: Account
    shop: Shop
    sku: Sku
    listing: Listing
    buyer: Account

    def order(
        self,
        *,
        quantity: int = 1,
        counted: bool = False,
        more: Sequence[tuple[Sku, int]] = (),
        **fields: Any,
    ) -> Order:
        """An unpaid order with its lines, holds (unless it reserves nothing) and count.

        ``more`` are lines beside the first.
        """
        at = now()
        wanted = [(self.sku, quantity), *more]
        goods = sum(sku.price_minor * pieces for sku, pieces in wanted)
        values: dict[str, Any] = {
            "shop_id": self.shop.id,
            "id": new_id(),
            "buyer_id": self.buyer.id,
            "surface": self.listing.surface,
            "container_id": self.listing.container_id,
            "source": "native",
            "integration": "native",
            "goods_minor": goods,
            "amount_minor": goods - fields.get("discount_minor", 0),
            "currency": "CNY",
            "idempotency_key": str(new_id()),
            "request_hash": "x",
            "placed_at": at,
            "expires_at": at + timedelta(minutes=15),
            **fields,
        }
        values.setdefault("checkout_id", values["id"])
        order = Order.objects.create(**values)
        for line_no, (sku, pieces) in enumerate(wanted, 1):
            OrderLine.objects.create(
                shop_id=self.shop.id,
                order_id=order.id,
                line_no=line_no,
                listing_id=self.listing.id,
                product_id=sku.product_id,
                sku_id=sku.id,
                title="Tea",
                quantity=pieces,
                unit_price_minor=sku.price_minor,
                discount_minor=order.discount_minor if line_no == 1 else 0,
                counted=counted,
            )
        holds = [
            Wanted(self.shop.id, order.id, line_no, sku.stock_shop_id, sku.stock_sku_id, pieces)
            for line_no, (sku, pieces) in enumerate(wanted, 1)
        ]
        if order.reserves:
            do_reserve(holds, order.expires_at)
        if counted:
            count, _made = PurchaseCount.objects.get_or_create(
                shop_id=self.shop.id,
                listing_id=self.listing.id,
                buyer_id=self.buyer.id,
                defaults={"quantity": 0},
            )
            PurchaseCount.objects.filter(pk=count.pk).update(quantity=count.quantity + quantity)
        return order

    def stock(self) -> tuple[int, int, int]:
        """``(on_hand, reserved, sold)`` of the SKU's stock row."""
        row = Stock.objects.get(shop_id=self.sku.stock_shop_id, sku_id=self.sku.stock_sku_id)
        return row.on_hand, row.reserved, row.sold


def make_world(*, stock: int = 10) -> World:
    """See :class:`World`."""
    owner = make_account()
    shop = make_shop(owner)
    sku = make_sku(make_product(shop), stock=stock)
    listing = Listing.objects.create(
        shop=shop,
        product_id=sku.product_id,
        surface="shop_page",
        container_id=shop.id,
        source="native",
        integration="native",
        shop_type="enterprise",
    )
    return World(owner, shop, sku, listing, make_account())


def fresh(order: Order) -> Order:
    """The order as it is in the database now."""
    return Order.objects.get(shop_id=order.shop_id, id=order.id)
