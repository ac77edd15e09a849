"""What something costs where it is offered: special prices, pre-sales, commissions.

Whoever may offer a shop's goods sets all three on the shop's listings, wherever they are. A host
sets special prices on what they sell themselves: of another shop's goods as far down as that shop
lets hosts go (``Shop.host_cut_bps``). Each verb is one transaction and shows the changed listing
to its room.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from yellowcart.catalog.models import Sku
from yellowcart.catalog.rules import price_at
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.listings import events, problems
from yellowcart.listings.containers import Container
from yellowcart.listings.models import MOST_COMMISSION_BPS, Listing, PresaleTerms, SpecialPrice
from yellowcart.listings.rules import (
    MOST_OPEN_SPECIALS,
    Bounds,
    Wanted,
    bounds_from,
    wrong_with_presale,
    wrong_with_special,
)
from yellowcart.people.models import Account
from yellowcart.shops import queries as shops
from yellowcart.shops import rules as shop_rules

SOLD_HERE: Final = frozenset({"native", "supply"})


def bounds() -> Bounds:
    """How far this installation lets special prices go."""
    return bounds_from(settings.SPECIAL_PRICE_DISCOUNT, settings.SPECIAL_PRICE_SECONDS)


def flash_bounds() -> Bounds:
    """The same for flash prices."""
    return bounds_from(settings.FLASH_PRICE_DISCOUNT, settings.FLASH_PRICE_SECONDS)


def access_of_shop(account: Account, listing_id: UUID) -> Listing:
    """A listing, for those who may offer its shop's goods.

    Problems: ``listing_not_found``, ``shop_forbidden``.
    """
    listing = _offered(listing_id)
    shops.access_shop(account, listing.shop_id, "goods")
    return listing


def access_priced(account: Account, listing_id: UUID) -> tuple[Listing, int | None]:
    """A listing, for those who may set special prices on it, and how far down in basis points;
    None: as far as the shop itself.

    Problems: ``listing_not_found``, ``shop_forbidden``.
    """
    listing = _offered(listing_id)
    if shop_rules.may(shops.role_in(account, listing.shop_id), "goods"):
        return listing, None
    if listing.creator_id == account.id:
        return listing, listing.shop.host_cut_bps
    raise shops.shop_forbidden()


def specials_of(listing: Listing) -> list[SpecialPrice]:
    """The special prices that hold or will, the first to begin first."""
    at = now()
    rows = SpecialPrice.objects.filter(
        shop_id=listing.shop_id, listing_id=listing.id, ended_at__isnull=True
    )
    return [
        row for row in rows.order_by("starts_at", "id") if row.ends_at is None or row.ends_at > at
    ]


def presales_of(listing: Listing) -> list[PresaleTerms]:
    """The deposits that the listing is sold against, by SKU."""
    rows = PresaleTerms.objects.filter(shop_id=listing.shop_id, listing_id=listing.id)
    return list(rows.order_by("sku_id"))


@transaction.atomic
def do_set_special(actor: Account, listing_id: UUID, sku_id: UUID, wanted: Wanted) -> SpecialPrice:
    """Give one SKU a price for a while, for so many pieces, or for the creator's fans.

    The lowest price that somebody can have is theirs; when it ends, the one that stood before is
    back. Problems: ``listing_not_found``, ``shop_forbidden``, ``sku_not_found``, ``jump_out``,
    ``special_price_invalid`` with ``why``, ``too_many_special_prices``.
    """
    listing, cut_bps = access_priced(actor, listing_id)
    _lock(listing)
    sku = _sku(listing, sku_id)
    if listing.integration not in SOLD_HERE:
        raise problems.sold_elsewhere()
    if wanted.fans_only and listing.creator_id is None:
        raise problems.no_fans()
    at = now()
    regular = price_at(
        sku.price_minor, sku.sale_price_minor, sku.sale_from, sku.sale_until, wanted.starts_at
    )
    limits = flash_bounds() if wanted.flash else bounds()
    wrong = wrong_with_special(wanted, regular, at, limits, cut_bps)
    if wrong is not None:
        raise problems.special_invalid(wrong, limits, cut_bps)
    rows = SpecialPrice.objects.filter(
        shop_id=listing.shop_id, listing_id=listing.id, sku_id=sku.id, ended_at__isnull=True
    )
    # What ran out is closed here, so that the lane and the cart look at what still matters.
    rows.filter(ends_at__lte=at).update(ended_at=at)
    if rows.count() >= MOST_OPEN_SPECIALS:
        raise problems.too_many_specials(MOST_OPEN_SPECIALS)
    special = SpecialPrice.objects.create(
        shop_id=listing.shop_id,
        listing_id=listing.id,
        sku_id=sku.id,
        price_minor=wanted.price_minor,
        fans_only=wanted.fans_only,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        allocation=wanted.allocation,
        flash=wanted.flash,
        made_by=actor.id,
        made_at=at,
    )
    outbox.audit(
        actor.id,
        "listing.special_price",
        f"listing:{listing.id}",
        special=str(special.id),
        price_minor=wanted.price_minor,
    )
    _show(listing)
    return special


@transaction.atomic
def do_set_specials(
    actor: Account, listing_id: UUID, sku_ids: Sequence[UUID], wanted: Wanted
) -> list[SpecialPrice]:
    """The same for several SKUs: all of them, or none."""
    return [do_set_special(actor, listing_id, sku_id, wanted) for sku_id in sku_ids]


@transaction.atomic
def do_end_special(actor: Account, listing_id: UUID, special_id: UUID) -> None:
    """End a special price now; orders that were placed at it stay.

    Ending it again changes nothing. Problems: ``listing_not_found``, ``shop_forbidden``,
    ``special_price_not_found``.
    """
    listing, _cut = access_priced(actor, listing_id)
    _lock(listing)
    rows = SpecialPrice.objects.filter(
        shop_id=listing.shop_id, id=special_id, listing_id=listing.id
    )
    if not rows.exists():
        raise problems.special_not_found()
    if rows.filter(ended_at__isnull=True).update(ended_at=now()):
        outbox.audit(
            actor.id, "listing.special_price_end", f"listing:{listing.id}", special=str(special_id)
        )
        _show(listing)


@transaction.atomic
def do_set_presale(
    actor: Account,
    listing_id: UUID,
    sku_id: UUID,
    *,
    deposit_minor: int,
    balance_from: datetime,
    balance_until: datetime,
) -> PresaleTerms:
    """Sell one SKU against a deposit a piece; the balance is due in ``[from, until)``.

    Deposits are taken until the balance can be paid. Orders keep the terms they were placed
    under. Problems: ``listing_not_found``, ``shop_forbidden``, ``sku_not_found``, ``jump_out``,
    ``presale_invalid`` with ``why``.
    """
    listing = access_of_shop(actor, listing_id)
    _lock(listing)
    sku = _sku(listing, sku_id)
    if listing.integration not in SOLD_HERE:
        raise problems.sold_elsewhere()
    wrong = wrong_with_presale(deposit_minor, balance_from, balance_until, sku.price_minor, now())
    if wrong is not None:
        raise problems.presale_invalid(wrong)
    terms, _created = PresaleTerms.objects.update_or_create(
        shop_id=listing.shop_id,
        listing_id=listing.id,
        sku_id=sku.id,
        defaults={
            "deposit_minor": deposit_minor,
            "balance_from": balance_from,
            "balance_until": balance_until,
        },
    )
    outbox.audit(actor.id, "listing.presale", f"listing:{listing.id}", deposit_minor=deposit_minor)
    _show(listing)
    return terms


@transaction.atomic
def do_set_presales(
    actor: Account,
    listing_id: UUID,
    sku_ids: Sequence[UUID],
    *,
    deposit_minor: int,
    balance_from: datetime,
    balance_until: datetime,
) -> None:
    """The same for several SKUs: all of them, or none."""
    for sku_id in sku_ids:
        do_set_presale(
            actor,
            listing_id,
            sku_id,
            deposit_minor=deposit_minor,
            balance_from=balance_from,
            balance_until=balance_until,
        )


@transaction.atomic
def do_clear_presale(actor: Account, listing_id: UUID, sku_id: UUID) -> None:
    """Sell it for its whole price again; clearing what is not there changes nothing."""
    listing = access_of_shop(actor, listing_id)
    _lock(listing)
    gone, _rows = PresaleTerms.objects.filter(
        shop_id=listing.shop_id, listing_id=listing.id, sku_id=sku_id
    ).delete()
    if gone:
        outbox.audit(actor.id, "listing.presale_end", f"listing:{listing.id}", sku=str(sku_id))
        _show(listing)


@transaction.atomic
def do_set_commission(actor: Account, listing_id: UUID, commission_bps: int) -> Listing:
    """Promise whoever promotes it here so much of what is sold from now on.

    Problems: ``listing_not_found``, ``shop_forbidden``, ``commission_invalid``.
    """
    listing = access_of_shop(actor, listing_id)
    if not 0 <= commission_bps <= MOST_COMMISSION_BPS:
        raise problems.commission_invalid(MOST_COMMISSION_BPS)
    _lock(listing)
    listing.commission_bps = commission_bps
    listing.save(update_fields=["commission_bps"])
    outbox.audit(
        actor.id, "listing.commission", f"listing:{listing.id}", commission_bps=commission_bps
    )
    return listing


def _offered(listing_id: UUID) -> Listing:
    listing = (
        Listing.objects.filter(id=listing_id, state__in=["mounted", "barred"])
        .select_related("shop")
        .first()
    )
    if listing is None:
        raise problems.listing_not_found()
    return listing


def _lock(listing: Listing) -> None:
    """The row that every sale through it locks first, so that no sale sees half of a change."""
    Listing.objects.select_for_update(no_key=True).only("id").get(id=listing.id)


def _sku(listing: Listing, sku_id: UUID) -> Sku:
    sku = Sku.objects.filter(id=sku_id, product_id=listing.product_id, active=True).first()
    if sku is None:
        raise problems.sku_not_found()
    return sku


def _show(listing: Listing) -> None:
    events.mounted(Container(listing.surface, listing.container_id, listing.creator_id), listing.id)
