"""The platform's own coupons, and a look at everybody's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yellowcart.core.problems import Problem
from yellowcart.people.access import access_operator, operator_page
from yellowcart.promotions.actions import do_end_coupon, do_give_coupon
from yellowcart.promotions.models import Coupon
from yellowcart.promotions.queries import of_platform
from yellowcart.web.backoffice.replies import told, uuids
from yellowcart.web.backoffice.selling import CouponForm, coupon_rows

CURRENCY = "CNY"
MOST = 100


@operator_page
def coupons(request: HttpRequest) -> HttpResponse:
    """What the platform gives, a form for another coupon, and what others gave last."""
    operator = access_operator(request.user)
    if "end" in request.POST:
        for coupon_id in uuids([request.POST["end"]]):
            with told(request, _("The coupon is ended.")):
                do_end_coupon(operator, coupon_id)
        return redirect("operator:coupons")
    form = CouponForm(request.POST or None, currency=CURRENCY, fans=False)
    if form.is_bound and form.is_valid():
        try:
            do_give_coupon(operator, form.wanted("platform"))
        except Problem as problem:
            form.refused(problem)
        else:
            messages.success(request, _("Every room offers the coupon now."))
            return redirect("operator:coupons")
    others = Coupon.objects.exclude(bearer="platform").order_by("-made_at", "-id")
    context = {
        "form": form,
        "coupons": coupon_rows(list(of_platform()[:MOST])),
        "others": coupon_rows(list(others[:MOST])),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "operator/coupons.html", context, status=status)
