"""The public page on which anybody checks a lucky bag's draw, and the winners' own."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from yellowcart.core.problems import Problem
from yellowcart.gifts.prizes import do_claim_prize
from yellowcart.gifts.queries import get_bag, prizes_of, published
from yellowcart.live.queries import get_room
from yellowcart.orders.queries import last_address
from yellowcart.people.access import access_person
from yellowcart.web.backoffice.replies import told as said
from yellowcart.web.viewer.modules import source_of
from yellowcart.web.viewer.orders import AddressForm

#: Entrants shown on the page; the JSON has them all.
SHOWN = 500


@require_GET
def draw(request: HttpRequest, bag_id: UUID) -> HttpResponse:
    """Commit, list, seed and winners as far as they are public; the browser does the sums."""
    try:
        bag = get_bag(bag_id)
    except Problem as problem:
        raise Http404 from problem
    told = published(bag)
    source = source_of("viewer/js/draw.js")
    context = {
        "bag": bag,
        "room": get_room(bag.room_id),
        "told": told,
        "shown": told["entrants"][:SHOWN],
        "more": max(len(told["entrants"]) - SHOWN, 0),
        "verifier": source[source.index("/** What holds") :],
    }
    return render(request, "viewer/draw.html", context)


@require_GET
def prizes(request: HttpRequest) -> HttpResponse:
    """What one won, also long after the room is over; goods ask where they go."""
    account = access_person(request.user)
    form = AddressForm(initial=last_address(account), auto_id=False)
    context = {"won": prizes_of(account), "form": form}
    return render(request, "viewer/prizes.html", context)


@require_POST
def claim(request: HttpRequest, prize_id: UUID) -> HttpResponse:
    """Have a prize sent."""
    account = access_person(request.user)
    address = {key: request.POST.get(key, "") for key in AddressForm.base_fields}
    with said(request, _("Your prize is on its way.")):
        do_claim_prize(actor=account, prize_id=prize_id, ship_to=address)
    return redirect("viewer:prizes")
