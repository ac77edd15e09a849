"""Finding goods for the cart: by words, or by anything pasted."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yellowcart.catalog import supply
from yellowcart.catalog.models import Product
from yellowcart.catalog.queries import price_ranges
from yellowcart.core import clock
from yellowcart.listings.queries import cart_of
from yellowcart.live.models import Room
from yellowcart.live.queries import access_hosted
from yellowcart.people.access import access_creator, creator_page
from yellowcart.people.models import Account
from yellowcart.people.queries import has_permit
from yellowcart.policy import queries as policy
from yellowcart.policy.rules import Facts
from yellowcart.shops.queries import shops_of
from yellowcart.web.backoffice.offers import first_bar
from yellowcart.web.backoffice.pasting import found_in

MOST = 20


@require_GET
@creator_page
def search(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Goods on offer whose name has the words; those of one's own shops first."""
    account = access_creator(request.user)
    room = access_hosted(account, room_id)
    words = request.GET.get("q", "").strip()[:100]
    own = set(shops_of(account, "goods").values_list("id", flat=True))
    goods = Product.objects.filter(shop__state="open", review_state="approved", on_shelf=True)
    if not has_permit(account.id, "promote"):
        goods = goods.filter(shop_id__in=own)
    if words:
        goods = goods.filter(title__icontains=words)
    products = list(goods.select_related("shop").order_by("-id")[: MOST * 3])
    products.sort(key=lambda product: product.shop_id not in own)
    context = {
        "room": room,
        "words": words,
        "rows": rows_of(account, room, products[:MOST]),
        "more": len(products) > MOST,
    }
    return render(request, "creator/goods.html", context)


@require_POST
@creator_page
def recognise(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """What a pasted text is, and which goods on this platform it means."""
    account = access_creator(request.user)
    room = access_hosted(account, room_id)
    found = found_in(request.POST.get("text", ""))
    products: list[Product] = []
    if found.known:
        meant = Product.objects.filter(review_state="approved", on_shelf=True, shop__state="open")
        if found.source == "native":
            meant = meant.filter(id=UUID(found.external_id))
        else:
            meant = meant.filter(source=found.source, external_id=found.key)
        products = list(meant.select_related("shop").order_by("id")[:MOST])
        native = [one for product in products for one in supply.native_offers(product)[:3]]
        products += list({one.id: one for one in native}.values())
    context = {
        "room": room,
        "found": found,
        "pasted": True,
        "rows": rows_of(account, room, products),
    }
    return render(request, "creator/goods.html", context)


def rows_of(account: Account, room: Room, products: list[Product]) -> list[dict[str, Any]]:
    """Goods with their price, whether they are in the cart, and the verdict on this room."""
    at, table = clock.now(), policy.table()
    prices = price_ranges(products, at)
    mounted = {row.product_id for row in cart_of("live_room", room.id)}
    rows = []
    for product in products:
        facts = Facts(
            source=product.source,
            integration=product.integration,
            surface="live_room",
            shop=str(product.shop_id),
            shop_type=product.shop.type,
            creator=str(account.id),
        )
        verdict = table.verdict(facts, at)
        rows.append(
            {
                "product": product,
                "price": prices.get(product.id),
                "mounted": product.id in mounted,
                "verdict": verdict,
                "coming": first_bar(table, facts, at) if verdict.allowed else None,
            }
        )
    return rows
