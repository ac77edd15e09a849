"""What a host does with the one listing everybody looks at: count down to its sale, link it up,
give it a flash price. Each verb is one transaction."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from yellowcart.catalog.queries import active_skus
from yellowcart.catalog.rules import price_at
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.listings import linkup, pricing
from yellowcart.listings.models import Listing, SpecialPrice
from yellowcart.listings.rules import Wanted, flash_price
from yellowcart.live import problems
from yellowcart.live.actions import do_pin
from yellowcart.live.flashes import Flash, running_flash
from yellowcart.live.models import Room
from yellowcart.live.queries import access_cart, get_room
from yellowcart.people.models import Account

USUAL_FLASH_SECONDS: Final = 60


@transaction.atomic
def do_count_down(
    actor: Account,
    room_id: UUID,
    listing_id: UUID,
    *,
    seconds: int | None,
    hides_price: bool = False,
) -> Listing:
    """Explain a listing that can't be bought yet, and count down to its sale.

    ``seconds`` None: until the host links it up. It is pinned, as :func:`live.actions.do_pin`
    pins, and with its problems; the others are those of :func:`listings.linkup.do_hold`.
    """
    container = access_cart(actor, room_id)
    listing = linkup.do_hold(actor, container, listing_id, seconds=seconds, hides_price=hides_price)
    if get_room(room_id).pinned_listing_id != listing_id:
        do_pin(actor, room_id, listing_id)
    return listing


def do_extend_countdown(actor: Account, room_id: UUID, listing_id: UUID, seconds: int) -> Listing:
    """Let a countdown end so much later; see :func:`listings.linkup.do_extend`."""
    return linkup.do_extend(actor, access_cart(actor, room_id), listing_id, seconds)


def do_link_up(actor: Account, room_id: UUID, listing_id: UUID) -> Listing:
    """Put a listing on sale now; see :func:`listings.linkup.do_link_up`."""
    return linkup.do_link_up(actor, access_cart(actor, room_id), listing_id)


@transaction.atomic
def do_flash(
    actor: Account,
    room_id: UUID,
    listing_id: UUID,
    *,
    percent: int,
    seconds: int = USUAL_FLASH_SECONDS,
    pieces: int | None = None,
) -> Flash:
    """Take so many per cent off every variant of a listing for a while, and explain it meanwhile.

    ``pieces`` of each variant at that price, None: as many as there are. Until it is over, by the
    clock, because the pieces are gone, or by hand, nothing else is pinned.

    Problems: those of :func:`listings.pricing.do_set_special` and :func:`live.actions.do_pin`,
    ``flash_running``, ``room_state``.
    """
    room = _locked(access_cart(actor, room_id).id)
    if room.state != "live":
        raise problems.not_live()
    at = now()
    running = running_flash(room.id, at)
    if running is not None:
        raise problems.flash_running(running)
    do_pin(actor, room_id, listing_id)
    listing = Listing.objects.select_related("product").get(id=listing_id)
    bounds = pricing.flash_bounds()
    until = at + timedelta(seconds=seconds)
    for sku in active_skus(listing.product):
        regular = price_at(sku.price_minor, sku.sale_price_minor, sku.sale_from, sku.sale_until, at)
        wanted = Wanted(
            flash_price(regular, percent, bounds), at, until, allocation=pieces, flash=True
        )
        pricing.do_set_special(actor, listing_id, sku.id, wanted)
    return Flash(listing_id, listing.product.title, until)


@transaction.atomic
def do_end_flash(actor: Account, room_id: UUID) -> None:
    """End the flash price that runs; the price before is back. ``no_flash`` where none runs."""
    room = _locked(access_cart(actor, room_id).id)
    running = running_flash(room.id, now())
    if running is None:
        raise problems.no_flash()
    specials = SpecialPrice.objects.filter(
        listing_id=running.listing_id, flash=True, ended_at__isnull=True
    )
    for special_id in specials.values_list("id", flat=True):
        pricing.do_end_special(actor, running.listing_id, special_id)
    outbox.audit(actor.id, "room.flash_end", f"room:{room.id}")


def flash_choices() -> tuple[list[int], list[int]]:
    """Per cents and seconds to offer at one tap, within this installation's bounds."""
    bounds = pricing.flash_bounds()
    percents = [n for n in (10, 20, 30, 50) if bounds.least_bps <= n * 100 <= bounds.most_bps]
    seconds = [n for n in (30, 60, 120, 300) if bounds.least_seconds <= n <= bounds.most_seconds]
    return percents or [bounds.least_bps // 100], seconds or [bounds.least_seconds]


def _locked(room_id: UUID) -> Room:
    return Room.objects.select_for_update(no_key=True).get(id=room_id)
