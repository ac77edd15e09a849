"""Reads about people: who has which role, who follows whom."""

from uuid import UUID

from django.db.models import Q

from yellowcart.core.clock import now
from yellowcart.people.models import Account, Follow, Permit, RoleGrant
from yellowcart.people.roles import Role


def roles_of(account: Account) -> frozenset[Role]:
    """The platform roles of an account. A superuser is an operator without being told so."""
    found = {
        Role(role)
        for role in RoleGrant.objects.filter(account=account).values_list("role", flat=True)
    }
    return frozenset(found | {Role.OPERATOR} if account.is_superuser else found)


def is_operator(account: Account) -> bool:
    """Whether an account runs the platform."""
    return account.is_superuser or _has(account, Role.OPERATOR)


def is_creator(account: Account) -> bool:
    """Whether an account makes rooms and videos; what it may sell is a matter of permits."""
    return _has(account, Role.CREATOR)


def is_moderator(account: Account) -> bool:
    """Whether an account may moderate every room; operators may."""
    return is_operator(account) or _has(account, Role.MODERATOR)


def sources_spoken_for(account: Account) -> frozenset[str]:
    """The sources whose own operator an account is."""
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


def has_permit(account_id: UUID, permit: str) -> bool:
    """Whether an account holds a permit at this instant, on probation included."""
    at = now()
    return Permit.objects.filter(
        Q(until__isnull=True) | Q(until__gt=at),
        account_id=account_id,
        permit=permit,
        state__in=["granted", "pilot"],
        since__lte=at,
    ).exists()
