"""Goods on the pages: what a surface offers, and where else a product is offered now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language

from yellowcart.catalog.models import Product
from yellowcart.core import clock
from yellowcart.listings import queries as listings
from yellowcart.listings.models import Listing
from yellowcart.live.models import Room
from yellowcart.people.models import Account
from yellowcart.policy import queries as policy
from yellowcart.policy.rules import Facts
from yellowcart.policy.verdicts import Verdict
from yellowcart.shops.models import Shop
from yellowcart.videos.models import Video


def language() -> str:
    """The reader's language, as the queries want it."""
    return get_language() or "zh-hans"


def items(surface: str, container_id: UUID) -> list[dict[str, Any]]:
    """What a container offers, barred goods last; each with its verdict of this instant."""
    found = listings.items_of(surface, container_id, language())
    return sorted(found, key=lambda item: item["state"] == "barred")


def verdict_on_page(product: Product) -> Verdict:
    """Whether the product may be offered on its own page now."""
    facts = Facts(
        source=product.source,
        integration=product.integration,
        surface="product_page",
        shop=str(product.shop_id),
        shop_type=product.shop.type,
    )
    return policy.table().verdict(facts, clock.now())


@dataclass(frozen=True, slots=True)
class Place:
    """One place where a product is listed, and what the rules of this instant say about it."""

    surface: str
    name: str
    url: str
    verdict: Verdict
    open: bool


def places_of(product: Product) -> list[Place]:
    """Where a product is listed besides its own page: live and coming rooms first."""
    rows = list(
        Listing.objects.filter(product=product, state__in=["mounted", "barred"])
        .exclude(surface="product_page")
        .order_by("surface", "id")
    )
    names = _names(rows)
    found = [
        Place(
            row.surface,
            *names[row.container_id],
            listings.verdict_on(row),
            listings.is_offered(row),
        )
        for row in rows
        if row.container_id in names
    ]
    return sorted(found, key=lambda place: (not place.open, place.surface != "live_room"))


def _names(rows: Iterable[Listing]) -> dict[UUID, tuple[str, str]]:
    """Each container's name and address; those that nobody can visit are missing."""
    ids: dict[str, set[UUID]] = {}
    for row in rows:
        ids.setdefault(row.surface, set()).add(row.container_id)
    names: dict[UUID, tuple[str, str]] = {}
    on = Q(state__in=["live", "scheduled"], practice=False)
    for room in Room.objects.filter(on, id__in=ids.get("live_room", ())):
        names[room.id] = (room.title, reverse("viewer:room", args=[room.id]))
    for video in Video.objects.filter(id__in=ids.get("short_video", ())):
        names[video.id] = (video.title, reverse("viewer:video", args=[video.id]))
    for account in Account.objects.filter(id__in=ids.get("profile", ())):
        names[account.id] = (
            account.display_name,
            reverse("viewer:profile", args=[account.handle]),
        )
    for shop in Shop.objects.filter(id__in=ids.get("shop_page", ()), state="open"):
        names[shop.id] = (shop.name, reverse("viewer:shop", args=[shop.handle]))
    return names


def offer_of(product: Product) -> dict[str, Any] | None:
    """What the product's own page offers: its listing there, else the one on its shop's page."""
    rows = Listing.objects.filter(product=product, state__in=["mounted", "barred"]).filter(
        Q(surface="product_page") | Q(surface="shop_page", container_id=product.shop_id)
    )
    found = rows.order_by("surface").first()
    return listings.item(found.id, language()) if found else None
