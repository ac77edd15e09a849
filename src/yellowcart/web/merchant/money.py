"""A shop's money: what it has, its statement, taking it out, its deposit."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from yellowcart.settlement import parties
from yellowcart.web.backoffice.replies import told
from yellowcart.web.merchant.access import Desk, shop_page, show
from yellowcart.web.trade import money


@require_GET
@shop_page("money")
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the shop has, and how it came to it."""

    def order_url(shop_id: UUID, order_id: UUID) -> str:
        # A supplier's share is of another shop's order.
        return desk.url("order", order_id=order_id) if shop_id == desk.shop.id else ""

    context = money.money_context(
        request,
        parties.shop(desk.shop.id),
        desk.shop.currency,
        order_url,
        may_take=desk.may("payout"),
    )
    context |= {"withdraw_url": desk.url("withdraw"), "deposit_url": desk.url("deposit")}
    return show(request, desk, "merchant/money.html", context, here="money")


@require_POST
@shop_page("payout")
def withdraw(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take money out."""
    party = parties.shop(desk.shop.id)
    currency, _known = money.chosen_currency(request, party, desk.shop.currency)
    with told(request, _("Asked for. It is on its way as soon as the bank takes it.")):
        money.do_withdraw(desk.account, party, currency, request.POST)
    return redirect(f"{desk.url('money')}?show=withdrawals&currency={currency}")


@require_POST
@shop_page("payout")
def pay_deposit(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Pay into the deposit."""
    party = parties.shop(desk.shop.id)
    currency, _known = money.chosen_currency(request, party, desk.shop.currency)
    with told(request, _("Paid into the deposit.")):
        money.do_pay_deposit(desk.account, party, currency, request.POST)
    return redirect(f"{desk.url('money')}?currency={currency}")
