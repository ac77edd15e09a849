"""What an application may be allowed to do, in words for the person who allows it."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Every scope, in the order in which a person is told of them.
SCOPES: Final[dict[str, "str | Promise"]] = {
    "shops:read": _("See the shop and its terms"),
    "products:read": _("See products, drafts and reviews included"),
    "products:write": _("Create, change, import and submit products"),
    "stock:read": _("See stock"),
    "stock:write": _("Set stock, and add to it or take from it"),
    "listings:read": _("See prices and terms that were set on listings"),
    "listings:write": _("List goods, take them out, and set their prices and commissions"),
    "promotions:read": _("See coupons"),
    "promotions:write": _("Give coupons and end them"),
    "rooms:read": _("See your rooms' scripts, questions and share codes"),
    "rooms:write": _("Schedule and run your rooms"),
    "orders:read": _("See orders, with the buyers' names and addresses"),
    "orders:write": _("Ship orders and keep their parcels"),
    "aftersales:read": _("See after-sales cases and their pictures"),
    "aftersales:write": _("Answer after-sales cases; this can give money back"),
    "settlement:read": _("See balances, statements and contracts"),
    "figures:read": _("See sales figures and rooms' reports"),
    "policy:read": _("See draft rules and rehearse rules"),
    "policy:write": _("Write, announce and withdraw rules"),
    "webhooks:read": _("See this application's webhooks and what was sent"),
    "webhooks:write": _("Set this application's webhooks and send events again"),
}


def known(scopes: "str | list[str]") -> list[str]:
    """Those of the scopes that exist, each once, in the order of :data:`SCOPES`."""
    asked = set(scopes.split() if isinstance(scopes, str) else scopes)
    return [scope for scope in SCOPES if scope in asked]
