"""Mounted, shown, and not on sale yet: until a countdown ends, or until its host links it up.

The instant at which a countdown ends is stored, so the lane and every page flip at it by the clock
alone; no message is needed then. A hidden price is told shortly before (``rules.REVEAL_AHEAD``), so
that pages can show it at the very instant. Each verb is one transaction.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.listings import events, problems
from yellowcart.listings.actions import locked_in
from yellowcart.listings.containers import Container
from yellowcart.listings.models import Listing
from yellowcart.listings.pricing import SOLD_HERE
from yellowcart.listings.rules import (
    LEAST_COUNTDOWN_SECONDS,
    LONGEST_COUNTDOWN_SECONDS,
    REVEAL_AHEAD,
)
from yellowcart.people.models import Account

_FIELDS: Final = ["held", "hides_price", "reveals_at", "sale_from", "sale_until"]
_A_TIME: Final = 500


@transaction.atomic
def do_hold(
    actor: Account,
    container: Container,
    listing_id: UUID,
    *,
    seconds: int | None = None,
    hides_price: bool = False,
) -> Listing:
    """Take a listing off sale until ``seconds`` are over; None: until :func:`do_link_up`.

    Doing it again starts the countdown anew. The end of a sale window that would come first is
    dropped. Problems: ``listing_not_found``, ``jump_out``, ``countdown_invalid``.
    """
    if seconds is not None and not LEAST_COUNTDOWN_SECONDS <= seconds <= LONGEST_COUNTDOWN_SECONDS:
        raise problems.countdown_invalid()
    listing = locked_in(container, listing_id)
    if listing.integration not in SOLD_HERE:
        raise problems.sold_elsewhere()
    listing.held = seconds is None
    listing.hides_price = hides_price
    _begin_sale(listing, None if seconds is None else now() + timedelta(seconds=seconds))
    return _save(actor, container, listing, "listing.hold")


@transaction.atomic
def do_extend(actor: Account, container: Container, listing_id: UUID, seconds: int) -> Listing:
    """Let a countdown that runs end so much later.

    Problems: ``listing_not_found``, ``countdown_invalid``, ``no_countdown``.
    """
    listing = locked_in(container, listing_id)
    at = now()
    if listing.held or listing.sale_from is None or listing.sale_from <= at:
        raise problems.no_countdown()
    ends = listing.sale_from + timedelta(seconds=seconds)
    if seconds < 1 or ends - at > timedelta(seconds=LONGEST_COUNTDOWN_SECONDS):
        raise problems.countdown_invalid()
    _begin_sale(listing, ends)
    return _save(actor, container, listing, "listing.extend")


@transaction.atomic
def do_link_up(actor: Account, container: Container, listing_id: UUID) -> Listing:
    """Put a listing on sale now. One that is on sale stays so.

    Problems: ``listing_not_found``.
    """
    listing = locked_in(container, listing_id)
    at = now()
    if not listing.held and (listing.sale_from is None or listing.sale_from <= at):
        return listing
    listing.held = False
    listing.hides_price = False
    _begin_sale(listing, at)
    return _save(actor, container, listing, "listing.link_up")


def reveal_due() -> datetime | None:
    """Tell rooms the prices whose hiding is over soon; when there is the next to tell."""
    at = now()
    with transaction.atomic():
        due = list(
            Listing.objects.select_for_update(no_key=True, skip_locked=True)
            .filter(reveals_at__lte=at)
            .order_by("id")[:_A_TIME]
        )
        Listing.objects.filter(id__in=[row.id for row in due]).update(reveals_at=None)
        for row in due:
            if row.state != "unmounted":
                events.mounted(Container(row.surface, row.container_id, row.creator_id), row.id)
    rest = Listing.objects.filter(reveals_at__isnull=False).order_by("reveals_at")
    return rest.values_list("reveals_at", flat=True).first()


def _begin_sale(listing: Listing, at: datetime | None) -> None:
    listing.sale_from = at
    if at is None or (listing.sale_until is not None and listing.sale_until <= at):
        listing.sale_until = None
    hidden = listing.hides_price and at is not None and at > now()
    listing.reveals_at = at - REVEAL_AHEAD if hidden and at is not None else None


def _save(actor: Account, container: Container, listing: Listing, verb: str) -> Listing:
    listing.save(update_fields=_FIELDS)
    outbox.audit(
        actor.id,
        verb,
        f"listing:{listing.id}",
        sale_from=listing.sale_from.isoformat() if listing.sale_from else "",
    )
    events.mounted(container, listing.id)
    return listing
