"""Orders: the list, one order, sending it in one parcel or in several."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.aftersales.queries import cases_of_order
from yellowcart.aftersales.rules import ASKABLE, SHOPS_REASONS
from yellowcart.connections.queries import changes_of, supplies_of
from yellowcart.connections.supplying import do_send_from_elsewhere
from yellowcart.core.problems import Problem
from yellowcart.orders import lists, shipping
from yellowcart.orders.models import OrderLine
from yellowcart.orders.queries import access_order, whole_order
from yellowcart.people.models import Account
from yellowcart.settlement.queries import shares_of_order
from yellowcart.settlement.rules import Role
from yellowcart.shops.queries import shop_forbidden
from yellowcart.web.backoffice.replies import put_on_form, told
from yellowcart.web.merchant.access import Desk, shop_page, show
from yellowcart.web.trade.money import ShareRow, share_rows
from yellowcart.web.trade.reads import order_cards, whole_context

PAGE = 40

CARRIERS = ["顺丰速运", "中通快递", "圆通速递", "京东物流", "EMS", "DHL", "UPS"]

TABS: tuple[tuple[str, Promise], ...] = (
    ("", _("All")),
    ("to_ship", _("To ship")),
    ("overdue", _("Overdue")),
    ("to_pay", _("Awaiting payment")),
    ("on_the_way", _("On the way")),
    ("completed", _("Completed")),
    ("closed", _("Closed")),
)

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
    """How a parcel travels, and with several pieces to send, which of them are in it."""

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

    def __init__(self, data: Any, lines: list[OrderLine]) -> None:
        super().__init__(data)
        self.unsent = [line for line in lines if line.unsent]
        if sum(line.unsent for line in self.unsent) > 1:
            for line in self.unsent:
                self.fields[f"pieces-{line.line_no}"] = forms.IntegerField(
                    label=line.title,
                    min_value=0,
                    max_value=line.unsent,
                    initial=line.unsent,
                    required=False,
                    widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                )

    def pieces_fields(self) -> list[tuple[OrderLine, forms.BoundField]]:
        """The fields that say how many pieces go, with their lines."""
        return [
            (line, self[name])
            for line in self.unsent
            if (name := f"pieces-{line.line_no}") in self.fields
        ]

    def pieces(self) -> dict[int, int] | None:
        """The pieces that go by line; None where everything does."""
        said = {
            line.line_no: self.cleaned_data.get(f"pieces-{line.line_no}")
            for line, _field in self.pieces_fields()
        }
        # A client that knows of no parts leaves the fields out: then everything goes.
        if not said or all(count is None for count in said.values()):
            return None
        return {line_no: count or 0 for line_no, count in said.items()}


@shop_page()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The shop's orders: newest first, but what is to ship with the longest waiting first."""
    shelf = request.GET.get("state", "")
    page = lists.shops_orders(
        desk.account, desk.shop.id, shelf, request.GET.get("after", ""), limit=PAGE
    )
    waits = lists.waiting_in(desk.shop.id)._asdict()
    context = {
        "cards": order_cards(page.orders, page.lines),
        "next_cursor": page.next_cursor,
        "shelf": shelf,
        "tabs": [(value, label, waits.get(value, 0)) for value, label in TABS],
    }
    return show(request, desk, "merchant/orders.html", context, here="orders")


@shop_page()
def detail(request: HttpRequest, desk: Desk, order_id: UUID) -> HttpResponse:
    """One order; a post ships it or a part of it."""
    seen = access_order(desk.account, order_id, shop_id=desk.shop.id)
    whole = whole_order(seen)
    form = ShipForm(request.POST or None, whole.lines)
    if request.method == "POST":
        if not desk.may("ship"):
            raise shop_forbidden()
        if form.is_valid() and _shipped(request, desk, order_id, form):
            return redirect(desk.url("order", order_id=order_id))
    supplies = supplies_of(seen.order.shop_id, order_id)
    context = whole_context(whole) | {
        "ship_to": [
            (label, seen.ship_to[part]) for part, label in ADDRESS.items() if part in seen.ship_to
        ],
        "balance_minor": seen.order.amount_minor - seen.order.deposit_minor,
        "buyer": Account.objects.filter(id=seen.order.buyer_id).first(),
        "form": form,
        "carriers": CARRIERS,
        "cases": cases_of_order(seen.order),
        "supplies": supplies,
        "changes": changes_of(supplies),
        "asked_for": seen.order.open_cases > 0,
        "may_ship": desk.may("ship"),
        "can_give": desk.may("refund")
        and seen.order.state in ASKABLE
        and seen.order.refunded_minor < seen.order.paid_minor,
        "gives": SHOPS_REASONS.items(),
        "shares": _own_shares(desk, order_id),
        "currency": seen.order.currency,
        "can_ship": "ship" in seen.steps and seen.may_ship,
        "can_watch": seen.may_ship and seen.order.state in {"partly_shipped", "shipped", "signed"},
        "can_extend": "extend" in seen.steps and seen.may_ship,
    }
    status = 422 if request.method == "POST" else 200
    return show(request, desk, "merchant/order.html", context, here="orders", status=status)


@require_POST
@shop_page("ship")
def from_elsewhere(
    request: HttpRequest, desk: Desk, order_id: UUID, supply_id: UUID
) -> HttpResponse:
    """The shop sends itself what a supplier gave back."""
    with told(request, _("Ship it now. The case that asked for the money is closed.")):
        do_send_from_elsewhere(actor=desk.account, supply_id=supply_id)
    return redirect(desk.url("order", order_id=order_id))


def _own_shares(desk: Desk, order_id: UUID) -> list[ShareRow]:
    """What the shop has of an order, for who may read its money; not what others have of it."""
    if not desk.sees("money"):
        return []
    found = shares_of_order(desk.shop.id, order_id)
    return share_rows(one for one in found if one.role == Role.MERCHANT)


def _shipped(request: HttpRequest, desk: Desk, order_id: UUID, form: ShipForm) -> bool:
    try:
        order = shipping.do_ship(
            actor=desk.account,
            shop_id=desk.shop.id,
            order_id=order_id,
            carrier=form.cleaned_data["carrier"],
            tracking_no=form.cleaned_data["tracking_no"],
            pieces=form.pieces(),
        )
    except Problem as problem:
        put_on_form(form, problem)
        return False
    if order.state == "partly_shipped":
        messages.success(request, _("This part is on its way. Send the rest when you have it."))
    else:
        messages.success(request, _("Shipped. The buyer sees the tracking number."))
    return True
