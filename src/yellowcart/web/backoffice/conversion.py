"""The way back from a barred link: the same goods, sold here from the supplier's stock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from yellowcart.catalog import supply
from yellowcart.catalog.models import Product
from yellowcart.listings import actions
from yellowcart.listings.containers import Container
from yellowcart.listings.models import Listing
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop
from yellowcart.shops.queries import shops_of
from yellowcart.web.backoffice.words import no_way_back

#: Native copies of one product that are looked through for the nearest.
_MOST_OFFERS = 20


@dataclass(frozen=True, slots=True)
class WayBack:
    """How a link product can be replaced by native goods.

    ``native`` is a native product that is on offer already; where it is None, the click lists
    the supplier's goods in ``shop`` first.
    """

    native: Product | None
    shop: Shop


def ways_back(actor: Account, products: Collection[Product]) -> dict[UUID, WayBack]:
    """The way back of each link product that has one, by product id.

    A native copy in the link's own shop or one of the actor's is taken before a new one is made,
    and that before another shop's.
    """
    links = [product for product in products if product.integration == "link"]
    if not links:
        return {}
    can_make = supply.convertible({product.id for product in links})
    own = list(shops_of(actor, "goods").filter(state="open").exclude(type="supplier"))
    found = {}
    for product in links:
        way = _way_back(product, own, can_make=product.id in can_make)
        if way is not None:
            found[product.id] = way
    return found


def _way_back(product: Product, own: Sequence[Shop], *, can_make: bool) -> WayBack | None:
    offers = list(supply.native_offers(product)[:_MOST_OFFERS])
    near = {product.shop_id, *(shop.id for shop in own)}
    for offer in offers:
        if offer.shop_id in near:
            return WayBack(offer, offer.shop)
    if can_make and own:
        return WayBack(None, next((shop for shop in own if shop.id == product.shop_id), own[0]))
    return WayBack(offers[0], offers[0].shop) if offers else None


def do_make_native(actor: Account, product: Product, shop: Shop) -> Product:
    """List in a shop what a link product points to; the native product. ``no_way_back``."""
    original = supply.supplier_product_of(product)
    if original is None:
        raise no_way_back()
    outcome = supply.do_list_supplier_goods(
        actor=actor, supplier=original.shop, shop=shop, product_ids=[original.id]
    )
    return Product.objects.select_related("shop").get(id=outcome.products[0])


@transaction.atomic
def do_replace(
    actor: Account, container: Container, listing: Listing, native: Product | None = None
) -> Listing:
    """Put native goods in the place of a link listing; the new listing.

    ``native`` is one that was chosen among the same goods; else the nearest is taken. Problems:
    ``no_way_back``, and those of mounting.
    """
    if native is None:
        native = _nearest(actor, listing.product)
    elif not supply.native_offers(listing.product).filter(id=native.id).exists():
        raise no_way_back()
    offered = _offered(container)
    fresh = offered.filter(product=native).first()
    if fresh is None:
        # The link makes room first, so that a full cart can be converted too.
        order = list(offered.order_by("position", "id").values_list("id", flat=True))
        actions.do_unmount(actor, container, listing.id)
        fresh = actions.do_mount(actor, container, native.id)
        places = [fresh.id if one == listing.id else one for one in order]
        if len(places) > 1:
            actions.do_reorder(actor, container, places)
    else:
        actions.do_unmount(actor, container, listing.id)
    return fresh


def _nearest(actor: Account, product: Product) -> Product:
    way = ways_back(actor, [product]).get(product.id)
    if way is None:
        raise no_way_back()
    return way.native or do_make_native(actor, product, way.shop)


def _offered(container: Container) -> QuerySet[Listing]:
    return Listing.objects.filter(
        surface=container.surface, container_id=container.id, state__in=["mounted", "barred"]
    )
