"""Opening shops and choosing their people. Each verb is one transaction."""

import secrets
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.core import outbox
from yellowcart.core.problems import Problem
from yellowcart.people.models import Account
from yellowcart.shops import events, rules
from yellowcart.shops.models import (
    MOST_COMMISSION_BPS,
    MOST_HOST_CUT_BPS,
    Shop,
    ShopMember,
    ShopType,
)
from yellowcart.shops.queries import access_shop, is_operator


def do_open_shop(
    *,
    owner: Account | None,
    name: str,
    type: str,
    handle: str = "",
    source: str = "native",
    currency: str = "CNY",
    description: str = "",
    offered_to: UUID | None = None,
) -> Shop:
    """Open a shop; ``owner`` becomes its owner (``None``: the platform runs it).

    ``offered_to`` is the one shop that may list its goods, of a supplier made for it. ``source``
    is ``native`` but for a supplier or a mirror of an outside shop. An empty
    ``handle`` is made from the name. Raises ``shop_type_unknown``, ``shop_handle_bad`` or
    ``shop_handle_taken``.
    """
    if type not in ShopType.values:
        raise Problem(
            "shop_type_unknown",
            422,
            _("%(type)s is not a type of shop. Choose one of: %(types)s."),
            params={"type": type, "types": ", ".join(ShopType.values)},
        )
    handle = handle or rules.handle_from(name) or f"shop-{secrets.token_hex(4)}"
    if not rules.is_handle(handle):
        raise Problem(
            "shop_handle_bad",
            422,
            _("%(handle)s can't be a handle. Use up to 60 of a-z, 0-9, hyphen and underscore."),
            params={"handle": handle},
        )
    try:
        with transaction.atomic():
            shop = Shop.objects.create(
                handle=handle,
                name=name.strip()[:120] or handle,
                type=type,
                source=source,
                currency=currency,
                description=description[:500],
                offered_to=offered_to,
            )
            if owner is not None:
                ShopMember.objects.create(shop=shop, account=owner, role="owner")
            events.announce(shop.id, events.ShopOpened(str(shop.id), handle, type, source))
            outbox.audit(owner.id if owner else None, "shop.open", f"shop:{shop.id}", type=type)
    except IntegrityError as error:
        raise Problem(
            "shop_handle_taken",
            409,
            _("The handle %(handle)s belongs to another shop. Choose a different one."),
            params={"handle": handle},
        ) from error
    return shop


def do_open_own_shop(
    *,
    actor: Account,
    name: str,
    type: str,
    handle: str = "",
    currency: str = "CNY",
    description: str = "",
) -> Shop:
    """Open a native shop of one's own, as everybody may.

    A supplier's goods become other shops' goods, so only an operator opens a supplier's shop:
    ``shop_type_reserved``.
    """
    if type == ShopType.SUPPLIER and not is_operator(actor):
        raise Problem(
            "shop_type_reserved",
            403,
            _("Only the platform's operators open a supplier's shop. Ask them for one."),
        )
    return do_open_shop(
        owner=actor,
        name=name,
        type=type,
        handle=handle,
        currency=currency,
        description=description,
    )


@transaction.atomic
def do_set_member(*, actor: Account, shop: Shop, account: Account, role: str) -> ShopMember:
    """Give an account a role in a shop, or change it. Owners only.

    The last owner stays owner: ``shop_last_owner``.
    """
    access_shop(actor, shop.id, "members")
    if role not in rules.CAPABILITIES:
        raise Problem(
            "shop_role_unknown",
            422,
            _("%(role)s is not a role. Choose owner, manager or staff."),
            params={"role": role},
        )
    if role != "owner":
        _keep_an_owner(shop, account)
    member, _created = ShopMember.objects.update_or_create(
        shop=shop, account=account, defaults={"role": role}
    )
    outbox.audit(actor.id, "shop.member", f"shop:{shop.id}", account=str(account.id), role=role)
    return member


