"""Where the shop's money goes: here, or on the other side of its links."""

from django.http import HttpRequest, HttpResponse

from yellowcart.insights.rules import Scope
from yellowcart.web.merchant.access import Desk, shop_page, show
from yellowcart.web.reading import reading


@shop_page()
def figures(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GMV of one shop over time, by source and surface, before and after a cut."""
    context = reading.context(request, Scope(shop_id=desk.shop.id), desk.shop.handle)
    return show(request, desk, "merchant/figures.html", context, here="figures")
