"""A shop's sales on other platforms, and disputes about them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from yellowcart.orders import disputes
from yellowcart.orders.jumpouts import Scope
from yellowcart.web.backoffice.replies import told
from yellowcart.web.merchant.access import Desk, shop_page, show
from yellowcart.web.trade import jumpouts

SHOWN = 20


@require_GET
@shop_page("money")
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The sales that this shop's links led to."""
    context = jumpouts.list_context(request, Scope(shop_id=desk.shop.id))
    context |= {
        **jumpouts.own_disputes(disputes.disputes(shop_id=desk.shop.id)[:SHOWN]),
        "may_ask": desk.may("goods"),
        "export_url": f"{desk.url('jumpouts')}export/",
        "raise_url": desk.url("dispute_raise"),
        "step_url": f"{desk.url('jumpouts')}disputes/",
    }
    return show(request, desk, "merchant/jumpouts.html", context, here="jumpouts")


@require_GET
@shop_page("money")
def export(_request: HttpRequest, desk: Desk, which: str, kind: str) -> HttpResponse:
    """One of the lists as a file."""
    return jumpouts.csv_reply(Scope(shop_id=desk.shop.id), which, kind, desk.shop.handle)


@require_POST
@shop_page("goods")
def ask(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Say that a sale was the shop's, or was told wrongly."""
    with told(request, _("Asked. The platform's answer appears here.")):
        jumpouts.do_raise(desk.account, request.POST, desk.shop.id)
    return redirect("merchant:jumpouts", handle=desk.shop.handle)


@require_POST
@shop_page("goods")
def step(request: HttpRequest, desk: Desk, dispute_id: UUID) -> HttpResponse:
    """Add to a dispute, or let it rest."""
    with told(request, _("Noted.")):
        jumpouts.do_step(desk.account, dispute_id, request.POST)
    return redirect("merchant:jumpouts", handle=desk.shop.handle)
