"""What the winners of a bag get: coins at once, a coupon at once, or goods that are sent.

Goods are held from the opening on, a piece under the id of each prize. A winner who says where
the parcel goes has an order of that id that costs nothing; a piece nobody claims is free again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from yellowcart.catalog.models import Sku
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.gifts import events, funding, problems, rules, wallets
from yellowcart.gifts.models import Bag, Prize
from yellowcart.gifts.packs import coin_terms
from yellowcart.gifts.terms import BagTerms
from yellowcart.gifts.values import NewBag
from yellowcart.inventory import actions as inventory
from yellowcart.inventory.actions import Wanted
from yellowcart.listings.models import Listing
from yellowcart.live.models import Room
from yellowcart.orders import rules as order_rules
from yellowcart.orders.prizes import PrizeGoods, do_place_prize
from yellowcart.people.models import Account
from yellowcart.promotions import queries as promotions
from yellowcart.promotions.actions import do_grant_coupon
from yellowcart.promotions.models import Coupon
from yellowcart.settlement import parties
from yellowcart.shops.queries import is_operator, may_in_shop, shops_of

#: Prizes taken back in one look of the duty.
BATCH: Final = 200
#: Coupons of one party that are offered for a bag, the newest.
MOST_COUPONS: Final = 50


def do_set_aside(
    actor: Account,
    room: Room,
    bag: Bag,
    slots: Sequence[Prize],
    wanted: NewBag,
    terms: BagTerms,
) -> None:
    """Pay for, or hold, what a bag that is being opened promises; joins its transaction."""
    if bag.prize == "coins":
        _set_coins_aside(actor, room, bag, wanted)
    elif bag.prize == "coupon":
        _check_coupon(actor, bag, wanted)
    else:
        _hold_goods(actor, room, bag, slots, wanted, terms)


def _set_coins_aside(actor: Account, room: Room, bag: Bag, wanted: NewBag) -> None:
    if wanted.coins_each < 1:
        raise problems.bag_invalid("coins")
    party = funding.access_funder(actor, room, wanted.funder)
    total = wanted.coins_each * bag.winners
    taken = funding.do_set_aside(actor, party, total, coin_terms(now()), "bag", f"bag:{bag.id}")
    bag.coins_each, bag.funder = wanted.coins_each, party
    bag.fund_coins, bag.fund_minor, bag.currency = total, taken.worth_minor, taken.currency


def _check_coupon(actor: Account, bag: Bag, wanted: NewBag) -> None:
    if wanted.coupon_id is None:
        raise problems.bag_invalid("coupon")
    coupon = promotions.access_coupon(actor, wanted.coupon_id)
    if not _may_be_won(coupon, bag.closes_at, bag.winners):
        raise problems.bag_invalid("coupon")
    bag.coupon_id, bag.funder = coupon.id, _payer_of(coupon)


def _payer_of(coupon: Coupon) -> str:
    if coupon.bearer == "merchant" and coupon.shop_id is not None:
        return parties.shop(coupon.shop_id)
    if coupon.bearer == "creator" and coupon.creator_id is not None:
        return parties.creator(coupon.creator_id)
    return parties.PLATFORM


def _may_be_won(coupon: Coupon, until: datetime, winners: int) -> bool:
    left = coupon.budget_minor - coupon.spent_minor
    return (
        coupon.ended_at is None
        and coupon.use_until > until
        and (coupon.most_uses is None or coupon.most_uses - coupon.used >= winners)
        and left >= (coupon.off_minor or 1) * winners
    )


def coupons_for(actor: Account, room: Room) -> list[Coupon]:
    """The coupons that somebody may put into a bag in a room now: the creator's own, those of
    the shops whose goods the actor looks after, an operator's; none that is bound elsewhere."""
    rows = [*promotions.of_creator(actor.id)[:MOST_COUPONS]]
    for shop in shops_of(actor, "goods"):
        rows += promotions.of_shop(shop.id)[:MOST_COUPONS]
    if is_operator(actor):
        rows += promotions.of_platform()[:MOST_COUPONS]
    return [
        row for row in rows if row.room_id in {None, room.id} and _may_be_won(row, now(), winners=1)
    ]


def _hold_goods(
    actor: Account,
    room: Room,
    bag: Bag,
    slots: Sequence[Prize],
    wanted: NewBag,
    terms: BagTerms,
) -> None:
    listing = (
        Listing.objects.select_related("product")
        .filter(
            id=wanted.listing_id or bag.id,
            surface="live_room",
            container_id=room.id,
            state="mounted",
        )
        .first()
    )
    if (
        listing is None
        or listing.integration != "native"
        # A prize is the shop's money: only who may offer its goods gives them away.
        or not may_in_shop(actor, listing.shop_id, "goods")
    ):
        raise problems.bag_invalid("listing")
    if rules.barred_word(listing.product.title, terms.barred_words) is not None:
        raise problems.bag_invalid("barred")
    sku = Sku.objects.filter(
        id=wanted.sku_id or bag.id, product_id=listing.product_id, active=True
    ).first()
    if sku is None:
        raise problems.bag_invalid("listing")
    bag.listing_id, bag.shop_id, bag.sku_id = listing.id, listing.shop_id, sku.id
    bag.funder = parties.shop(listing.shop_id)
    inventory.do_reserve(
        [
            Wanted(listing.shop_id, slot.id, 1, sku.stock_shop_id, sku.stock_sku_id, 1)
            for slot in slots
        ],
        bag.closes_at + timedelta(hours=terms.claim_hours + 1),
    )


