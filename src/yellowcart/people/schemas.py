"""What the people API takes and gives. Sentences are in the caller's language."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from yellowcart.core.texts import Text
from yellowcart.people.conditions import PermitName
from yellowcart.people.evidence import number, text_from_json
from yellowcart.people.facts import Number
from yellowcart.people.models import Account, PermitAppeal, PermitEvent
from yellowcart.people.queries import Standing
from yellowcart.people.roles import Role
from yellowcart.people.rules import Decision, PermitRule, Result


class PersonOut(Schema):
    """An account as its own person sees it; the phone is masked."""

    id: UUID
    username: str
    handle: str
    display_name: str
    language: str
    phone: str
    roles: list[Role]


class ConditionOut(Schema):
    """How one condition of a permit stands."""

    name: str
    label: str
    wanted: float
    have: float | None
    missing: float | None
    met: bool
    waived: bool
    ready_at: datetime | None
    words: str


class RuleRef(Schema):
    """The rule that decided."""

    key: str
    revision: int


class DecisionOut(Schema):
    """The answer of a rule about one person, with every condition."""

    permit: PermitName
    outcome: str
    rule: RuleRef | None
    conditions: list[ConditionOut]
    next_step: str


class LimitsOut(Schema):
    """A pilot's limits in the week given; null is without limit."""

    selling_lives: int | None
    shoppable_videos: int | None
    week_from: datetime
    week_until: datetime
    ends_at: datetime


class AppealOut(Schema):
    """An appeal and its answer."""

    id: UUID
    event_id: UUID
    account_id: UUID
    permit: PermitName
    words: str
    state: str
    answer: str
    opened_at: datetime
    answered_at: datetime | None


class StandingOut(Schema):
    """A permit as it stands, and what a decision would be today.

    ``appealable_event_id`` is the decision an appeal would speak of; null where none can be.
    """

    permit: PermitName
    name: str
    state: str | None
    holds: bool
    since: datetime | None
    until: datetime | None
    rule: RuleRef | None
    reason: str
    limits: LimitsOut | None
    may_apply: bool
    appealable_event_id: UUID | None
    appeal: AppealOut | None
    next_step: str
    today: DecisionOut


class PermitEventOut(Schema):
    """A line of a permit's history."""

    id: UUID
    permit: PermitName
    verb: str
    state: str
    rule: RuleRef | None
    conditions: list[ConditionOut]
    words: str
    until: datetime | None
    at: datetime


class PermitRuleOut(Schema):
    """A rule of the packs this installation follows."""

    key: str
    revision: int
    permit: PermitName
    summary: str
    in_force: bool
    effective_from: datetime
    effective_until: datetime | None
    shop_types: list[str] | None
    regions: list[str] | None
    grade: str | None
    evidence: str | None


class WordsIn(Schema):
    """Why."""

    words: str = Field(max_length=2_000)


class AgainstIn(Schema):
    """Why a permit is paused or withdrawn, and under which rule."""

    rule: str = Field(max_length=100)
    reason: str = Field(max_length=2_000)


class ReasonIn(Schema):
    """Why a permit is given back."""

    reason: str = Field(max_length=2_000)


class AnswerIn(Schema):
    """An answer to an appeal."""

    upheld: bool
    answer: str = Field(max_length=2_000)


class ScopeIn(Schema):
    """The source a ``source_operator`` speaks for; empty for other roles."""

    scope: str = Field(default="", max_length=40)


class ProofIn(Schema):
    """What was proven about a person; what is left out stays."""

    real_name: bool | None = None
    birth_date: date | None = None
    phone: str | None = Field(default=None, max_length=20)


class FactsIn(Schema):
    """Figures the platform can't count itself; what is left out stays."""

    outside_followers: int | None = Field(default=None, ge=0)
    outside_public_videos: int | None = Field(default=None, ge=0)
    deposit_minor: int | None = Field(default=None, ge=0)
    deposit_currency: str | None = Field(default=None, pattern="^[A-Z]{3}$")
    violations: int | None = Field(default=None, ge=0)
    severe_violations_90d: int | None = Field(default=None, ge=0)
    scores: dict[str, float] | None = None
    flags: list[str] | None = None
    minutes_watched_7d: int | None = Field(default=None, ge=0)
    live_hours_14d: float | None = Field(default=None, ge=0)


