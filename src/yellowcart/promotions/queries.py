"""Reading coupons: who may look after one, what a buyer holds, what a room offers."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from yellowcart.core.clock import now
from yellowcart.listings.models import Listing
from yellowcart.listings.problems import listing_not_found
from yellowcart.live import queries as live
from yellowcart.live.offers import MOST_COUPONS, CouponRow, coupon_items
from yellowcart.people.access import access_operator, forbidden
from yellowcart.people.models import Account
from yellowcart.promotions import problems
from yellowcart.promotions.models import Coupon, CouponClaim
from yellowcart.promotions.rules import Terms, WhyNot, why_not_mine
from yellowcart.shops.queries import access_shop


class Held(NamedTuple):
    """A coupon in a buyer's hands, and why it can't be used now, if it can't."""

    coupon: Coupon
    claim: CouponClaim
    why: WhyNot | None


def get_coupon(coupon_id: UUID) -> Coupon:
    """The coupon; ``coupon_not_found`` otherwise. Asks no permission."""
    coupon = Coupon.objects.filter(id=coupon_id).first()
    if coupon is None:
        raise problems.coupon_not_found()
    return coupon


def access_coupon(account: Account, coupon_id: UUID) -> Coupon:
    """A coupon, for those who might have given it.

    Problems: ``coupon_not_found``, ``shop_forbidden``, ``forbidden``.
    """
    coupon = get_coupon(coupon_id)
    if coupon.bearer == "merchant" and coupon.shop_id is not None:
        access_shop(account, coupon.shop_id, "goods")
    elif coupon.bearer == "creator":
        if coupon.creator_id != account.id:
            raise forbidden(problems.NOT_YOUR_COUPON)
    else:
        access_operator(account)
    return coupon


def terms_of(coupon: Coupon) -> Terms:
    """A coupon's terms as the lane sees them."""
    uses = None if coupon.most_uses is None else coupon.most_uses - coupon.used
    return Terms(
        coupon.id,
        coupon.bearer,
        coupon.shop_id,
        coupon.creator_id,
        coupon.room_id,
        coupon.listing_id,
        coupon.fans_only,
        coupon.currency,
        coupon.off_minor,
        coupon.off_bps,
        coupon.threshold_minor,
        coupon.budget_minor - coupon.spent_minor,
        uses,
        coupon.per_buyer,
        coupon.use_from,
        coupon.use_until,
        coupon.ended_at is not None,
    )


def of_shop(shop_id: UUID) -> QuerySet[Coupon]:
    """The coupons that a shop bears, the newest first."""
    return Coupon.objects.filter(shop_id=shop_id, bearer="merchant").order_by("-made_at", "-id")


def of_creator(creator_id: UUID) -> QuerySet[Coupon]:
    """The coupons that a creator bears, the newest first."""
    return Coupon.objects.filter(creator_id=creator_id, bearer="creator").order_by(
        "-made_at", "-id"
    )


def of_platform() -> QuerySet[Coupon]:
    """The coupons that the platform bears, the newest first."""
    return Coupon.objects.filter(bearer="platform").order_by("-made_at", "-id")


def claims_of(coupons: Sequence[Coupon]) -> dict[UUID, int]:
    """How many hold each coupon; those that nobody holds are missing."""
    rows = CouponClaim.objects.filter(coupon_id__in=[coupon.id for coupon in coupons])
    return dict(rows.values_list("coupon_id").annotate(held=Count("buyer_id")))


def held_by(buyer: Account, most: int = 200) -> list[Held]:
    """What a buyer claimed, the newest first, each with why it can't be used now."""
    claims = list(CouponClaim.objects.filter(buyer_id=buyer.id).order_by("-claimed_at")[:most])
    coupons = Coupon.objects.in_bulk([claim.coupon_id for claim in claims])
    return [
        Held(coupon, claim, why_not_mine(terms_of(coupon), claim.used, now()))
        for claim in claims
        if (coupon := coupons.get(claim.coupon_id)) is not None
    ]


def in_room(room_id: UUID, buyer: Account | None, language: str) -> list[dict[str, object]]:
    """What a room offers, each with ``claimed``, how often the buyer ``used`` it, and ``why`` it
    can't be used now (null: it can)."""
    row = live.room_row(room_id)
    if row is None:
        live.get_room(room_id)
        return []
    items = coupon_items(row.coupons, now(), language)
    mine: dict[UUID, Held] = {}
    if buyer is not None:
        mine = {held.coupon.id: held for held in held_by(buyer)}
    return [_for_buyer(item, mine.get(item["coupon_id"])) for item in items]


def for_listing(listing_id: UUID, buyer: Account | None, language: str) -> list[dict[str, object]]:
    """The same for one listing anywhere, without those bound to a room it is not in."""
    listing = (
        Listing.objects.filter(id=listing_id, state__in=["mounted", "barred"])
        .select_related("shop")
        .first()
    )
    if listing is None:
        raise listing_not_found()
    at = now()
    anywhere = Q(shop_id__isnull=True, creator_id__isnull=True)
    creators = Q(shop_id__isnull=True, creator_id=listing.creator_id, creator_id__isnull=False)
    rows = Coupon.objects.filter(
        Q(shop_id=listing.shop_id) | creators | anywhere,
        Q(creator_id__isnull=True) | Q(creator_id=listing.creator_id),
        Q(room_id__isnull=True) | Q(room_id=listing.container_id),
        Q(listing_id__isnull=True) | Q(listing_id=listing.id),
        Q(claim_until__isnull=True) | Q(claim_until__gt=at),
        Q(most_uses__isnull=True) | Q(used__lt=F("most_uses")),
        ended_at__isnull=True,
        use_until__gt=at,
        spent_minor__lt=F("budget_minor"),
    ).order_by("-made_at", "id")[:MOST_COUPONS]
    items = coupon_items([_row(coupon, listing) for coupon in rows], at, language)
    mine = {held.coupon.id: held for held in held_by(buyer)} if buyer is not None else {}
    return [_for_buyer(item, mine.get(item["coupon_id"])) for item in items]


def _row(coupon: Coupon, listing: Listing) -> CouponRow:
    return CouponRow(
        coupon_id=coupon.id,
        title=coupon.title,
        bearer=coupon.bearer,
        shop_id=coupon.shop_id,
        shop_name=listing.shop.name if coupon.shop_id else None,
        listing_id=coupon.listing_id,
        fans_only=coupon.fans_only,
        currency=coupon.currency,
        off=coupon.off_minor,
        off_bps=coupon.off_bps,
        threshold=coupon.threshold_minor,
        per_buyer=coupon.per_buyer,
        claim_from=coupon.claim_from,
        claim_until=coupon.claim_until,
        use_from=coupon.use_from,
        use_until=coupon.use_until,
    )


def _for_buyer(item: dict[str, object], held: Held | None) -> dict[str, object]:
    why = held.why if held else WhyNot.NOT_CLAIMED
    return {
        **item,
        "claimed": held is not None,
        "used": held.claim.used if held else 0,
        "why": why.value if why else None,
    }
