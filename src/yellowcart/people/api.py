"""People over HTTP: oneself, one's permits, follows; and what operators do about them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import Router, Status

from yellowcart.core.problems import Problem
from yellowcart.people import actions, queries
from yellowcart.people.access import access_moderator, access_operator, access_person
from yellowcart.people.blocking import do_block_account, do_unblock_account
from yellowcart.people.conditions import PermitName
from yellowcart.people.models import Account
from yellowcart.people.packs import installed_rules
from yellowcart.people.roles import Role
from yellowcart.people.schemas import (
    AgainstIn,
    AnswerIn,
    AppealOut,
    DecisionOut,
    FactsIn,
    PermitEventOut,
    PermitRuleOut,
    PersonOut,
    ProofIn,
    ReasonIn,
    ScopeIn,
    StandingOut,
    WordsIn,
    appeal_out,
    decision_out,
    event_out,
    person_out,
    rule_out,
    standing_out,
)

router = Router()


def _language() -> str:
    return get_language() or "en"


def _account(account_id: UUID) -> Account:
    account = Account.objects.filter(id=account_id).first()
    if account is None:
        raise _no_account()
    return account


def _no_account() -> Problem:
    return Problem("account_not_found", 404, _("There is no such account."))


@router.get("/me", response=PersonOut)
def me(request: HttpRequest) -> PersonOut:
    """Who is signed in, and their roles on the platform."""
    account = access_person(request.user)
    return person_out(account, queries.roles_of(account))


@router.get("/me/permits", response=list[StandingOut])
def my_permits(request: HttpRequest) -> list[StandingOut]:
    """How one stands with each permit: every condition, what is missing, what happens next."""
    account = access_person(request.user)
    return [standing_out(each, _language()) for each in queries.standing(account)]


@router.get("/me/permits/history", response=list[PermitEventOut])
def my_permit_history(request: HttpRequest) -> list[PermitEventOut]:
    """What was decided about one's permits, the newest first."""
    account = access_person(request.user)
    return [event_out(event, _language()) for event in queries.permit_history(account.id)]


@router.post("/me/permits/{permit}/apply", response=DecisionOut)
def apply(request: HttpRequest, permit: PermitName) -> DecisionOut:
    """Apply for a permit; the answer comes at once."""
    account = access_person(request.user)
    return decision_out(actions.do_apply_for_permit(account, permit), _language())


@router.post("/me/permits/events/{event_id}/appeal", response={201: AppealOut})
def appeal(request: HttpRequest, event_id: UUID, body: WordsIn) -> Status[AppealOut]:
    """Appeal a refusal, pause or withdrawal of one's own."""
    account = access_person(request.user)
    return Status(201, appeal_out(actions.do_appeal(account, event_id, body.words)))


@router.get("/permit-rules", response=list[PermitRuleOut], auth=None)
def permit_rules(request: HttpRequest) -> list[PermitRuleOut]:
    """The rules that open permits here, and what other sources claim (``in_force`` false)."""
    return [rule_out(rule, _language()) for rule in installed_rules()]


@router.put("/{handle}/follow", response={204: None})
def follow(request: HttpRequest, handle: str) -> HttpResponse:
    """Follow somebody; again changes nothing."""
    actions.do_follow(access_person(request.user), _by_handle(handle))
    return HttpResponse(status=204)


@router.delete("/{handle}/follow", response={204: None})
def unfollow(request: HttpRequest, handle: str) -> HttpResponse:
    """Stop following somebody."""
    actions.do_unfollow(access_person(request.user), _by_handle(handle))
    return HttpResponse(status=204)


def _by_handle(handle: str) -> Account:
    account = Account.objects.filter(handle=handle, is_active=True).first()
    if account is None:
        raise _no_account()
    return account


@router.get("/accounts/{account_id}/permits", response=list[StandingOut])
def permits_of(request: HttpRequest, account_id: UUID) -> list[StandingOut]:
    """Operators: how somebody stands."""
    access_operator(request.user)
    return [standing_out(each, _language()) for each in queries.standing(_account(account_id))]


@router.get("/accounts/{account_id}/permits/history", response=list[PermitEventOut])
def permit_history_of(request: HttpRequest, account_id: UUID) -> list[PermitEventOut]:
    """Operators: what was decided about somebody's permits, the newest first."""
    access_operator(request.user)
    events = queries.permit_history(_account(account_id).id)
    return [event_out(event, _language()) for event in events]


