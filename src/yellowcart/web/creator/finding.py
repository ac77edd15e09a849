"""Finding goods for the cart: by words, or by anything pasted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from yellowcart.catalog import supply
from yellowcart.catalog.models import Product
from yellowcart.catalog.queries import price_ranges
from yellowcart.core import clock
from yellowcart.listings.queries import cart_of
from yellowcart.live.sharecodes import share_code_in
from yellowcart.live.tooltables import ShareCode
from yellowcart.people.models import Account
from yellowcart.people.queries import has_permit
from yellowcart.policy import queries as policy
from yellowcart.policy.rules import Facts
from yellowcart.shops.queries import shops_of
from yellowcart.web.backoffice.offers import first_bar
from yellowcart.web.backoffice.pasting import found_in

MOST = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where the goods that are found may be put, and the address that a product is posted to."""

    surface: str
    container_id: UUID
    mount_url: Callable[[UUID], str]


def by_words(account: Account, place: Place, words: str) -> dict[str, Any]:
    """Goods on offer whose name has the words; those of one's own shops first."""
    words = words.strip()[:100]
    own = set(shops_of(account, "goods").values_list("id", flat=True))
    goods = Product.objects.filter(shop__state="open", review_state="approved", on_shelf=True)
    if not has_permit(account.id, "promote"):
        goods = goods.filter(shop_id__in=own)
    if words:
        goods = goods.filter(title__icontains=words)
    products = list(goods.select_related("shop").order_by("-id")[: MOST * 3])
    products.sort(key=lambda product: product.shop_id not in own)
    return {
        "words": words,
        "goods_rows": _rows(account, place, products[:MOST]),
        "more": len(products) > MOST,
    }


def by_paste(account: Account, place: Place, text: str) -> dict[str, Any]:
    """What a pasted text is, and which goods on this platform it means; native copies too."""
    shared = _shared(text)
    if shared is not None:
        return {
            "pasted": False,
            "text": text,
            "words": "",
            "goods_rows": _rows(account, place, [shared]),
        }
    found = found_in(text)
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
    return {
        "found": found,
        "pasted": True,
        "text": text,
        "goods_rows": _rows(account, place, products),
    }


def _shared(text: str) -> Product | None:
    """What a share code of ours for a listing stands for."""
    code = share_code_in(text)
    row = ShareCode.objects.filter(code=code, listing_id__isnull=False).first() if code else None
    if row is None or row.listing_id is None:
        return None
    meant = Product.objects.filter(review_state="approved", on_shelf=True, shop__state="open")
    return meant.filter(listings__id=row.listing_id).select_related("shop").first()


def _rows(account: Account, place: Place, products: list[Product]) -> list[dict[str, Any]]:
    """Goods with their price, whether they are there already, and the verdict on this place."""
    at, table = clock.now(), policy.table()
    prices = price_ranges(products, at)
    mounted = {row.product_id for row in cart_of(place.surface, place.container_id)}
    rows = []
    for product in products:
        facts = Facts(
            source=product.source,
            integration=product.integration,
            surface=place.surface,
            shop=str(product.shop_id),
            shop_type=product.shop.type,
            creator=str(account.id),
        )
        verdict = table.verdict(facts, at)
        rows.append(
            {
                "product": product,
                "mount_url": place.mount_url(product.id),
                "price": prices.get(product.id),
                "mounted": product.id in mounted,
                "verdict": verdict,
                "coming": first_bar(table, facts, at) if verdict.allowed else None,
            }
        )
    return rows
