"""What the pages of one shop read from several folders at once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypedDict
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from yellowcart.catalog.models import Product, Sku
from yellowcart.inventory.queries import levels_of
from yellowcart.listings.models import Listing
from yellowcart.live.models import Room
from yellowcart.orders.models import Order
from yellowcart.people.models import Account
from yellowcart.videos.models import Video


def listings_of(shop_id: UUID) -> QuerySet[Listing]:
    """What the shop offers anywhere, barred or not, the newest first."""
    return (
        Listing.objects.filter(shop_id=shop_id, state__in=["mounted", "barred"])
        .select_related("product")
        .order_by("surface", "-mounted_at", "id")
    )


class LowStock(TypedDict):
    """A variant that is nearly gone."""

    sku: Sku
    free: int


def low_stock(shop_id: UUID, at_most: int, limit: int) -> list[LowStock]:
    """Variants on the shelf with few pieces left, the scarcest first."""
    skus = list(
        Sku.objects.filter(shop_id=shop_id, active=True, product__on_shelf=True)
        .exclude(product__integration="link")
        .select_related("product")
    )
    levels = levels_of(skus)
    low = [LowStock(sku=sku, free=levels[sku.id].free) for sku in skus]
    low = [row for row in low if row["free"] <= at_most]
    return sorted(low, key=lambda row: (row["free"], row["sku"].product.title))[:limit]


def review_counts(shop_id: UUID) -> dict[str, int]:
    """How many products stand in each review state."""
    rows = Product.objects.filter(shop_id=shop_id).values_list("review_state")
    return dict(rows.annotate(count=Count("id")))


class Sales(TypedDict):
    """Paid orders and what they came to, in minor units of the shop's currency."""

    orders: int
    amount_minor: int


def paid_within(shop_id: UUID, until: datetime, span: timedelta) -> Sales:
    """Orders paid in ``[until - span, until)``; later refunds are not taken off."""
    sums = Order.objects.filter(
        shop_id=shop_id, paid_at__gte=until - span, paid_at__lt=until
    ).aggregate(orders=Count("id"), amount=Sum("amount_minor"))
    return Sales(orders=sums["orders"], amount_minor=sums["amount"] or 0)


def container_names(listings: Iterable[Listing]) -> dict[UUID, str]:
    """What the rooms, videos and profiles that hold these listings are called."""
    by_surface: dict[str, set[UUID]] = {}
    for listing in listings:
        by_surface.setdefault(listing.surface, set()).add(listing.container_id)
    rooms = by_surface.get("live_room", set()) | by_surface.get("replay", set())
    return {
        **dict(Room.objects.filter(id__in=rooms).values_list("id", "title")),
        **dict(
            Video.objects.filter(id__in=by_surface.get("short_video", set())).values_list(
                "id", "title"
            )
        ),
        **dict(
            Account.objects.filter(id__in=by_surface.get("profile", set())).values_list(
                "id", "display_name"
            )
        ),
    }
