"""Connected stores of all shops: how they are, and what the platform may do about them."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.connections import actions, links, queries
from yellowcart.people.access import access_operator, operator_page
from yellowcart.web.backoffice.replies import told
from yellowcart.web.backoffice.stores import shown, told_of

PAGE = 50


@operator_page
def stores(request: HttpRequest) -> HttpResponse:
    """Every connected store, those in trouble first."""
    page = Paginator(queries.all_connections(), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [shown(row) for row in page.object_list]}
    return render(request, "operator/stores.html", context)


@operator_page
def store(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """One store's health."""
    account = access_operator(request.user)
    row = queries.access_connection(account, connection_id)
    context = {**shown(row), **told_of(row)}
    template = "operator/store.html"
    if request.headers.get("HX-Request") == "true":
        template = "backoffice/store_following.html"
    return render(request, template, context)


@require_POST
@operator_page
def step(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Pause a store, go on, spare its goods the review, or make it the platform's account."""
    account = access_operator(request.user)
    verb = request.POST.get("verb", "")
    with told(request, _("Done.")):
        if verb == "pause":
            actions.do_pause(actor=account, connection_id=connection_id)
        elif verb == "resume":
            actions.do_resume(actor=account, connection_id=connection_id)
        elif verb in {"approve", "review"}:
            actions.do_set_approval(
                actor=account, connection_id=connection_id, approves=verb == "approve"
            )
        elif verb in {"platform", "release"}:
            links.do_set_for_platform(
                actor=account, connection_id=connection_id, for_platform=verb == "platform"
            )
    return redirect("operator:store", connection_id=connection_id)
