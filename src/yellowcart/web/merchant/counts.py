"""The numbers beside the navigation's entries."""

from yellowcart.notices.queries import inbox
from yellowcart.orders.models import Order
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop


def badges(account: Account, shop: Shop) -> dict[str, int]:
    """What waits for somebody in a shop, by navigation entry."""
    return {
        "orders": Order.objects.filter(shop_id=shop.id, state="paid").count(),
        "notices": inbox(account, party="merchant", shop_id=shop.id, unread_only=True).count(),
    }
