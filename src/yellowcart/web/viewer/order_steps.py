"""The steps a buyer takes with an order: paying, cancelling, confirming, waiting longer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.core.problems import Problem
from yellowcart.orders import actions, paying, receiving
from yellowcart.people.access import access_person
from yellowcart.web.backoffice.replies import sentence, told
from yellowcart.web.viewer.orders import AddressForm

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


def _back(order_id: UUID) -> HttpResponse:
    return redirect(reverse("viewer:order", args=[order_id]))


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
        messages.warning(request, sentence(problem))
        return redirect(page)
    return redirect(pay_url)


@require_POST
def cancel(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Give an unpaid order up."""
    buyer = access_person(request.user)
    with told(request):
        actions.do_cancel_unpaid(actor=buyer, order_id=order_id)
    return _back(order_id)


@require_POST
def confirm(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Everything is here."""
    buyer = access_person(request.user)
    with told(request, _("Thank you. The order is done.")):
        receiving.do_confirm_receipt(actor=buyer, order_id=order_id)
    return _back(order_id)


@require_POST
def extend(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """More days before the automatic receipt."""
    buyer = access_person(request.user)
    with told(request, _("Done. You have more days before it is taken as received.")):
        receiving.do_extend_receipt(actor=buyer, order_id=order_id)
    return _back(order_id)
