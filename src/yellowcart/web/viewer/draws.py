"""The public page on which anybody checks a lucky bag's draw."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yellowcart.core.problems import Problem
from yellowcart.gifts.queries import get_bag, published
from yellowcart.live.queries import get_room
from yellowcart.web.viewer.modules import source_of

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
