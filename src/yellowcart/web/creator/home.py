"""The creator at a glance: permits with every condition, the next room, what a rule will bar."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.listings.models import Listing
from yellowcart.live.models import Room
from yellowcart.live.queries import rooms_of, viewers_in
from yellowcart.notices.models import Notice
from yellowcart.people import permits
from yellowcart.people.access import access_person, person_page
from yellowcart.people.conditions import PermitName
from yellowcart.people.models import Account
from yellowcart.people.queries import Standing, is_creator, standing
from yellowcart.web.backoffice.appeals import AppealForm
from yellowcart.web.backoffice.offers import hits, offers
from yellowcart.web.backoffice.replies import put_on_form, told
from yellowcart.web.creator.shell import show

FEW = 5


@person_page
def home(request: HttpRequest) -> HttpResponse:
    """Everybody who is signed in may open it: this is where one becomes a creator."""
    return _home(request, access_person(request.user))


def _home(
    request: HttpRequest, account: Account, appeal: AppealForm | None = None, about: str = ""
) -> HttpResponse:
    at = clock.now()
    rooms = rooms_of(account.id)
    live = rooms.filter(state="live").first()
    barred, coming = hits(offers(_own_listings(account), at))
    context = {
        "creator": is_creator(account),
        "standings": [
            {"permit": one, "form": appeal if one.permit == about else AppealForm()}
            for one in standing(account, at)
        ],
        "live": live,
        "viewers": viewers_in([live.id]).get(live.id, 0) if live else 0,
        "next_room": rooms.filter(state="scheduled").order_by("scheduled_at", "id").first(),
        "notices": Notice.objects.filter(account=account, read_at__isnull=True)
        .exclude(party__in=["merchant", "viewer"])
        .order_by("-sent_at")[:FEW],
        "barred": barred,
        "coming": coming,
        "now": at,
    }
    return show(
        request, account, "creator/home.html", context, here="home", status=422 if appeal else 200
    )


def _own_listings(account: Account) -> list[Listing]:
    """What the creator offers: rooms that are on or to come, videos, the profile."""
    open_rooms = Room.objects.filter(creator=account, state__in=["scheduled", "live"])
    return list(
        Listing.objects.filter(creator_id=account.id, state__in=["mounted", "barred"])
        .filter(~Q(surface="live_room") | Q(container_id__in=open_rooms.values("id")))
        .select_related("product")
        .order_by("surface", "position", "id")
    )


@require_POST
@person_page
def apply(request: HttpRequest, permit: str) -> HttpResponse:
    """Ask for a permit; the answer, with every condition, is there at once."""
    account = access_person(request.user)
    with told(request):
        decision = permits.do_apply_for_permit(account, PermitName(permit))
        if decision.outcome == "refused":
            messages.warning(request, _("Not yet: see below what is missing."))
        else:
            messages.success(request, _("Done. The permit is open from now on."))
    return redirect("creator:home")


@require_POST
@person_page
def appeal(request: HttpRequest, permit: str) -> HttpResponse:
    """Ask to have the standing decision on a permit looked at again."""
    account = access_person(request.user)
    standings: dict[str, Standing] = {one.permit: one for one in standing(account)}
    latest = standings[permit].latest
    form = AppealForm(request.POST)
    if latest is None:
        raise Problem("nothing_to_appeal", 409, _("Nothing was decided about this permit yet."))
    if form.is_valid():
        try:
            permits.do_appeal(account, latest.id, form.cleaned_data["words"])
        except Problem as problem:
            put_on_form(form, problem, field="words")
        else:
            messages.success(
                request, _("Your appeal is with the platform. The answer will be shown here.")
            )
            return redirect("creator:home")
    return _home(request, account, form, permit)
