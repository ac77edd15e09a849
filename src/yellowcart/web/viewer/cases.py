"""A buyer's after-sales cases: where each stands, and the steps that are the buyer's."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from yellowcart.aftersales import actions, evidence, queries
from yellowcart.orders.states import Party
from yellowcart.people.access import access_person
from yellowcart.people.models import Account
from yellowcart.web.backoffice.replies import told
from yellowcart.web.trade.cases import case_context
from yellowcart.web.viewer.ask import read_pictures


@require_GET
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One's own case."""
    seen = queries.access_case(access_person(request.user), case_id)
    if Party.BUYER not in seen.parties:
        # The shop and the platform have pages of their own for it.
        raise queries.case_not_found()
    return render(request, "viewer/case.html", case_context(seen) | {"as": "buyer"})


@require_POST
def add_pictures(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show more pictures."""
    buyer = access_person(request.user)
    queries.access_case(buyer, case_id)
    with told(request, _("Added.")):
        for data in read_pictures(request):
            evidence.do_add_picture(actor=buyer, case_id=case_id, data=data)
    return _back(case_id)


Verb = Callable[[Account, UUID, HttpRequest], Any]


def _withdraw(buyer: Account, case_id: UUID, _request: HttpRequest) -> None:
    actions.do_withdraw(actor=buyer, case_id=case_id)


def _ask_platform(buyer: Account, case_id: UUID, request: HttpRequest) -> None:
    actions.do_ask_platform(actor=buyer, case_id=case_id, words=request.POST.get("words", ""))


def _send_back(buyer: Account, case_id: UUID, request: HttpRequest) -> None:
    actions.do_send_back(
        actor=buyer,
        case_id=case_id,
        carrier=request.POST.get("carrier", ""),
        tracking_no=request.POST.get("tracking_no", ""),
    )


def _received(buyer: Account, case_id: UUID, _request: HttpRequest) -> None:
    actions.do_receive_replacement(actor=buyer, case_id=case_id)


#: The buyer's steps by their address, and what is said when one was taken.
STEPS: dict[str, tuple[Verb, Any]] = {
    "withdraw": (_withdraw, _("Withdrawn. The order goes on.")),
    "ask-platform": (_ask_platform, _("The platform reads both sides and decides.")),
    "send-back": (_send_back, _("Noted. The shop waits for your parcel.")),
    "received": (_received, _("Thank you. The exchange is done.")),
}


@require_POST
def step(request: HttpRequest, case_id: UUID, verb: str) -> HttpResponse:
    """Take one of :data:`STEPS`."""
    buyer = access_person(request.user)
    take, done = STEPS[verb]
    with told(request, done):
        take(buyer, case_id, request)
    return _back(case_id)


def _back(case_id: UUID) -> HttpResponse:
    return redirect(reverse("viewer:case", args=[case_id]))
