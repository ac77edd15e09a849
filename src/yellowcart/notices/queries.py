"""Reading notices and appeals. A notice is its recipient's alone."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.notices.models import Appeal, Notice, StageRun
from yellowcart.people.models import Account, RoleGrant
from yellowcart.people.roles import Role
from yellowcart.shops.models import ShopMember


def inbox(
    account: Account,
    *,
    party: str | None = None,
    shop_id: UUID | None = None,
    unread_only: bool = False,
) -> QuerySet[Notice]:
    """What an account was told, newest first, with its appeals."""
    found = Notice.objects.filter(account=account)
    if party is not None:
        found = found.filter(party=party)
    if shop_id is not None:
        found = found.filter(shop_id=shop_id)
    if unread_only:
        found = found.filter(read_at=None)
    return found.select_related("appeal").order_by("-sent_at", "-id")


def unread_count(account: Account, *, party: str | None = None) -> int:
    """How many notices an account has not read."""
    return inbox(account, party=party, unread_only=True).count()


def access_notice(account: Account, notice_id: UUID) -> Notice:
    """A notice of this account; ``notice_not_found`` for everybody else's."""
    notice = Notice.objects.filter(account=account, id=notice_id).first()
    if notice is None:
        raise Problem("notice_not_found", 404, _("You were sent no such notice."))
    return notice


def appeals(state: str | None = "open") -> QuerySet[Appeal]:
    """Appeals in a state (``None``: all), the longest waiting first. For operators."""
    found = Appeal.objects.select_related("notice", "notice__account")
    if state is not None:
        found = found.filter(state=state)
    return found.order_by("opened_at", "id")


def runs() -> set[tuple[str, int, datetime, str]]:
    """The stages that were sent."""
    return set(StageRun.objects.values_list("rule_key", "rule_revision", "effective_at", "stage"))


def members_of_shops(shop_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The accounts that should hear what concerns each shop."""
    found: dict[UUID, list[UUID]] = {}
    rows = ShopMember.objects.filter(shop_id__in=list(shop_ids)).order_by("since", "id")
    for shop_id, account_id in rows.values_list("shop_id", "account_id"):
        found.setdefault(shop_id, []).append(account_id)
    return found


def speakers_of_sources(sources: Collection[str]) -> dict[str, list[UUID]]:
    """The accounts that speak for each source."""
    found: dict[str, list[UUID]] = {}
    rows = RoleGrant.objects.filter(role=Role.SOURCE_OPERATOR, scope__in=list(sources))
    for source, account_id in rows.order_by("granted_at").values_list("scope", "account_id"):
        found.setdefault(source, []).append(account_id)
    return found
