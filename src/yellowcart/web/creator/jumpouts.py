"""Sales on other platforms that a creator led to, and disputes about them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from yellowcart.orders import disputes
from yellowcart.orders.jumpouts import Scope
from yellowcart.people.access import access_person, person_page
from yellowcart.web.backoffice.replies import told
from yellowcart.web.creator.shell import show
from yellowcart.web.trade import jumpouts

SHOWN = 20


@require_GET
@person_page
def index(request: HttpRequest) -> HttpResponse:
    """The sales that one's own clicks led to."""
    account = access_person(request.user)
    context = jumpouts.list_context(request, Scope(creator_id=account.id))
    home = reverse("creator:jumpouts")
    context |= {
        **jumpouts.own_disputes(disputes.disputes(creator_id=account.id)[:SHOWN]),
        "may_ask": True,
        "export_url": f"{home}export/",
        "raise_url": reverse("creator:dispute_raise"),
        "step_url": f"{home}disputes/",
    }
    return show(request, account, "creator/jumpouts.html", context, here="jumpouts")


@require_GET
@person_page
def export(request: HttpRequest, which: str, kind: str) -> HttpResponse:
    """One of the lists as a file."""
    account = access_person(request.user)
    return jumpouts.csv_reply(Scope(creator_id=account.id), which, kind, "sales")


@require_POST
@person_page
def ask(request: HttpRequest) -> HttpResponse:
    """Say that a sale was one's own, or was told wrongly."""
    account = access_person(request.user)
    with told(request, _("Asked. The platform's answer appears here.")):
        jumpouts.do_raise(account, request.POST)
    return redirect("creator:jumpouts")


@require_POST
@person_page
def step(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """Add to a dispute, or let it rest."""
    account = access_person(request.user)
    with told(request, _("Noted.")):
        jumpouts.do_step(account, dispute_id, request.POST)
    return redirect("creator:jumpouts")
