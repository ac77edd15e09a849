"""Whom and what the checkout bench lets meet: shops, stock, rooms, and buyers with their passes.

The names say where they contend: ``one_sku_many_buyers`` on one stock row,
``hundred_skus_one_room`` on a hundred of one shop, ``thousand_rooms`` on a thousand rooms' rows of
a hundred shops, ``overlapping_baskets_reversed`` on twenty rows that every two buyers want in
opposite order.
"""

import itertools
from dataclasses import dataclass, field
from uuid import UUID

from bench.load import Ask

PRICE = 9_900
STOCK = 100_000_000
BUYERS = 2_000


@dataclass
class Crowd:
    """Everything a load needs, and the shops whose books are checked afterwards."""

    case: str
    shops: list[UUID] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)


def furnish(
    case: str, *, shops: int = 1, rooms: int = 1, skus: int = 1, stock: int = STOCK
) -> Crowd:
    """New shops and live rooms; each room lists ``skus`` products of its shop. Nothing is timed.

    Django is set up; the tables are written directly, because no buyer looks at how goods came
    to be there.
    """
    # Models load once Django is set up.
    from yellowcart.catalog.models import Product, Sku
    from yellowcart.core.clock import now
    from yellowcart.core.ids import new_id
    from yellowcart.inventory.models import Stock
    from yellowcart.listings.models import Listing
    from yellowcart.live import passes
    from yellowcart.live.models import Room
    from yellowcart.people.models import Account
    from yellowcart.shops.models import Shop

    mark = new_id().hex[-12:]
    host = Account.objects.create(
        username=f"host-{mark}", handle=f"host-{mark}", display_name="Host"
    )
    sellers = Shop.objects.bulk_create(
        [Shop(handle=f"{mark}-{n}", name=f"Shop {n}", type="enterprise") for n in range(shops)]
    )
    stages = Room.objects.bulk_create(
        [
            Room(creator=host, title=f"Room {n}", state="live", scheduled_at=now())
            for n in range(rooms)
        ]
    )
    places = [(sellers[n % shops], stage) for n, stage in enumerate(stages) for _ in range(skus)]
    goods = Product.objects.bulk_create(
        [
            Product(
                shop=seller,
                title=f"Item {n}",
                source="native",
                integration="native",
                review_state="approved",
                on_shelf=True,
            )
            for n, (seller, _stage) in enumerate(places)
        ]
    )
    variants = []
    for product in goods:
        sku_id = new_id()
        variants.append(
            Sku(
                id=sku_id,
                shop_id=product.shop_id,
                product=product,
                price_minor=PRICE,
                stock_shop_id=product.shop_id,
                stock_sku_id=sku_id,
            )
        )
    Sku.objects.bulk_create(variants)
    Stock.objects.bulk_create(
        [Stock(shop_id=one.shop_id, sku_id=one.id, on_hand=stock) for one in variants]
    )
    listings = Listing.objects.bulk_create(
        [
            Listing(
                shop=seller,
                product=product,
                surface="live_room",
                container_id=stage.id,
                creator_id=host.id,
                source="native",
                integration="native",
                shop_type=seller.type,
                position=n,
            )
            for n, ((seller, stage), product) in enumerate(zip(places, goods, strict=True))
        ]
    )
    offers = itertools.cycle(zip(listings, variants, strict=True))
    asks: list[Ask] = []
    for n, (listing, sku) in zip(range(BUYERS), offers, strict=False):
        token, _ends = passes.issue(room=listing.container_id, sub=new_id(), name=f"Buyer {n}")
        asks.append((str(listing.container_id), [(str(listing.id), str(sku.id), PRICE)], token))
    return Crowd(case, [one.id for one in sellers], asks)


def with_baskets(crowd: Crowd, size: int, kinds: int) -> Crowd:
    """The same buyers of one room, each with ``size`` of its first ``kinds`` goods: one names
    them in their order, the next in the reverse."""
    wishes = [wanted for _room, [wanted], _token in crowd.asks[:kinds]]
    for number, (room, _wanted, token) in enumerate(crowd.asks):
        some = [wishes[(number + place) % kinds] for place in range(size)]
        crowd.asks[number] = (room, some[:: -1 if number % 2 else 1], token)
    return crowd
