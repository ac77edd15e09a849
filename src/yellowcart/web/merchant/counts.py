"""The numbers beside the navigation's entries."""

from yellowcart.notices.queries import inbox
from yellowcart.orders.lists import MOST_COUNTED, waiting_in
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop
from yellowcart.web.trade.templatetags.trade import some


def badges(account: Account, shop: Shop) -> dict[str, str]:
    """What waits for somebody in a shop, by navigation entry; nothing where nothing does."""
    unread = inbox(account, party="merchant", shop_id=shop.id, unread_only=True)
    waits = {
        "todo": waiting_in(shop.id).to_ship,
        "notices": unread[:MOST_COUNTED].count(),
    }
    return {name: some(count) for name, count in waits.items() if count}