def _figure(value: Number | None) -> float | None:
    plain = number(value)
    return None if plain is None else float(plain)


def _rule(key: str, revision: int) -> RuleRef | None:
    return RuleRef(key=key, revision=revision) if key else None


def condition_out(result: Result, language: str) -> ConditionOut:
    """A condition in one language."""
    return ConditionOut(
        name=result.name,
        label=result.label.in_language(language),
        wanted=float(result.wanted),
        have=_figure(result.have),
        missing=_figure(result.missing),
        met=result.met,
        waived=result.waived,
        ready_at=result.ready_at,
        words=result.words.in_language(language),
    )


def decision_out(decision: Decision, language: str) -> DecisionOut:
    """A decision in one language."""
    rule = decision.rule
    return DecisionOut(
        permit=decision.permit,
        outcome=decision.outcome,
        rule=_rule(rule.key, rule.revision) if rule else None,
        conditions=[condition_out(result, language) for result in decision.conditions],
        next_step=decision.next_step.in_language(language),
    )


def appeal_out(appeal: PermitAppeal) -> AppealOut:
    """An appeal; both sides wrote it in their own language."""
    return AppealOut(
        id=appeal.id,
        event_id=appeal.event_id,
        account_id=appeal.event.account_id,
        permit=PermitName(appeal.event.permit),
        words=appeal.words,
        state=appeal.state,
        answer=appeal.answer,
        opened_at=appeal.opened_at,
        answered_at=appeal.answered_at,
    )


def standing_out(each: Standing, language: str) -> StandingOut:
    """A permit's standing in one language."""
    return StandingOut(
        permit=each.permit,
        name=each.name.in_language(language),
        state=each.state,
        holds=each.holds,
        since=each.since,
        until=each.until,
        rule=_rule(each.rule_key, each.rule_revision),
        reason=each.reason,
        limits=LimitsOut(**each.limits._asdict()) if each.limits else None,
        may_apply=each.may_apply,
        appealable_event_id=each.latest.id if each.latest and each.may_appeal else None,
        appeal=appeal_out(each.appeal) if each.appeal else None,
        next_step=each.next_step.in_language(language),
        today=decision_out(each.decision, language),
    )


def event_out(event: PermitEvent, language: str) -> PermitEventOut:
    """A line of history in one language."""

    def said(text: dict[str, str]) -> str:
        return text_from_json(text).in_language(language)

    conditions: list[dict[str, Any]] = [
        {**each, "label": said(each["label"]), "words": said(each["words"])}
        for each in event.conditions
    ]
    return PermitEventOut(
        id=event.id,
        permit=PermitName(event.permit),
        verb=event.verb,
        state=event.state,
        rule=_rule(event.rule_key, event.rule_revision),
        conditions=[ConditionOut.model_validate(each) for each in conditions],
        words=said(event.words),
        until=event.until,
        at=event.at,
    )


def rule_out(rule: PermitRule, language: str) -> PermitRuleOut:
    """A rule in one language."""
    summary: Text = rule.summary
    return PermitRuleOut(
        key=rule.key,
        revision=rule.revision,
        permit=rule.permit,
        summary=summary.in_language(language),
        in_force=rule.in_force,
        effective_from=rule.effective_from,
        effective_until=rule.effective_until,
        shop_types=sorted(rule.shop_types) if rule.shop_types is not None else None,
        regions=sorted(rule.regions) if rule.regions is not None else None,
        grade=rule.grade,
        evidence=rule.evidence,
    )


def person_out(account: Account, roles: frozenset[Role]) -> PersonOut:
    """An account; the middle of its phone is hidden."""
    phone = account.phone
    return PersonOut(
        id=account.id,
        username=account.username,
        handle=account.handle,
        display_name=account.display_name,
        language=account.language,
        phone=f"{phone[:3]}****{phone[-4:]}" if len(phone) > 7 else "****" if phone else "",
        roles=sorted(roles),
    )
