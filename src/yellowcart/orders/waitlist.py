"""Who waits for a sold-out SKU, and what is set aside for them when pieces come back.

Whoever waits longest is offered first, as much as there is of what they asked for, for
``WAITLIST_OFFER_SECONDS``; then the next. The pieces are held by a hold in the name of the row, so
that nobody else can buy them; the checkout lane turns it into the order's.

A row that is being taken or taken back is skipped, never waited for: who does that waits for the
stock row, which the others hold.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.models import Sku
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.outbox import Event
from yellowcart.core.problems import Problem
from yellowcart.inventory import actions as inventory
from yellowcart.inventory.actions import Wanted
from yellowcart.inventory.events import StockChanged, stock_changed
from yellowcart.inventory.models import Stock
from yellowcart.listings.models import Listing
from yellowcart.live.models import Room
from yellowcart.orders import events
from yellowcart.orders.models import Waiting
from yellowcart.people.models import Account

LAPSE_BATCH = 200
"""Offers taken back in one transaction."""
MOST_OFFERS = 100
"""Offers made at once for one stock row; the rest follow when the next pieces come back."""
MOST_PIECES = 99

Key = tuple[UUID, UUID]


@transaction.atomic
def do_join(*, actor: Account, listing_id: UUID, sku_id: UUID, quantity: int) -> Waiting:
    """Wait for pieces of a SKU. Asking again changes how many, and keeps the place.

    Problems: ``listing_not_found``; ``in_stock`` where enough is there to be bought;
    ``no_waiting_here`` where the room holds nothing for anybody.
    """
    if not 1 <= quantity <= MOST_PIECES:
        raise Problem(
            "invalid_request",
            422,
            _("Wait for between 1 and %(most)s pieces."),
            params={"most": MOST_PIECES},
        )
    listing, sku = _place(listing_id, sku_id)
    key = (sku.stock_shop_id, sku.stock_sku_id)
    # Whoever gives pieces back after this sees the row; whoever did before is seen here.
    stock = inventory.lock_stock([key]).get(key)
    mine = Waiting.objects.select_for_update(no_key=True).filter(
        shop_id=listing.shop_id, listing_id=listing_id, sku_id=sku_id, buyer_id=actor.id
    )
    row = mine.filter(state__in=["waiting", "offered"]).first()
    if row is not None and row.state == "offered":
        return row
    if stock is not None and _free(stock) >= quantity:
        raise Problem("in_stock", 409, _("It is in stock again. Buy it now."))
    if row is not None:
        row.quantity = quantity
        Waiting.objects.filter(shop_id=row.shop_id, id=row.id).update(quantity=quantity)
        return row
    return Waiting.objects.create(
        shop_id=listing.shop_id,
        id=new_id(),
        listing_id=listing.id,
        container_id=listing.container_id,
        sku_id=sku.id,
        stock_shop_id=sku.stock_shop_id,
        stock_sku_id=sku.stock_sku_id,
        buyer_id=actor.id,
        quantity=quantity,
        joined_at=now(),
    )


def _place(listing_id: UUID, sku_id: UUID) -> tuple[Listing, Sku]:
    listing = Listing.objects.filter(id=listing_id, state="mounted").first()
    sku = None
    if listing is not None:
        sku = Sku.objects.filter(id=sku_id, product_id=listing.product_id, active=True).first()
    if listing is None or sku is None or listing.integration == "link":
        raise Problem("listing_not_found", 404, _("This is not offered any more."))
    room = Room.objects.filter(id=listing.container_id, reservation="first_paid")
    if listing.surface == "live_room" and room.exists():
        raise Problem(
            "no_waiting_here",
            409,
            _("This room sells to whoever pays first; nothing is set aside. Try again to buy."),
        )
    return listing, sku


@transaction.atomic
def do_leave(*, actor: Account, waiting_id: UUID) -> Waiting:
    """Wait no longer; what was set aside goes to the next. Again changes nothing."""
    row = (
        Waiting.objects.select_for_update(no_key=True)
        .filter(id=waiting_id, buyer_id=actor.id)
        .first()
    )
    if row is None:
        raise Problem("waiting_not_found", 404, _("You are not waiting for this."))
    if row.state in {"waiting", "offered"}:
        _end([row], "left", now())
    return row


@transaction.atomic
def do_lapse_due(at: datetime, limit: int = LAPSE_BATCH) -> int:
    """Take back what was set aside until ``at`` and not bought; how many offers ended."""
    rows = list(
        Waiting.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(state="offered", offered_until__lte=at)
        .order_by("offered_until")[:limit]
    )
    _end(rows, "lapsed", at)
    return len(rows)


def _end(rows: Sequence[Waiting], state: str, at: datetime) -> None:
    """End locked rows, release what they held, and offer it on."""
    held = [row for row in rows if row.state == "offered"]
    for row in rows:
        row.state, row.ended_at = state, at
        Waiting.objects.filter(shop_id=row.shop_id, id=row.id).update(state=state, ended_at=at)
    inventory.do_expire((row.shop_id, row.id) for row in held)
    keys = {(row.stock_shop_id, row.stock_sku_id) for row in held}
    offer_freed(keys)
    outbox.append_all(
        [
            stock_changed(row.shop_id, StockChanged(str(row.sku_id), row.on_hand, _free(row)))
            for row in Stock.objects.filter(pk__in=sorted(keys))
        ]
    )


def offer_freed(keys: Iterable[Key]) -> int:
    """Set free pieces of stock rows aside for those who wait longest; how many were offered to.

    Joins the caller's transaction, which has locked these stock rows or locks nothing after.
    """
    wanted = sorted(set(keys))
    if not wanted or not _waiting_for(wanted).exists():
        return 0
    offered: list[Waiting] = []
    until = now() + timedelta(seconds=settings.WAITLIST_OFFER_SECONDS)
    for key, stock in sorted(inventory.lock_stock(wanted).items()):
        free = _free(stock)
        rows = _waiting_for([key]).select_for_update(no_key=True, skip_locked=True)
        for row in rows.order_by("joined_at", "id")[:MOST_OFFERS] if free else ():
            row.quantity = min(row.quantity, free)
            row.state, row.offered_until = "offered", until
            offered.append(row)
            free -= row.quantity
            if not free:
                break
    for row in offered:
        Waiting.objects.filter(shop_id=row.shop_id, id=row.id).update(
            quantity=row.quantity, state=row.state, offered_until=until
        )
    if offered:
        inventory.do_reserve([_wanted(row) for row in offered], until)
        outbox.append_all([events.waiting_offered(row) for row in offered])
    return len(offered)


def _waiting_for(keys: Sequence[Key]) -> QuerySet[Waiting]:
    return Waiting.objects.filter(
        state="waiting",
        stock_shop_id__in={key[0] for key in keys},
        stock_sku_id__in={key[1] for key in keys},
    )


def _wanted(row: Waiting) -> Wanted:
    return Wanted(row.shop_id, row.id, 1, row.stock_shop_id, row.stock_sku_id, row.quantity)


def _free(stock: Stock) -> int:
    return stock.on_hand - stock.reserved - stock.sold


def on_stock_changed(changed: Sequence[Event]) -> None:
    """A merchant's new pieces go to those who wait, before the crowd hears of them."""
    keys = {(event.shop_id, UUID(event.payload["sku_id"])) for event in changed}
    with transaction.atomic():
        offer_freed(keys)


def waiting_of(account: Account) -> list[Waiting]:
    """What somebody waits for or is offered, and what ended in the last day; newest first."""
    since = now() - timedelta(days=1)
    rows = Waiting.objects.filter(buyer_id=account.id, joined_at__gte=since - timedelta(days=30))
    return [
        row
        for row in rows.order_by("-joined_at")[:200]
        if row.ended_at is None or row.ended_at >= since
    ]


def next_lapse() -> datetime | None:
    """The instant at which the next offer ends."""
    return (
        Waiting.objects.filter(state="offered")
        .order_by("offered_until")
        .values_list("offered_until", flat=True)
        .first()
    )
