"""What the creator was told about rules, and what they answered."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.core.problems import Problem
from yellowcart.notices import actions
from yellowcart.notices.models import Notice
from yellowcart.notices.queries import inbox
from yellowcart.people.access import (
    access_creator,
    access_person,
    creator_page,
    person_page,
)
from yellowcart.people.models import Account
from yellowcart.web.backoffice.appeals import AppealForm
from yellowcart.web.backoffice.replies import put_on_form, uuids
from yellowcart.web.creator.replacing import Line, lines_of, replace_all
from yellowcart.web.creator.shell import show

PAGE = 30


def _notices(account: Account) -> QuerySet[Notice]:
    """What one was told as a creator or for a source; a shop's notices are read at its desk."""
    return inbox(account).exclude(party__in=["merchant", "viewer", "operator"])


def _access(account: Account, notice_id: UUID) -> Notice:
    notice = _notices(account).filter(id=notice_id).first()
    if notice is None:
        raise Problem("notice_not_found", 404, _("You were sent no such notice."))
    return notice


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
    notice = _access(account, notice_id)
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
    context = {
        "notice": notice,
        "form": form,
        "appeal": getattr(notice, "appeal", None),
        **_ways(lines_of(account, notice)),
    }
    return show(request, account, "creator/notice.html", context, here="notices", status=status)


def _ways(lines: Sequence[Line]) -> dict[str, Any]:
    """What may be done about a notice: at a click, by choosing, or not here."""
    return {
        "lines": lines,
        "at_a_click": [line for line in lines if line.own],
        "to_choose": [line for line in lines if not line.own and line.offers],
        "without": [line for line in lines if not line.own and not line.offers],
    }


@require_POST
@creator_page
def convert(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Put native goods of one's own shop, or of the link's, in the place of every link hit."""
    account = access_creator(request.user)
    lines = lines_of(account, _access(account, notice_id))
    replace_all(request, account, [(line.listing, None) for line in lines if line.own])
    return redirect("creator:notice", notice_id=notice_id)


@creator_page
def choose(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Choose among native goods of other shops what is offered in the place of each link."""
    account = access_creator(request.user)
    notice = _access(account, notice_id)
    lines = [line for line in lines_of(account, notice) if line.offers]
    if request.method == "POST":
        chosen = []
        for line in lines:
            wanted = uuids([request.POST.get(f"native-{line.listing.id}", "")])
            native = next((one for one, _price in line.offers if one.id in wanted), None)
            if native is not None:
                chosen.append((line.listing, native))
        replace_all(request, account, chosen)
        return redirect("creator:notice", notice_id=notice_id)
    context = {"notice": notice, "lines": lines}
    return show(request, account, "creator/notice_choose.html", context, here="notices")
