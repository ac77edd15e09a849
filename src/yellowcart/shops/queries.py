"""Reading shops, and who may touch them."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.people import queries as people
from yellowcart.people import reach
from yellowcart.people.figures import Figures
from yellowcart.people.models import Account
from yellowcart.shops import rules
from yellowcart.shops.models import Shop, ShopMember


def shop_not_found() -> Problem:
    """No shop has this id or handle."""
    return Problem("shop_not_found", 404, _("There is no such shop. Check its id or handle."))


def shop_forbidden() -> Problem:
    """The caller is no member of the shop, or their role does not reach."""
    return Problem(
        "shop_forbidden",
        403,
        _("Your role in this shop doesn't allow this. Ask the shop's owner."),
    )


def find_shop(id_or_handle: str | UUID) -> Shop | None:
    """The shop with this id or handle, or ``None``."""
    try:
        key = id_or_handle if isinstance(id_or_handle, UUID) else UUID(id_or_handle)
    except ValueError:
        return Shop.objects.filter(handle=str(id_or_handle)).first()
    return Shop.objects.filter(id=key).first()


def get_shop(id_or_handle: str | UUID) -> Shop:
    """The shop with this id or handle; ``shop_not_found`` otherwise. Asks no permission."""
    shop = find_shop(id_or_handle)
    if shop is None:
        raise shop_not_found()
    return shop


def role_in(account: Account, shop_id: UUID) -> str | None:
    """The account's role in a shop, or ``None``."""
    if not reach.into_shop(account, shop_id):
        return None
    return (
        ShopMember.objects.filter(shop_id=shop_id, account=account)
        .values_list("role", flat=True)
        .first()
    )


def access_shop(account: Account, id_or_handle: str | UUID, capability: str) -> Shop:
    """The shop, for someone who may do ``capability`` there (see ``rules.CAPABILITIES``).

    Members by their role; the platform's operators may look. Raises ``shop_not_found`` or
    ``shop_forbidden``.
    """
    shop = get_shop(id_or_handle)
    if not may_in_shop(account, shop.id, capability):
        raise shop_forbidden()
    return shop


def may_in_shop(account: Account, shop_id: UUID, capability: str) -> bool:
    """Whether the account may do ``capability`` in a shop: by its role there, or as operator."""
    if account.blocked_at is not None:
        return False
    if rules.may(role_in(account, shop_id), capability):
        return True
    return capability in rules.OPERATOR_CAPABILITIES and is_operator(account)


def is_operator(account: Account) -> bool:
    """Whether the account works for the platform and is not blocked."""
    return account.blocked_at is None and people.is_operator(account)


def shops_of(account: Account, capability: str = "view") -> QuerySet[Shop]:
    """The shops in which the account may do ``capability``, by name."""
    roles = [role for role in rules.CAPABILITIES if rules.may(role, capability)]
    found = Shop.objects.filter(members__account=account, members__role__in=roles)
    if account.reach is not None:
        reached = account.reach.shop_id
        found = found.filter(id=reached) if reached else found.none()
    return found.order_by("name", "id")


def roles_in_shops(account: Account) -> dict[UUID, str]:
    """The account's role in each shop it works in."""
    rows = ShopMember.objects.filter(account=account).values_list("shop_id", "role")
    return {shop_id: role for shop_id, role in rows if reach.into_shop(account, shop_id)}


def members_of(shop: Shop) -> QuerySet[ShopMember]:
    """The people of a shop, owner first."""
    return shop.members.select_related("account").order_by("-role", "since")


def member_ids(shop_id: UUID) -> list[UUID]:
    """The accounts that should hear what concerns a shop."""
    return list(
        ShopMember.objects.filter(shop_id=shop_id)
        .order_by("since")
        .values_list("account_id", flat=True)
    )


def suppliers(shop_id: UUID | None = None) -> QuerySet[Shop]:
    """Open supplier shops whose goods a shop may list; without one, those that every shop may."""
    offered = Q(offered_to__isnull=True)
    if shop_id is not None:
        offered |= Q(offered_to=shop_id)
    return Shop.objects.filter(offered, type="supplier", state="open").order_by("name", "id")


def permit_figures(account_id: UUID) -> Figures:
    """What permits ask about an account's shops: whether it has any, its own, and deposits.

    Open native shops count. The oldest of those it owns, else of those it works in, gives the
    type; the deposits are that shop's.
    """
    members = (
        ShopMember.objects.filter(account_id=account_id, shop__state="open", shop__source="native")
        .select_related("shop")
        .order_by("shop__opened_at", "shop_id")
    )
    mine = sorted(members, key=lambda member: member.role != "owner")
    if not mine:
        return {"has_shop": False, "own_shop": False}
    shop = mine[0].shop
    return {
        "has_shop": True,
        "own_shop": mine[0].role == "owner",
        "shop_type": shop.type,
        "shop_deposit": {shop.currency: shop.deposit_minor},
    }
