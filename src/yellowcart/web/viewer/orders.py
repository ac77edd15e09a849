"""What a buyer ordered: paying, cancelling, and following it home."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from yellowcart.catalog.models import Product
from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.orders import actions, paying, queries, receiving
from yellowcart.orders.models import Order, OrderLine
from yellowcart.payments.providers import offered
from yellowcart.payments.queries import refunds_of
from yellowcart.people.access import access_person
from yellowcart.shops.models import Shop

#: The way of an order, and the column that keeps when each step was taken.
STEPS = (
    ("awaiting_payment", "placed_at"),
    ("paid", "paid_at"),
    ("shipped", "shipped_at"),
    ("completed", "completed_at"),
)
#: What keeps a payment from beginning and can be put right on the order's page.
SAID_ON_THE_PAGE = frozenset(
    {
        "ship_to_required",
        "order_expired",
        "order_state",
        "balance_not_open",
        "payment_in_progress",
        "provider_unavailable",
        "provider_refused",
        "currency_unsupported",
    }
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
class OrderCard:
    """An order with its lines, its shop and the picture of its first product."""

    order: Order
    lines: list[OrderLine]
    shop: Shop | None
    picture: str

    @property
    def expired(self) -> bool:
        """Whether it can't be paid any more, although nobody has closed it yet."""
        return self.order.state == "awaiting_payment" and self.order.expires_at <= clock.now()


def _cards(orders: Iterable[Order], lines: Mapping[UUID, list[OrderLine]]) -> list[OrderCard]:
    orders = list(orders)
    shops = Shop.objects.in_bulk({order.shop_id for order in orders})
    products = Product.objects.in_bulk({line.product_id for own in lines.values() for line in own})
    cards = []
    for order in orders:
        own = lines.get(order.id, [])
        first = products.get(own[0].product_id) if own else None
        picture = first.images[0] if first and first.images else ""
        cards.append(OrderCard(order, own, shops.get(order.shop_id), picture))
    return cards


@require_GET
def order_list(request: HttpRequest) -> HttpResponse:
    """One's own orders, newest first; ``?state=`` narrows, ``?after=`` goes on."""
    buyer = access_person(request.user)
    state = request.GET.get("state", "")
    page = queries.orders_of_buyer(buyer, state=state, cursor=request.GET.get("after", ""))
    context = {
        "cards": _cards(page.orders, page.lines),
        "state": state,
        "next_cursor": page.next_cursor,
    }
    return render(request, "viewer/orders.html", context)


@require_GET
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One's own order: what was bought, where it stands, how long it may be paid."""
    return render(request, "viewer/order.html", _order_context(request, order_id))


@require_GET
def order_state(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The part of the order page that changes by itself, for htmx to ask again.

    Nothing new where the order stands as it stood: a form that is being filled in stays.
    """
    context = _order_context(request, order_id)
    if request.GET.get("known") == context["standing"]:
        return HttpResponse(status=204)
    return render(request, "viewer/parts/order_state.html", context)


@require_POST
def pay(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Begin to pay: on to the provider's page, which sends the buyer back here."""
    buyer = access_person(request.user)
    page = reverse("viewer:order", args=[order_id])
    address = {key: request.POST[key] for key in AddressForm.base_fields if key in request.POST}
    try:
        _payment, pay_url = paying.do_start_payment(
            actor=buyer,
            order_id=order_id,
            provider=request.POST.get("provider", ""),
            ship_to=address or None,
            return_url=request.build_absolute_uri(page),
        )
    except Problem as problem:
        if problem.code not in SAID_ON_THE_PAGE:
            raise
        messages.warning(request, problem.body(get_language() or "en")["detail"])
        return redirect(page)
    return redirect(pay_url)


@require_POST
def cancel(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Give an unpaid order up."""
    actions.do_cancel_unpaid(actor=access_person(request.user), order_id=order_id)
    return redirect(reverse("viewer:order", args=[order_id]))


@require_POST
def confirm(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The parcel is here."""
    receiving.do_confirm_receipt(actor=access_person(request.user), order_id=order_id)
    return redirect(reverse("viewer:order", args=[order_id]))


def _order_context(request: HttpRequest, order_id: UUID) -> dict[str, object]:
    buyer = access_person(request.user)
    seen = queries.access_order(buyer, order_id)
    whole = queries.whole_order(seen)
    found = seen.order
    card = _cards([found], {found.id: whole.lines})[0]
    payment = whole.payments[-1] if whole.payments else None
    paying = found.state == "awaiting_payment" and payment is not None
    address = seen.ship_to or queries.last_address(buyer)
    return {
        "card": card,
        "order": found,
        "whole": whole,
        "ship_to": seen.ship_to,
        "can": seen.steps,
        "is_buyer": found.buyer_id == buyer.id,
        "steps": [(state, getattr(found, field)) for state, field in STEPS],
        "payment": payment,
        "ways": offered(found.currency),
        "went_back": bool(refunds_of(found.shop_id, found.id)),
        "paying": paying,
        "form": AddressForm(initial=address, auto_id="ship-%s"),
        "standing": f"{found.state}:{payment.state if payment else ''}:{card.expired}",
    }
