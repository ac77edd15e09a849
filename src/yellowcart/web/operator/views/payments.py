"""Ways to pay, refunds that were refused, and statements held against the books."""

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.insights.queries import platform_zone
from yellowcart.payments import queries
from yellowcart.payments.providers import NAMES, PROVIDERS
from yellowcart.payments.providers.base import callback_url
from yellowcart.payments.refunds import do_send_again
from yellowcart.payments.reports import do_ask
from yellowcart.people.access import access_operator, operator_page

#: What a reconciliation says of a line, and whether it is put right already.
OUTCOMES: dict[str, tuple[Promise, bool]] = {
    "missed": (gettext_lazy("Was missed here; taken in now"), True),
    "refund_missed": (gettext_lazy("Refund was done; noted now"), True),
    "amount_differs": (gettext_lazy("Another amount than ours"), False),
    "paid_twice": (gettext_lazy("Other money for a payment that had its own"), False),
    "unknown": (gettext_lazy("None of ours"), False),
    "not_taken": (gettext_lazy("Could not be taken in"), False),
    "absent": (gettext_lazy("Booked here, on no statement"), False),
}
STATES: dict[str, tuple[Promise, str]] = {
    "asked": (gettext_lazy("Under way"), "info"),
    "done": (gettext_lazy("Done"), "ok"),
    "failed": (gettext_lazy("Could not be had"), "bad"),
}


@operator_page
def payments(request: HttpRequest) -> HttpResponse:
    """Everything about money from providers that a person may have to look at."""
    context = {
        "ways": [
            (NAMES[code], provider.is_on(), callback_url(code))
            for code, provider in PROVIDERS.items()
        ],
        "on": [(code, NAMES[code]) for code, provider in PROVIDERS.items() if provider.is_on()],
        "refused": queries.refunds_to_look_at(),
        "runs": [(run, NAMES[run.provider], *STATES[run.state]) for run in queries.runs()],
        "yesterday": (now() - timedelta(days=1)).astimezone(platform_zone()).date().isoformat(),
    }
    return render(request, "operator/payments.html", context)


@operator_page
def reconciliation(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """What one statement said that was not as expected."""
    run = queries.access_run(run_id)
    lines = [(line, *OUTCOMES[line.outcome]) for line in queries.lines_of_run(run_id)]
    context = {"run": run, "lines": lines, "name": NAMES[run.provider], "state": STATES[run.state]}
    return render(request, "operator/reconciliation.html", context)


@require_POST
@operator_page
def reconcile(request: HttpRequest) -> HttpResponse:
    """Have a provider's day reconciled again."""
    operator = access_operator(request.user)
    code = request.POST.get("provider", "")
    day = _day(request.POST.get("day", ""))
    if day is None or day >= now().date():
        messages.error(request, _("Give a past day, such as 2021-11-16."))
    elif code not in PROVIDERS or not PROVIDERS[code].is_on():
        messages.error(request, _("This way to pay is off here."))
    else:
        do_ask(code, day, operator.id)
        messages.success(request, _("Asked for; look again in a moment."))
    return redirect("operator:payments")


@require_POST
@operator_page
def refund_again(request: HttpRequest, shop_id: UUID, refund_id: UUID) -> HttpResponse:
    """Have a refused refund tried once more."""
    operator = access_operator(request.user)
    try:
        do_send_again(shop_id, refund_id, actor_id=operator.id)
    except Problem as problem:
        messages.error(request, str(problem.body(request.LANGUAGE_CODE)["detail"]))
    else:
        messages.success(request, _("The provider is asked once more."))
    return redirect("operator:payments")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
