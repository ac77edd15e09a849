"""The demo's people: the accounts whose address is in the demo's own domain."""

from typing import Final, NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.people.models import Account

#: A domain that can never receive mail (RFC 2606). The demo gives its people addresses in it.
DEMO_DOMAIN: Final = "demo.example"

_ROLES: Final[dict[str, Promise]] = {
    "operator": _("Operator"),
    "creator": _("Creator"),
    "moderator": _("Moderator"),
    "source_operator": _("Source"),
}
LIMIT: Final = 12


class DemoPerson(NamedTuple):
    """An account and the role it is best known for."""

    account: Account
    role: Promise


def accounts() -> QuerySet[Account]:
    """Every account of the demo that can sign in."""
    return Account.objects.filter(
        email__endswith=f"@{DEMO_DOMAIN}", is_active=True, blocked_at__isnull=True
    )


def listed() -> list[DemoPerson]:
    """A handful of them, one of each role first."""
    found: list[tuple[int, DemoPerson]] = []
    seen: dict[str, int] = {}
    for account in accounts().prefetch_related("role_grants", "shop_memberships").order_by("id"):
        roles = {grant.role for grant in account.role_grants.all()}
        key = next((role for role in _ROLES if role in roles), "")
        if not key and account.shop_memberships.all():
            key = "merchant"
        word = _ROLES.get(key) or (_("Merchant") if key else _("Viewer"))
        seen[key] = seen.get(key, 0) + 1
        found.append((seen[key], DemoPerson(account, word)))
    found.sort(key=lambda pair: pair[0])
    return [person for _rank, person in found[:LIMIT]]
