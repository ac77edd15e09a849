"""Which shop a page is about, and whether the reader may open it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Concatenate, NamedTuple, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.connections.models import Connection
from yellowcart.connections.queries import access_connection, connection_not_found
from yellowcart.people.access import access_person, person_page
from yellowcart.people.models import Account
from yellowcart.shops import rules
from yellowcart.shops.models import Shop
from yellowcart.shops.queries import access_shop, role_in, shops_of
from yellowcart.web.merchant import counts

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Desk:
    """One person at one shop's desk. ``role`` is None for an operator who looks in."""

    account: Account
    shop: Shop
    role: str | None

    def may(self, capability: str) -> bool:
        """Whether the person may do this here (see ``shops.rules.CAPABILITIES``)."""
        return rules.may(self.role, capability)

    def sees(self, capability: str) -> bool:
        """Whether the person may look at what this is about; operators look at most things."""
        return self.may(capability) or (
            self.role is None and capability in rules.OPERATOR_CAPABILITIES
        )

    def url(self, name: str, **places: object) -> str:
        """The address of one of this shop's pages."""
        return reverse(f"merchant:{name}", kwargs={"handle": self.shop.handle, **places})


class NavItem(NamedTuple):
    """One entry of the back office's navigation."""

    name: str
    label: Promise
    icon: str
    capability: str = "view"


NAVIGATION = (
    NavItem("dashboard", _("Overview"), "home"),
    NavItem("todo", _("To do"), "clipboard"),
    NavItem("orders", _("Orders"), "receipt"),
    NavItem("cases", _("After-sales"), "refresh"),
    NavItem("money", _("Money"), "wallet", "money"),
    NavItem("jumpouts", _("Sales elsewhere"), "link-out", "money"),
    NavItem("products", _("Products"), "box"),
    NavItem("listings", _("Listings"), "cart"),
    NavItem("coupons", _("Coupons and hosts"), "tag"),
    NavItem("imports", _("Import and export"), "upload"),
    NavItem("supply", _("Supplier goods"), "truck"),
    NavItem("stores", _("Connected stores"), "link"),
    NavItem("figures", _("Where the money goes"), "chart"),
    NavItem("notices", _("Notices"), "bell"),
    NavItem("settings", _("Shop and members"), "settings"),
)

#: What templates ask about under ``can``.
CAPABILITIES = ("goods", "stock", "ship", "refund", "members", "shop", "money", "payout")

#: Free pieces from which on a product counts as running low.
LOW_STOCK = 5

View = Callable[Concatenate[HttpRequest, Desk, P], HttpResponseBase]


def shop_page(
    capability: str = "view",
) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """A page of one shop for those who may do ``capability`` there.

    The address carries the shop's handle; the view gets a :class:`Desk` in its stead. A stranger
    is sent to sign in, another shop's member sees who may help.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        def guarded(
            request: HttpRequest, handle: str, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            account = access_person(request.user)
            shop = access_shop(account, handle, capability)
            return view(request, Desk(account, shop, role_in(account, shop.id)), *args, **kwargs)

        return person_page(update_wrapper(guarded, view))

    return decorate


def store_of(desk: Desk, connection_id: UUID, capability: str = "view") -> Connection:
    """A store that this shop connected; ``connection_not_found`` where another did."""
    row = access_connection(desk.account, connection_id, capability)
    if row.shop_id != desk.shop.id:
        raise connection_not_found()
    return row


def show(
    request: HttpRequest,
    desk: Desk,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    here: str,
    status: int = 200,
) -> HttpResponse:
    """Render a page of the back office; ``here`` is the navigation entry it belongs to."""
    badges = counts.badges(desk.account, desk.shop)
    navigation = [
        {
            "href": desk.url(item.name),
            "label": item.label,
            "icon": item.icon,
            "here": item.name == here,
            "count": badges.get(item.name, ""),
        }
        for item in NAVIGATION
        if desk.sees(item.capability)
    ]
    whole = {
        "desk": desk,
        "shop": desk.shop,
        "navigation": navigation,
        "shops": shops_of(desk.account),
        "low": LOW_STOCK,
        "can": {name: desk.may(name) for name in CAPABILITIES},
        "may_refund": desk.may("refund"),
        **(context or {}),
    }
    return render(request, template, whole, status=status)
