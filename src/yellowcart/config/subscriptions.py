"""Who hears what happened: the one place where folders are tied to each other's events."""

from yellowcart.core.outbox import subscribe
from yellowcart.live import numbering
from yellowcart.policy.subjects import ShopSubject, use_shops
from yellowcart.shops.queries import find_shop


def connect() -> None:
    """Register every subscriber with the outbox."""
    use_shops(_shop_as_rules_see_it)
    subscribe("room.", numbering.on_room_events)
    subscribe("orders.placed", numbering.on_orders_placed)
    subscribe("inventory.stock_changed", numbering.on_stock_changed)
    subscribe("catalog.shelf", numbering.on_goods_changed)
    subscribe("catalog.product_changed", numbering.on_goods_changed)
    subscribe("shops.state_changed", numbering.on_goods_changed)


def _shop_as_rules_see_it(word: str) -> ShopSubject | None:
    shop = find_shop(word)
    return ShopSubject(str(shop.id), shop.type) if shop else None
