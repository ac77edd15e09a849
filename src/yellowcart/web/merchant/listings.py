"""Where the shop's goods are offered, and what the rules say of each place."""

from django.http import HttpRequest, HttpResponse

from yellowcart.core import clock
from yellowcart.listings.models import SURFACES
from yellowcart.web.backoffice.offers import Offer, offers
from yellowcart.web.merchant import reads
from yellowcart.web.merchant.access import Desk, shop_page, show


@shop_page()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every listing with its verdict, by surface."""
    found = offers(reads.listings_of(desk.shop.id), clock.now())
    by_surface: dict[str, list[Offer]] = {surface: [] for surface in SURFACES}
    for offer in found:
        by_surface[offer.listing.surface].append(offer)
    chosen = request.GET.get("surface", "")
    places = reads.container_names(offer.listing for offer in found)
    context = {
        "tabs": [("", len(found))]
        + [(surface, len(rows)) for surface, rows in by_surface.items() if rows],
        "surface": chosen,
        "groups": [
            (
                surface,
                [{"offer": one, "place": places.get(one.listing.container_id)} for one in rows],
            )
            for surface, rows in by_surface.items()
            if rows and chosen in {"", surface}
        ],
    }
    return show(request, desk, "merchant/listings.html", context, here="listings")
