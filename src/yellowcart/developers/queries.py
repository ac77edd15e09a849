"""Reads about applications, and who may look after them."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.developers.models import AccessToken, Application, RefreshToken
from yellowcart.people import queries as people
from yellowcart.people.models import Account
from yellowcart.people.reach import Reach
from yellowcart.shops import queries as shops
from yellowcart.shops.models import Shop


def applications_of(account: Account) -> QuerySet[Application]:
    """The applications an account answers for, the newest first."""
    return Application.objects.filter(user=account).select_related("shop").order_by("-id")


def access_application(account: Account, application_id: int) -> Application:
    """One of the account's own applications; ``application_not_found`` otherwise."""
    found = applications_of(account).filter(id=application_id).first()
    if found is None:
        raise Problem(
            "application_not_found", 404, _("You have no such application. Look at your list.")
        )
    return found


def reaches_for(account: Account) -> list[tuple[str, Shop | None]]:
    """How far the account may let an application reach: ``shop:<id>`` with the shop for each it
    works in, ``installation`` where it is an operator, ``own`` for what is its own only."""
    found: list[tuple[str, Shop | None]] = [
        (f"shop:{shop.id}", shop) for shop in shops.shops_of(account)
    ]
    if people.is_operator(account):
        found.append(("installation", None))
    return [*found, ("own", None)]


def access_reach(account: Account, word: str) -> Reach:
    """The reach that one of :func:`reaches_for` names; ``reach_refused`` for any other."""
    if word not in {each for each, _shop in reaches_for(account)}:
        raise Problem(
            "reach_refused",
            403,
            _("Choose one of your shops, your own things, or, as an operator, the platform."),
        )
    kind, _colon, rest = word.partition(":")
    return Reach(shop_id=UUID(rest) if rest else None, installation=kind == "installation")


@dataclass(frozen=True, slots=True)
class Connection:
    """An application that a person let in, and how far."""

    application: Application
    shop: Shop | None
    installation: bool
    scopes: tuple[str, ...]


def connections_of(account: Account) -> list[Connection]:
    """What the person allowed on a consent page and did not take back, by name."""
    rows = (
        RefreshToken.objects.filter(user=account, revoked__isnull=True)
        .select_related("application", "shop", "access_token")
        .order_by("application__name", "application_id", "-id")
    )
    found: dict[tuple[int, UUID | None, bool], Connection] = {}
    for row in rows:
        scopes = tuple(row.access_token.scope.split()) if row.access_token else ()
        key = (row.application_id, row.shop_id, row.installation)
        found.setdefault(key, Connection(row.application, row.shop, row.installation, scopes))
    return list(found.values())


def tokens_in_force(application: Application) -> int:
    """How many access tokens of an application are stored."""
    return AccessToken.objects.filter(application=application).count()
