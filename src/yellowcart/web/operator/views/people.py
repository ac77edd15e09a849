"""Permits, people with their roles, and the audit log."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yellowcart.core.instants import InstantError, parse_instant
from yellowcart.core.models import AuditEntry
from yellowcart.core.problems import Problem
from yellowcart.insights.queries import platform_zone
from yellowcart.people import actions, permits
from yellowcart.people.access import access_operator, operator_page
from yellowcart.people.blocking import do_block_account, do_unblock_account
from yellowcart.people.conditions import PermitName
from yellowcart.people.models import Account, Permit
from yellowcart.people.roles import Role
from yellowcart.policy import queries as policy
from yellowcart.web.base import words
from yellowcart.web.operator.proofs import ProofForm, proof_form

ROWS = 40
PERMIT_STATES = tuple(words.STATES["permit"])


@operator_page
def permit_desk(request: HttpRequest) -> HttpResponse:
    """Every permit, narrowed by name, permit and state."""
    rows = Permit.objects.select_related("account").order_by("-since", "id")
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "permit", "state")}
    if asked["permit"] in words.PERMITS:
        rows = rows.filter(permit=asked["permit"])
    if asked["state"] in PERMIT_STATES:
        rows = rows.filter(state=asked["state"])
    if asked["q"]:
        rows = rows.filter(_named(asked["q"], "account__"))
    context = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "permits": words.PERMITS.items(),
        "states": [(state, word.label) for state, word in words.STATES["permit"].items()],
        "asked": asked,
    }
    return render(request, "operator/permits.html", context)


@operator_page
def person(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """One person: roles, permits and what happened to them."""
    account = get_object_or_404(Account, id=account_id)
    return show_person(request, account, proof_form(account))


def show_person(
    request: HttpRequest, account: Account, proof: ProofForm, status: int = 200
) -> HttpResponse:
    """The page, with the form of what was proven as it stands."""
    context = {
        "person": account,
        "proof": proof,
        "roles": account.role_grants.order_by("role", "scope"),
        "permits": account.permits.order_by("permit"),
        "events": account.permit_events.select_related("appeal").order_by("-at", "-id")[:ROWS],
        "shops": account.shop_memberships.select_related("shop").order_by("shop__name"),
        "all_roles": [role for role in Role if role is not Role.SOURCE_OPERATOR],
        "sources": sorted(policy.known_sources()),
    }
    return render(request, "operator/person.html", context, status=status)


@require_POST
@operator_page
def permit_step(request: HttpRequest, account_id: UUID, permit: str) -> HttpResponse:
    """Pause, withdraw or resume a permit, with its rule and the reason in words."""
    operator = access_operator(request.user)
    account = get_object_or_404(Account, id=account_id)
    reason, rule = request.POST.get("reason", ""), request.POST.get("rule", "")
    step = request.POST.get("step", "")
    try:
        name = PermitName(permit)
        if step == "resume":
            permits.do_resume_permit(account, name, reason=reason, by=operator.id)
        elif step == "pause":
            permits.do_pause_permit(account, name, rule=rule, reason=reason, by=operator.id)
        elif step == "withdraw":
            permits.do_withdraw_permit(account, name, rule=rule, reason=reason, by=operator.id)
        else:
            raise Problem("unknown_step", 422, _("Choose to pause, withdraw or resume it."))
    except Problem as problem:
        messages.error(request, str(problem.body(request.LANGUAGE_CODE)["detail"]))
    else:
        messages.success(request, _("Done; its holder was told."))
    return redirect("operator:person", account_id=account.id)


@require_POST
@operator_page
def block_step(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Block an account, with the reason, or lift the block."""
    operator = access_operator(request.user)
    try:
        if request.POST.get("step") == "unblock":
            do_unblock_account(operator, account_id)
        else:
            do_block_account(operator, account_id, request.POST.get("reason", ""))
    except Problem as problem:
        messages.error(request, str(problem.body(request.LANGUAGE_CODE)["detail"]))
    else:
        messages.success(request, _("Done."))
    return redirect("operator:person", account_id=account_id)


@operator_page
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, those with roles first, narrowed by name."""
    asked = request.GET.get("q", "").strip()
    role = request.GET.get("role", "")
    rows = Account.objects.prefetch_related("role_grants").order_by("-joined_at", "id")
    if role in list(Role):
        rows = rows.filter(role_grants__role=role).distinct()
    elif not asked:
        rows = rows.filter(role_grants__isnull=False).distinct()
    if asked:
        rows = rows.filter(_named(asked))
    context = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "asked": asked,
        "role": role,
        "roles": list(Role),
    }
    return render(request, "operator/people.html", context)


@require_POST
@operator_page
def role_step(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Give a role or take it back. Nobody takes the operator's role from themselves."""
    operator = access_operator(request.user)
    account = get_object_or_404(Account, id=account_id)
    scope = request.POST.get("scope", "")
    try:
        role = Role(request.POST.get("role", ""))
        if request.POST.get("step") == "revoke":
            if role is Role.OPERATOR and account.id == operator.id:
                raise Problem(
                    "own_role", 409, _("Nobody takes this role from themselves; ask a colleague.")
                )
            actions.do_revoke_role(account, role, by=operator.id, scope=scope)
        else:
            actions.do_grant_role(account, role, by=operator.id, scope=scope)
    except ValueError:
        messages.error(request, _("There is no such role."))
    except Problem as problem:
        messages.error(request, str(problem.body(request.LANGUAGE_CODE)["detail"]))
    else:
        messages.success(request, _("Done."))
    return redirect("operator:person", account_id=account.id)


@operator_page
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what to what, newest first."""
    rows = AuditEntry.objects.order_by("-at", "-id")
    asked = {name: request.GET.get(name, "").strip() for name in ("verb", "target", "until")}
    if asked["verb"]:
        rows = rows.filter(verb__startswith=asked["verb"])
    if asked["target"]:
        rows = rows.filter(target__icontains=asked["target"])
    before = _instant(asked["until"])
    if before is not None:
        rows = rows.filter(at__lt=before)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    actors = {entry.actor_id for entry in page if entry.actor_id}
    named = Account.objects.filter(id__in=actors).values_list("id", "display_name")
    names: dict[UUID | None, str] = dict(named)
    context = {
        "page": page,
        "entries": [(entry, names.get(entry.actor_id, "")) for entry in page],
        "asked": asked,
        "wrong": bool(asked["until"]) and before is None,
    }
    return render(request, "operator/audit.html", context)


def _instant(text: str) -> datetime | None:
    try:
        return parse_instant(text, platform_zone()) if text else None
    except InstantError:
        return None


def _named(text: str, prefix: str = "") -> Q:
    return (
        Q(**{f"{prefix}display_name__istartswith": text})
        | Q(**{f"{prefix}handle__istartswith": text})
        | Q(**{f"{prefix}username__istartswith": text})
    )
