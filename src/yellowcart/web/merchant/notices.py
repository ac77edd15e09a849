"""What the shop was told about rules, and what it answered."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.catalog.models import Product
from yellowcart.catalog.supply import convertible
from yellowcart.core.problems import Problem
from yellowcart.notices import actions
from yellowcart.notices.queries import inbox
from yellowcart.web.backoffice.appeals import AppealForm
from yellowcart.web.backoffice.replies import put_on_form, uuids
from yellowcart.web.merchant.access import Desk, shop_page, show
from yellowcart.web.merchant.listings import make_native_goods

PAGE = 30


@shop_page()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The inbox of this person for this shop."""
    rows = inbox(desk.account, party="merchant", shop_id=desk.shop.id)
    unread_only = request.GET.get("unread") == "1"
    if unread_only:
        rows = rows.filter(read_at__isnull=True)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "unread_only": unread_only,
    }
    return show(request, desk, "merchant/notices.html", context, here="notices")


@require_POST
@shop_page("goods")
def convert(request: HttpRequest, desk: Desk, notice_id: UUID) -> HttpResponse:
    """Make native goods of every link product of a notice that has a supplier here."""
    notice = (
        inbox(desk.account, party="merchant", shop_id=desk.shop.id).filter(id=notice_id).first()
    )
    if notice is None:
        raise Problem("notice_not_found", 404, _("You were sent no such notice."))
    wanted = uuids(notice.hit.get("convertible", ()))
    products = Product.objects.filter(shop=desk.shop, id__in=wanted).order_by("id")
    return make_native_goods(request, desk, products)


@shop_page()
def detail(request: HttpRequest, desk: Desk, notice_id: UUID) -> HttpResponse:
    """One notice. Opening it is the read receipt; a post appeals."""
    notice = (
        inbox(desk.account, party="merchant", shop_id=desk.shop.id).filter(id=notice_id).first()
    )
    if notice is None:
        raise Problem("notice_not_found", 404, _("You were sent no such notice."))
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.do_appeal(desk.account, notice.id, form.cleaned_data["words"])
        except Problem as problem:
            put_on_form(form, problem, field="words")
        else:
            messages.success(request, _("Your appeal is with the platform. The answer comes here."))
            return redirect(desk.url("notice", notice_id=notice_id))
    elif notice.read_at is None:
        notice.read_at = actions.do_read(desk.account, notice.id).read_at
    status = 422 if request.method == "POST" else 200
    context = {
        "notice": notice,
        "form": form,
        "appeal": getattr(notice, "appeal", None),
        "convertible": len(convertible(uuids(notice.hit.get("convertible", ())))),
    }
    return show(request, desk, "merchant/notice.html", context, here="notices", status=status)
