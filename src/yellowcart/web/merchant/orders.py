"""Orders: the list, one order, sending it."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.orders.models import (
    ORDER_STATES,
    Order,
    OrderEvent,
    OrderLine,
    Payment,
    Shipment,
)
from yellowcart.people.models import Account
from yellowcart.web.merchant.access import Desk, shop_page, show

PAGE = 40

#: The parts of an address, in the order in which they are read.
ADDRESS = {
    "name": _("Name"),
    "phone": _("Phone"),
    "region": _("Region"),
    "address": _("Address"),
    "postcode": _("Postcode"),
    "note": _("Note"),
}


@shop_page()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The shop's orders, newest first, by state; those to ship oldest first."""
    state = request.GET.get("state", "")
    rows = Order.objects.filter(shop_id=desk.shop.id)
    counts = {one: rows.filter(state=one).count() for one in ORDER_STATES}
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
        "tabs": [("", _("All"), sum(counts.values()))]
        + [(one, None, counts[one]) for one in ORDER_STATES],
    }
    return show(request, desk, "merchant/orders.html", context, here="orders")


@shop_page()
def detail(request: HttpRequest, desk: Desk, order_id: UUID) -> HttpResponse:
    """One order."""
    order = _own(desk, order_id)
    of_order = {"shop_id": desk.shop.id, "order_id": order.id}
    context = {
        "order": order,
        "lines": [
            {"line": line, "sum_minor": line.unit_price_minor * line.quantity}
            for line in OrderLine.objects.filter(**of_order).order_by("line_no")
        ],
        "ship_to": [
            (ADDRESS[name], order.ship_to[name]) for name in ADDRESS if name in order.ship_to
        ],
        "events": OrderEvent.objects.filter(**of_order).order_by("at", "id"),
        "payments": Payment.objects.filter(**of_order).order_by("started_at"),
        "shipment": Shipment.objects.filter(**of_order).first(),
        "buyer": Account.objects.filter(id=order.buyer_id).first(),
    }
    return show(request, desk, "merchant/order.html", context, here="orders")


def _own(desk: Desk, order_id: UUID) -> Order:
    order = Order.objects.filter(shop_id=desk.shop.id, id=order_id).first()
    if order is None:
        raise Problem("order_not_found", 404, _("This shop has no such order."))
    return order
