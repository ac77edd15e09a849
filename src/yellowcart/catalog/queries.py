"""Reading products."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.models import Product, ReviewEvent, Sku
from yellowcart.catalog.rules import price_at, why_not_offerable
from yellowcart.core.problems import Problem
from yellowcart.people.models import Account
from yellowcart.shops.queries import access_shop, is_operator, may_in_shop

PAGE = 50


@dataclass(frozen=True, slots=True)
class PriceRange:
    """The lowest and highest price of a product's active SKUs at an instant, in minor units."""

    low_minor: int
    high_minor: int
    currency: str


def product_not_found() -> Problem:
    """No product has this id."""
    return Problem("product_not_found", 404, _("There is no such product."))


def get_product(product_id: UUID) -> Product:
    """The product with its shop; ``product_not_found`` otherwise. Asks no permission."""
    product = Product.objects.select_related("shop").filter(id=product_id).first()
    if product is None:
        raise product_not_found()
    return product


def access_product(account: Account, product_id: UUID, capability: str) -> Product:
    """The product, for someone who may do ``capability`` in its shop.

    Raises ``product_not_found`` or ``shop_forbidden``.
    """
    product = get_product(product_id)
    access_shop(account, product.shop_id, capability)
    return product


def public_product(product_id: UUID) -> Product:
    """The product as anybody may see it; ``product_not_found`` where it can't be offered."""
    product = get_product(product_id)
    if why_not_offerable(product.review_state, product.on_shelf, product.shop.state):
        raise product_not_found()
    return product


def visible_product(account: Account | None, product_id: UUID) -> Product:
    """The product, if it is on offer, or for those who may look into its shop in any state.

    Everybody else gets ``product_not_found``, so that drafts can't be told from nothing.
    """
    product = get_product(product_id)
    if why_not_offerable(product.review_state, product.on_shelf, product.shop.state) is None:
        return product
    if account is None or not may_in_shop(account, product.shop_id, "view"):
        raise product_not_found()
    return product


def access_operator(account: Account) -> None:
    """Pass operators only; ``operator_only`` otherwise."""
    if not is_operator(account):
        raise Problem("operator_only", 403, _("Only the platform's operators may do this."))


def products_of(
    shop_id: UUID,
    *,
    text: str = "",
    review_state: str = "",
    on_shelf: bool | None = None,
    source: str = "",
) -> QuerySet[Product]:
    """A shop's products, newest first, narrowed by words in title, code or external id."""
    rows = Product.objects.filter(shop_id=shop_id)
    if text:
        rows = rows.filter(
            Q(title__icontains=text)
            | Q(external_id__iexact=text)
            | Q(id__in=Sku.objects.filter(shop_id=shop_id, code__iexact=text).values("product_id"))
        )
    if review_state:
        rows = rows.filter(review_state=review_state)
    if on_shelf is not None:
        rows = rows.filter(on_shelf=on_shelf)
    if source:
        rows = rows.filter(source=source)
    return rows.order_by("-id")


def on_offer(shop_id: UUID) -> QuerySet[Product]:
    """What a shop can offer now as far as review and shelf go, newest first."""
    return Product.objects.filter(
        shop_id=shop_id, shop__state="open", review_state="approved", on_shelf=True
    ).order_by("-id")


def waiting_for_review() -> QuerySet[Product]:
    """Products an operator should look at, longest waiting first."""
    return (
        Product.objects.filter(review_state="in_review")
        .select_related("shop")
        .order_by("updated_at", "id")
    )


def active_skus(product: Product) -> list[Sku]:
    """The variants on sale, in their order."""
    return list(product.skus.filter(active=True).order_by("position", "id"))


def all_skus(product: Product) -> list[Sku]:
    """Every variant, in its order."""
    return list(product.skus.order_by("position", "id"))


def history_of(product: Product) -> list[ReviewEvent]:
    """How the product was reviewed, newest first."""
    return list(product.review_events.order_by("-at", "-id"))


def sku_price(sku: Sku, at: datetime) -> int:
    """What a SKU costs at an instant, in minor units."""
    return price_at(sku.price_minor, sku.sale_price_minor, sku.sale_from, sku.sale_until, at)


def price_ranges(products: Iterable[Product], at: datetime) -> dict[UUID, PriceRange]:
    """Each product's price range at an instant; products without active SKUs are missing."""
    currencies = {product.id: product.currency for product in products}
    prices: dict[UUID, list[int]] = {}
    for sku in Sku.objects.filter(product_id__in=currencies, active=True):
        prices.setdefault(sku.product_id, []).append(sku_price(sku, at))
    return {
        key: PriceRange(min(values), max(values), currencies[key]) for key, values in prices.items()
    }
