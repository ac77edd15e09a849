"""Products: the list, writing one, review, shelf and stock."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.catalog import actions, queries, rules
from yellowcart.catalog.models import REVIEW_STATES, Product, Sku
from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.inventory.actions import do_adjust_stock, do_set_stock
from yellowcart.inventory.queries import free_of_products, levels_of
from yellowcart.web.backoffice.pasting import paying
from yellowcart.web.backoffice.replies import is_mendable, sentence, told
from yellowcart.web.merchant import anew, channels, product_forms
from yellowcart.web.merchant.access import Desk, shop_page, show
from yellowcart.web.merchant.product_forms import ProductForm, SkuForm, SkuFormSet

PAGE = 30


@shop_page()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The shop's products, narrowed by words, review state and shelf."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("q", "review", "shelf")}
    rows = queries.products_of(
        desk.shop.id,
        text=chosen["q"],
        review_state=chosen["review"] if chosen["review"] in REVIEW_STATES else "",
        on_shelf={"on": True, "off": False}.get(chosen["shelf"]),
    ).select_related("origin__shop")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    products = list(page.object_list)
    prices = queries.price_ranges(products, clock.now())
    free = free_of_products(product.id for product in products)
    return show(
        request,
        desk,
        "merchant/products.html",
        {
            "page": page,
            "rows": [
                {"product": one, "price": prices.get(one.id), "free": free.get(one.id, 0)}
                for one in products
            ],
            "review_states": REVIEW_STATES,
            "chosen": chosen,
            "narrowed": any(chosen.values()),
        },
        here="products",
    )


@shop_page("goods")
def create(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Write a new product."""
    form = ProductForm(request.POST or None)
    formset = SkuFormSet(
        request.POST or None, prefix="skus", form_kwargs={"currency": desk.shop.currency}
    )
    if request.method == "POST" and form.is_valid() and formset.is_valid():
        product = _created(request, desk, form, formset)
        if product is not None:
            messages.success(request, _("Saved."))
            return redirect(desk.url("product", product_id=product.id))
    return show(
        request,
        desk,
        "merchant/product_new.html",
        {"form": form, "formset": formset, "currency": desk.shop.currency},
        here="products",
        status=422 if request.method == "POST" else 200,
    )


def _created(
    request: HttpRequest, desk: Desk, form: ProductForm, formset: "BaseFormSet[SkuForm]"
) -> Product | None:
    """The new product with its stock, or None with the faults on the forms."""
    wanted = product_forms.product_input(form, formset, desk.shop.currency)
    try:
        with transaction.atomic():
            product = actions.do_create_product(
                actor=desk.account, shop=desk.shop, wanted=wanted, submit="submit" in request.POST
            )
            _set_stock(desk, product, formset)
    except Problem as problem:
        _show_faults(form, formset, problem)
        return None
    return product


@shop_page()
def detail(request: HttpRequest, desk: Desk, product_id: UUID) -> HttpResponse:
    """One product: what it is, how its review stands, its stock; editing where one may."""
    product = _own(desk, product_id)
    skus = queries.active_skus(product)
    levels = levels_of(skus)
    editing = desk.may("goods")
    form = ProductForm(request.POST or None, initial=product_forms.initial_of(product))
    formset = SkuFormSet(
        None if product.origin_id else request.POST or None,
        prefix="skus",
        initial=product_forms.initial_skus(skus, levels, product.currency),
        form_kwargs={"currency": product.currency},
    )
    if request.method == "POST":
        queries.access_product(desk.account, product_id, "goods")
        readable = form.is_valid() and (product.origin_id or formset.is_valid())
        if readable and _edited(desk, product, form, formset):
            messages.success(request, _("Saved."))
            return redirect(desk.url("product", product_id=product.id))
    context = {
        "product": product,
        "form": form,
        "formset": formset,
        "editing": editing,
        "currency": product.currency,
        "skus": [{"sku": sku, "level": levels[sku.id]} for sku in skus],
        "history": queries.history_of(product),
        "link_out": product.integration == "link",
        "paying": paying(product),
        "why_not": rules.why_not_offerable(product.review_state, product.on_shelf, desk.shop.state),
        "now": clock.now(),
        **anew.shown(product),
        **channels.shown(product),
    }
    status = 422 if request.method == "POST" else 200
    return show(request, desk, "merchant/product.html", context, here="products", status=status)


