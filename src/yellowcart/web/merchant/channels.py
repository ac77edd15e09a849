"""Copies of a product for the channels of the store that it came from."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.catalog.models import Product
from yellowcart.connections import channels
from yellowcart.connections.states import COPY_WORDS
from yellowcart.core.problems import Problem
from yellowcart.web.backoffice.replies import told
from yellowcart.web.backoffice.stores import said
from yellowcart.web.merchant.access import Desk, shop_page


class HostsForm(forms.Form):
    """For whom a copy is."""

    hosts = forms.CharField(
        label=_("Hosts"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Their ids at the store, apart by spaces. Nobody: for the store's own rooms."),
    )


def shown(product: Product) -> dict[str, Any]:
    """What a product's page shows of its copies at the shop's own store; nothing where that makes
    none."""
    found = channels.store_of(product)
    mine = found[0] if found and found[0].shop_id == product.shop_id else None
    rows = [row for row in channels.copies_of(product) if row.connection.shop_id == product.shop_id]
    if mine is None and not rows:
        return {}
    return {
        "channel_store": mine if mine and mine.state == "active" else None,
        "channel_form": HostsForm(),
        "channel_copies": [
            {"row": row, "state": COPY_WORDS[row.state], "words": said(row.last_error)}
            for row in rows
        ],
    }


@require_POST
@shop_page("goods")
def ask(request: HttpRequest, desk: Desk, product_id: UUID) -> HttpResponse:
    """Have the store make a copy."""
    product = Product.objects.filter(id=product_id, shop=desk.shop).first()
    if product is None:
        raise Problem("product_not_found", 404, _("There is no such product in this shop."))
    hosts = channels.hosts_in(request.POST.get("hosts", ""))
    with told(request, _("The store is asked for the copy now.")):
        channels.do_ask_copy(actor=desk.account, product_id=product.id, hosts=hosts)
    return redirect(desk.url("product", product_id=product.id))


@require_POST
@shop_page("goods")
def outcome(request: HttpRequest, desk: Desk, product_id: UUID, copy_id: UUID) -> HttpResponse:
    """A person looked at the store whether a copy is there."""
    channels.do_say_outcome(
        actor=desk.account, copy_id=copy_id, is_there=request.POST.get("is_there") == "1"
    )
    messages.success(request, _("Saved."))
    return redirect(desk.url("product", product_id=product_id))
