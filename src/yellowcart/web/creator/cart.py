"""What the host does to the cart: find goods, mount, pin, move, take out, convert."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.listings import actions
from yellowcart.listings.models import Listing
from yellowcart.listings.problems import listing_not_found
from yellowcart.listings.queries import access_profile
from yellowcart.live.actions import do_pin
from yellowcart.live.models import Room
from yellowcart.live.queries import access_cart, get_room
from yellowcart.live.spotlight import do_end_flash, do_link_up
from yellowcart.people.access import access_creator, creator_page
from yellowcart.people.models import Account
from yellowcart.web.backoffice.replies import told
from yellowcart.web.creator.desk import cart_context, render_cart
from yellowcart.web.creator.replacing import replace, replace_all

Act = Callable[[Account, Room, Listing], object]


@require_POST
@creator_page
def mount(request: HttpRequest, room_id: UUID, product_id: UUID) -> HttpResponse:
    """Offer a product in the room, last in the cart."""
    account = access_creator(request.user)
    container = access_cart(account, room_id)
    with told(request, _("Mounted.")):
        actions.do_mount(account, container, product_id)
    return answer(request, account, room_id)


@require_POST
@creator_page
def act(request: HttpRequest, room_id: UUID, listing_id: UUID) -> HttpResponse:
    """One of the buttons beside a listing; ``do`` says which."""
    account = access_creator(request.user)
    access_cart(account, room_id)
    action, done = ACTS.get(request.POST.get("do", ""), (None, ""))
    listing = (
        Listing.objects.filter(
            id=listing_id,
            surface="live_room",
            container_id=room_id,
            state__in=["mounted", "barred"],
        )
        .select_related("product")
        .first()
    )
    if action is None or listing is None:
        raise listing_not_found()
    with told(request, done or None):
        action(account, get_room(room_id), listing)
    return answer(request, account, room_id)


@require_POST
@creator_page
def convert_all(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Put native goods in the place of every link that a rule bars, or will bar."""
    account = access_creator(request.user)
    room = get_room(room_id)
    access_cart(account, room_id)
    lines = [line for line in cart_context(account, room)["lines"] if line["way"] is not None]
    listings = Listing.objects.select_related("product").in_bulk(
        [line["row"].listing_id for line in lines]
    )
    replace_all(request, account, [(listings[line["row"].listing_id], None) for line in lines])
    return answer(request, account, room_id)


def answer(request: HttpRequest, account: Account, room_id: UUID) -> HttpResponse:
    """The cart with what the last action said: to htmx a part of the page, else the page."""
    if request.headers.get("HX-Request") == "true":
        return render_cart(request, account, get_room(room_id), answering=True)
    return redirect("creator:desk", room_id=room_id)


def _move(step: int) -> Act:
    def act(account: Account, room: Room, listing: Listing) -> None:
        rows = Listing.objects.filter(
            surface="live_room", container_id=room.id, state__in=["mounted", "barred"]
        )
        order = list(rows.order_by("position", "id").values_list("id", flat=True))
        place = order.index(listing.id)
        other = place + step
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
            actions.do_reorder(account, access_cart(account, room.id), order)

    return act


def _pin(account: Account, room: Room, listing: Listing) -> None:
    do_pin(account, room.id, listing.id)


def _unpin(account: Account, room: Room, _listing: Listing) -> None:
    do_pin(account, room.id, None)


def _unmount(account: Account, room: Room, listing: Listing) -> None:
    if room.pinned_listing_id == listing.id:
        do_pin(account, room.id, None)
    actions.do_unmount(account, access_cart(account, room.id), listing.id)


def _convert(account: Account, _room: Room, listing: Listing) -> None:
    replace(account, listing)


def _to_profile(account: Account, _room: Room, listing: Listing) -> None:
    actions.do_mount(account, access_profile(account), listing.product_id)


def _link_up(account: Account, room: Room, listing: Listing) -> None:
    do_link_up(account, room.id, listing.id)


def _end_flash(account: Account, room: Room, _listing: Listing) -> None:
    do_end_flash(account, room.id)


#: The buttons of a listing, and what is said after each.
ACTS: dict[str, tuple[Act, Promise | str]] = {
    "up": (_move(-1), ""),
    "down": (_move(1), ""),
    "pin": (_pin, ""),
    "unpin": (_unpin, ""),
    "unmount": (_unmount, _("Taken out of the cart.")),
    "convert": (_convert, _("Converted: sold here now, from the supplier's stock.")),
    "link_up": (_link_up, _("On sale.")),
    "end_flash": (_end_flash, _("The price before is back.")),
    "profile": (_to_profile, _("Offered on your profile.")),
}
