"""The sandbox provider's own page, and the page that shows a provider's code to be scanned.

The first belongs to the provider, so it wears none of our dress.
"""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from yellowcart.core.money import display_minor
from yellowcart.core.problems import Problem
from yellowcart.payments.models import Payment, SandboxCharge
from yellowcart.payments.providers import sandbox
from yellowcart.people.access import access_person


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


@never_cache
@require_GET
def payment_code(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """The code that the buyer scans with the provider's app; back to the order once it is paid."""
    buyer = access_person(request.user)
    payment = Payment.objects.filter(id=payment_id, buyer_id=buyer.id).exclude(code="").first()
    if payment is None:
        raise Http404
    back = payment.return_url
    allowed = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    if payment.state != "started" and allowed:
        return redirect(back)
    # Loaded here: only installations with such a provider ever draw a code.
    import segno

    # The drawing is made here from the code; nothing of it comes from outside as markup.
    drawing = segno.make(payment.code, error="m").svg_inline(scale=6, border=2)
    context = {
        "payment": payment,
        "amount": display_minor(payment.amount_minor, payment.currency, get_language() or "en"),
        "drawing": mark_safe(drawing),  # noqa: S308  see above
        "back": back if allowed else "",
    }
    return render(request, "payments/code.html", context)
