"""The sandbox provider's own page. It belongs to the provider, so it wears none of our dress."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yellowcart.core.money import display_minor
from yellowcart.core.problems import Problem
from yellowcart.payments.models import SandboxCharge
from yellowcart.payments.providers import sandbox


@never_cache
@require_http_methods(["GET", "POST"])
def sandbox_pay(request: HttpRequest, ref: str) -> HttpResponse:
    """Approve or decline a charge. Whoever knows its unguessable address may, as with any
    provider's payment page."""
    try:
        sandbox.available()
    except Problem as problem:
        raise Http404 from problem
    charge = SandboxCharge.objects.filter(ref=ref).first()
    if charge is None:
        raise Http404
    if request.method == "POST" and request.POST.get("answer") in {"approve", "decline"}:
        sandbox.do_answer(ref, approve=request.POST["answer"] == "approve")
        return redirect("sandbox-pay", ref=ref)
    back = charge.return_url
    allowed = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    amount = display_minor(charge.amount_minor, charge.currency, get_language() or "en")
    context = {"charge": charge, "amount": amount, "back": back if allowed else ""}
    return render(request, "payments/sandbox.html", context)
