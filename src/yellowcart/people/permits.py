"""The verbs of a permit: apply, pause, withdraw, resume, appeal, answer.

Each locks the account, so that two deeds about one person follow each other; writes the permit
as it now stands and a line of its history; audits; and announces ``people.permit_changed``.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.core.clock import now
from yellowcart.core.outbox import append, audit
from yellowcart.core.problems import Problem
from yellowcart.people import events
from yellowcart.people.conditions import PermitName
from yellowcart.people.evidence import conditions_to_json, limits_to_json
from yellowcart.people.models import Account, Permit, PermitAppeal, PermitEvent, RoleGrant
from yellowcart.people.packs import installed_rules
from yellowcart.people.queries import facts_of, latest_decision
from yellowcart.people.roles import Role
from yellowcart.people.rules import Decision, Outcome, decide
from yellowcart.people.states import AGAINST, State, Verb, check_may

LONGEST_WORDS = 2_000


class _Change(NamedTuple):
    """What a permit becomes, and why."""

    verb: Verb
    state: State
    rule_key: str
    rule_revision: int
    words: Mapping[str, str]
    until: datetime | None = None
    limits: Mapping[str, Any] = MappingProxyType({})
    conditions: Sequence[Mapping[str, Any]] = ()


@transaction.atomic
def do_apply_for_permit(account: Account, permit: PermitName) -> Decision:
    """Ask for a permit; the answer comes at once, with every condition.

    May be repeated after a refusal, and during a pilot to have it made full: a pilot that runs
    is never lost by asking. Whoever applies becomes a creator. Problems: ``permit_state``.
    """
    current = _lock(account, permit)
    check_may(Verb.APPLIED, _state(current))
    at = now()
    RoleGrant.objects.get_or_create(account=account, role=Role.CREATOR, scope="")
    decision = decide(installed_rules(), permit, facts_of(account, at), at)
    if current is not None and decision.outcome == Outcome.PILOT == current.state:
        return decision
    _change(
        account,
        permit,
        _Change(
            verb=Verb.APPLIED,
            state=State(decision.outcome),
            rule_key=decision.rule.key if decision.rule else "",
            rule_revision=decision.rule.revision if decision.rule else 0,
            words=decision.next_step._asdict(),
            until=at + timedelta(days=decision.pilot.days) if decision.pilot else None,
            limits=limits_to_json(decision.pilot, decision.rule),
            conditions=conditions_to_json(decision.conditions),
        ),
        by=account.id,
    )
    return decision


def do_pause_permit(
    account: Account, permit: PermitName, *, rule: str, reason: str, by: UUID
) -> PermitEvent:
    """Stop a permit for a while, under a named rule. Problems: ``permit_state``, ``no_reason``."""
    return _decide_against(
        account, permit, Verb.PAUSED, State.PAUSED, rule=rule, reason=reason, by=by
    )


def do_withdraw_permit(
    account: Account, permit: PermitName, *, rule: str, reason: str, by: UUID
) -> PermitEvent:
    """Take a permit away, under a named rule. Problems: ``permit_state``, ``no_reason``."""
    return _decide_against(
        account, permit, Verb.WITHDRAWN, State.WITHDRAWN, rule=rule, reason=reason, by=by
    )


@transaction.atomic
def do_resume_permit(account: Account, permit: PermitName, *, reason: str, by: UUID) -> PermitEvent:
    """Give a paused or withdrawn permit back as it was. A pilot's end has not moved.

    Problems: ``permit_state``, ``no_reason``.
    """
    current = _lock(account, permit)
    check_may(Verb.RESUMED, _state(current))
    return _give_back(account, permit, Verb.RESUMED, {"reason": _said(reason)}, by=by)


@transaction.atomic
def do_appeal(account: Account, event_id: UUID, words: str) -> PermitAppeal:
    """Ask to have a refusal, pause or withdrawal looked at again; once for each.

    Problems: ``permit_event_not_found``, ``not_appealable``, ``appealed_already``, ``no_reason``.
    """
    event = PermitEvent.objects.filter(id=event_id, account=account).first()
    if event is None:
        raise Problem(
            "permit_event_not_found", 404, _("There is no such decision about your permits.")
        )
    current = _lock(account, PermitName(event.permit))
    if PermitAppeal.objects.filter(event=event).exists():
        raise Problem(
            "appealed_already", 409, _("You have appealed this decision already; see its answer.")
        )
    if event != latest_decision(account.id, event.permit) or _state(current) not in AGAINST:
        raise Problem(
            "not_appealable",
            409,
            _("Only the latest decision can be appealed, and only while it stands against you."),
        )
    appeal = PermitAppeal.objects.create(event=event, words=_said(words))
    audit(account.id, "permit.appeal", f"account:{account.id}", permit=event.permit)
    append(*events.permit_appealed(account.id, event.permit, appeal.id))
    return appeal


@transaction.atomic
def do_answer_appeal(appeal_id: UUID, *, upheld: bool, answer: str, by: UUID) -> PermitAppeal:
    """Answer an appeal. Upheld, it gives the permit (back), unless something was decided since.

    Problems: ``appeal_not_found``, ``appeal_answered``, ``no_reason``, ``own_appeal``.
    """
    appeal = (
        PermitAppeal.objects.select_related("event__account")
        .select_for_update(no_key=True, of=("self",))
        .filter(id=appeal_id)
        .first()
    )
    if appeal is None:
        raise Problem("appeal_not_found", 404, _("There is no such appeal."))
    if appeal.state != "open":
        raise Problem("appeal_answered", 409, _("This appeal has been answered already."))
    event, account = appeal.event, appeal.event.account
    if account.id == by:
        raise Problem("own_appeal", 403, _("Nobody answers their own appeal; ask a colleague."))
    permit = PermitName(event.permit)
    current = _lock(account, permit)
    words = {"reason": _said(answer)}
    appeal.state = "upheld" if upheld else "rejected"
    appeal.answer, appeal.answered_by, appeal.answered_at = words["reason"], by, now()
    appeal.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    if upheld and current is not None and event == latest_decision(account.id, permit):
        _give_back(account, permit, Verb.APPEAL_UPHELD, words, by=by)
    else:
        verb = Verb.APPEAL_UPHELD if upheld else Verb.APPEAL_REJECTED
        _write(
            account,
            permit,
            _Change(
                verb=verb,
                state=State(current.state if current else event.state),
                rule_key=event.rule_key,
                rule_revision=event.rule_revision,
                words=words,
            ),
            by=by,
        )
    return appeal


@transaction.atomic
def _decide_against(
    account: Account,
    permit: PermitName,
    verb: Verb,
    state: State,
    *,
    rule: str,
    reason: str,
    by: UUID,
) -> PermitEvent:
    current = _lock(account, permit)
    check_may(verb, _state(current))
    if not rule.strip():
        raise Problem(
            "no_reason", 422, _("Name the rule it is done under, so that it can be checked.")
        )
    change = _Change(
        verb=verb,
        state=state,
        rule_key=rule.strip(),
        rule_revision=_revision_of(rule.strip()),
        words={"reason": _said(reason)},
        until=current.until if current else None,
        limits=current.limits if current else {},
    )
    return _change(account, permit, change, by=by)


def _give_back(
    account: Account, permit: PermitName, verb: Verb, words: Mapping[str, str], *, by: UUID
) -> PermitEvent:
    """The permit as it was last held; in full where a refusal is set aside."""
    held = (
        PermitEvent.objects.filter(
            account=account, permit=permit, state__in=[State.PILOT, State.GRANTED]
        )
        .order_by("-at", "-id")
        .first()
    )
    refused = Permit.objects.get(account=account, permit=permit)
    is_full = held is None or refused.state == State.REFUSED
    source = refused if held is None or is_full else held
    change = _Change(
        verb=verb,
        state=State.GRANTED if held is None or is_full else State(held.state),
        rule_key=source.rule_key,
        rule_revision=source.rule_revision,
        words=words,
        until=None if is_full else source.until,
        limits={} if is_full else source.limits,
    )
    return _change(account, permit, change, by=by)


def _lock(account: Account, permit: PermitName) -> Permit | None:
    Account.objects.select_for_update(no_key=True).only("id").get(pk=account.pk)
    return Permit.objects.filter(account=account, permit=permit).first()


def _state(permit: Permit | None) -> State | None:
    return State(permit.state) if permit is not None else None


def _said(words: str) -> str:
    said = words.strip()[:LONGEST_WORDS]
    if not said:
        raise Problem("no_reason", 422, _("Say why, in words the other side can understand."))
    return said


def _revision_of(rule_key: str) -> int:
    at = now()
    return max(
        (rule.revision for rule in installed_rules() if rule.key == rule_key and rule.holds_at(at)),
        default=0,
    )


def _change(account: Account, permit: PermitName, change: _Change, *, by: UUID) -> PermitEvent:
    event = _write(account, permit, change, by=by)
    Permit.objects.update_or_create(
        account=account,
        permit=permit,
        defaults={
            "state": change.state,
            "rule_key": change.rule_key,
            "rule_revision": change.rule_revision,
            "since": event.at,
            "until": change.until,
            "limits": dict(change.limits),
            "reason": change.words.get("reason", ""),
        },
    )
    return event


def _write(account: Account, permit: PermitName, change: _Change, *, by: UUID) -> PermitEvent:
    event = PermitEvent.objects.create(
        account=account,
        permit=permit,
        verb=change.verb,
        state=change.state,
        rule_key=change.rule_key,
        rule_revision=change.rule_revision,
        conditions=list(change.conditions),
        words=dict(change.words),
        until=change.until,
        limits=dict(change.limits),
        actor_id=by,
    )
    audit(
        by,
        f"permit.{change.verb}",
        f"account:{account.id}",
        permit=permit,
        state=change.state,
        rule=change.rule_key,
        revision=change.rule_revision,
    )
    append(*events.permit_changed(event))
    return event
