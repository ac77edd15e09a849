"""Drafts: write one, rehearse it, announce it or give it up. Nobody is told before that."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yellowcart.core.clock import now
from yellowcart.core.instants import InstantError, iso, parse_instant
from yellowcart.core.problems import Problem
from yellowcart.notices.rules import Due, schedule
from yellowcart.people.access import access_operator, operator_page
from yellowcart.policy import actions, queries
from yellowcart.policy.models import PolicyDraft
from yellowcart.web.operator.forms import DraftForm, from_body, from_rule


@operator_page
def drafts(request: HttpRequest) -> HttpResponse:
    """What is being written, and what became of earlier drafts."""
    context = {
        "drafts": queries.drafts(),
        "closed": queries.drafts(["announced", "dropped"])[:20],
    }
    return render(request, "operator/drafts.html", context)


@operator_page
def edit(request: HttpRequest, draft_id: UUID | None = None) -> HttpResponse:
    """Write a draft, or change one. Errors stand beside their fields."""
    operator = access_operator(request.user)
    draft = _open(draft_id) if draft_id else None
    if request.method != "POST":
        return _form_page(request, DraftForm(initial=_initial(request, draft)), draft)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, draft)
    try:
        saved = actions.do_draft_rule(
            form.cleaned_data["title"], form.body(), by=operator.id, draft_id=draft_id
        )
    except Problem as problem:
        errors = problem.extra.get("errors")
        if not isinstance(errors, list):
            raise
        form.take_problems(errors)
        return _form_page(request, form, draft)
    messages.success(request, _("Kept. Nobody was told; rehearse it before you announce it."))
    return redirect("operator:draft", draft_id=saved.id)


def _form_page(request: HttpRequest, form: DraftForm, draft: PolicyDraft | None) -> HttpResponse:
    context = {"form": form, "draft": draft, "wrong": form.is_bound}
    return render(request, "operator/draft_form.html", context)


def _initial(request: HttpRequest, draft: PolicyDraft | None) -> dict[str, Any]:
    if draft is not None:
        return _instants(from_body(draft.title, draft.body))
    corrected = queries.revisions(request.GET.get("correct", ""))
    return from_rule(corrected[-1]) if corrected else {}


def _instants(initial: dict[str, Any]) -> dict[str, Any]:
    for name in ("effective_from", "effective_until"):
        try:
            initial[name] = parse_instant(initial[name]) if initial.get(name) else None
        except InstantError:
            continue
    return initial


@operator_page
def draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """A draft, what its rehearsal found, and the way to announce it."""
    found = _draft(draft_id)
    begins = _instants(dict(found.body))["effective_from"]
    rehearsal = found.rehearsal
    context = {
        "draft": found,
        "body": found.body,
        "begins": begins,
        "until": _instants(dict(found.body))["effective_until"],
        "schedule": _schedule(found),
        "late": begins is not None and begins <= now(),
        "rehearsal": rehearsal,
        "revises": bool(queries.revisions(found.body.get("key", ""))),
    }
    return render(request, "operator/draft.html", context)


def _schedule(draft: PolicyDraft) -> list[Due]:
    """When everybody it hits would be told, were it announced now; nothing where it can't be."""
    if draft.state != "draft":
        return []
    try:
        rule = actions.draft_rule(draft.id)
    except Problem:
        return []
    at = now()
    return schedule(replace(rule, announced_at=at, written_at=at))


@require_POST
@operator_page
def announce(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Make the draft a rule. A conflict is told with the rule it collides with."""
    operator = access_operator(request.user)
    try:
        rule = actions.do_announce(draft_id, by=operator.id)
    except Problem as problem:
        messages.error(request, str(problem.body(request.LANGUAGE_CODE)["detail"]))
        return redirect("operator:draft", draft_id=draft_id)
    messages.success(request, _("Announced. Everybody it hits is being told."))
    return redirect("operator:cutover", instant=iso(rule.effective_from))


@require_POST
@operator_page
def drop(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Give a draft up."""
    actions.do_drop_draft(draft_id, by=access_operator(request.user).id)
    messages.success(request, _("The draft is given up."))
    return redirect("operator:drafts")


def _draft(draft_id: UUID) -> PolicyDraft:
    found = queries.draft(draft_id)
    if found is None:
        raise Problem("unknown_draft", 404, _("There is no such draft."))
    return found


def _open(draft_id: UUID) -> PolicyDraft:
    found = _draft(draft_id)
    if found.state != "draft":
        raise Problem(
            "draft_closed", 409, _("This draft was already announced or dropped. Write a new one.")
        )
    return found