def do_hand_out(room: Room, bag: Bag, won: Sequence[Prize], rest: Sequence[Prize]) -> None:
    """Give winners what can be given at once, and back what nobody won; joins the draw."""
    at = now()
    if bag.prize == "coins":
        worths = rules.worths(bag.fund_minor, [bag.coins_each] * bag.winners)
        for slot in sorted(won, key=lambda one: str(one.account_id)):
            account_id = _winner(slot)
            worth = worths[slot.number - 1]
            wallets.do_put(
                account_id, bag.coins_each, worth, bag.currency, "bag_won", f"prize:{slot.id}"
            )
        _give_coins_back(room, bag, len(rest), sum(worths[slot.number - 1] for slot in rest))
    elif bag.prize == "coupon" and bag.coupon_id is not None:
        for slot in won:
            do_grant_coupon(bag.coupon_id, _winner(slot))
    elif rest:
        inventory.do_void([(_shop(bag), slot.id) for slot in rest])
    if bag.prize != "product":
        Prize.objects.filter(id__in=[slot.id for slot in won]).update(
            state="given", given_at=at, claim_until=None
        )
    Prize.objects.filter(id__in=[slot.id for slot in rest]).update(state="lapsed")


def _give_coins_back(room: Room, bag: Bag, prizes: int, worth_minor: int) -> None:
    if prizes:
        funding.do_give_back(
            room.creator_id,
            bag.funder,
            coins=bag.coins_each * prizes,
            worth_minor=worth_minor,
            currency=bag.currency,
            kind="bag",
            reference=f"bag_back:{bag.id}",
        )


@transaction.atomic
def do_claim_prize(*, actor: Account, prize_id: UUID, ship_to: Mapping[str, str]) -> Prize:
    """A winner says where the parcel goes; the order that brings it costs nothing.

    Again changes nothing. Problems: ``prize_not_found``, ``prize_lapsed``, ``ship_to_required``.
    """
    prize = (
        Prize.objects.select_for_update(no_key=True)
        .filter(id=prize_id, account_id=actor.id)
        .first()
    )
    bag = Bag.objects.filter(id=prize.bag_id, prize="product").first() if prize else None
    if prize is None or bag is None:
        raise problems.prize_not_found()
    if prize.state == "given":
        return prize
    if prize.state != "won" or prize.claim_until is None or prize.claim_until <= now():
        raise problems.prize_lapsed()
    address = order_rules.clean_address(ship_to)
    missing = order_rules.missing_parts(address)
    if missing:
        raise problems.address_missing(missing)
    goods = PrizeGoods(
        order_id=prize.id,
        buyer_id=actor.id,
        room_id=bag.room_id,
        creator_id=bag.host_id,
        listing_id=_needed(bag.listing_id),
        sku_id=_needed(bag.sku_id),
    )
    do_place_prize(goods, address)
    prize.state, prize.given_at, prize.claim_until = "given", now(), None
    prize.save(update_fields=["state", "given_at", "claim_until"])
    outbox.audit(actor.id, "bag.claim", f"prize:{prize.id}", bag=str(bag.id))
    return prize


def lapse_due(at: datetime) -> int:
    """Take back the goods that winners did not claim in time; how many prizes."""
    due = Prize.objects.filter(state="won", claim_until__lte=at).order_by("claim_until")
    found = list(due.values_list("id", flat=True)[:BATCH])
    for prize_id in found:
        do_lapse(prize_id)
    return len(found)


@transaction.atomic
def do_lapse(prize_id: UUID) -> None:
    """Let a prize lapse whose time is over: its piece is free again."""
    prize = Prize.objects.select_for_update(no_key=True).get(id=prize_id)
    if prize.state != "won" or prize.claim_until is None or prize.claim_until > now():
        return
    bag = Bag.objects.get(id=prize.bag_id)
    prize.state = "lapsed"
    prize.save(update_fields=["state"])
    inventory.do_void([(_shop(bag), prize.id)])
    outbox.audit(None, "bag.lapse", f"prize:{prize.id}", bag=str(bag.id))
    events.bag(bag.room_id, bag.id)
    events.lapsed(bag, prize)


def _winner(slot: Prize) -> UUID:
    return _needed(slot.account_id)


def _shop(bag: Bag) -> UUID:
    return _needed(bag.shop_id)


def _needed(value: UUID | None) -> UUID:
    if value is None:
        raise ValueError("the bag's own constraint keeps this from being null")
    return value
