"""What operators were told as such: more was said in a matter that one of them answered."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from yellowcart.core.problems import Problem
from yellowcart.notices import actions
from yellowcart.notices.queries import inbox
from yellowcart.people.access import access_operator, operator_page

PAGE = 30


@require_GET
@operator_page
def index(request: HttpRequest) -> HttpResponse:
    """The inbox of this operator."""
    rows = inbox(access_operator(request.user), party="operator")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "operator/notices.html", {"page": page})


@require_GET
@operator_page
def detail(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """One notice. Opening it is the read receipt."""
    account = access_operator(request.user)
    notice = inbox(account, party="operator").filter(id=notice_id).first()
    if notice is None:
        raise Problem("notice_not_found", 404, _("You were sent no such notice."))
    if notice.read_at is None:
        notice.read_at = actions.do_read(account, notice.id).read_at
    return render(request, "operator/notice.html", {"notice": notice})
