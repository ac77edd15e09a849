"""Giving coupons, ending them, and claiming them. Each verb is one transaction.

A merchant gives coupons for their own shop, a creator where they sell, an operator for the
platform; each bears what their coupons take off. The checkout lane spends them.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from msgspec import Struct

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.listings.models import Listing
from yellowcart.live.queries import get_room
from yellowcart.people import queries as people
from yellowcart.people.access import access_creator, access_operator, forbidden
from yellowcart.people.models import Account
from yellowcart.promotions import events, problems
from yellowcart.promotions.models import Coupon, CouponClaim
from yellowcart.promotions.queries import access_coupon, get_coupon, terms_of
from yellowcart.promotions.rules import why_not_claimed
from yellowcart.shops.queries import access_shop

LONGEST_TITLE: Final = 120
LONGEST_WINDOW: Final = timedelta(days=3 * 366)
DEAREST_MINOR: Final = 10**13


class NewCoupon(Struct, frozen=True, kw_only=True):
    """A coupon that somebody wants to give; see :class:`promotions.models.Coupon`."""

    title: str
    bearer: str
    budget_minor: int
    use_until: datetime
    shop_id: UUID | None = None
    room_id: UUID | None = None
    listing_id: UUID | None = None
    fans_only: bool = False
    currency: str = "CNY"
    off_minor: int | None = None
    off_bps: int | None = None
    threshold_minor: int = 0
    most_uses: int | None = None
    per_buyer: int = 1
    claim_from: datetime | None = None
    claim_until: datetime | None = None
    use_from: datetime | None = None


@transaction.atomic
def do_give_coupon(actor: Account, wanted: NewCoupon) -> Coupon:
    """Give a coupon out of a budget that one bears.

    For the bearer ``merchant`` by who may offer the shop's goods, ``creator`` by that creator,
    ``platform`` by an operator. Problems: ``shop_forbidden``, ``forbidden``, ``not_your_room``,
    ``coupon_invalid`` with ``why``.
    """
    at = now()
    creator_id = _check_bearer(actor, wanted)
    _check_place(wanted, creator_id)
    _check_terms(wanted, at)
    coupon = Coupon.objects.create(
        title=" ".join(wanted.title.split()),
        bearer=wanted.bearer,
        shop_id=wanted.shop_id,
        creator_id=creator_id,
        room_id=wanted.room_id,
        listing_id=wanted.listing_id,
        fans_only=wanted.fans_only,
        currency=wanted.currency,
        off_minor=wanted.off_minor,
        off_bps=wanted.off_bps,
        threshold_minor=wanted.threshold_minor,
        budget_minor=wanted.budget_minor,
        most_uses=wanted.most_uses,
        per_buyer=wanted.per_buyer,
        claim_from=wanted.claim_from or at,
        claim_until=wanted.claim_until,
        use_from=wanted.use_from or wanted.claim_from or at,
        use_until=wanted.use_until,
        made_by=actor.id,
        made_at=at,
    )
    outbox.audit(
        actor.id,
        "coupon.give",
        f"coupon:{coupon.id}",
        bearer=coupon.bearer,
        budget_minor=coupon.budget_minor,
    )
    events.offered(coupon)
    return coupon


@transaction.atomic
def do_end_coupon(actor: Account, coupon_id: UUID) -> Coupon:
    """End a coupon now: nobody claims or uses it any more. Orders that used it stay.

    For whoever might have given it. Ending it again changes nothing.
    """
    coupon = access_coupon(actor, coupon_id)
    if coupon.ended_at is None:
        coupon.ended_at = now()
        coupon.save(update_fields=["ended_at"])
        outbox.audit(actor.id, "coupon.end", f"coupon:{coupon.id}")
        events.offered(coupon)
    return coupon


@transaction.atomic
def do_claim_coupon(buyer: Account, coupon_id: UUID) -> tuple[CouponClaim, bool]:
    """Take a coupon; whether it was not held already.

    Nothing of the budget is set aside: the coupon is spent as orders are placed. Problems:
    ``coupon_not_found``, ``coupon_refused`` with ``why``.
    """
    coupon = get_coupon(coupon_id)
    held = CouponClaim.objects.filter(coupon_id=coupon.id, buyer_id=buyer.id).first()
    if held is not None:
        return held, False
    why = why_not_claimed(
        terms_of(coupon), coupon.claim_from, coupon.claim_until, now(), fan=_is_fan(buyer, coupon)
    )
    if why is not None:
        raise problems.not_claimable(why)
    return CouponClaim.objects.get_or_create(
        coupon_id=coupon.id, buyer_id=buyer.id, defaults={"claimed_at": now()}
    )


@transaction.atomic
def do_grant_coupon(coupon_id: UUID, buyer_id: UUID) -> CouponClaim:
    """Put a coupon into somebody's hands, as a prize: whenever it could be claimed, and by whom.

    Joins the caller's transaction, which asks whether it may; again changes nothing.
    """
    claim, _fresh = CouponClaim.objects.get_or_create(
        coupon_id=get_coupon(coupon_id).id, buyer_id=buyer_id, defaults={"claimed_at": now()}
    )
    return claim


def _check_bearer(actor: Account, wanted: NewCoupon) -> UUID | None:
    """Whether the actor may spend the bearer's money; the creator to whom it is bound."""
    if wanted.bearer == "merchant":
        if wanted.shop_id is None:
            raise problems.coupon_invalid("shop")
        access_shop(actor, wanted.shop_id, "goods")
        return None
    if wanted.bearer == "creator":
        access_creator(actor)
        if wanted.shop_id is not None:
            raise problems.coupon_invalid("shop")
        return actor.id
    if wanted.bearer == "platform":
        access_operator(actor)
        return None
    raise problems.coupon_invalid("bearer")