def _edited(
    desk: Desk, product: Product, form: ProductForm, formset: "BaseFormSet[SkuForm]"
) -> bool:
    """Save both forms; False with the faults on them."""
    try:
        with transaction.atomic():
            if product.origin_id:
                wanted = _input_of_copy(product, form)
            else:
                wanted = product_forms.product_input(form, formset, product.currency)
            actions.do_edit_product(actor=desk.account, product=product, wanted=wanted)
            if not product.origin_id and product.integration != "link":
                _set_stock(desk, product, formset)
    except Problem as problem:
        _show_faults(form, formset, problem)
        return False
    return True


def _input_of_copy(product: Product, form: ProductForm) -> rules.ProductInput:
    """A supplier's copy keeps its variants and their options; only its words change."""
    data = form.cleaned_data
    return rules.ProductInput(
        title=data["title"],
        skus=tuple(product_forms.as_input(sku) for sku in queries.active_skus(product)),
        description_html=data["description_html"],
        vendor=data["vendor"],
        category=data["category"],
        tags=tuple(product.tags),
        images=data["images"],
        option_names=tuple(product.option_names),
        currency=product.currency,
    )


def _set_stock(desk: Desk, product: Product, formset: "BaseFormSet[SkuForm]") -> None:
    """Change stock by what the person changed, so that what was shipped meanwhile stays shipped."""
    by_options = {tuple(sku.options): sku for sku in queries.active_skus(product)}
    options = len(product.option_names)
    for form in product_forms.kept(formset):
        data = form.cleaned_data
        sku = by_options.get(tuple(data[f"option{n}"] for n in range(1, options + 1)))
        if sku is None or data["stock"] is None:
            continue
        try:
            change_stock(desk, sku, data["stock"], data["stock_was"])
        except Problem as problem:
            if is_mendable(problem):
                form.add_error("stock", sentence(problem))
            raise


def change_stock(desk: Desk, sku: Sku, stock: int, shown: int | None) -> None:
    """Set a first stock, or apply the difference to what the page showed."""
    if shown is None:
        do_set_stock(sku.stock_shop_id, sku.stock_sku_id, stock, actor_id=desk.account.id)
    elif stock != shown:
        do_adjust_stock(
            sku.stock_shop_id,
            sku.stock_sku_id,
            stock - shown,
            actor_id=desk.account.id,
            idempotency_key=None,
        )


def _show_faults(form: ProductForm, formset: "BaseFormSet[SkuForm]", problem: Problem) -> None:
    if not is_mendable(problem):
        raise problem
    errors = problem.extra.get("errors")
    if errors:
        product_forms.place_faults(form, formset, errors)
    else:
        form.add_error(None, sentence(problem))


def _own(desk: Desk, product_id: UUID, capability: str = "view") -> Product:
    """The product, if it is this shop's; another shop's is as good as none."""
    product = queries.access_product(desk.account, product_id, capability)
    if product.shop_id != desk.shop.id:
        raise queries.product_not_found()
    return product


#: What the buttons of a product do, and what is said afterwards.
STEPS: dict[str, tuple[Callable[..., Product], Promise]] = {
    "submit": (actions.do_submit, _("Submitted for review.")),
    "withdraw": (actions.do_withdraw, _("Taken back from review.")),
    "shelve": (actions.do_put_on_shelf, _("Put on the shelf.")),
    "unshelve": (
        actions.do_take_off_shelf,
        _("Taken off the shelf. Orders already placed go on."),
    ),
}


@require_POST
@shop_page("goods")
def step(request: HttpRequest, desk: Desk, product_id: UUID, verb: str) -> HttpResponse:
    """Submit, withdraw, put on the shelf or take off."""
    action, done = STEPS[verb]
    product = _own(desk, product_id, "goods")
    with told(request, done):
        action(actor=desk.account, product=product)
    return redirect(desk.url("product", product_id=product_id))


@require_POST
@shop_page("stock")
def stock(request: HttpRequest, desk: Desk, product_id: UUID) -> HttpResponse:
    """Set the stock of each variant; for members who may not edit goods too."""
    product = _own(desk, product_id, "stock")
    with told(request, _("Stock saved.")), transaction.atomic():
        for sku in queries.active_skus(product):
            wanted, shown = (request.POST.get(f"{name}-{sku.id}", "") for name in ("stock", "was"))
            if sku.stock_shop_id != desk.shop.id or not wanted:
                continue
            if not wanted.isdecimal() or len(wanted) > 12:
                raise Problem("stock_unreadable", 422, _("Write stock as a whole number."))
            change_stock(desk, sku, int(wanted), int(shown) if shown.isdecimal() else None)
    return redirect(desk.url("product", product_id=product_id))
