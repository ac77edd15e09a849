"""Coupons over HTTP: giving and ending them, claiming them, what one holds, what a room offers."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Field, Router, Schema, Status

from yellowcart.core.money import display_minor
from yellowcart.listings.schemas import check_zones
from yellowcart.people.access import access_creator, access_operator, access_person
from yellowcart.people.models import Account
from yellowcart.people.tokens import scoped
from yellowcart.promotions import actions, problems, queries
from yellowcart.promotions.models import Coupon
from yellowcart.shops.queries import access_shop

router = Router()


class CouponIn(Schema):
    """A coupon to give. Amounts in minor units, rates in basis points; instants need a zone.

    ``off`` is the amount it takes off, or the most where ``off_bps`` is a rate.
    """

    title: str
    bearer: Literal["merchant", "creator", "platform"]
    budget: int
    use_until: datetime
    shop_id: UUID | None = None
    room_id: UUID | None = None
    listing_id: UUID | None = None
    fans_only: bool = False
    currency: str = Field("CNY", pattern="^[A-Z]{3}$")
    off: int | None = None
    off_bps: int | None = None
    threshold: int = 0
    most_uses: int | None = None
    per_buyer: int = 1
    claim_from: datetime | None = None
    claim_until: datetime | None = None
    use_from: datetime | None = None

    def wanted(self) -> actions.NewCoupon:
        """The same for the verb."""
        check_zones(self.claim_from, self.claim_until, self.use_from, self.use_until)
        values = self.dict()
        for name in ("budget", "off", "threshold"):
            values[f"{name}_minor"] = values.pop(name)
        return actions.NewCoupon(**values)


class CouponOut(Schema):
    """A coupon as whoever gives it sees it; ``spent`` of its ``budget``, ``used`` times."""

    coupon_id: UUID
    title: str
    bearer: str
    shop_id: UUID | None
    creator_id: UUID | None
    room_id: UUID | None
    listing_id: UUID | None
    fans_only: bool
    currency: str
    off: int | None
    off_bps: int | None
    threshold: int
    budget: int
    spent: int
    most_uses: int | None
    used: int
    claimed: int
    per_buyer: int
    claim_from: datetime
    claim_until: datetime | None
    use_from: datetime
    use_until: datetime
    ended_at: datetime | None


class HeldOut(Schema):
    """A coupon in one's hands; ``why`` it can't be used now, null where it can."""

    coupon_id: UUID
    title: str
    bearer: str
    shop_id: UUID | None
    room_id: UUID | None
    listing_id: UUID | None
    fans_only: bool
    currency: str
    off: int | None
    off_bps: int | None
    off_display: str
    threshold: int
    threshold_display: str
    per_buyer: int
    used: int
    use_from: datetime
    use_until: datetime
    claimed_at: datetime
    why: str | None
    why_words: str


class ClaimOut(Schema):
    """A claim; ``fresh`` where it was not held before."""

    coupon_id: UUID
    claimed_at: datetime
    fresh: bool


@router.post(
    "/coupons", auth=scoped("promotions:write"), response={201: CouponOut}, summary="Give a coupon"
)
def give(request: HttpRequest, body: CouponIn) -> Status[CouponOut]:
    """For a shop by who may offer its goods, for one's rooms by a creator, for the platform by an
    operator."""
    coupon = actions.do_give_coupon(access_person(request.user), body.wanted())
    return Status(201, _coupon(coupon, 0))


@router.get(
    "/coupons",
    auth=scoped("promotions:read"),
    response=list[CouponOut],
    summary="The coupons one gives",
)
def given(
    request: HttpRequest,
    bearer: Literal["merchant", "creator", "platform"],
    shop_id: UUID | None = None,
) -> list[CouponOut]:
    """A shop's for its people, one's own for a creator, the platform's for operators; at most 200,
    the newest first."""
    person = access_person(request.user)
    if bearer == "merchant":
        if shop_id is None:
            raise problems.coupon_invalid("shop")
        found = queries.of_shop(access_shop(person, shop_id, "view").id)
    elif bearer == "creator":
        found = queries.of_creator(access_creator(person).id)
    else:
        access_operator(person)
        found = queries.of_platform()
    coupons = list(found[:200])
    claims = queries.claims_of(coupons)
    return [_coupon(coupon, claims.get(coupon.id, 0)) for coupon in coupons]


@router.post(
    "/coupons/{uuid:coupon_id}/end",
    auth=scoped("promotions:write"),
    response=CouponOut,
    summary="End a coupon",
)
def end(request: HttpRequest, coupon_id: UUID) -> CouponOut:
    """For whoever might have given it; ending it again changes nothing."""
    coupon = actions.do_end_coupon(access_person(request.user), coupon_id)
    return _coupon(coupon, queries.claims_of([coupon]).get(coupon.id, 0))


@router.post(
    "/coupons/{uuid:coupon_id}/claim",
    response={200: ClaimOut, 201: ClaimOut},
    summary="Claim a coupon",
)
def claim(request: HttpRequest, coupon_id: UUID) -> Status[ClaimOut]:
    """Once; claiming what one holds gives the same claim again."""
    found, fresh = actions.do_claim_coupon(access_person(request.user), coupon_id)
    answer = ClaimOut(coupon_id=found.coupon_id, claimed_at=found.claimed_at, fresh=fresh)
    return Status(201 if fresh else 200, answer)


@router.get("/coupons/mine", response=list[HeldOut], summary="The coupons one holds")
def mine(request: HttpRequest) -> list[HeldOut]:
    """The newest first, each with why it can't be used now."""
    language = get_language() or "en"
    return [_held(held, language) for held in queries.held_by(access_person(request.user))]


