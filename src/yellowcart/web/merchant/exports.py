"""A shop's goods, stock, listings and orders as files for a spreadsheet."""

import tempfile
from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from yellowcart.core import outbox, tabular
from yellowcart.core.clock import now
from yellowcart.core.tabular import Sheet
from yellowcart.inventory.exporting import products_sheet, products_sheet_for, stock_sheet
from yellowcart.listings.exporting import listings_sheet
from yellowcart.orders.exporting import orders_sheet
from yellowcart.web.merchant.access import Desk, shop_page

SHEETS: Final[dict[str, Callable[[Desk], Sheet]]] = {
    "products": lambda desk: products_sheet(desk.shop),
    "products-shopify": lambda desk: products_sheet_for(desk.shop, "shopify"),
    "products-woocommerce": lambda desk: products_sheet_for(desk.shop, "woocommerce"),
    "products-taobao": lambda desk: products_sheet_for(desk.shop, "taobao"),
    "stock": lambda desk: stock_sheet(desk.shop),
    "listings": lambda desk: listings_sheet(desk.shop),
    "orders": lambda desk: orders_sheet(desk.shop, with_address=desk.may("ship")),
}
_ELSEWHERE: Final = _("In that system's columns, to take them there or into another shop here.")
NAMES: Final[dict[str, tuple[Promise, Promise]]] = {
    "products": (
        _("Products"),
        _("Everything about each variant. Edit it and import it again."),
    ),
    "products-shopify": (_("Products for Shopify"), _ELSEWHERE),
    "products-woocommerce": (_("Products for WooCommerce"), _ELSEWHERE),
    "products-taobao": (_("Products for Taobao Assistant"), _ELSEWHERE),
    "stock": (_("Stock"), _("What lies in the warehouse. Count, correct, import it again.")),
    "listings": (_("Listings"), _("Where each product is offered, and what bars it.")),
    "orders": (_("Orders"), _("A row for each line, with addresses for those who ship.")),
}


@require_GET
@shop_page()
def download(request: HttpRequest, desk: Desk, what: str, kind: str) -> HttpResponse:
    """One table as CSV or XLSX; who took it is in the audit log."""
    if what not in SHEETS or kind not in tabular.KINDS:
        raise Http404
    with tempfile.SpooledTemporaryFile(8 * 2**20) as out:
        rows = tabular.write(kind, out, SHEETS[what](desk))
        out.seek(0)
        content = out.read()
    with transaction.atomic():
        outbox.audit(
            desk.account.id, "shop.export", f"shop:{desk.shop.id}", what=what, kind=kind, rows=rows
        )
    name = f"{desk.shop.handle}-{what}-{now():%Y%m%d}.{kind}"
    return file_reply(content, name, kind)


def file_reply(content: bytes, name: str, kind: str) -> HttpResponse:
    """A file to keep."""
    response = HttpResponse(content, content_type=tabular.MEDIA_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
