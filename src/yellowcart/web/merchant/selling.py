"""What the shop offers beside its goods: coupons, commissions, deposits, special prices."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.queries import active_skus
from yellowcart.core.problems import Problem
from yellowcart.listings import pricing
from yellowcart.listings.models import MOST_COMMISSION_BPS, Listing
from yellowcart.listings.problems import listing_not_found
from yellowcart.promotions.actions import do_end_coupon, do_give_coupon
from yellowcart.promotions.queries import of_shop
from yellowcart.shops.actions import do_set_host_terms
from yellowcart.shops.models import MOST_HOST_CUT_BPS
from yellowcart.web.backoffice.fields import InstantField, MoneyField
from yellowcart.web.backoffice.replies import put_on_form, told, uuids
from yellowcart.web.backoffice.selling import CouponForm, SpecialForm, coupon_rows, special_rows
from yellowcart.web.merchant import reads
from yellowcart.web.merchant.access import Desk, shop_page, show

MOST_COUPONS = 100

#: Which field of a pre-sale a problem belongs to.
PRESALE_PLACES = {"deposit": "deposit", "balance": "balance_from"}


class PercentField(forms.DecimalField):
    """Per cent with two decimals, cleaned to basis points."""

    def __init__(self, *, most_bps: int, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=most_bps / 100, decimal_places=2, **kwargs)

    def clean(self, value: Any) -> Any:
        """Basis points as an ``int``."""
        percent = super().clean(value)
        return 0 if percent is None else round(percent * 100)

    def prepare_value(self, value: Any) -> Any:
        """Basis points as per cent; what somebody typed stays as typed."""
        return f"{value / 100:g}" if isinstance(value, int) else value


class HostTermsForm(forms.Form):
    """What the shop offers to hosts."""

    host_cut_bps = PercentField(
        label=_("Hosts may lower prices by, in per cent"),
        most_bps=MOST_HOST_CUT_BPS,
        help_text=_("In their own rooms, for a while or for their followers. 0: only you do."),
    )
    commission_bps = PercentField(
        label=_("Commission for hosts, in per cent"),
        most_bps=MOST_COMMISSION_BPS,
        help_text=_("Promised for what they mount from now on."),
    )


class CommissionForm(forms.Form):
    """What of one listing's sales is promised."""

    commission_bps = PercentField(label=_("Commission, in per cent"), most_bps=MOST_COMMISSION_BPS)


class PresaleForm(forms.Form):
    """A deposit, and when the balance is due."""

    deposit = MoneyField(label=_("Deposit for a piece"))
    balance_from = InstantField(label=_("Balance from"))
    balance_until = InstantField(label=_("Balance until"))


@shop_page()
def coupons(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The shop's coupons with what they cost so far, a form for another, what hosts are offered."""
    which = request.POST.get("form", "")
    here = redirect(desk.url("coupons"))
    if "end" in request.POST:
        for coupon_id in uuids([request.POST["end"]]):
            with told(request, _("The coupon is ended.")):
                do_end_coupon(desk.account, coupon_id)
        return here
    form = CouponForm(
        request.POST if which == "coupon" else None, currency=desk.shop.currency, fans=False
    )
    terms = HostTermsForm(
        request.POST if which == "hosts" else None,
        initial={
            "host_cut_bps": desk.shop.host_cut_bps,
            "commission_bps": desk.shop.commission_bps,
        },
    )
    if form.is_bound and form.is_valid():
        try:
            do_give_coupon(desk.account, form.wanted("merchant", shop_id=desk.shop.id))
        except Problem as problem:
            form.refused(problem)
        else:
            messages.success(request, _("Every room with your goods offers the coupon now."))
            return here
    if terms.is_bound and terms.is_valid():
        with told(request, _("Saved.")):
            do_set_host_terms(actor=desk.account, shop=desk.shop, **terms.cleaned_data)
        return here
    context = {
        "form": form,
        "terms": terms,
        "may_give": desk.may("goods"),
        "coupons": coupon_rows(list(of_shop(desk.shop.id)[:MOST_COUPONS])),
    }
    status = 422 if which else 200
    return show(request, desk, "merchant/coupons.html", context, here="coupons", status=status)


@shop_page("goods")
def listing(request: HttpRequest, desk: Desk, listing_id: UUID) -> HttpResponse:
    """One listing's prices: special ones, the deposit of a pre-sale, the commission."""
    found = pricing.access_of_shop(desk.account, listing_id)
    if found.shop_id != desk.shop.id:
        raise listing_not_found()
    product = found.product
    skus = active_skus(product)
    forms_ = {
        "special": SpecialForm(_posted(request, "special"), skus=skus, currency=product.currency),
        "presale": PresaleForm(_posted(request, "presale"), initial=_presale(found)),
        "commission": CommissionForm(
            _posted(request, "commission"), initial={"commission_bps": found.commission_bps}
        ),
    }
    if request.method == "POST" and _act(request, desk, found, forms_):
        return redirect(desk.url("listing", listing_id=found.id))
    context = {
        "listing": found,
        "product": product,
        "currency": product.currency,
        "place": reads.container_names([found]).get(found.container_id),
        "skus": skus,
        "specials": special_rows(found, skus),
        "presales": pricing.presales_of(found),
        "forms": forms_,
    }
    status = 422 if request.method == "POST" else 200
    return show(request, desk, "merchant/listing.html", context, here="listings", status=status)


def _posted(request: HttpRequest, name: str) -> Any:
    return request.POST if request.POST.get("form") == name else None


def _presale(listing: Listing) -> dict[str, Any]:
    """All variants share their terms here; the API knows them apart."""
    terms = next(iter(pricing.presales_of(listing)), None)
    if terms is None:
        return {}
    return {
        "deposit": terms.deposit_minor,
        "balance_from": terms.balance_from,
        "balance_until": terms.balance_until,
    }


def _act(request: HttpRequest, desk: Desk, found: Listing, forms_: dict[str, forms.Form]) -> bool:
    """Do what was asked; whether it is done, else a form says why not."""
    if "end" in request.POST:
        for special_id in uuids([request.POST["end"]]):
            with told(request, _("The price before is back.")):
                pricing.do_end_special(desk.account, found.id, special_id)
        return True
    skus = active_skus(found.product)
    if "clear" in request.POST:
        with told(request, _("Sold for the whole price again.")):
            for sku in skus:
                pricing.do_clear_presale(desk.account, found.id, sku.id)
        return True
    form = forms_.get(request.POST.get("form", ""))
    if form is None or not form.is_valid():
        return False
    if isinstance(form, SpecialForm):
        if not form.save(desk.account, found):
            return False
        messages.success(request, _("The new price is shown where this is offered."))
        return True
    data = form.cleaned_data
    try:
        if isinstance(form, CommissionForm):
            pricing.do_set_commission(desk.account, found.id, data["commission_bps"])
        else:
            pricing.do_set_presales(
                desk.account,
                found.id,
                [sku.id for sku in skus],
                deposit_minor=data["deposit"],
                balance_from=data["balance_from"],
                balance_until=data["balance_until"],
            )
    except Problem as problem:
        put_on_form(form, problem, PRESALE_PLACES.get(str(problem.extra.get("why", ""))))
        return False
    messages.success(request, _("Saved."))
    return True
