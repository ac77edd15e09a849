"""Tags about connected stores and the orders they send."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.functional import Promise

from yellowcart.connections.models import Change, Supply
from yellowcart.connections.states import CHANGE_WORDS, SUPPLY_WORDS
from yellowcart.connections.telling import by_hand
from yellowcart.shops.models import Shop
from yellowcart.sources.connector import Connector
from yellowcart.web.backoffice.stores import CAN_WORDS, said

register = template.Library()


@register.simple_tag
def supply_state(supply: Supply) -> str:
    """How far an order's hand-over is, in words."""
    return str(SUPPLY_WORDS[supply.state])


@register.simple_tag
def supply_words(supply: Supply) -> str:
    """What the supplier last said of an order."""
    return supply.reason or said(supply.last_error)


@register.inclusion_tag("merchant/parts/supply_changes.html", takes_context=True)
def supply_changes(context: Context, changes: Iterable[Change]) -> dict[str, Any]:
    """What was refunded of orders that a store has, whether it knows, and what is to be done."""
    shop: Shop = context["shop"]
    rows = [
        {
            "row": one,
            "state": CHANGE_WORDS[one.state],
            "pieces": sum(one.pieces.values()),
            "said": said(one.last_error),
            "by_hand": by_hand(one) if one.state == "todo" else "",
            "number": one.supply.external_id or one.supply.reference,
            "settles": context["may_refund"]
            and one.state == "todo"
            and one.connection.shop_id == shop.id,
        }
        for one in changes
    ]
    return {"rows": rows, "shop": shop, "csrf_token": context.get("csrf_token")}


@register.simple_tag
def abilities(connector: Connector) -> list[tuple[Promise, bool]]:
    """Everything a connector may be able to do, and whether it is."""
    return [(words, can in connector.can) for can, words in CAN_WORDS.items()]
