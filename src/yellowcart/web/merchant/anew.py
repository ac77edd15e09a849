"""Reading a product anew from the store that it came from."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.catalog.models import Product
from yellowcart.connections import anew
from yellowcart.core.problems import Problem
from yellowcart.web.backoffice.replies import told
from yellowcart.web.merchant.access import Desk, shop_page


def shown(product: Product) -> dict[str, Any]:
    """The shop's own store that a product can be read anew from, where there is one."""
    found = anew.store_of(product)
    mine = found[0] if found and found[0].shop_id == product.shop_id else None
    return {"anew_store": mine if mine and mine.state == "active" else None}


@require_POST
@shop_page("goods")
def read(request: HttpRequest, desk: Desk, product_id: UUID) -> HttpResponse:
    """Have the store asked for it now."""
    product = Product.objects.filter(id=product_id, shop=desk.shop).first()
    if product is None:
        raise Problem("product_not_found", 404, _("There is no such product in this shop."))
    with told(request, _("The store is asked for this product now. Look again in a moment.")):
        anew.do_read_anew(actor=desk.account, product_id=product.id)
    return redirect(desk.url("product", product_id=product.id))
