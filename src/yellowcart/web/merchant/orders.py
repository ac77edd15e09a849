"""Orders: the list, one order, sending it."""

from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.orders import shipping
from yellowcart.orders.models import ORDER_STATES, Order, OrderLine
from yellowcart.orders.queries import access_order, whole_order
from yellowcart.people.models import Account
from yellowcart.shops.queries import shop_forbidden
from yellowcart.web.backoffice.replies import put_on_form
from yellowcart.web.merchant.access import Desk, shop_page, show

PAGE = 40

CARRIERS = ["顺丰速运", "中通快递", "圆通速递", "京东物流", "EMS", "DHL", "UPS"]

#: The parts of an address, in the order in which they are read.
ADDRESS = {
    "name": _("Name"),
    "phone": _("Phone"),
    "region": _("Region"),
    "address": _("Address"),
    "postcode": _("Postcode"),
    "note": _("Note"),
}


class ShipForm(forms.Form):
    """How a parcel travels."""

    carrier = forms.CharField(
        label=_("Carrier"), max_length=40, widget=forms.TextInput(attrs={"list": "carriers"})
    )
    tracking_no = forms.RegexField(
        r"\A[A-Za-z0-9][A-Za-z0-9 \-]{4,58}[A-Za-z0-9]\Z",
        label=_("Tracking number"),
        max_length=60,
        error_messages={"invalid": _("Use 6 to 60 letters, digits, spaces and hyphens.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@shop_page()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The shop's orders by state: newest first, but those to ship oldest first."""
    state = request.GET.get("state", "")
    rows = Order.objects.filter(shop_id=desk.shop.id)
    counts = dict(rows.values_list("state").annotate(count=Count("id")))
    if state in ORDER_STATES:
        rows = rows.filter(state=state)
    order = ("paid_at", "id") if state == "paid" else ("-placed_at", "-id")
    page = Paginator(rows.order_by(*order), PAGE).get_page(request.GET.get("page"))
    orders = list(page.object_list)
    lines: dict[UUID, list[OrderLine]] = {}
    for line in OrderLine.objects.filter(
        shop_id=desk.shop.id, order_id__in=[one.id for one in orders]
    ).order_by("line_no"):
        lines.setdefault(line.order_id, []).append(line)
    context = {
        "page": page,
        "rows": [{"order": one, "lines": lines.get(one.id, [])} for one in orders],
        "state": state,
        "tabs": [
            ("", _("All"), sum(counts.values())),
            *((one, None, counts.get(one, 0)) for one in ORDER_STATES),
        ],
    }
    return show(request, desk, "merchant/orders.html", context, here="orders")


@shop_page()
def detail(request: HttpRequest, desk: Desk, order_id: UUID) -> HttpResponse:
    """One order; a post ships it."""
    seen = access_order(desk.account, order_id, shop_id=desk.shop.id)
    form = ShipForm(request.POST or None)
    if request.method == "POST":
        if not desk.may("ship"):
            raise shop_forbidden()
        if form.is_valid() and _shipped(request, desk, order_id, form):
            return redirect(desk.url("order", order_id=order_id))
    order, whole = seen.order, whole_order(seen)
    context = {
        "order": order,
        "whole": whole,
        "lines": [
            {"line": line, "sum_minor": line.unit_price_minor * line.quantity}
            for line in whole.lines
        ],
        "ship_to": [
            (label, seen.ship_to[part]) for part, label in ADDRESS.items() if part in seen.ship_to
        ],
        "buyer": Account.objects.filter(id=order.buyer_id).first(),
        "form": form,
        "carriers": CARRIERS,
        "can_ship": "ship" in seen.steps,
        "steps": _steps(order),
    }
    status = 422 if request.method == "POST" else 200
    return show(request, desk, "merchant/order.html", context, here="orders", status=status)


def _steps(order: Order) -> list[tuple[str, datetime]]:
    """The states an order came to after it was placed, with their instants, in order."""
    stamps = {
        "paid": order.paid_at,
        "shipped": order.shipped_at,
        "completed": order.completed_at,
        "closed": order.closed_at,
    }
    reached = [(state, at) for state, at in stamps.items() if at is not None]
    return sorted(reached, key=lambda step: step[1])


def _shipped(request: HttpRequest, desk: Desk, order_id: UUID, form: ShipForm) -> bool:
    try:
        shipping.do_ship(
            actor=desk.account, shop_id=desk.shop.id, order_id=order_id, **form.cleaned_data
        )
    except Problem as problem:
        put_on_form(form, problem)
        return False
    messages.success(request, _("Shipped. The buyer sees the tracking number."))
    return True
