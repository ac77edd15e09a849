"""What a creator earns: commission, its statement, and taking it out."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from yellowcart.gifts.queries import income_of
from yellowcart.people.access import access_person, person_page
from yellowcart.settlement import parties
from yellowcart.web.backoffice.replies import told
from yellowcart.web.creator.shell import show
from yellowcart.web.trade import money

CURRENCY = "CNY"


def _no_page(_shop_id: UUID, _order_id: UUID) -> str:
    """Orders belong to their buyers and shops: a creator reads what they brought, not whose."""
    return ""


@require_GET
@person_page
def index(request: HttpRequest) -> HttpResponse:
    """One's own earnings."""
    account = access_person(request.user)
    context = money.money_context(
        request, parties.creator(account.id), CURRENCY, _no_page, may_take=True
    )
    context |= {
        "withdraw_url": reverse("creator:withdraw"),
        "gift_income": income_of(account.id),
        "deposit_url": reverse("creator:deposit"),
    }
    return show(request, account, "creator/money.html", context, here="money")


@require_POST
@person_page
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take money out."""
    account = access_person(request.user)
    party = parties.creator(account.id)
    currency, _known = money.chosen_currency(request, party, CURRENCY)
    with told(request, _("Asked for. It is on its way as soon as the bank takes it.")):
        money.do_withdraw(account, party, currency, request.POST)
    return redirect(f"{reverse('creator:money')}?show=withdrawals&currency={currency}")


@require_POST
@person_page
def pay_deposit(request: HttpRequest) -> HttpResponse:
    """Pay into the deposit."""
    account = access_person(request.user)
    party = parties.creator(account.id)
    currency, _known = money.chosen_currency(request, party, CURRENCY)
    with told(request, _("Paid into the deposit.")):
        money.do_pay_deposit(account, party, currency, request.POST)
    return redirect(f"{reverse('creator:money')}?currency={currency}")
