"""Reads about people: who has which role, who follows whom, how permits stand."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from yellowcart.core.clock import now
from yellowcart.core.texts import Text
from yellowcart.people import reach, wording
from yellowcart.people.conditions import PermitName
from yellowcart.people.facts import Facts
from yellowcart.people.figures import collect
from yellowcart.people.models import (
    Account,
    CreatorFacts,
    Follow,
    Permit,
    PermitAppeal,
    PermitEvent,
    RoleGrant,
)
from yellowcart.people.packs import installed_rules
from yellowcart.people.roles import Role
from yellowcart.people.rules import Decision, Outcome, decide, week_of
from yellowcart.people.states import AGAINST, ALLOWED, DECIDING, State, Verb


def roles_of(account: Account) -> frozenset[Role]:
    """The platform roles of an account. A superuser is an operator without being told so."""
    if not reach.into_platform(account):
        return frozenset()
    found = {
        Role(role)
        for role in RoleGrant.objects.filter(account=account).values_list("role", flat=True)
    }
    return frozenset(found | {Role.OPERATOR} if account.is_superuser else found)


def has_operator() -> bool:
    """Whether anybody looks after the platform."""
    return Account.objects.filter(
        Q(is_superuser=True) | Q(role_grants__role=Role.OPERATOR), is_active=True
    ).exists()


def is_operator(account: Account) -> bool:
    """Whether an account runs the platform."""
    if not reach.into_platform(account):
        return False
    return account.is_superuser or _has(account, Role.OPERATOR)


def is_creator(account: Account) -> bool:
    """Whether an account makes rooms and videos; what it may sell is a matter of permits."""
    return _has(account, Role.CREATOR)


def is_moderator(account: Account) -> bool:
    """Whether an account may moderate every room; operators may."""
    if not reach.into_platform(account):
        return False
    return is_operator(account) or _has(account, Role.MODERATOR)


def sources_spoken_for(account: Account) -> frozenset[str]:
    """The sources whose own operator an account is."""
    if not reach.is_whole(account):
        return frozenset()
    return frozenset(
        RoleGrant.objects.filter(account=account, role=Role.SOURCE_OPERATOR).values_list(
            "scope", flat=True
        )
    )


def source_operators(source: str) -> list[UUID]:
    """The accounts that speak for a source, to whom its notices go."""
    return list(
        RoleGrant.objects.filter(role=Role.SOURCE_OPERATOR, scope=source)
        .order_by("granted_at")
        .values_list("account_id", flat=True)
    )


def operators() -> list[UUID]:
    """The accounts that hold the operator role."""
    return list(
        RoleGrant.objects.filter(role=Role.OPERATOR)
        .order_by("granted_at")
        .values_list("account_id", flat=True)
    )


def _has(account: Account, role: Role) -> bool:
    return RoleGrant.objects.filter(account=account, role=role).exists()


def follower_count(account_id: UUID) -> int:
    """How many accounts of this platform follow one."""
    return Follow.objects.filter(followee_id=account_id).count()


def is_following(follower_id: UUID, followee_id: UUID) -> bool:
    """Whether one account follows another."""
    return Follow.objects.filter(follower_id=follower_id, followee_id=followee_id).exists()


def facts_of(account: Account, at: datetime | None = None) -> Facts:
    """Everything permit conditions ask about an account, at an instant (now).

    Followers and videos are those of this platform and those recorded from outside together.
    """
    when = at or now()
    recorded = CreatorFacts.objects.filter(account=account).first() or CreatorFacts()
    figures = collect(account.id)
    made = tuple(sorted(each for each in figures.get("video_times", ()) if each <= when))
    ended = PermitEvent.objects.filter(
        account=account, verb=Verb.APPLIED, state=State.PILOT, until__lte=when
    )
    return Facts(
        birth_date=account.birth_date,
        real_name=account.real_name_verified_at is not None,
        phone=account.phone_verified_at is not None,
        joined_at=account.joined_at,
        followers=recorded.outside_followers + follower_count(account.id),
        public_videos=recorded.outside_public_videos + len(made),
        video_times=made,
        minutes_watched_7d=recorded.minutes_watched_7d,
        live_hours_14d=Decimal(str(recorded.live_hours_14d)),
        deposit={recorded.deposit_currency: recorded.deposit_minor},
        shop_deposit=figures.get("shop_deposit", {}),
        violations=recorded.violations,
        severe_violations_90d=recorded.severe_violations_90d,
        scores={name: Decimal(str(score)) for name, score in recorded.scores.items()},
        flags=frozenset(recorded.flags),
        has_shop=figures.get("has_shop", False),
        own_shop=figures.get("own_shop", False),
        shop_type=figures.get("shop_type"),
        region=account.region or settings.REGION,
        pilots_had=frozenset(ended.values_list("rule_key", flat=True)),
    )


def has_permit(account_id: UUID, permit: PermitName | str, at: datetime | None = None) -> bool:
    """Whether an account may, now: granted, or in a pilot that has not ended; and not blocked.

    A pilot's weekly limits are counted by whoever knows rooms and videos; see
    :func:`permit_limits`.
    """
    return Permit.objects.filter(
        Q(state=State.GRANTED) | Q(state=State.PILOT, until__gt=at or now()),
        account_id=account_id,
        account__is_active=True,
        account__blocked_at__isnull=True,
        permit=permit,
    ).exists()


class Limits(NamedTuple):
    """What a pilot allows in the week ``[week_from, week_until)``; None is without limit."""

    selling_lives: int | None
    shoppable_videos: int | None
    week_from: datetime
    week_until: datetime
    ends_at: datetime


def permit_limits(
    account_id: UUID, permit: PermitName | str, at: datetime | None = None
) -> Limits | None:
    """The limits of the running pilot; None where there is none, so that nothing is limited.

    A live counts from when it is on with goods in its cart, even if it is interrupted.
    """
    when = at or now()
    row = Permit.objects.filter(
        account_id=account_id, permit=permit, state=State.PILOT, until__gt=when
    ).first()
    return _limits(row, when) if row is not None else None


def _limits(row: Permit, at: datetime) -> Limits | None:
    if row.until is None:
        return None
    week_from, week_until = week_of(at, ZoneInfo(row.limits.get("zone", settings.TIME_ZONE)))
    return Limits(
        selling_lives=row.limits.get("selling_lives_per_week"),
        shoppable_videos=row.limits.get("shoppable_videos_per_week"),
        week_from=week_from,
        week_until=week_until,
        ends_at=row.until,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One permit of one account: as it stands, and what a decision would be today.

    ``state`` is None where nobody asked yet. ``holds`` is what :func:`has_permit` says.
    ``decision`` is today's, with every condition; ``latest`` the decision that stands, which
    ``may_appeal`` speaks of. ``reason`` is the operator's, of a pause or withdrawal.
    """

    permit: PermitName
    name: Text
    state: State | None
    holds: bool
    since: datetime | None
    until: datetime | None
    rule_key: str
    rule_revision: int
    reason: str
    limits: Limits | None
    decision: Decision
    latest: PermitEvent | None
    appeal: PermitAppeal | None
    may_apply: bool
    may_appeal: bool
    next_step: Text


