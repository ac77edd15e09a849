"""What an MCN or a service provider has of others' sales: contracts, statement, taking it out."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from yellowcart.core.clock import now
from yellowcart.people.access import access_person, forbidden, person_page
from yellowcart.people.models import Account
from yellowcart.settlement import contracts
from yellowcart.settlement.words import ROLES
from yellowcart.web.backoffice.replies import told
from yellowcart.web.creator.shell import show
from yellowcart.web.trade import money
from yellowcart.web.trade.parties import party_name

CURRENCY = "CNY"


def _no_page(_shop_id: UUID, _order_id: UUID) -> str:
    """Orders belong to their buyers and shops: who served them reads what they brought."""
    return ""


def _role(request: HttpRequest, account: Account) -> tuple[str, list[str]]:
    """The role whose money is looked at, and all that the account has."""
    roles = contracts.paid_as(account.id)
    if not roles:
        raise forbidden(
            _("This is for those with a share of others' sales. An operator writes the contract.")
        )
    asked = request.GET.get("as", "")
    return (asked if asked in roles else roles[0]), roles


@require_GET
@person_page
def index(request: HttpRequest) -> HttpResponse:
    """What one has by contracts, and how one came to it."""
    account = access_person(request.user)
    role, roles = _role(request, account)
    party = f"{role}:{account.id}"
    context = money.money_context(request, party, CURRENCY, _no_page, may_take=True)
    context |= {
        "withdraw_url": reverse("creator:service_withdraw", kwargs={"role": role}),
        "deposit_url": "",
        "role": role,
        "roles": [(one, ROLES[one]) for one in roles],
        "at": now(),
        "contracts": [(row, party_name(row.payer)) for row in contracts.of_party(party)],
    }
    return show(request, account, "creator/service.html", context, here="service")


@require_POST
@person_page
def withdraw(request: HttpRequest, role: str) -> HttpResponse:
    """Take money out."""
    account = access_person(request.user)
    if role not in _role(request, account)[1]:
        raise forbidden(_("This money is not yours to look at or to move."))
    party = f"{role}:{account.id}"
    currency, _known = money.chosen_currency(request, party, CURRENCY)
    with told(request, _("Asked for. It is on its way as soon as the bank takes it.")):
        money.do_withdraw(account, party, currency, request.POST)
    here = reverse("creator:service")
    return redirect(f"{here}?as={role}&show=withdrawals&currency={currency}")
