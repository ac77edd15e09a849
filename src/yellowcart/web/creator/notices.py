"""What the creator was told about rules, and what they answered."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.notices import actions
from yellowcart.notices.models import Notice
from yellowcart.notices.queries import inbox
from yellowcart.people.access import access_person, person_page
from yellowcart.people.models import Account
from yellowcart.web.backoffice.appeals import AppealForm
from yellowcart.web.backoffice.replies import put_on_form
from yellowcart.web.creator.shell import show

PAGE = 30


def _notices(account: Account) -> QuerySet[Notice]:
    """What one was told as a creator or for a source; a shop's notices are read at its desk."""
    return inbox(account).exclude(party__in=["merchant", "viewer"])


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
    if request.method == "POST" and form.is_valid():
        try:
            actions.do_appeal(account, notice.id, form.cleaned_data["words"])
        except Problem as problem:
            put_on_form(form, problem, field="words")
        else:
            messages.success(request, _("Your appeal is with the platform. The answer comes here."))
            return redirect("creator:notice", notice_id=notice_id)
    elif notice.read_at is None:
        notice.read_at = actions.do_read(account, notice.id).read_at
    status = 422 if request.method == "POST" else 200
    context = {"notice": notice, "form": form, "appeal": getattr(notice, "appeal", None)}
    return show(request, account, "creator/notice.html", context, here="notices", status=status)
