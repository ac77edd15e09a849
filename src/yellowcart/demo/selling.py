"""What makes the demo's rooms worth a visit: a flash price, a price for followers, a coupon."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from yellowcart.catalog.models import Sku
from yellowcart.core.clock import now
from yellowcart.listings.models import Listing
from yellowcart.listings.pricing import do_set_special
from yellowcart.listings.rules import Wanted
from yellowcart.live.models import Room
from yellowcart.people.models import Account
from yellowcart.promotions.actions import NewCoupon, do_give_coupon
from yellowcart.shops.actions import do_set_host_terms
from yellowcart.shops.models import Shop

#: Hosts may take off 30 % and get 15 % of what they sell.
HOST_CUT_BPS, COMMISSION_BPS = 3_000, 1_500


def let_hosts_sell(owner: Account, *shops: Shop) -> None:
    """What the merchant offers to whoever sells the shops' goods in a room."""
    for shop in shops:
        do_set_host_terms(
            actor=owner, shop=shop, host_cut_bps=HOST_CUT_BPS, commission_bps=COMMISSION_BPS
        )


def offer_something(merchant: Account, host: Account, room: Room, listings: Sequence[UUID]) -> None:
    """A flash price for thirty pieces of what is explained, a price for followers on the next,
    and a coupon of the merchant's that is good in this room."""
    found = Listing.objects.in_bulk(listings[:2])
    flash, fans = (found[one] for one in listings[:2])
    at = now()
    for listing, off_percent, fans_only in ((flash, 20, False), (fans, 15, True)):
        for sku in Sku.objects.filter(product_id=listing.product_id, active=True):
            wanted = Wanted(
                sku.price_minor * (100 - off_percent) // 10_000 * 100,
                at,
                None if fans_only else at + timedelta(hours=12),
                None if fans_only else 30,
                fans_only,
            )
            do_set_special(host, listing.id, sku.id, wanted)
    do_give_coupon(
        merchant,
        NewCoupon(
            title="直播间专享券",
            bearer="merchant",
            shop_id=flash.shop_id,
            room_id=room.id,
            off_minor=1_000,
            threshold_minor=5_900,
            budget_minor=200_000,
            use_until=at + timedelta(days=30),
        ),
    )
