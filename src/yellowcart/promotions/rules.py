"""What a coupon is good for and what it takes off: values in, values out."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct

from yellowcart.core.money import share

BEARER_ORDER: Final = {"merchant": 0, "creator": 1, "platform": 2}
"""Whose coupon is taken off first: a later one is a rate of what the earlier ones left."""


class Terms(Struct, frozen=True):
    """A coupon's terms; see :class:`promotions.models.Coupon`. ``left_minor`` of its budget and
    ``left_uses`` (None: as many as the budget pays) are there for everybody."""

    id: UUID
    bearer: str
    shop_id: UUID | None
    creator_id: UUID | None
    room_id: UUID | None
    listing_id: UUID | None
    fans_only: bool
    currency: str
    off_minor: int | None
    off_bps: int | None
    threshold_minor: int
    left_minor: int
    left_uses: int | None
    per_buyer: int
    use_from: datetime
    use_until: datetime
    ended: bool


class Goods(Struct, frozen=True):
    """A line that a coupon may be good for."""

    shop_id: UUID
    creator_id: UUID | None
    container_id: UUID
    listing_id: UUID
    amount_minor: int


class WhyNot(StrEnum):
    """Why a coupon can't be used, for machines."""

    UNKNOWN = "unknown"
    NOT_CLAIMED = "not_claimed"
    NOT_YET = "not_yet"
    OVER = "over"
    USED = "used"
    SPENT = "spent"
    THRESHOLD = "threshold"
    NOT_FOR_THESE = "not_for_these"
    FANS_ONLY = "fans_only"
    ONE_OF_A_KIND = "one_of_a_kind"


def why_not_now(terms: Terms, at: datetime) -> WhyNot | None:
    """Whether it is in force, whoever holds it; within ``[use_from, use_until)``."""
    if terms.ended or at >= terms.use_until:
        return WhyNot.OVER
    if at < terms.use_from:
        return WhyNot.NOT_YET
    if terms.left_uses is not None and terms.left_uses <= 0:
        return WhyNot.SPENT
    return None


def why_not_mine(terms: Terms, used: int, at: datetime) -> WhyNot | None:
    """Whether whoever holds it and used it so often can use it now, whatever the goods."""
    why = why_not_now(terms, at)
    if why is None and used >= terms.per_buyer:
        return WhyNot.USED
    return WhyNot.SPENT if why is None and terms.left_minor <= 0 else why


def why_not_claimed(
    terms: Terms, claim_from: datetime, claim_until: datetime | None, at: datetime, *, fan: bool
) -> WhyNot | None:
    """Whether it can be claimed: within ``[claim_from, claim_until)``, while there is something of
    it left, before it is over, by a fan where it is for fans."""
    if terms.ended or at >= terms.use_until or (claim_until is not None and at >= claim_until):
        return WhyNot.OVER
    if at < claim_from:
        return WhyNot.NOT_YET
    if terms.left_minor <= 0 or (terms.left_uses is not None and terms.left_uses <= 0):
        return WhyNot.SPENT
    return None if fan else WhyNot.FANS_ONLY


def good_for(terms: Terms, goods: Goods) -> bool:
    """Whether these goods are among those it takes something off."""
    return (
        terms.shop_id in {None, goods.shop_id}
        and terms.creator_id in {None, goods.creator_id}
        and terms.room_id in {None, goods.container_id}
        and terms.listing_id in {None, goods.listing_id}
    )


def off(terms: Terms, goods_minor: int) -> int:
    """What it takes off goods of that amount, its budget aside; rates round half up."""
    if terms.off_bps is None:
        return min(terms.off_minor or 0, goods_minor)
    taken = min(share(goods_minor, terms.off_bps), goods_minor)
    return taken if terms.off_minor is None else min(taken, terms.off_minor)


def spread(amount_minor: int, over: Sequence[int]) -> list[int]:
    """Split an amount over lines in proportion to what each can bear, to the last minor unit.

    Each gets its share rounded down; what is left goes one unit each to those that lost most by
    rounding, the first of equals first. No line gets more than it can bear. ``ValueError`` where
    they can't bear it together.
    """
    total = sum(over)
    if not 0 <= amount_minor <= total:
        raise ValueError(f"{amount_minor} can't be spread over {total}")
    if not amount_minor:
        return [0] * len(over)
    shares = [amount_minor * one // total for one in over]
    missing = amount_minor - sum(shares)
    lost = sorted(range(len(over)), key=lambda place: -(amount_minor * over[place] % total))
    for place in lost[:missing]:
        shares[place] += 1
    return shares
