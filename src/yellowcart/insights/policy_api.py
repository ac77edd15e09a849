"""The policy desk over HTTP, for operators: draft, rehearse, announce, withdraw."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Router, Schema, Status

from yellowcart.core.clock import now
from yellowcart.core.instants import iso
from yellowcart.insights import rehearsal
from yellowcart.people.access import access_operator
from yellowcart.people.tokens import scoped
from yellowcart.policy import actions, queries
from yellowcart.policy.api import RuleOut
from yellowcart.policy.models import PolicyDraft

router = Router()


class DraftIn(Schema):
    """A draft; ``body`` has the keys of a rule pack's ``[[rule]]``."""

    title: str
    body: dict[str, Any]


class DraftOut(Schema):
    """A draft and what its latest rehearsal found."""

    id: UUID
    title: str
    body: dict[str, Any]
    state: str
    rehearsal: dict[str, Any] | None
    rehearsed_at: str | None
    rule_key: str


@router.get("/drafts", auth=scoped("policy:read"), response=list[DraftOut])
def drafts(request: HttpRequest, state: str = "draft") -> list[dict[str, Any]]:
    """Drafts in a state, newest first."""
    access_operator(request.user)
    return [_draft(each) for each in queries.drafts([state])]


@router.post("/drafts", auth=scoped("policy:write"), response={201: DraftOut})
def write_draft(request: HttpRequest, draft: DraftIn) -> Status[dict[str, Any]]:
    """Keep a draft. Nobody is told."""
    operator = access_operator(request.user)
    made = actions.do_draft_rule(draft.title, draft.body, by=operator.id)
    return Status(201, _draft(made))


@router.put("/drafts/{uuid:draft_id}", auth=scoped("policy:write"), response=DraftOut)
def change_draft(request: HttpRequest, draft_id: UUID, draft: DraftIn) -> dict[str, Any]:
    """Change a draft; it has to be rehearsed again."""
    operator = access_operator(request.user)
    return _draft(actions.do_draft_rule(draft.title, draft.body, by=operator.id, draft_id=draft_id))


@router.delete("/drafts/{uuid:draft_id}", auth=scoped("policy:write"), response={204: None})
def drop_draft(request: HttpRequest, draft_id: UUID) -> Status[None]:
    """Give a draft up."""
    actions.do_drop_draft(draft_id, by=access_operator(request.user).id)
    return Status(204, None)


@router.post("/drafts/{uuid:draft_id}/rehearse", auth=scoped("policy:write"), response=DraftOut)
def rehearse_draft(request: HttpRequest, draft_id: UUID) -> dict[str, Any]:
    """Find what a draft would hit, and keep it with the draft."""
    access_operator(request.user)
    return _draft(rehearsal.do_rehearse_draft(draft_id, language=get_language() or "en"))


@router.get(
    "/drafts/{uuid:draft_id}/rehearsal.csv", auth=scoped("policy:read"), url_name="rehearsal_csv"
)
def rehearsal_csv(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Every listing a draft would hit, found anew, as CSV."""
    access_operator(request.user)
    found = rehearsal.rehearse([actions.draft_rule(draft_id)])
    response = HttpResponse(found.csv_text(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rehearsal-{draft_id}.csv"'
    return response


@router.post("/rehearse", auth=scoped("policy:read"), response=dict[str, Any])
def rehearse_rule(request: HttpRequest, draft: DraftIn) -> dict[str, Any]:
    """Find what a rule would hit without keeping anything."""
    access_operator(request.user)
    rule = actions.read_body(draft.body, now())
    return rehearsal.rehearse([rule]).as_json(get_language() or "en")


@router.post(
    "/drafts/{uuid:draft_id}/announce", auth=scoped("policy:write"), response={201: RuleOut}
)
def announce(request: HttpRequest, draft_id: UUID) -> Status[dict[str, Any]]:
    """Make a draft a rule; everybody it hits is told."""
    operator = access_operator(request.user)
    rule = actions.do_announce(draft_id, by=operator.id)
    return Status(201, rule.as_json(get_language() or "en"))


@router.post("/rules/{str:key}/withdraw", auth=scoped("policy:write"), response=list[RuleOut])
def withdraw(request: HttpRequest, key: str) -> list[dict[str, Any]]:
    """Take a rule back from now on; what it held for stays true of the past."""
    operator = access_operator(request.user)
    taken = actions.do_withdraw(key, by=operator.id)
    return [rule.as_json(get_language() or "en") for rule in taken]


def _draft(draft: PolicyDraft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "title": draft.title,
        "body": draft.body,
        "state": draft.state,
        "rehearsal": draft.rehearsal,
        "rehearsed_at": iso(draft.rehearsed_at) if draft.rehearsed_at else None,
        "rule_key": draft.rule_key,
    }
