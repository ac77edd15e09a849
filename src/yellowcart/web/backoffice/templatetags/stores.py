"""Tags about connected stores and the orders they send."""

from django import template
from django.utils.functional import Promise

from yellowcart.connections.models import Supply
from yellowcart.connections.states import SUPPLY_WORDS
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


@register.simple_tag
def abilities(connector: Connector) -> list[tuple[Promise, bool]]:
    """Everything a connector may be able to do, and whether it is."""
    return [(words, can in connector.can) for can, words in CAN_WORDS.items()]
