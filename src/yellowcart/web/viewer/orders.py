"""What a buyer ordered: the list, and the page of one order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from yellowcart.aftersales.asking import asking
from yellowcart.aftersales.queries import cases_of_buyer
from yellowcart.connections.queries import supplies_of
from yellowcart.core import clock
from yellowcart.gifts.queries import has_unclaimed
from yellowcart.orders import clocks, lists, queries
from yellowcart.orders.models import Order, OrderLine
from yellowcart.orders.paying import is_payable
from yellowcart.orders.queries import lines_of
from yellowcart.orders.rules import due_minor
from yellowcart.payments.providers import offered
from yellowcart.payments.queries import refunds_of
from yellowcart.people.access import access_person
from yellowcart.people.models import Account
from yellowcart.web.trade.cases import case_cards
from yellowcart.web.trade.reads import OrderCard, order_cards, steps_of, whole_context

TABS: Final[tuple[tuple[str, Promise], ...]] = (
    ("", _("All")),
    ("to_pay", _("To pay")),
    ("to_ship", _("To ship")),
    ("to_receive", _("To receive")),
    ("after_sales", _("After-sales")),
    ("done", _("Done")),
)


def _text(autocomplete: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": autocomplete})


class AddressForm(forms.Form):
    """Where the parcel goes."""

    name = forms.CharField(label=_("Recipient"), max_length=60, widget=_text("name"))
    phone = forms.CharField(label=_("Phone"), max_length=30, widget=_text("tel"))
    region = forms.CharField(
        label=_("Province, city"), max_length=100, required=False, widget=_text("address-level1")
    )
    address = forms.CharField(label=_("Address"), max_length=200, widget=_text("street-address"))


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the list as one: an order, or those of a checkout that are paid together."""

    cards: list[OrderCard]
    payable: bool

    @property
    def first(self) -> Order:
        """The order by which the whole is paid."""
        return self.cards[0].order

    @property
    def due_minor(self) -> int:
        """What is to be paid now."""
        return sum(_due(card.order) for card in self.cards)

    @property
    def until(self) -> datetime:
        """The end of the payment."""
        return min(card.order.expires_at for card in self.cards)


def _due(order: Order) -> int:
    return due_minor(order.state, order.amount_minor, order.deposit_minor)


def _paid_together(buyer: Account, orders: Iterable[Order]) -> dict[UUID, list[Order]]:
    """For each of these orders that can be paid now: all that one payment pays, itself too."""
    at = clock.now()
    payable = [order for order in orders if is_payable(order, at)]
    checkouts = lists.checkouts_of(buyer, {order.checkout_id for order in payable})
    return {
        order.id: [
            one
            for one in checkouts[order.checkout_id]
            if one.state == order.state and is_payable(one, at)
        ]
        for order in payable
    }


def _entries(buyer: Account, page: queries.Page) -> list[Entry]:
    together = _paid_together(buyer, page.orders)
    wanted = {order.id: order for order in page.orders}
    wanted |= {one.id: one for group in together.values() for one in group}
    lines = page.lines | lines_of(wanted[key] for key in wanted.keys() - page.lines.keys())
    cards = {card.order.id: card for card in order_cards(wanted.values(), lines)}
    entries = []
    for order in page.orders:
        group = together.get(order.id, [])
        if not group:
            entries.append(Entry([cards[order.id]], payable=False))
        elif group[0].id == order.id:
            entries.append(Entry([cards[one.id] for one in group], payable=True))
    return entries


@require_GET
def order_list(request: HttpRequest) -> HttpResponse:
    """One's own orders, newest first; ``?state=`` is a shelf of them, ``?after=`` goes on.

    htmx asks for what comes after alone.
    """
    buyer = access_person(request.user)
    shelf, after = request.GET.get("state", ""), request.GET.get("after", "")
    context: dict[str, Any] = {"shelf": shelf, "tabs": TABS, "unclaimed": has_unclaimed(buyer)}
    if shelf == "after_sales":
        cases = cases_of_buyer(buyer, cursor=after)
        context |= {"cases": case_cards(cases.cases), "next_cursor": cases.next_cursor}
    else:
        page = lists.buyers_orders(buyer, shelf, after)
        context |= {"entries": _entries(buyer, page), "next_cursor": page.next_cursor}
    is_more = "HX-Request" in request.headers
    return render(
        request, "viewer/parts/order_entries.html" if is_more else "viewer/orders.html", context
    )


@require_GET
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One's own order: what was bought, where it stands, how long it may be paid."""
    return render(request, "viewer/order.html", order_context(request, order_id))


@require_GET
def order_state(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The part of the order page that changes by itself, for htmx to ask again.

    Nothing new where the order stands as it stood: a form that is being filled in stays.
    """
    context = order_context(request, order_id)
    if request.GET.get("known") == context["standing"]:
        return HttpResponse(status=204)
    return render(request, "viewer/parts/order_state.html", context)


def order_context(request: HttpRequest, order_id: UUID) -> dict[str, Any]:
    """Everything the page of one order shows."""
    buyer = access_person(request.user)
    seen = queries.access_order(buyer, order_id)
    whole = queries.whole_order(seen)
    found = seen.order
    is_buyer = found.buyer_id == buyer.id
    context = whole_context(whole)
    payment = whole.payments[-1] if whole.payments else None
    together = _paid_together(buyer, [found]).get(found.id, []) if is_buyer else []
    can_ask = asking(seen)
    others = [one for one in together if one.id != found.id]
    address = found.ship_to or queries.last_address(buyer) if is_buyer else {}
    return context | {
        "is_buyer": is_buyer,
        "asking": can_ask,
        "protected_minor": sum(one.protected_minor for one in can_ask.lines),
        "payable": bool(together),
        "due_minor": sum(_due(one) for one in together),
        "others": order_cards(others, lines_of(others)),
        "balance_minor": found.amount_minor - found.deposit_minor,
        "steps": steps_of(found),
        "payment": payment,
        "ways": offered(found.currency),
        "given_back": _is_given_back(found, whole.lines),
        "went_back": bool(refunds_of(found.shop_id, found.id)),
        "paying": payment is not None and payment.state == "started" and bool(together),
        "extension_days": _extension_days(found) if is_buyer else 0,
        "form": AddressForm(initial=address, auto_id="ship-%s"),
        "standing": f"{found.state}:{payment.state if payment else ''}:{context['card'].expired}",
    }


def _is_given_back(order: Order, lines: Iterable[OrderLine]) -> bool:
    """Whether a supplier will not send what is still to be sent of an order."""
    if not any(line.unsent for line in lines):
        return False
    return any(one.state == "returned" for one in supplies_of(order.shop_id, order.id))


def _extension_days(order: Order) -> int:
    """By how many days the buyer may put the automatic receipt off now."""
    rule = clocks.receipt_timer(order.shipped_at) if order.shipped_at else None
    if rule is None or order.buyer_extensions >= rule.buyer_extensions:
        return 0
    return rule.buyer_extension_days
