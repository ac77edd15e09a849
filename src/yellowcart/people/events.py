"""What people announces: topic and payload, as the outbox takes them. Ids are strings."""

from typing import Any
from uuid import UUID

Announcement = tuple[str, dict[str, Any]]

ROLE_GRANTED = "people.role_granted"
ROLE_REVOKED = "people.role_revoked"
FOLLOWED = "people.followed"
UNFOLLOWED = "people.unfollowed"


def role_granted(account_id: UUID, role: str, scope: str) -> Announcement:
    """A role was given."""
    return ROLE_GRANTED, {"account_id": str(account_id), "role": role, "scope": scope}


def role_revoked(account_id: UUID, role: str, scope: str) -> Announcement:
    """A role was taken back."""
    return ROLE_REVOKED, {"account_id": str(account_id), "role": role, "scope": scope}


def followed(follower_id: UUID, followee_id: UUID) -> Announcement:
    """Somebody began to follow somebody."""
    return FOLLOWED, {"follower_id": str(follower_id), "followee_id": str(followee_id)}


def unfollowed(follower_id: UUID, followee_id: UUID) -> Announcement:
    """Somebody stopped following somebody."""
    return UNFOLLOWED, {"follower_id": str(follower_id), "followee_id": str(followee_id)}
