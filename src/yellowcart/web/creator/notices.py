"""What the creator was told about rules, and what they answered."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.notices.models import Notice
from yellowcart.people.access import access_person, person_page
from yellowcart.people.models import Account
from yellowcart.web.backoffice.appeals import AppealForm
from yellowcart.web.creator.shell import show

PAGE = 30


def _notices(account: Account) -> QuerySet[Notice]:
    return (
        Notice.objects.filter(account=account)
        .exclude(party="merchant")
        .select_related("appeal")
        .order_by("-sent_at", "-id")
    )


@person_page
def index(request: HttpRequest) -> HttpResponse:
    """The inbox."""
    account = access_person(request.user)
    page = Paginator(_notices(account), PAGE).get_page(request.GET.get("page"))
    return show(request, account, "creator/notices.html", {"page": page}, here="notices")


@person_page
def detail(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """One notice. Opening it is the read receipt; a post appeals."""
    account = access_person(request.user)
    notice = _notices(account).filter(id=notice_id).first()
    if notice is None:
        raise Problem("notice_not_found", 404, _("You were sent no such notice."))
    form = AppealForm(request.POST or None)
    context = {"notice": notice, "form": form, "appeal": getattr(notice, "appeal", None)}
    return show(request, account, "creator/notice.html", context, here="notices")
