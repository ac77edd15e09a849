"""Who shared a room, and how often that was opened; one's own code."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import ensure_csrf_cookie

from yellowcart.listings.queries import cart_of
from yellowcart.live import shares
from yellowcart.live.queries import access_run
from yellowcart.live.share_api import out
from yellowcart.people.access import access_creator, creator_page
from yellowcart.web.backoffice.replies import told, uuids
from yellowcart.web.creator.shell import show


@ensure_csrf_cookie
@creator_page
def page(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The codes of a room; a post makes one's own for the room or a listing."""
    account = access_creator(request.user)
    room = access_run(account, room_id)
    if request.method == "POST":
        listing = next(iter(uuids([request.POST.get("listing", "")])), None)
        with told(request, _("Here is your code.")):
            shares.do_share(account, room.id, listing)
    titles = {row.listing_id: row.title for row in cart_of("live_room", room.id)}
    rows = shares.shares_of(account, room.id)
    context = {
        "room": room,
        "goods": [(str(listing_id), title) for listing_id, title in titles.items()],
        "rows": [
            {
                "share": row,
                "title": titles.get(row.listing_id) if row.listing_id else "",
                "mine": out(request, row) if row.made_by_id == account.id else None,
            }
            for row in rows
        ],
        "opens": sum(row.opens for row in rows),
    }
    return show(request, account, "creator/sharing.html", context, here="rooms")
