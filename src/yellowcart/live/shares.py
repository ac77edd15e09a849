"""Share codes: a short text that opens a room, or one listing of it, and counts that it did."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from yellowcart.listings import queries as listings
from yellowcart.listings.problems import listing_not_found
from yellowcart.live import problems
from yellowcart.live.queries import access_run, room_seen_by
from yellowcart.live.sharecodes import ALPHABET, LENGTH, marked
from yellowcart.live.tooltables import ShareCode
from yellowcart.people.models import Account

_TRIES = 5

#: The cookie that remembers the codes a browser opened, the latest first.
COOKIE: Final = "yellowcart_shares"
#: How long after opening a code an order counts as come through it: the days in which the field
#: counts purchases to a show that is over (Lazada: 7).
MAX_AGE_SECONDS: Final = 7 * 86_400
_MOST_KEPT: Final = 5
_CODES: Final = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}(?:\.[{ALPHABET}]{{{LENGTH}}})*")


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a code leads."""

    code: str
    room_id: UUID
    listing_id: UUID | None


def do_share(account: Account, room_id: UUID, listing_id: UUID | None = None) -> ShareCode:
    """One's code for a room, or for a listing of it; the same one again where there is one.

    Problems: ``room_not_found``, ``room_state`` (called off, over, or practice),
    ``listing_not_found``.
    """
    room = room_seen_by(account, room_id)
    if room.practice or room.state in {"cancelled", "ended"}:
        raise problems.not_to_share()
    if listing_id is not None and listings.offered_in(listing_id, "live_room", room.id) is None:
        raise listing_not_found()
    mine = ShareCode.objects.filter(room=room, listing_id=listing_id, made_by=account)
    for _try in range(_TRIES):
        found = mine.first()
        if found is not None:
            return found
        code = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
        try:
            with transaction.atomic():
                return ShareCode.objects.create(
                    code=code, room=room, listing_id=listing_id, made_by=account
                )
        except IntegrityError:
            # Somebody else has this code, or we have one since a moment: look again.
            continue
    raise RuntimeError("no free share code was found")


def do_open_share(code: str) -> Opened:
    """Where a code leads, and count that it was opened. ``share_not_found`` otherwise."""
    row = find_share(code)
    ShareCode.objects.filter(code=row.code).update(opens=F("opens") + 1)
    return Opened(row.code, row.room_id, row.listing_id)


def find_share(code: str) -> ShareCode:
    """A code with its room and its host; ``share_not_found``. Counts nothing."""
    row = ShareCode.objects.select_related("room__creator").filter(code=code.upper()).first()
    if row is None or row.room.state == "cancelled" or row.room.practice:
        raise problems.share_not_found()
    return row


def opened_before(cookie: str | None) -> list[str]:
    """The codes that a cookie remembers, the latest first; none where it isn't one of ours."""
    if not cookie or len(cookie) > 200 or not _CODES.fullmatch(cookie):
        return []
    return cookie.split(".")[:_MOST_KEPT]


def remembered(cookie: str | None, code: str) -> str:
    """The cookie with one more code that was opened."""
    others = [one for one in opened_before(cookie) if one != code]
    return ".".join([code, *others][:_MOST_KEPT])


def came_through(room_id: UUID, codes: Sequence[str], viewer_id: UUID | None) -> str:
    """The latest of these codes that leads to the room, empty where none does.

    Nobody comes through a code of their own.
    """
    if not codes:
        return ""
    rows = ShareCode.objects.filter(code__in=codes, room_id=room_id).exclude(made_by_id=viewer_id)
    leading = set(rows.values_list("code", flat=True))
    return next((code for code in codes if code in leading), "")


def shares_of(account: Account, room_id: UUID) -> list[ShareCode]:
    """All codes of a room, the most opened first; for whoever runs it."""
    room = access_run(account, room_id)
    rows = ShareCode.objects.filter(room=room).select_related("made_by")
    return list(rows.order_by("-opens", "made_at", "code")[:200])


def share_text(row: ShareCode, url: str, product: str | None = None) -> str:
    """What people paste to each other, in the caller's language."""
    values = {
        "host": row.room.creator.display_name,
        "title": product or row.room.title,
        "code": marked(row.code),
        "url": url,
    }
    if product is not None:
        words = _("Copy this and open Yellowcart: %(title)s in %(host)s's room %(code)s %(url)s")
    else:
        words = _("Copy this and open Yellowcart: %(host)s live, %(title)s %(code)s %(url)s")
    return words % values


def product_of(row: ShareCode) -> dict[str, Any] | None:
    """What the code's listing shows now; None for a room, or where it left the cart."""
    if row.listing_id is None:
        return None
    found = listings.item(row.listing_id, "en", public=True)
    return found if found and found["state"] == "mounted" else None
