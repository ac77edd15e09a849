"""What people announces: topic and payload, as the outbox takes them. Ids are strings."""

from typing import Any
from uuid import UUID

from yellowcart.people.models import PermitEvent

Announcement = tuple[str, dict[str, Any]]

ROLE_GRANTED = "people.role_granted"
ROLE_REVOKED = "people.role_revoked"
FOLLOWED = "people.followed"
UNFOLLOWED = "people.unfollowed"
PERMIT_CHANGED = "people.permit_changed"
PERMIT_APPEALED = "people.permit_appealed"
BLOCKED = "people.blocked"

#: The bus channel that tells servers to look who may no longer be in a room.
DOORS = "doors"


def role_granted(account_id: UUID, role: str, scope: str) -> Announcement:
    """A role was given."""
    return ROLE_GRANTED, {"account_id": str(account_id), "role": role, "scope": scope}


def role_revoked(account_id: UUID, role: str, scope: str) -> Announcement:
    """A role was taken back."""
    return ROLE_REVOKED, {"account_id": str(account_id), "role": role, "scope": scope}


def blocked(account_id: UUID, *, is_blocked: bool) -> Announcement:
    """The platform blocked an account, or took that back."""
    return BLOCKED, {"account_id": str(account_id), "blocked": is_blocked}


def followed(follower_id: UUID, followee_id: UUID) -> Announcement:
    """Somebody began to follow somebody."""
    return FOLLOWED, {"follower_id": str(follower_id), "followee_id": str(followee_id)}


def unfollowed(follower_id: UUID, followee_id: UUID) -> Announcement:
    """Somebody stopped following somebody."""
    return UNFOLLOWED, {"follower_id": str(follower_id), "followee_id": str(followee_id)}


def permit_changed(event: PermitEvent) -> Announcement:
    """Something was decided about a permit; ``words`` as in the permit's history."""
    return PERMIT_CHANGED, {
        "event_id": str(event.id),
        "account_id": str(event.account_id),
        "permit": event.permit,
        "verb": event.verb,
        "state": event.state,
        "rule_key": event.rule_key,
        "rule_revision": event.rule_revision,
        "words": event.words,
        "until": event.until.isoformat() if event.until else None,
    }


def permit_appealed(account_id: UUID, permit: str, appeal_id: UUID) -> Announcement:
    """Somebody asks to have a decision looked at again."""
    return PERMIT_APPEALED, {
        "account_id": str(account_id),
        "permit": permit,
        "appeal_id": str(appeal_id),
    }
