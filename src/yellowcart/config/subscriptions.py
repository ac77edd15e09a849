"""Who hears what happened: the one place where folders are tied to each other's events."""

from yellowcart.policy.subjects import ShopSubject, use_shops
from yellowcart.shops.queries import find_shop


def connect() -> None:
    """Register every subscriber with the outbox."""
    use_shops(_shop_as_rules_see_it)


def _shop_as_rules_see_it(word: str) -> ShopSubject | None:
    shop = find_shop(word)
    return ShopSubject(str(shop.id), shop.type) if shop else None