@router.post("/accounts/{account_id}/permits/{permit}/pause", response=PermitEventOut)
def pause(
    request: HttpRequest, account_id: UUID, permit: PermitName, body: AgainstIn
) -> PermitEventOut:
    """Operators: stop a permit for a while."""
    operator = access_operator(request.user)
    event = actions.do_pause_permit(
        _account(account_id), permit, rule=body.rule, reason=body.reason, by=operator.id
    )
    return event_out(event, _language())


@router.post("/accounts/{account_id}/permits/{permit}/withdraw", response=PermitEventOut)
def withdraw(
    request: HttpRequest, account_id: UUID, permit: PermitName, body: AgainstIn
) -> PermitEventOut:
    """Operators: take a permit away."""
    operator = access_operator(request.user)
    event = actions.do_withdraw_permit(
        _account(account_id), permit, rule=body.rule, reason=body.reason, by=operator.id
    )
    return event_out(event, _language())


@router.post("/accounts/{account_id}/permits/{permit}/resume", response=PermitEventOut)
def resume(
    request: HttpRequest, account_id: UUID, permit: PermitName, body: ReasonIn
) -> PermitEventOut:
    """Operators: give a paused or withdrawn permit back."""
    operator = access_operator(request.user)
    event = actions.do_resume_permit(
        _account(account_id), permit, reason=body.reason, by=operator.id
    )
    return event_out(event, _language())


@router.get("/appeals", response=list[AppealOut])
def appeals(request: HttpRequest) -> list[AppealOut]:
    """Operators: appeals that wait, the oldest first."""
    access_operator(request.user)
    return [appeal_out(each) for each in queries.open_appeals()]


@router.post("/appeals/{appeal_id}/answer", response=AppealOut)
def answer(request: HttpRequest, appeal_id: UUID, body: AnswerIn) -> AppealOut:
    """Operators: answer an appeal."""
    operator = access_operator(request.user)
    done = actions.do_answer_appeal(
        appeal_id, upheld=body.upheld, answer=body.answer, by=operator.id
    )
    return appeal_out(done)


@router.put("/accounts/{account_id}/proof", response={204: None})
def prove(request: HttpRequest, account_id: UUID, body: ProofIn) -> HttpResponse:
    """Operators: record what was proven about a person."""
    operator = access_operator(request.user)
    actions.do_verify_person(
        _account(account_id), by=operator.id, **body.model_dump(exclude_unset=True)
    )
    return HttpResponse(status=204)


@router.put("/accounts/{account_id}/facts", response={204: None})
def record_facts(request: HttpRequest, account_id: UUID, body: FactsIn) -> HttpResponse:
    """Operators: record figures that the platform can't count itself."""
    operator = access_operator(request.user)
    figures = body.model_dump(exclude_none=True)
    actions.do_record_facts(_account(account_id), by=operator.id, **figures)
    return HttpResponse(status=204)


@router.put("/accounts/{account_id}/roles/{role}", response={204: None})
def grant_role(request: HttpRequest, account_id: UUID, role: Role, body: ScopeIn) -> HttpResponse:
    """Operators: give a role."""
    operator = access_operator(request.user)
    actions.do_grant_role(_account(account_id), role, by=operator.id, scope=body.scope)
    return HttpResponse(status=204)


@router.delete("/accounts/{account_id}/roles/{role}", response={204: None})
def revoke_role(
    request: HttpRequest, account_id: UUID, role: Role, scope: str = ""
) -> HttpResponse:
    """Operators: take a role back."""
    operator = access_operator(request.user)
    actions.do_revoke_role(_account(account_id), role, by=operator.id, scope=scope)
    return HttpResponse(status=204)


@router.put("/accounts/{account_id}/block", response={204: None})
def block(request: HttpRequest, account_id: UUID, body: ReasonIn) -> HttpResponse:
    """The platform's moderators: keep an account from everything; operators alone block staff."""
    do_block_account(access_moderator(request.user), account_id, body.reason)
    return HttpResponse(status=204)


@router.delete("/accounts/{account_id}/block", response={204: None})
def unblock(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Take that back."""
    do_unblock_account(access_moderator(request.user), account_id)
    return HttpResponse(status=204)
