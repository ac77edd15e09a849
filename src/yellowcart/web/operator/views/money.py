"""Everybody's money as the platform reads it, withdrawals paid by hand, and the books."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yellowcart.ledger.models import Seal, Unsealed
from yellowcart.orders.lists import MOST_COUNTED
from yellowcart.people.access import access_operator, operator_page
from yellowcart.settlement import parties
from yellowcart.settlement.access import access_party
from yellowcart.settlement.queries import withdrawals_to_pay
from yellowcart.settlement.withdrawals import do_end_by_hand
from yellowcart.shops.queries import find_shop
from yellowcart.web.backoffice.replies import told
from yellowcart.web.operator.views.orders import find_account
from yellowcart.web.trade import money
from yellowcart.web.trade.parties import party_name

CURRENCY = "CNY"


def _order_url(_shop_id: UUID, order_id: UUID) -> str:
    return reverse("operator:order", args=[order_id])


def find_party(text: str) -> str | None:
    """The party a person means: ``platform``, a shop's handle, ``@`` somebody, or its full name."""
    if text in {"", parties.PLATFORM}:
        return parties.PLATFORM
    if parties.read(text):
        return text
    shop = None if text.startswith("@") else find_shop(text)
    if shop is not None:
        return parties.shop(shop.id)
    account = find_account(text)
    return parties.creator(account.id) if account else None


@operator_page
def statements(request: HttpRequest) -> HttpResponse:
    """The money of one party, and the withdrawals that wait for a person."""
    operator = access_operator(request.user)
    asked = request.GET.get("party", "").strip()
    found = find_party(asked)
    party = access_party(operator, found or parties.PLATFORM)
    context = money.money_context(request, party, CURRENCY, _order_url, may_take=False)
    context |= {
        "who": asked,
        "name": party_name(party),
        "problem": "" if found else _("Nobody has this handle, user name or id."),
        "to_pay": [(row, party_name(row.party)) for row in withdrawals_to_pay(MOST_COUNTED)],
    }
    return render(request, "operator/money.html", context)


@require_POST
@operator_page
def end_withdrawal(request: HttpRequest, withdrawal_id: UUID) -> HttpResponse:
    """Say what the bank said."""
    operator = access_operator(request.user)
    with told(request, _("Noted, and booked.")):
        do_end_by_hand(
            actor=operator,
            withdrawal_id=withdrawal_id,
            is_paid=request.POST.get("outcome") == "paid",
            words=request.POST.get("words", "").strip(),
        )
    return redirect("operator:money")


@operator_page
def books(request: HttpRequest) -> HttpResponse:
    """The chain of seals, to be kept elsewhere and held against the books."""
    access_operator(request.user)
    seal = Seal.objects.order_by("-seq").first()
    context = {
        "seal": seal,
        "seal_hash": bytes(seal.hash).hex() if seal else "",
        "unsealed": Unsealed.objects.all()[:MOST_COUNTED].count(),
    }
    return render(request, "operator/books.html", context)
