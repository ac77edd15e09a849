"""What a host sets besides the cart: prices of what is in it, how the room sells, its coupons."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.queries import active_skus
from yellowcart.core.problems import Problem
from yellowcart.listings import pricing
from yellowcart.listings.problems import listing_not_found
from yellowcart.live import queries
from yellowcart.live.models import Room
from yellowcart.live.rules import LONGEST_HOLD_SECONDS, SHORTEST_HOLD_SECONDS
from yellowcart.live.selling import do_set_selling
from yellowcart.people.access import access_creator, creator_page
from yellowcart.people.models import Account
from yellowcart.promotions.actions import do_end_coupon, do_give_coupon
from yellowcart.promotions.queries import of_creator
from yellowcart.web.backoffice.replies import put_on_form, told, uuids
from yellowcart.web.backoffice.selling import (
    USUAL_SECONDS,
    CouponForm,
    SpecialForm,
    coupon_rows,
    special_rows,
)
from yellowcart.web.creator.shell import show

CURRENCY = "CNY"


class SellingForm(forms.Form):
    """How a room sells."""

    reservation = forms.ChoiceField(
        label=_("An order that is not paid yet"),
        choices=[
            ("hold", _("holds its pieces until its time is over")),
            ("first_paid", _("holds nothing: first paid, first served")),
        ],
    )
    hold_seconds = forms.IntegerField(
        label=_("Seconds to pay"),
        min_value=SHORTEST_HOLD_SECONDS,
        max_value=LONGEST_HOLD_SECONDS,
        required=False,
        help_text=_("Empty: as long as the platform gives."),
    )
    purchase_limit = forms.IntegerField(
        label=_("Pieces for each buyer"),
        min_value=1,
        required=False,
        help_text=_("Of everything in this room together, from now on."),
    )


@creator_page
def prices(request: HttpRequest, room_id: UUID, listing_id: UUID) -> HttpResponse:
    """Special prices of one listing: those that run, and a form for another."""
    account = access_creator(request.user)
    room = queries.access_hosted(account, room_id)
    listing, cut_bps = pricing.access_priced(account, listing_id)
    if listing.container_id != room.id:
        raise listing_not_found()
    product = listing.product
    skus = active_skus(product)
    here = redirect("creator:prices", room_id=room.id, listing_id=listing.id)
    if "end" in request.POST:
        for special_id in uuids([request.POST["end"]]):
            with told(request, _("The price before is back.")):
                pricing.do_end_special(account, listing.id, special_id)
        return here
    form = SpecialForm(
        request.POST or None,
        skus=skus,
        currency=product.currency,
        initial={"seconds": USUAL_SECONDS},
    )
    if request.method == "POST" and form.is_valid() and form.save(account, listing):
        messages.success(request, _("Everybody in the room sees the new price."))
        return here
    context = {
        "room": room,
        "product": product,
        "currency": product.currency,
        "skus": skus,
        "form": form,
        "specials": special_rows(listing, skus),
        "cut": None if cut_bps is None else f"{cut_bps / 100:g}",
        "commission": f"{listing.commission_bps / 100:g}" if listing.commission_bps else "",
    }
    status = 422 if request.method == "POST" else 200
    return show(request, account, "creator/prices.html", context, here="rooms", status=status)


@creator_page
def selling(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """How the room sells, and the coupons its host gives in it."""
    account = access_creator(request.user)
    room = queries.access_hosted(account, room_id)
    which = request.POST.get("form", "")
    here = redirect("creator:selling", room_id=room.id)
    if "end" in request.POST:
        for coupon_id in uuids([request.POST["end"]]):
            with told(request, _("The coupon is ended.")):
                do_end_coupon(account, coupon_id)
        return here
    mode = SellingForm(
        request.POST if which == "selling" else None,
        initial={
            "reservation": room.reservation,
            "hold_seconds": room.hold_seconds,
            "purchase_limit": room.purchase_limit,
        },
    )
    coupon = CouponForm(request.POST if which == "coupon" else None, currency=CURRENCY, fans=True)
    if mode.is_bound and mode.is_valid() and _set_selling(request, account, room, mode):
        return here
    if coupon.is_bound and coupon.is_valid() and _give(request, account, room, coupon):
        return here
    context = {
        "room": room,
        "mode": mode,
        "form": coupon,
        "may_give": True,
        "coupons": coupon_rows(list(of_creator(account.id).filter(room_id=room.id)[:50])),
        "cart_open": room.state in {"scheduled", "live"},
    }
    status = 422 if which else 200
    return show(request, account, "creator/selling.html", context, here="rooms", status=status)


def _set_selling(request: HttpRequest, account: Account, room: Room, form: SellingForm) -> bool:
    try:
        do_set_selling(account, room.id, **form.cleaned_data)
    except Problem as problem:
        put_on_form(form, problem)
        return False
    messages.success(request, _("Saved. Orders keep the terms they were placed under."))
    return True


def _give(request: HttpRequest, account: Account, room: Room, form: CouponForm) -> bool:
    try:
        do_give_coupon(account, form.wanted("creator", room_id=room.id))
    except Problem as problem:
        form.refused(problem)
        return False
    messages.success(request, _("The room sees the coupon now."))
    return True
