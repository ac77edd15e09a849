"""What a supplier says of an order that it has, written down once however often it is said."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yellowcart.aftersales.supplied import do_ask_for_supplier, do_open_for_supplier
from yellowcart.connections import events
from yellowcart.connections.models import Change, Supply
from yellowcart.connections.rules import Priced, due_to_buyer, parcel_marks, pieces_sent
from yellowcart.connections.states import AT_SUPPLIER, SUPPLY_ENDS
from yellowcart.core.clock import wall
from yellowcart.core.problems import Problem
from yellowcart.orders.actions import lock_order
from yellowcart.orders.models import Order
from yellowcart.orders.queries import lines_of
from yellowcart.orders.supplied import do_ship_for_supplier, do_sign_for_supplier
from yellowcart.settlement.supplied import do_note_supplier
from yellowcart.sources.connector import Parcel, Progress

#: Parcels of one order that are believed.
MOST_PARCELS = 200
#: States in which a supplier's refund is followed by a case.
FOLLOWED = AT_SUPPLIER | {"sent"}


@transaction.atomic
def do_note_progress(supply_id: UUID, progress: Progress, again_at: datetime) -> Supply:
    """Take over how far the supplier is: parcels become parcels of our order.

    Of an order that it will not send the buyer has the money back at once where nothing was sent,
    unless we called it off ourselves; of money that it gave back the shop is asked for the buyer's
    part.
    """
    supply, order = lock_supply(supply_id)
    before = supply.refunded_minor
    supply.refunded_minor = max(before, min(progress.refunded_minor, 10**13))
    if _turned_up(supply, progress):
        # It was taken for not there, or for nobody's to find: it is followed, and called off.
        supply.state = "assigned"
    if supply.state in SUPPLY_ENDS and supply.state != "sent":
        # What it gives back after the end is between the shop and the supplier.
        supply.save(update_fields=["refunded_minor"])
        if supply.refunded_minor != before:
            tell_settlement(supply)
        return supply
    if supply.assigned_at is None:
        supply.assigned_at = wall()
        _found(supply)
    supply.placing_until = None
    supply.external_id = progress.external_id[:200] or supply.external_id
    supply.attempts, supply.last_error, supply.asked_at = 0, {}, wall()
    supply.reason = progress.reason[:200]
    parcels = progress.parcels[:MOST_PARCELS]
    for parcel, mark in zip(parcels, parcel_marks(parcels), strict=True):
        _ship(supply, order, parcel, mark)
    if progress.state in {"sent", "received"}:
        # What was sent without a word about how is on its way all the same.
        _ship(supply, order, Parcel("", ""), "rest")
    if progress.state == "received":
        do_sign_for_supplier(shop_id=supply.shop_id, order_id=supply.order_id)
    if progress.state == "cancelled":
        _cancelled(supply, order)
    else:
        _advance(supply, progress.state, again_at)
    if not _follow_refund(supply) and supply.due_at is None:
        # A case stands in the way; it is asked for when that is over.
        supply.due_at, supply.ended_at = again_at, None
    supply.save()
    if supply.refunded_minor != before:
        tell_settlement(supply)
    return supply


def _turned_up(supply: Supply, progress: Progress) -> bool:
    """Whether an order that ended without the supplier is there after all."""
    is_ended = supply.state == "cancelled" and supply.assigned_at is None
    return is_ended and progress.state != "cancelled"


def _found(supply: Supply) -> None:
    """Nobody has to look for an order any more that is known to be there."""
    Change.objects.filter(supply=supply, kind="lost", state="todo").update(
        state="done", ended_at=wall()
    )


@transaction.atomic
def do_give_back(supply_id: UUID, words: Mapping[str, str]) -> Supply:
    """The supplier does not take an order: its shop decides what becomes of it."""
    supply, _order = lock_supply(supply_id)
    if supply.state in SUPPLY_ENDS:
        return supply
    supply.last_error = dict(words)
    _give_back(supply)
    supply.save()
    return supply


def lock_supply(supply_id: UUID) -> tuple[Supply, Order]:
    """The supply and its order, the order first, as everybody locks them."""
    seen = Supply.objects.get(id=supply_id)
    order = lock_order(seen.shop_id, seen.order_id)
    locked = (
        Supply.objects.select_related("connection")
        .select_for_update(no_key=True, of=("self",))
        .get(id=supply_id)
    )
    return locked, order


def _ship(supply: Supply, order: Order, parcel: Parcel, mark: str) -> None:
    left = {line.line_no: line.unsent for line in lines_of([order]).get(order.id, [])}
    lines = list(supply.lines.all())
    most = {line.line_no: min(line.quantity, left.get(line.line_no, 0)) for line in lines}
    keys = {line.line_no: line.sku_key for line in lines}
    pieces = pieces_sent(parcel.pieces, keys, most)
    # One that was told before may have its number now.
    if pieces or (mark and parcel.tracking_no):
        do_ship_for_supplier(
            shop_id=supply.shop_id,
            order_id=supply.order_id,
            carrier=parcel.carrier,
            tracking_no=parcel.tracking_no,
            pieces=pieces,
            mark=f"{supply.id.hex}:{mark}" if mark else "",
        )


def _advance(supply: Supply, state: str, again_at: datetime) -> None:
    order = Order.objects.get(shop_id=supply.shop_id, id=supply.order_id)
    lines = {line.line_no: line for line in lines_of([order]).get(order.id, [])}
    mine = [lines[line.line_no] for line in supply.lines.all() if line.line_no in lines]
    is_over = state == "received" or order.state in {"completed", "closed"}
    if not any(line.unsent for line in mine) and any(line.shipped_quantity for line in mine):
        supply.state = "sent"
    elif any(line.shipped_quantity for line in mine):
        supply.state = "part_sent"
    else:
        supply.state = "assigned"
    if supply.calls_off and state in {"sent", "received"}:
        # It was sent although we called it off: the shop and the supplier talk about that.
        supply.state, is_over = "sent", True
    # What is on its way is followed on until it has arrived.
    is_done = supply.state == "sent" and is_over
    supply.due_at = None if is_done else again_at
    supply.ended_at = wall() if is_done else None


def _cancelled(supply: Supply, order: Order) -> None:
    mine = {line.line_no for line in supply.lines.all()}
    lines = [line for line in lines_of([order]).get(order.id, []) if line.line_no in mine]
    was_sent = any(line.shipped_quantity for line in lines)
    if supply.calls_off or not any(line.unsent for line in lines):
        # All of it was sent, and cancelled afterwards: what came of that is a refund.
        supply.state = "sent" if was_sent else "cancelled"
        supply.due_at, supply.ended_at = None, wall()
    else:
        _give_back(supply, at_once=not was_sent)


def _give_back(supply: Supply, *, at_once: bool = False) -> None:
    """The supplier does not send what is left. ``at_once``: it had taken the order and sent
    nothing, so that the buyer has the money back now; else the shop is asked."""
    supply.state, supply.due_at, supply.ended_at = "returned", None, wall()
    words = supply.reason or supply.last_error.get("zh-hans", "")
    mine = {line.line_no for line in supply.lines.all()}
    refunded = at_once and _refund_at_once(supply, mine, words)
    case = None
    if refunded:
        supply.followed_minor = supply.refunded_minor
    else:
        case = do_open_for_supplier(
            shop_id=supply.shop_id, order_id=supply.order_id, line_nos=mine, words=words
        )
    announce_returned(supply, "refunded" if refunded else "left" if case is None else "asked")


def _refund_at_once(supply: Supply, line_nos: set[int], words: str) -> bool:
    """Give the buyer's money back now; whether that was possible."""
    try:
        with transaction.atomic():
            do_open_for_supplier(
                shop_id=supply.shop_id,
                order_id=supply.order_id,
                line_nos=line_nos,
                words=words,
                at_once=True,
            )
    except Problem:
        # Such as money that is not there: then the shop is asked, as everybody is.
        return False
    order = Order.objects.get(shop_id=supply.shop_id, id=supply.order_id)
    lines = lines_of([order]).get(order.id, [])
    return not any(line.unsent for line in lines if line.line_no in line_nos)


