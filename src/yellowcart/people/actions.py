"""What people do about each other and themselves: roles, follows, proven facts."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.core.clock import now
from yellowcart.core.outbox import append, audit
from yellowcart.core.problems import Problem
from yellowcart.people import events
from yellowcart.people.models import Account, CreatorFacts, Follow, RoleGrant
from yellowcart.people.permits import (
    do_answer_appeal,
    do_appeal,
    do_apply_for_permit,
    do_pause_permit,
    do_resume_permit,
    do_withdraw_permit,
)
from yellowcart.people.roles import Role

__all__ = [
    "do_answer_appeal",
    "do_appeal",
    "do_apply_for_permit",
    "do_edit_profile",
    "do_follow",
    "do_grant_role",
    "do_pause_permit",
    "do_record_facts",
    "do_resume_permit",
    "do_revoke_role",
    "do_unfollow",
    "do_verify_person",
    "do_withdraw_permit",
]

#: Figures that :func:`do_record_facts` takes.
FIGURES = frozenset(
    field.name for field in CreatorFacts._meta.get_fields() if field.name != "account"
)


@transaction.atomic
def do_grant_role(
    account: Account, role: Role, *, by: UUID | None = None, scope: str = ""
) -> RoleGrant:
    """Give a role; giving it again changes nothing. ``by`` is None where the installation does.

    ``scope`` names the source of a ``source_operator`` and is empty for the others.
    """
    if (role == Role.SOURCE_OPERATOR) != bool(scope):
        raise Problem(
            "role_scope", 422, _("A source operator needs the source's name; no other role does.")
        )
    grant, is_new = RoleGrant.objects.get_or_create(account=account, role=role, scope=scope)
    if is_new:
        audit(by, "role.grant", f"account:{account.id}", role=role, scope=scope)
        append(*events.role_granted(account.id, role, scope))
    return grant


@transaction.atomic
def do_revoke_role(account: Account, role: Role, *, by: UUID | None, scope: str = "") -> bool:
    """Take a role back; whether there was one to take."""
    count, _rows = RoleGrant.objects.filter(account=account, role=role, scope=scope).delete()
    if count:
        audit(by, "role.revoke", f"account:{account.id}", role=role, scope=scope)
        append(*events.role_revoked(account.id, role, scope))
    return bool(count)


@transaction.atomic
def do_follow(follower: Account, followee: Account) -> bool:
    """Follow somebody; whether that is new."""
    if follower.id == followee.id:
        raise Problem("follow_self", 422, _("You can't follow yourself."))
    _follow, is_new = Follow.objects.get_or_create(follower=follower, followee=followee)
    if is_new:
        append(*events.followed(follower.id, followee.id))
    return is_new


@transaction.atomic
def do_unfollow(follower: Account, followee: Account) -> bool:
    """Stop following somebody; whether one was."""
    count, _rows = Follow.objects.filter(follower=follower, followee=followee).delete()
    if count:
        append(*events.unfollowed(follower.id, followee.id))
    return bool(count)


@transaction.atomic
def do_edit_profile(account: Account, *, display_name: str, bio: str) -> None:
    """Change what one shows of oneself; :class:`Problem` 422 ``name_missing`` without a name.

    Rooms entered before go on showing the name before until they are entered again.
    """
    name = " ".join(display_name.split())[:60]
    if not name:
        raise Problem("name_missing", 422, _("Give a name for others to see."))
    account.display_name, account.bio = name, bio.strip()[:300]
    account.save(update_fields=["display_name", "bio"])


@transaction.atomic
def do_verify_person(
    account: Account,
    *,
    by: UUID | None,
    real_name: bool | None = None,
    birth_date: date | None = None,
    phone: str | None = None,
) -> None:
    """Record what was proven about a person; None leaves it as it is, an empty phone unbinds.

    The proof itself (papers, a message to the phone) is somebody else's work.
    """
    at = now()
    if real_name is not None:
        account.real_name_verified_at = at if real_name else None
    if birth_date is not None:
        account.birth_date = birth_date
    if phone is not None:
        account.phone, account.phone_verified_at = phone, at if phone else None
    account.save(
        update_fields=["real_name_verified_at", "birth_date", "phone", "phone_verified_at"]
    )
    proven = {"real_name": real_name, "birth_date": birth_date is not None, "phone": bool(phone)}
    audit(by, "person.verify", f"account:{account.id}", **proven)


@transaction.atomic
def do_record_facts(account: Account, *, by: UUID | None, **figures: Any) -> CreatorFacts:
    """Record figures that the platform can't count itself; names as in ``CreatorFacts``.

    They are used from the next application on; permits already given stay.
    """
    if unknown := sorted(set(figures) - FIGURES):
        raise TypeError(f"no such figures: {', '.join(unknown)}")
    facts, _is_new = CreatorFacts.objects.update_or_create(account=account, defaults=figures)
    audit(by, "person.record_facts", f"account:{account.id}", **figures)
    return facts
