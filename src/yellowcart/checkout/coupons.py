"""Takes coupons off a request's lines: whose first, off which lines, out of what is left."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from msgspec.structs import replace

from yellowcart.checkout.values import Refusal, Refused, Request, Snapshot, SoldLine
from yellowcart.promotions.rules import (
    BEARER_ORDER,
    Goods,
    Terms,
    WhyNot,
    good_for,
    off,
    spread,
    why_not_now,
)


class Counter:
    """What is left of each coupon's budget and uses, and how often each buyer used it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.terms = dict(snapshot.coupons)
        self.claims = dict(snapshot.claims)

    def spend(self, terms: Terms, buyer_id: UUID, amount_minor: int) -> None:
        """Take a use off."""
        uses = None if terms.left_uses is None else terms.left_uses - 1
        self.terms[terms.id] = replace(
            terms, left_minor=terms.left_minor - amount_minor, left_uses=uses
        )
        self.claims[terms.id, buyer_id] += 1


class Discounted(NamedTuple):
    """The lines with their discounts, and by line who bears how much: (coupon, bearer, amount)."""

    lines: list[SoldLine]
    by_line: dict[int, list[tuple[UUID, str, int]]]


def take_off(request: Request, sold: Sequence[SoldLine], counter: Counter) -> Discounted | Refused:
    """Every coupon of the request, or the first that can't be used, and then none is.

    At most one coupon of a bearer is taken off a line. One minor unit of every line stays to be
    paid, so that an order is never free and always has a payment.
    """
    chosen: list[Terms] = []
    for coupon_id in request.coupons:
        terms = counter.terms.get(coupon_id)
        if terms is None:
            return _refused(coupon_id, WhyNot.UNKNOWN)
        chosen.append(terms)
    chosen.sort(key=lambda one: (BEARER_ORDER[one.bearer], one.id))
    remaining = [line.amount_minor for line in sold]
    by_line: dict[int, list[tuple[UUID, str, int]]] = {}
    spent: list[tuple[Terms, int]] = []
    for terms in chosen:
        places = [number for number, line in enumerate(sold) if good_for(terms, _goods(line))]
        refused = _why_not(terms, request, sold, places, counter)
        if refused is not None:
            return refused
        borne = [part for number in places for part in by_line.get(number, ())]
        if any(bearer == terms.bearer for _id, bearer, _amount in borne):
            return _refused(terms.id, WhyNot.ONE_OF_A_KIND)
        bearable = [max(remaining[number] - 1, 0) for number in places]
        amount = min(off(terms, sum(remaining[number] for number in places)), sum(bearable))
        if amount <= 0:
            return _refused(terms.id, WhyNot.NOT_FOR_THESE)
        if amount > terms.left_minor:
            return _refused(terms.id, WhyNot.SPENT)
        for number, part in zip(places, spread(amount, bearable), strict=True):
            remaining[number] -= part
            by_line.setdefault(number, []).append((terms.id, terms.bearer, part))
        spent.append((terms, amount))
    for terms, amount in spent:
        counter.spend(terms, request.buyer_id, amount)
    lines = [
        replace(line, discount_minor=line.amount_minor - left)
        for line, left in zip(sold, remaining, strict=True)
    ]
    return Discounted(lines, by_line)


def _why_not(
    terms: Terms,
    request: Request,
    sold: Sequence[SoldLine],
    places: Sequence[int],
    counter: Counter,
) -> Refused | None:
    snapshot = counter.snapshot
    why = why_not_now(terms, snapshot.at)
    if why is not None:
        return _refused(terms.id, why)
    used = counter.claims.get((terms.id, request.buyer_id))
    if used is None:
        return _refused(terms.id, WhyNot.NOT_CLAIMED)
    if used >= terms.per_buyer:
        return _refused(terms.id, WhyNot.USED)
    if not places or any(sold[number].offer.currency != terms.currency for number in places):
        return _refused(terms.id, WhyNot.NOT_FOR_THESE)
    creator = sold[places[0]].offer.creator_id
    if terms.fans_only and (request.buyer_id, creator) not in snapshot.fans:
        return _refused(terms.id, WhyNot.FANS_ONLY)
    goods = sum(sold[number].unit_price_minor * sold[number].quantity for number in places)
    if goods < terms.threshold_minor:
        return replace(
            _refused(terms.id, WhyNot.THRESHOLD),
            threshold_minor=terms.threshold_minor,
            currency=terms.currency,
        )
    return None


def _goods(line: SoldLine) -> Goods:
    offer = line.offer
    return Goods(
        offer.shop_id,
        offer.creator_id,
        offer.container_id,
        offer.listing_id,
        line.unit_price_minor * line.quantity,
    )


def _refused(coupon_id: UUID, why: WhyNot) -> Refused:
    return Refused(Refusal.COUPON, why, coupon_id=coupon_id)