@router.get(
    "/rooms/{uuid:room_id}", response=list[dict[str, Any]], auth=None, summary="A room's coupons"
)
def in_room(request: HttpRequest, room_id: UUID) -> list[dict[str, Any]]:
    """What its snapshot shows, with what the caller, if signed in, did with each."""
    buyer = request.user if isinstance(request.user, Account) else None
    return queries.in_room(room_id, buyer, get_language() or "en")


@router.get(
    "/listings/{uuid:listing_id}",
    response=list[dict[str, Any]],
    auth=None,
    summary="A listing's coupons",
)
def for_listing(request: HttpRequest, listing_id: UUID) -> list[dict[str, Any]]:
    """What can be used on a listing, wherever it is offered; as a room's."""
    buyer = request.user if isinstance(request.user, Account) else None
    return queries.for_listing(listing_id, buyer, get_language() or "en")


def _coupon(coupon: Coupon, claimed: int) -> CouponOut:
    return CouponOut(
        coupon_id=coupon.id,
        title=coupon.title,
        bearer=coupon.bearer,
        shop_id=coupon.shop_id,
        creator_id=coupon.creator_id,
        room_id=coupon.room_id,
        listing_id=coupon.listing_id,
        fans_only=coupon.fans_only,
        currency=coupon.currency,
        off=coupon.off_minor,
        off_bps=coupon.off_bps,
        threshold=coupon.threshold_minor,
        budget=coupon.budget_minor,
        spent=coupon.spent_minor,
        most_uses=coupon.most_uses,
        used=coupon.used,
        claimed=claimed,
        per_buyer=coupon.per_buyer,
        claim_from=coupon.claim_from,
        claim_until=coupon.claim_until,
        use_from=coupon.use_from,
        use_until=coupon.use_until,
        ended_at=coupon.ended_at,
    )


def _held(held: queries.Held, language: str) -> HeldOut:
    coupon = held.coupon
    threshold = coupon.threshold_minor
    return HeldOut(
        coupon_id=coupon.id,
        title=coupon.title,
        bearer=coupon.bearer,
        shop_id=coupon.shop_id,
        room_id=coupon.room_id,
        listing_id=coupon.listing_id,
        fans_only=coupon.fans_only,
        currency=coupon.currency,
        off=coupon.off_minor,
        off_bps=coupon.off_bps,
        off_display=(
            "" if coupon.off_minor is None else _display(coupon.off_minor, coupon, language)
        ),
        threshold=threshold,
        threshold_display=_display(threshold, coupon, language) if threshold else "",
        per_buyer=coupon.per_buyer,
        used=held.claim.used,
        use_from=coupon.use_from,
        use_until=coupon.use_until,
        claimed_at=held.claim.claimed_at,
        why=held.why.value if held.why else None,
        why_words=str(problems.WHY_NOT[held.why]) if held.why else "",
    )


def _display(minor: int, coupon: Coupon, language: str) -> str:
    return display_minor(minor, coupon.currency, language)