def _check_place(wanted: NewCoupon, creator_id: UUID | None) -> None:
    """A room and a listing to which it is bound must be the bearer's own, or sell their goods."""
    has_creator = creator_id is not None
    if wanted.room_id is not None:
        room = get_room(wanted.room_id)
        if creator_id is not None and room.creator_id != creator_id:
            raise forbidden(problems.NOT_YOUR_ROOM)
        has_creator = True
    if wanted.listing_id is not None:
        listing = Listing.objects.filter(
            id=wanted.listing_id, state__in=["mounted", "barred"]
        ).first()
        if (
            listing is None
            or (wanted.shop_id is not None and listing.shop_id != wanted.shop_id)
            or (creator_id is not None and listing.creator_id != creator_id)
            or (wanted.room_id is not None and listing.container_id != wanted.room_id)
        ):
            raise problems.coupon_invalid("listing")
        has_creator = has_creator or listing.creator_id is not None
    if wanted.fans_only and not has_creator:
        raise problems.coupon_invalid("fans")


def _check_terms(wanted: NewCoupon, at: datetime) -> None:
    """What it takes off, out of what, and when, must make sense; ``coupon_invalid``."""
    claim_from = wanted.claim_from or at
    use_from = wanted.use_from or claim_from
    has_amount = wanted.off_minor is not None or wanted.off_bps is not None
    checks: Iterable[tuple[str, bool]] = (
        ("title", 1 <= len(" ".join(wanted.title.split())) <= LONGEST_TITLE),
        ("off", has_amount and _within(wanted.off_minor, 1, DEAREST_MINOR)),
        ("off", _within(wanted.off_bps, 1, 10_000)),
        ("threshold", 0 <= wanted.threshold_minor <= DEAREST_MINOR),
        ("budget", 1 <= wanted.budget_minor <= DEAREST_MINOR),
        ("budget", wanted.off_bps is not None or (wanted.off_minor or 0) <= wanted.budget_minor),
        ("uses", _within(wanted.most_uses, 1, 10**9) and 1 <= wanted.per_buyer <= 1_000),
        ("claim", wanted.claim_until is None or wanted.claim_until > max(claim_from, at)),
        ("use", max(use_from, at) < wanted.use_until <= at + LONGEST_WINDOW),
        ("currency", len(wanted.currency) == 3 and wanted.currency.isupper()),
    )
    for why, holds in checks:
        if not holds:
            raise problems.coupon_invalid(why)


def _within(value: int | None, least: int, most: int) -> bool:
    return value is None or least <= value <= most


def _is_fan(buyer: Account, coupon: Coupon) -> bool:
    if not coupon.fans_only:
        return True
    creator_id = coupon.creator_id
    if creator_id is None and coupon.room_id is not None:
        creator_id = get_room(coupon.room_id).creator_id
    if creator_id is None and coupon.listing_id is not None:
        creator_id = (
            Listing.objects.filter(id=coupon.listing_id)
            .values_list("creator_id", flat=True)
            .first()
        )
    return creator_id is not None and people.is_following(buyer.id, creator_id)
