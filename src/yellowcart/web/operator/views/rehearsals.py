"""A draft rehearsed: what it would hit, on the desk and as files."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yellowcart.insights import rehearsal
from yellowcart.people.access import operator_page
from yellowcart.policy import actions

_TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


@require_POST
@operator_page
def rehearse(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Find out what the draft would hit, and keep it with the draft."""
    rehearsal.do_rehearse_draft(draft_id, language=request.LANGUAGE_CODE)
    messages.success(request, _("Rehearsed. Nobody was told."))
    return redirect("operator:draft", draft_id=draft_id)


@operator_page
def export(request: HttpRequest, draft_id: UUID, form: str) -> HttpResponse:
    """Everything the draft would hit now, every listing of it, as JSON or CSV."""
    rule = actions.draft_rule(draft_id)
    found = rehearsal.rehearse([rule])
    if form == "csv":
        text = found.csv_text()
    else:
        text = json.dumps(found.as_json(request.LANGUAGE_CODE), ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type=_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="rehearsal-{rule.key}.{form}"'
    return response
