"""The shop at a glance: what waits, what runs low, what a rule bars or will bar."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from yellowcart.core import clock
from yellowcart.notices.queries import inbox
from yellowcart.orders.lists import waiting_in
from yellowcart.orders.models import Order
from yellowcart.web.backoffice.offers import hits, offers
from yellowcart.web.merchant import reads
from yellowcart.web.merchant.access import LOW_STOCK, Desk, shop_page, show

FEW = 5


@shop_page()
def dashboard(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The overview of one shop."""
    at = clock.now()
    shop_id = desk.shop.id
    barred, coming = hits(offers(reads.listings_of(shop_id), at))
    orders = Order.objects.filter(shop_id=shop_id)
    review = reads.review_counts(shop_id)
    context = {
        "waits": waiting_in(shop_id),
        "day": reads.paid_within(shop_id, at, timedelta(days=1)),
        "recent": orders.exclude(state="closed").order_by("-placed_at")[:FEW],
        "low_rows": reads.low_stock(shop_id, LOW_STOCK, FEW),
        "unread": inbox(desk.account, party="merchant", shop_id=shop_id, unread_only=True)[:FEW],
        "in_review": review.get("in_review", 0),
        "needs_changes": review.get("needs_changes", 0),
        "products": sum(review.values()),
        "barred": barred,
        "coming": coming,
    }
    return show(request, desk, "merchant/dashboard.html", context, here="dashboard")
