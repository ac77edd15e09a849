"""What waits for an operator's answer: appeals and products to review."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yellowcart.catalog import actions as catalog
from yellowcart.catalog import queries as products
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.notices import actions as notices
from yellowcart.notices.models import Appeal
from yellowcart.people import permits
from yellowcart.people.access import access_operator, operator_page
from yellowcart.people.models import Account, PermitAppeal

ROWS = 30
#: Answered appeals shown below those that wait.
ANSWERED = 20
DECISIONS = ("approved", "needs_changes", "rejected")


@operator_page
def appeals(request: HttpRequest) -> HttpResponse:
    """Appeals against rules and against decisions on permits, those waiting longest first."""
    of_rules = Appeal.objects.select_related("notice", "notice__account")
    of_permits = PermitAppeal.objects.select_related("event", "event__account")
    context = {
        "of_rules": of_rules.filter(state="open").order_by("opened_at"),
        "of_permits": of_permits.filter(state="open").order_by("opened_at"),
        "answered_of_rules": of_rules.exclude(state="open").order_by("-answered_at")[:ANSWERED],
        "answered_of_permits": of_permits.exclude(state="open").order_by("-answered_at")[:ANSWERED],
    }
    return render(request, "operator/appeals.html", context)


@require_POST
@operator_page
def answer(request: HttpRequest, kind: str, appeal_id: UUID) -> HttpResponse:
    """Uphold or reject an appeal, in words its writer can understand."""
    operator = access_operator(request.user)
    upheld = request.POST.get("decision") == "upheld"
    words = request.POST.get("answer", "")
    if kind not in {"rule", "permit"}:
        raise Http404
    answering = notices.do_answer_appeal if kind == "rule" else permits.do_answer_appeal
    try:
        answering(appeal_id, upheld=upheld, answer=words, by=operator.id)
    except Problem as problem:
        messages.error(request, str(problem.body(request.LANGUAGE_CODE)["detail"]))
    else:
        messages.success(request, _("Answered; its writer can read it now."))
    return redirect("operator:appeals")


@operator_page
def reviews(request: HttpRequest) -> HttpResponse:
    """Products to review, those waiting longest first."""
    queue = products.waiting_for_review().prefetch_related("skus")
    page = Paginator(queue, ROWS).get_page(request.GET.get("page"))
    return render(request, "operator/reviews.html", {"page": page})


@operator_page
def review(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """One product as its shop wrote it, and the decision."""
    product = products.get_product(product_id)
    operator = access_operator(request.user)
    problem = ""
    if request.method == "POST":
        try:
            _decide(request, operator, product_id)
        except Problem as refusal:
            problem = str(refusal.body(request.LANGUAGE_CODE)["detail"])
        else:
            messages.success(request, _("Decided; the shop can read it now."))
            following = products.waiting_for_review().first()
            if following is None:
                return redirect("operator:reviews")
            return redirect("operator:review", product_id=following.id)
    skus = products.all_skus(product)
    context = {
        "product": product,
        "skus": skus,
        "history": products.history_of(product),
        "decisions": DECISIONS,
        "decision": request.POST.get("decision", ""),
        "words": request.POST.get("words", ""),
        "problem": problem,
        "now": now(),
    }
    return render(request, "operator/review.html", context)


def _decide(request: HttpRequest, operator: Account, product_id: UUID) -> None:
    catalog.do_review(
        actor=operator,
        product=products.get_product(product_id),
        decision=request.POST.get("decision", ""),
        words=request.POST.get("words", "").strip(),
    )