def standing(account: Account, at: datetime | None = None) -> list[Standing]:
    """How an account stands with each of the three permits."""
    when = at or now()
    facts, rules = facts_of(account, when), installed_rules()
    rows = {row.permit: row for row in Permit.objects.filter(account=account)}
    return [
        _standing(account, rows.get(permit), decide(rules, permit, facts, when), when)
        for permit in PermitName
    ]


def _standing(account: Account, row: Permit | None, decision: Decision, at: datetime) -> Standing:
    state = State(row.state) if row is not None else None
    is_running = row is not None and row.until is not None and row.until > at
    holds = account.blocked_at is None and account.is_active
    latest = latest_decision(account.id, decision.permit) if row is not None else None
    appeal = PermitAppeal.objects.filter(event=latest).first() if latest is not None else None
    return Standing(
        permit=decision.permit,
        name=wording.permit_name(decision.permit),
        state=state,
        holds=holds and (state == State.GRANTED or (state == State.PILOT and is_running)),
        since=row.since if row else None,
        until=row.until if row else None,
        rule_key=row.rule_key if row else "",
        rule_revision=row.rule_revision if row else 0,
        reason=row.reason if row else "",
        limits=_limits(row, at) if row and state == State.PILOT and is_running else None,
        decision=decision,
        latest=latest,
        appeal=appeal,
        may_apply=state in ALLOWED[Verb.APPLIED]
        and not (state == State.PILOT and is_running and decision.outcome != Outcome.GRANTED),
        may_appeal=state in AGAINST and latest is not None and appeal is None,
        next_step=_next_step(state, decision, appeal),
    )


def _next_step(state: State | None, decision: Decision, appeal: PermitAppeal | None) -> Text:
    if state == State.GRANTED:
        return wording.granted(decision.permit)
    if state in {State.PAUSED, State.WITHDRAWN}:
        return wording.stopped(
            is_withdrawn=state == State.WITHDRAWN,
            has_open_appeal=appeal is not None and appeal.state == "open",
            may_appeal=appeal is None,
        )
    if decision.outcome == Outcome.REFUSED or state == State(decision.outcome):
        return decision.next_step
    return wording.ready(decision.permit, is_pilot=decision.outcome == Outcome.PILOT)


def latest_decision(account_id: UUID, permit: PermitName | str) -> PermitEvent | None:
    """The decision that stands for a permit; answers to appeals are none of their own."""
    return (
        PermitEvent.objects.filter(account_id=account_id, permit=permit, verb__in=DECIDING)
        .order_by("-at", "-id")
        .first()
    )


def permit_history(account_id: UUID) -> QuerySet[PermitEvent]:
    """Everything that happened to an account's permits, the newest first, with appeals."""
    return (
        PermitEvent.objects.filter(account_id=account_id)
        .select_related("appeal")
        .order_by("-at", "-id")
    )


def open_appeals() -> QuerySet[PermitAppeal]:
    """Appeals that wait for an answer, the oldest first."""
    return (
        PermitAppeal.objects.filter(state="open")
        .select_related("event__account")
        .order_by("opened_at", "id")
    )
