"""The creator's way back from a rule: native goods in the place of links, wherever they stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import ngettext

from yellowcart.catalog import supply
from yellowcart.catalog.models import Product
from yellowcart.catalog.queries import PriceRange, price_ranges
from yellowcart.core import clock
from yellowcart.listings.containers import Container
from yellowcart.listings.models import Listing
from yellowcart.listings.problems import listing_not_found
from yellowcart.listings.queries import access_profile
from yellowcart.live import queries as live
from yellowcart.live.actions import do_pin
from yellowcart.live.models import Room
from yellowcart.notices.models import Notice
from yellowcart.people.models import Account
from yellowcart.shops.queries import may_in_shop
from yellowcart.videos import queries as videos
from yellowcart.web.backoffice.conversion import WayBack, do_replace, ways_back
from yellowcart.web.backoffice.replies import told, uuids

#: Listings of one notice that are shown, and native offers to choose from for each.
MOST_LISTINGS = 100
MOST_OFFERS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A link that a rule hits, and what may stand in its place.

    ``way`` is what a click takes; ``own`` says that it comes from a shop of the creator's, or from
    the link's. ``offers`` are native goods of any shop, each with its price.
    """

    listing: Listing
    way: WayBack | None
    own: bool
    offers: list[tuple[Product, PriceRange | None]]


def hit_by(account: Account, notice: Notice) -> "QuerySet[Listing]":
    """The links of a notice that the creator still offers where the rule reaches: in their rooms
    that are not over, under their videos, on their profile."""
    rooms = Room.objects.filter(creator=account, state__in=["scheduled", "live"])
    places = (
        Q(surface="live_room", container_id__in=rooms.values("id"))
        | Q(surface="profile", container_id=account.id)
        | Q(surface="short_video", container_id__in=videos.videos_of(account.id).values("id"))
    )
    return (
        Listing.objects.filter(
            places,
            surface__in=notice.hit.get("surfaces", ()),
            product_id__in=uuids(notice.hit.get("products", ())),
            integration="link",
            state__in=["mounted", "barred"],
        )
        .select_related("product__shop")
        .order_by("surface", "container_id", "position", "id")
    )


def lines_of(account: Account, notice: Notice) -> list[Line]:
    """The creator's links that a notice is about, with their ways back and what else is offered."""
    if notice.party != "creator":
        return []
    listings = list(hit_by(account, notice)[:MOST_LISTINGS])
    products = {listing.product_id: listing.product for listing in listings}
    ways = ways_back(account, products.values())
    native = {
        product.id: list(supply.native_offers(product)[:MOST_OFFERS])
        for product in products.values()
    }
    prices = price_ranges([one for offers in native.values() for one in offers], clock.now())
    return [
        Line(
            listing=listing,
            way=ways.get(listing.product_id),
            own=_is_own(ways.get(listing.product_id), listing.product, account),
            offers=[(one, prices.get(one.id)) for one in native[listing.product_id]],
        )
        for listing in listings
    ]


def _is_own(way: WayBack | None, link: Product, account: Account) -> bool:
    if way is None:
        return False
    return (
        way.native is None
        or way.shop.id == link.shop_id
        or may_in_shop(account, way.shop.id, "goods")
    )


def replace(account: Account, listing: Listing, native: Product | None = None) -> Listing:
    """Put native goods in a link's place: ``native``, else the nearest. What was being explained
    goes on being explained.

    Problems: ``no_way_back``, those of mounting, and those of who may change the place.
    """
    container = _container_of(account, listing)
    is_pinned = Room.objects.filter(id=container.id, pinned_listing_id=listing.id).exists()
    fresh = do_replace(account, container, listing, native)
    if is_pinned:
        do_pin(account, container.id, fresh.id)
    return fresh


def replace_all(
    request: HttpRequest, account: Account, chosen: Sequence[tuple[Listing, Product | None]]
) -> None:
    """Do :func:`replace` for each on its own, and say how it went on the next page."""
    done = 0
    for listing, native in chosen:
        with told(request):
            replace(account, listing, native)
            done += 1
    if done:
        words = ngettext(
            "%(count)s listing is native now: sold here, from the supplier's stock.",
            "%(count)s listings are native now: sold here, from the supplier's stock.",
            done,
        )
        messages.success(request, words % {"count": done})


def _container_of(account: Account, listing: Listing) -> Container:
    match listing.surface:
        case "live_room":
            return live.access_cart(account, listing.container_id)
        case "short_video":
            return videos.access_cart(account, listing.container_id)
        case "profile" if listing.container_id == account.id:
            return access_profile(account)
        case _:
            raise listing_not_found()
