"""Sales on other platforms as the platform reads them: lists, windows, disputes, what it earns."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yellowcart.core.clock import now
from yellowcart.orders import disputes, plans
from yellowcart.orders.jumpout_models import ConversionDispute
from yellowcart.orders.jumpouts import Scope
from yellowcart.orders.models import Conversion
from yellowcart.people.access import access_operator, operator_page
from yellowcart.people.models import Account
from yellowcart.settlement.jumpouts import sums_by_source
from yellowcart.shops.models import Shop
from yellowcart.web.backoffice.replies import told
from yellowcart.web.trade import jumpouts

SHOWN = 50
PERIOD = timedelta(days=30)


@require_GET
@operator_page
def index(request: HttpRequest) -> HttpResponse:
    """The lists, what each source's sales came to, and the windows."""
    access_operator(request.user)
    scope = Scope(source=request.GET.get("source", ""))
    at = now()
    context = jumpouts.list_context(request, scope)
    context |= {
        "for_platform": True,
        "sums": sums_by_source(at - PERIOD, at),
        "plans": plans.plans(),
        "waiting": disputes.disputes(only_open=True).filter(state="open").count(),
        "export_url": f"{reverse('operator:jumpouts')}export/",
    }
    return render(request, "operator/jumpouts.html", context)


@require_GET
@operator_page
def export(request: HttpRequest, which: str, kind: str) -> HttpResponse:
    """One of the lists as a file."""
    access_operator(request.user)
    return jumpouts.csv_reply(Scope(), which, kind, "jump-outs")


@require_POST
@operator_page
def set_window(request: HttpRequest) -> HttpResponse:
    """Set how long a click counts, for a source or for one of its plans."""
    operator = access_operator(request.user)
    text = request.POST.get("days", "")
    with told(request, _("Set. Sales that were matched keep their window.")):
        plans.do_set_window(
            operator,
            request.POST.get("source", ""),
            request.POST.get("plan", ""),
            int(text) if text.isdecimal() and len(text) < 6 else 0,
        )
    return redirect(f"{reverse('operator:jumpouts')}#windows")


@require_GET
@operator_page
def dispute_list(request: HttpRequest) -> HttpResponse:
    """Disputes, those that wait first."""
    access_operator(request.user)
    rows = list(disputes.disputes(only_open=request.GET.get("show") != "all")[:SHOWN])
    context = {"talks": [(talk, _asker(talk.dispute)) for talk in jumpouts.talks(rows)]}
    return render(request, "operator/disputes.html", context)


@require_GET
@operator_page
def dispute(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """One dispute: the sale as it was told, and the clicks that may have led to it."""
    access_operator(request.user)
    row = get_object_or_404(ConversionDispute, id=dispute_id)
    sale = Conversion.objects.filter(
        source=row.source, external_order_id=row.external_order_id
    ).first()
    clicks = disputes.clicks_for(row, sale).select_related("listing__product")
    context = {
        "talk": jumpouts.talks([row])[0],
        "asker": _asker(row),
        "row": jumpouts.rows_of([sale])[0] if sale else None,
        "clicks": clicks[: disputes.MOST_CLICKS],
    }
    return render(request, "operator/dispute.html", context)


@require_POST
@operator_page
def end(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """Answer, refuse, or credit the sale to a click."""
    operator = access_operator(request.user)
    verb, words = request.POST.get("verb", ""), request.POST.get("words", "")
    with told(request, _("Noted.")):
        if verb == "match":
            disputes.do_match(operator, dispute_id, _click(request), words)
        elif verb == "refuse":
            disputes.do_refuse(operator, dispute_id, words)
        else:
            disputes.do_answer(operator, dispute_id, words)
    return redirect("operator:dispute", dispute_id)


def _click(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("click", ""))
    except ValueError:
        return UUID(int=0)


def _asker(row: ConversionDispute) -> str:
    if row.shop_id is not None:
        name = Shop.objects.filter(id=row.shop_id).values_list("name", flat=True).first()
    else:
        people = Account.objects.filter(id__in=[row.creator_id] if row.creator_id else [])
        name = people.values_list("display_name", flat=True).first()
    return name or "–"
