"""The platform's last resort: an account that may do nothing any more."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.core import bus
from yellowcart.core.clock import now
from yellowcart.core.outbox import append, audit
from yellowcart.core.problems import Problem
from yellowcart.people import events
from yellowcart.people.access import forbidden
from yellowcart.people.models import Account
from yellowcart.people.queries import is_moderator, is_operator

LONGEST_REASON = 200


@transaction.atomic
def do_block_account(actor: Account, account_id: UUID, reason: str) -> Account:
    """Keep an account from everything, at once and in every room; doing it again changes nothing.

    For the platform's moderators and operators; only operators may block one of those.
    Problems: ``forbidden``, ``account_not_found``, ``reason_invalid``.
    """
    account = _access(actor, account_id)
    words = " ".join(reason.split())
    if not 1 <= len(words) <= LONGEST_REASON:
        raise Problem(
            "reason_invalid",
            422,
            _("Give a reason of at most %(most)s characters."),
            params={"most": LONGEST_REASON},
        )
    if account.blocked_at is None:
        account.blocked_at = now()
        _save(actor, account, "account.block", words)
    return account


@transaction.atomic
def do_unblock_account(actor: Account, account_id: UUID, reason: str = "") -> Account:
    """Take that back."""
    account = _access(actor, account_id)
    if account.blocked_at is not None:
        account.blocked_at = None
        _save(actor, account, "account.unblock", " ".join(reason.split())[:LONGEST_REASON])
    return account


def _access(actor: Account, account_id: UUID) -> Account:
    if not is_moderator(actor):
        raise forbidden(
            _("This is for the platform's moderators. Ask an operator to give you the role.")
        )
    account = Account.objects.select_for_update(no_key=True).filter(id=account_id).first()
    if account is None:
        raise Problem("account_not_found", 404, _("There is no such account."))
    if account.id == actor.id or (is_moderator(account) and not is_operator(actor)):
        raise forbidden(_("Moderators can't act on the platform's staff, nor anybody on oneself."))
    return account


def _save(actor: Account, account: Account, verb: str, reason: str) -> None:
    account.save(update_fields=["blocked_at"])
    audit(actor.id, verb, f"account:{account.id}", reason=reason)
    append(*events.blocked(account.id, is_blocked=account.blocked_at is not None))
    bus.publish(events.DOORS)
