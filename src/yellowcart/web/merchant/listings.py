"""Where the shop's goods are offered, and what the rules say of each place."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from yellowcart.catalog.models import Product
from yellowcart.catalog.queries import on_offer
from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.listings import actions
from yellowcart.listings.models import SURFACES
from yellowcart.listings.queries import access_shop_page
from yellowcart.web.backoffice.conversion import do_make_native
from yellowcart.web.backoffice.offers import Offer, offers
from yellowcart.web.backoffice.replies import is_mendable, sentence, told, uuids
from yellowcart.web.merchant import reads
from yellowcart.web.merchant.access import Desk, shop_page, show

MOST_MOUNTABLE = 100


@shop_page()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every listing with its verdict, by surface."""
    found = offers(reads.listings_of(desk.shop.id), clock.now())
    by_surface: dict[str, list[Offer]] = {surface: [] for surface in SURFACES}
    for offer in found:
        by_surface[offer.listing.surface].append(offer)
    chosen = request.GET.get("surface", "")
    places = reads.container_names(offer.listing for offer in found)
    mountable: list[Product] = []
    if desk.may("goods"):
        shown = {one.listing.product_id for one in by_surface["shop_page"]}
        mountable = list(on_offer(desk.shop.id).exclude(id__in=shown)[:MOST_MOUNTABLE])
    context = {
        "mountable": mountable,
        "tabs": [("", len(found))]
        + [(surface, len(rows)) for surface, rows in by_surface.items() if rows],
        "surface": chosen,
        "groups": [
            (
                surface,
                _rows(rows, places),
            )
            for surface, rows in by_surface.items()
            if rows and chosen in {"", surface}
        ],
    }
    return show(request, desk, "merchant/listings.html", context, here="listings")


def _rows(found: list[Offer], places: dict[UUID, str]) -> list[dict[str, object]]:
    """Offers with the place they are in; a rule that bars several is written out once."""
    said: set[str | None] = set()
    rows: list[dict[str, object]] = []
    for offer in found:
        rule = offer.verdict.rule
        rows.append(
            {
                "offer": offer,
                "place": places.get(offer.listing.container_id),
                "said_above": rule in said,
            }
        )
        if not offer.permitted:
            said.add(rule)
    return rows


@require_POST
@shop_page("goods")
def mount(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Offer products on the shop's page; each that can't be is named with its reason."""
    container = access_shop_page(desk.account, desk.shop.id)
    products = Product.objects.filter(shop=desk.shop, id__in=uuids(request.POST.getlist("product")))
    done = 0
    for product in products.order_by("id"):
        try:
            actions.do_mount(desk.account, container, product.id)
        except Problem as problem:
            if not is_mendable(problem):
                raise
            messages.error(request, f"{product.title}: {sentence(problem)}")
        else:
            done += 1
    if done:
        words = ngettext(
            "%(count)s product is offered on the shop page.",
            "%(count)s products are offered on the shop page.",
            done,
        )
        messages.success(request, words % {"count": done})
    return redirect(f"{desk.url('listings')}?surface=shop_page")


@require_POST
@shop_page("goods")
def remove(request: HttpRequest, desk: Desk, listing_id: UUID) -> HttpResponse:
    """Take a product off the shop's page."""
    container = access_shop_page(desk.account, desk.shop.id)
    with told(request, _("Taken off the shop page.")):
        actions.do_unmount(desk.account, container, listing_id)
    return redirect(f"{desk.url('listings')}?surface=shop_page")


@require_POST
@shop_page("goods")
def convert(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Make native goods of the link products behind these listings.

    Where the links are listed, nothing changes: in rooms the hosts decide, and find the button
    on their desks.
    """
    listings = reads.listings_of(desk.shop.id).filter(
        id__in=uuids(request.POST.getlist("listing")), integration="link"
    )
    products = {listing.product_id: listing.product for listing in listings}
    return make_native_goods(request, desk, products.values())


def make_native_goods(
    request: HttpRequest, desk: Desk, products: Iterable[Product]
) -> HttpResponse:
    """Make native goods of link products, each on its own, and show the shop's goods."""
    done = 0
    for product in products:
        with told(request):
            do_make_native(desk.account, product, desk.shop)
            done += 1
    if done:
        words = ngettext(
            "%(count)s product stands in your shop as native goods. Hosts find the button to"
            " mount it in their rooms.",
            "%(count)s products stand in your shop as native goods. Hosts find the button to"
            " mount them in their rooms.",
            done,
        )
        messages.success(request, words % {"count": done})
    return redirect(desk.url("products"))
