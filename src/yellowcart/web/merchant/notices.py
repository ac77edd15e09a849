"""What the shop was told about rules, and what it answered."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.web.merchant import reads
from yellowcart.web.merchant.access import Desk, shop_page, show

PAGE = 30


@shop_page()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The inbox of this person for this shop."""
    rows = reads.notices_of(desk.account, desk.shop.id)
    unread_only = request.GET.get("unread") == "1"
    if unread_only:
        rows = rows.filter(read_at__isnull=True)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "unread_only": unread_only,
    }
    return show(request, desk, "merchant/notices.html", context, here="notices")


@shop_page()
def detail(request: HttpRequest, desk: Desk, notice_id: UUID) -> HttpResponse:
    """One notice."""
    notice = reads.notices_of(desk.account, desk.shop.id).filter(id=notice_id).first()
    if notice is None:
        raise Problem("notice_not_found", 404, _("You were sent no such notice."))
    context = {"notice": notice, "appeal": getattr(notice, "appeal", None)}
    return show(request, desk, "merchant/notice.html", context, here="notices")
