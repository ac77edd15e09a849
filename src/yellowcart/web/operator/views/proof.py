"""An operator records what was proven about a person."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yellowcart.people import actions
from yellowcart.people.access import access_operator, operator_page
from yellowcart.people.models import Account
from yellowcart.web.operator.proofs import ProofForm, proof_form
from yellowcart.web.operator.views.people import show_person


@require_POST
@operator_page
def record(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Record what changed; a form that can't be read comes back as it was typed."""
    operator = access_operator(request.user)
    person = get_object_or_404(Account, id=account_id)
    form = ProofForm(request.POST, initial=proof_form(person).initial)
    if not form.is_valid():
        return show_person(request, person, form, status=422)
    if proven := form.proven():
        actions.do_verify_person(person, by=operator.id, **proven)
    if figures := form.figures():
        actions.do_record_facts(person, by=operator.id, **figures)
    messages.success(request, _("Saved. It counts from the next application on."))
    return redirect("operator:person", account_id=person.id)
