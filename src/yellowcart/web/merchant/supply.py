"""Supplier goods: look through a supplier's catalogue and list it in one click."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog import queries, supply
from yellowcart.catalog.copies import PriceRule
from yellowcart.catalog.fitting import Renames
from yellowcart.catalog.models import Product
from yellowcart.connections import listing
from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.inventory.queries import free_of_products
from yellowcart.shops.models import Shop
from yellowcart.shops.queries import get_shop, shop_not_found, suppliers
from yellowcart.web.backoffice.fields import MoneyField
from yellowcart.web.backoffice.replies import put_on_form, uuids
from yellowcart.web.merchant.access import Desk, shop_page, show

PAGE = 48

PRICES = {
    "keep": _("As the supplier asks"),
    "margin": _("With a margin"),
    "fixed": _("One price for all"),
}


class TermsForm(forms.Form):
    """At what price the shop sells a supplier's goods."""

    kind = forms.ChoiceField(
        label=_("Price"),
        choices=list(PRICES.items()),
        initial="keep",
        help_text=_("Goods that are listed already keep their terms unless you choose others."),
    )
    margin = forms.DecimalField(
        label=_("Margin in percent"),
        required=False,
        min_value=-99,
        max_value=10_000,
        decimal_places=2,
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fixed"] = MoneyField(label=_("The price"), required=False, currency=currency)

    def clean(self) -> None:
        """A margin or a price where one is asked for."""
        data = self.cleaned_data
        if data.get("kind") == "margin" and data.get("margin") is None:
            self.add_error("margin", _("Write the margin, such as 15."))
        if data.get("kind") == "fixed" and not data.get("fixed"):
            self.add_error("fixed", _("Write a price above 0."))

    def rule(self) -> PriceRule | None:
        """The chosen terms; None keeps those of goods that are listed already."""
        data = self.cleaned_data
        if data["kind"] == "margin":
            return PriceRule(kind="margin", margin_bps=int(data["margin"] * 100))
        if data["kind"] == "fixed":
            return PriceRule(kind="fixed", fixed_minor=data["fixed"])
        return None


@shop_page()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The suppliers of the platform, with how much of each this shop has listed."""
    offered = Count(
        "products", filter=Q(products__review_state="approved", products__on_shelf=True)
    )
    rows = list(suppliers(desk.shop.id).exclude(id=desk.shop.id).annotate(offered=offered))
    listed = dict(
        Product.objects.filter(shop=desk.shop, origin__shop__in=rows)
        .values_list("origin__shop_id")
        .annotate(count=Count("id"))
    )
    context = {"rows": [{"shop": one, "listed": listed.get(one.id, 0)} for one in rows]}
    return show(request, desk, "merchant/suppliers.html", context, here="supply")


@shop_page()
def catalogue(request: HttpRequest, desk: Desk, supplier: str) -> HttpResponse:
    """A supplier's goods; a post lists those chosen, or all."""
    owner = get_shop(supplier)
    if owner.id == desk.shop.id or not suppliers(desk.shop.id).filter(id=owner.id).exists():
        raise shop_not_found()
    words = request.GET.get("q", "").strip()
    goods = supply.supplier_goods(owner.id)
    if words:
        goods = goods.filter(title__icontains=words)
    chosen = uuids(request.POST.getlist("product"))
    form = TermsForm(request.POST or None, currency=desk.shop.currency)
    suggested = listing.suggestions_for(owner, desk.shop)
    if request.method == "POST" and form.is_valid():
        every = "all" in request.POST
        if not chosen and not every:
            form.add_error(None, _("Choose at least one product, or list them all."))
        elif begun := _begun(
            desk, owner, None if every else chosen, form, _renames(request, suggested)
        ):
            return begun
    page = Paginator(goods, PAGE).get_page(request.GET.get("page"))
    products = list(page.object_list)
    prices = queries.price_ranges(products, clock.now())
    free = free_of_products(product.id for product in products)
    copies = dict(
        Product.objects.filter(shop=desk.shop, origin__in=products).values_list("origin_id", "id")
    )
    rows = [
        {
            "product": one,
            "price": prices.get(one.id),
            "free": free.get(one.id, 0),
            "copy": copies.get(one.id),
            "chosen": one.id in chosen,
        }
        for one in products
    ]
    return show(
        request,
        desk,
        "merchant/supplier.html",
        {
            "supplier": owner,
            "page": page,
            "rows": rows,
            "form": form,
            "words": words,
            "waiting": 0 if rows else supply.waiting_for_review(owner.id),
            "suggested": suggested,
        },
        here="supply",
        status=422 if request.method == "POST" else 200,
    )


def _renames(request: HttpRequest, suggested: listing.Suggestions) -> Renames:
    """The shop's words as they were typed beside the supplier's."""

    def typed(kind: str, rows: list[listing.Suggestion]) -> dict[str, str]:
        found = {
            one.theirs: request.POST.get(f"{kind}-{n}", "").strip()[:300]
            for n, one in enumerate(rows)
        }
        return {theirs: ours for theirs, ours in found.items() if ours}

    return Renames(typed("category", suggested.categories), typed("option", suggested.options))


def _begun(
    desk: Desk,
    supplier: Shop,
    wanted: list[UUID] | None,
    form: TermsForm,
    renames: Renames,
) -> HttpResponse | None:
    """The page of the run that lists the goods; None where it was refused."""
    try:
        run = listing.do_begin_run(
            actor=desk.account,
            shop=desk.shop,
            supplier=supplier,
            product_ids=wanted,
            price=form.rule(),
            renames=renames,
        )
    except Problem as problem:
        if problem.code == "listing_runs" and problem.extra.get("run_id"):
            return redirect(desk.url("listing_run", run_id=problem.extra["run_id"]))
        put_on_form(form, problem)
        return None
    return redirect(desk.url("listing_run", run_id=run.id))
