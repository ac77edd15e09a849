"""What a host does with the listing in the spotlight, at one tap: countdowns, flash prices."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.live import spotlight
from yellowcart.people.access import access_creator, creator_page
from yellowcart.people.models import Account
from yellowcart.web.backoffice.replies import told
from yellowcart.web.creator.cart import answer

#: By how many seconds a countdown is extended.
EXTENSION = 30


@require_POST
@creator_page
def act(request: HttpRequest, room_id: UUID, listing_id: UUID) -> HttpResponse:
    """``do`` is a verb and, after a colon, its number: ``hold:30``, ``flash:20``."""
    account = access_creator(request.user)
    verb, _colon, number = request.POST.get("do", "").partition(":")
    with told(request, DONE.get(verb)):
        run(account, room_id, listing_id, verb, whole(number), request)
    return answer(request, account, room_id)


def run(
    account: Account,
    room_id: UUID,
    listing_id: UUID,
    verb: str,
    number: int | None,
    request: HttpRequest,
) -> None:
    """One verb; an unknown one does nothing."""
    match verb:
        case "hold":
            spotlight.do_count_down(
                account,
                room_id,
                listing_id,
                seconds=number,
                hides_price="hide_price" in request.POST,
            )
        case "extend":
            spotlight.do_extend_countdown(account, room_id, listing_id, number or EXTENSION)
        case "link_up":
            spotlight.do_link_up(account, room_id, listing_id)
        case "flash":
            spotlight.do_flash(
                account,
                room_id,
                listing_id,
                percent=number or 0,
                seconds=whole(request.POST.get("seconds")) or spotlight.USUAL_FLASH_SECONDS,
                pieces=whole(request.POST.get("pieces")),
            )
        case "end_flash":
            spotlight.do_end_flash(account, room_id)


def whole(text: str | None) -> int | None:
    """A whole number above 0 that somebody typed, or None."""
    return int(text) if text and text.isdecimal() and len(text) <= 9 and int(text) else None


#: What is said after each verb.
DONE: dict[str, Promise] = {
    "hold": _("Viewers see it now; it can't be bought yet."),
    "extend": _("The countdown is longer now."),
    "link_up": _("On sale."),
    "flash": _("The flash price runs; nothing else can be explained until it is over."),
    "end_flash": _("The price before is back."),
}
