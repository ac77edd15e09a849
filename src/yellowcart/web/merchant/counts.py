"""The numbers beside the navigation's entries."""

from yellowcart.aftersales.queries import board_of_shop
from yellowcart.notices.queries import inbox
from yellowcart.orders.lists import MOST_COUNTED
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop
from yellowcart.web.trade.templatetags.trade import some


def badges(account: Account, shop: Shop) -> dict[str, str]:
    """What waits for somebody in a shop, by navigation entry; nothing where nothing does."""
    unread = inbox(account, party="merchant", shop_id=shop.id, unread_only=True)
    board = board_of_shop(account, shop.id)
    waits = {
        "todo": board.to_ship,
        "cases": board.to_answer + board.to_receive + board.to_replace,
        "notices": unread[:MOST_COUNTED].count(),
    }
    return {name: some(count) for name, count in waits.items() if count}