def announce_returned(supply: Supply, became: str) -> None:
    """Announce that an order was given back, and what became of its buyer's money: it was
    ``refunded``, the shop was ``asked`` for it, or nothing was done yet (``left``)."""
    events.announce(
        supply.connection,
        events.SUPPLY_RETURNED,
        order_id=str(supply.order_id),
        supply_id=str(supply.id),
        became=became,
    )
    tell_settlement(supply)


def _follow_refund(supply: Supply) -> bool:
    """Have the buyer's refund follow what the supplier gave back, once; whether that is settled.

    What the buyer had for these lines already, because the shop refunded it first, is taken off.
    """
    if supply.refunded_minor <= supply.followed_minor or supply.state not in FOLLOWED:
        return True
    order = Order.objects.get(shop_id=supply.shop_id, id=supply.order_id)
    lines = {line.line_no: line for line in lines_of([order]).get(order.id, [])}
    mine = [line for line in supply.lines.all() if line.line_no in lines]
    told = [
        Priced(
            line.line_no,
            line.unit_minor * line.handed,
            lines[line.line_no].refund_of(min(line.handed, lines[line.line_no].quantity)),
            lines[line.line_no].refunded_minor,
        )
        for line in mine
    ]
    amounts = due_to_buyer(supply.refunded_minor, told)
    if amounts:
        case = do_ask_for_supplier(
            shop_id=supply.shop_id,
            order_id=supply.order_id,
            amounts=amounts,
            words=supply.reason,
        )
        if case is None and order.open_cases:
            return False
    supply.followed_minor = supply.refunded_minor
    return True


def tell_settlement(supply: Supply) -> None:
    """Tell settlement what the supplier is not to be paid for, by its own word."""
    supplier_id = supply.connection.supplier_id
    if supplier_id is None:
        return
    pieces = {}
    if supply.state == "returned":
        order = Order.objects.get(shop_id=supply.shop_id, id=supply.order_id)
        left = {line.line_no: line for line in lines_of([order]).get(order.id, [])}
        pieces = {
            line.line_no: left[line.line_no].quantity - left[line.line_no].shipped_quantity
            for line in supply.lines.all()
            if line.line_no in left
        }
    do_note_supplier(
        shop_id=supply.shop_id,
        order_id=supply.order_id,
        supplier_id=supplier_id,
        refunded_minor=supply.refunded_minor,
        pieces=pieces,
    )