@transaction.atomic
def do_remove_member(*, actor: Account, shop: Shop, account: Account) -> None:
    """Take an account out of a shop. Owners only; the last owner stays."""
    access_shop(actor, shop.id, "members")
    _keep_an_owner(shop, account)
    ShopMember.objects.filter(shop=shop, account=account).delete()
    outbox.audit(actor.id, "shop.member_removed", f"shop:{shop.id}", account=str(account.id))


@transaction.atomic
def do_set_state(*, actor: Account | None, shop: Shop, state: str) -> Shop:
    """Pause, open again or close a shop: its owner, or an operator. Orders already placed go on.

    ``actor=None`` is the platform itself, with a shop that it runs.
    """
    if actor is not None and not is_operator(actor):
        access_shop(actor, shop.id, "shop")
    row = Shop.objects.select_for_update(no_key=True).get(id=shop.id)
    if row.state == state:
        return row
    if state not in rules.TRANSITIONS.get(row.state, frozenset()):
        raise Problem(
            "shop_state_conflict",
            409,
            _("A shop that is %(current)s can't become %(wanted)s."),
            params={
                "current": rules.STATE_WORDS[row.state],
                "wanted": rules.STATE_WORDS.get(state, state),
            },
        )
    row.state = state
    row.save(update_fields=["state"])
    events.announce(row.id, events.ShopStateChanged(str(row.id), state))
    outbox.audit(actor.id if actor else None, "shop.state", f"shop:{row.id}", state=state)
    return row


@transaction.atomic
def do_edit_shop(*, actor: Account, shop: Shop, name: str, description: str) -> Shop:
    """Change what a shop shows of itself. Owners only."""
    access_shop(actor, shop.id, "shop")
    if not name.strip():
        raise Problem("shop_name_empty", 422, _("A shop needs a name."))
    shop.name, shop.description = name.strip()[:120], description.strip()[:500]
    shop.save(update_fields=["name", "description"])
    outbox.audit(actor.id, "shop.edit", f"shop:{shop.id}", name=shop.name)
    return shop


def do_note_deposit(shop_id: UUID, deposit_minor: int, currency: str) -> None:
    """Keep what lies as a shop's deposit in its currency, for the rules on permits; joins the
    caller's transaction."""
    Shop.objects.filter(id=shop_id, currency=currency).update(deposit_minor=deposit_minor)


@transaction.atomic
def do_set_host_terms(
    *, actor: Account, shop: Shop, host_cut_bps: int, commission_bps: int
) -> Shop:
    """Say what hosts may take off the shop's prices, and what they are promised. Owners only.

    Both hold for what comes after: prices that are set stay, and so do the commissions of what is
    mounted. Raises ``shop_host_terms_invalid``.
    """
    access_shop(actor, shop.id, "shop")
    if not (0 <= host_cut_bps <= MOST_HOST_CUT_BPS and 0 <= commission_bps <= MOST_COMMISSION_BPS):
        raise Problem(
            "shop_host_terms_invalid",
            422,
            _("Hosts may take off 0 to %(cut)s %%, and get 0 to %(commission)s %% commission."),
            params={"cut": MOST_HOST_CUT_BPS // 100, "commission": MOST_COMMISSION_BPS // 100},
        )
    shop.host_cut_bps, shop.commission_bps = host_cut_bps, commission_bps
    shop.save(update_fields=["host_cut_bps", "commission_bps"])
    outbox.audit(
        actor.id,
        "shop.host_terms",
        f"shop:{shop.id}",
        host_cut_bps=host_cut_bps,
        commission_bps=commission_bps,
    )
    return shop


def _keep_an_owner(shop: Shop, account: Account) -> None:
    """Refuse to take away the last owner; the owners' rows stay locked until the commit."""
    owners = ShopMember.objects.select_for_update(no_key=True).filter(shop=shop, role="owner")
    if [owner.account_id for owner in owners.order_by("id")] == [account.id]:
        raise Problem(
            "shop_last_owner", 409, _("A shop keeps at least one owner. Name another one first.")
        )
