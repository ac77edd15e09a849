"""What becomes of the parcels of an order, more time for its buyer, and many sent at once."""

import csv
import io
from typing import NamedTuple
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yellowcart.core.problems import Problem
from yellowcart.orders import receiving, shipping
from yellowcart.web.backoffice.replies import is_mendable, sentence, told
from yellowcart.web.merchant.access import Desk, shop_page, show

MOST_LINES = 200
"""Parcels entered at once."""


@require_POST
@shop_page("ship")
def sign(request: HttpRequest, desk: Desk, order_id: UUID, shipment_id: UUID) -> HttpResponse:
    """A parcel was delivered."""
    with told(request, _("Noted: the parcel was delivered.")):
        shipping.do_sign(actor=desk.account, order_id=order_id, shipment_id=shipment_id)
    return redirect(desk.url("order", order_id=order_id))


@require_POST
@shop_page("ship")
def trouble(request: HttpRequest, desk: Desk, order_id: UUID, shipment_id: UUID) -> HttpResponse:
    """Something is wrong with a parcel; without words it is well again."""
    with told(request, _("Noted. The buyer sees it.")):
        shipping.do_note_exception(
            actor=desk.account,
            order_id=order_id,
            shipment_id=shipment_id,
            words=request.POST.get("words", ""),
        )
    return redirect(desk.url("order", order_id=order_id))


@require_POST
@shop_page("ship")
def extend(request: HttpRequest, desk: Desk, order_id: UUID) -> HttpResponse:
    """More days before the order is taken as received."""
    text = request.POST.get("days", "")
    days = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    with told(request, _("Done. The buyer has more days.")):
        receiving.do_extend_receipt(actor=desk.account, order_id=order_id, days=days)
    return redirect(desk.url("order", order_id=order_id))


class ManyForm(forms.Form):
    """Parcels, one a line."""

    lines = forms.CharField(
        label=gettext_lazy("One parcel a line: order number, carrier, tracking number"),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "mono"}),
    )


class Sent(NamedTuple):
    """What became of one line; ``problem`` is empty where it was sent."""

    line_no: int
    text: str
    order_id: UUID | None
    problem: str


@shop_page("ship")
def many(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Send many orders whole, from lines pasted out of a carrier's program.

    Each line is a transaction of its own: those that can't be sent stay in the field, with why.
    """
    form = ManyForm(request.POST or None)
    results: list[Sent] = []
    if form.is_valid():
        results = _send(desk, form.cleaned_data["lines"])
        left = "\n".join(one.text for one in results if one.problem)
        form = ManyForm(initial={"lines": left})
    context = {
        "form": form,
        "sent": [one for one in results if not one.problem],
        "refused": [one for one in results if one.problem],
        "most": MOST_LINES,
    }
    return show(request, desk, "merchant/ship_many.html", context, here="todo")


def _send(desk: Desk, text: str) -> list[Sent]:
    lines = [line for line in text.replace("，", ",").splitlines() if line.strip()]
    results = [_send_one(desk, number, line) for number, line in enumerate(lines[:MOST_LINES], 1)]
    too_many = _("At most %(most)s parcels at once.") % {"most": MOST_LINES}
    rest = enumerate(lines[MOST_LINES:], MOST_LINES + 1)
    return results + [Sent(number, line, None, too_many) for number, line in rest]


def _send_one(desk: Desk, number: int, line: str) -> Sent:
    cells = next(csv.reader(io.StringIO(line), delimiter="\t" if "\t" in line else ","), [])
    parts = [cell.strip() for cell in cells if cell.strip()]
    try:
        order_text, carrier, tracking_no = parts
        order_id = UUID(order_text)
    except ValueError:
        wanted = _("Write the whole order number, the carrier and the tracking number.")
        return Sent(number, line, None, wanted)
    try:
        shipping.do_ship(
            actor=desk.account,
            shop_id=desk.shop.id,
            order_id=order_id,
            carrier=carrier,
            tracking_no=tracking_no,
        )
    except Problem as problem:
        if not is_mendable(problem) and problem.code != "order_not_found":
            raise
        return Sent(number, line, order_id, sentence(problem))
    return Sent(number, line, order_id, "")
