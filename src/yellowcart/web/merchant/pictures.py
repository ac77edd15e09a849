"""Pictures of goods: how far our copies are, which could not be had and why, and trying again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from yellowcart.catalog import picturing
from yellowcart.catalog.models import Product
from yellowcart.connections import pictures as of_stores
from yellowcart.connections.models import Connection, ListingRun
from yellowcart.web.backoffice.replies import uuids
from yellowcart.web.backoffice.stores import said
from yellowcart.web.merchant.access import Desk, shop_page, show, store_of

PAGE = 30


def of_shop(desk: Desk) -> dict[str, Any]:
    """How far the pictures of all of a shop's goods are, as pages show it."""
    products = Product.objects.filter(shop=desk.shop)
    return {"pictures": picturing.progress_of(products), "pictures_url": desk.url("pictures")}


def of_run(desk: Desk, run: ListingRun) -> dict[str, Any]:
    """The same of what one click listed of a supplier."""
    url = f"{desk.url('pictures')}?supplier={run.supplier_id}"
    progress = picturing.progress_of(_of_supplier(desk, run.supplier_id))
    return {"pictures": progress, "pictures_url": url}


def of_store(desk: Desk, row: Connection) -> dict[str, Any]:
    """The same of a connected store's goods as they came."""
    url = desk.url("store_pictures", connection_id=row.id)
    return {"pictures": of_stores.progress_of(row), "pictures_url": url}


@shop_page()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Pictures of the shop's goods, or of those listed of one supplier."""
    products = Product.objects.filter(shop=desk.shop)
    for supplier_id in uuids([request.GET.get("supplier", "")]):
        products = _of_supplier(desk, supplier_id)
    return _page(request, desk, products, desk.url("pictures_again"), "products")


@shop_page()
def store(request: HttpRequest, desk: Desk, connection_id: UUID) -> HttpResponse:
    """Pictures of a connected store's goods."""
    row = store_of(desk, connection_id)
    again = desk.url("store_pictures_again", connection_id=row.id)
    return _page(request, desk, of_stores.products_of(row), again, "stores")


@require_POST
@shop_page("goods")
def again(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Fetch once more what failed: of one product, or of all."""
    chosen = uuids([request.POST.get("product", "")])
    count = picturing.do_ask_again(
        actor=desk.account, shop=desk.shop, product_id=chosen[0] if chosen else None
    )
    _tell(request, count)
    return redirect(desk.url("pictures"))


@require_POST
@shop_page("goods")
def store_again(request: HttpRequest, desk: Desk, connection_id: UUID) -> HttpResponse:
    """Fetch once more what failed of a connected store's pictures."""
    row = store_of(desk, connection_id, "goods")
    _tell(request, of_stores.do_ask_again(actor=desk.account, connection_id=row.id))
    return redirect(desk.url("store_pictures", connection_id=row.id))


def _of_supplier(desk: Desk, supplier_id: UUID) -> picturing.Products:
    return Product.objects.filter(shop=desk.shop, origin__shop_id=supplier_id)


def _page(
    request: HttpRequest, desk: Desk, products: picturing.Products, again_url: str, here: str
) -> HttpResponse:
    context = {
        "shop": desk.shop,
        "pictures": picturing.progress_of(products),
        "pictures_url": request.get_full_path(),
    }
    if request.headers.get("HX-Request") == "true":
        return render(request, "merchant/pictures_progress.html", context)
    page = Paginator(picturing.failures_of(products), PAGE).get_page(request.GET.get("page"))
    context |= {
        "page": page,
        "rows": [
            {"product": one.product, "url": one.address.url, "why": said(one.address.problem)}
            for one in page
        ],
        "again_url": again_url,
        "of_store": here == "stores",
    }
    return show(request, desk, "merchant/pictures.html", context, here=here)


def _tell(request: HttpRequest, count: int) -> None:
    words = ngettext(
        "%(count)s picture is fetched once more.",
        "%(count)s pictures are fetched once more.",
        count,
    )
    messages.success(request, words % {"count": count})
