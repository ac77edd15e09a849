"""What people do: roles given and taken, follows."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.core.outbox import append, audit
from yellowcart.core.problems import Problem
from yellowcart.people import events
from yellowcart.people.models import Account, Follow, RoleGrant
from yellowcart.people.roles import Role


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
