"""What a supplier says of an order that it has, written down once however often it is said."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yellowcart.aftersales.supplied import do_open_for_supplier
from yellowcart.connections import events
from yellowcart.connections.models import Supply
from yellowcart.connections.rules import pieces_sent
from yellowcart.connections.states import SUPPLY_ENDS
from yellowcart.core.clock import wall
from yellowcart.orders.actions import lock_order
from yellowcart.orders.models import Order
from yellowcart.orders.queries import lines_of
from yellowcart.orders.supplied import do_ship_for_supplier, do_sign_for_supplier
from yellowcart.sources.connector import Parcel, Progress

#: Parcels of one order that are believed.
MOST_PARCELS = 200


@transaction.atomic
def do_note_progress(supply_id: UUID, progress: Progress, again_at: datetime) -> Supply:
    """Take over how far the supplier is: parcels become parcels of our order.

    An order that it will not send is asked money back for, of its shop and in the buyer's stead,
    unless we called it off ourselves.
    """
    supply, order = lock_supply(supply_id)
    if supply.state in SUPPLY_ENDS and supply.state != "sent":
        return supply
    if supply.assigned_at is None:
        supply.assigned_at = wall()
    supply.external_id = progress.external_id[:200] or supply.external_id
    supply.refunded_minor = max(supply.refunded_minor, min(progress.refunded_minor, 10**13))
    supply.attempts, supply.last_error, supply.asked_at = 0, {}, wall()
    supply.reason = progress.reason[:200]
    for parcel in progress.parcels[:MOST_PARCELS]:
        _ship(supply, order, parcel)
    if progress.state in {"sent", "received"} and not progress.parcels:
        # Sent without a word about how: it is on its way all the same.
        _ship(supply, order, Parcel("", supply.external_id))
    if progress.state == "received":
        do_sign_for_supplier(shop_id=supply.shop_id, order_id=supply.order_id)
    if progress.state == "cancelled":
        _cancelled(supply, order)
    else:
        _advance(supply, progress.state, again_at)
    supply.save()
    return supply


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


def _ship(supply: Supply, order: Order, parcel: Parcel) -> None:
    left = {line.line_no: line.unsent for line in lines_of([order]).get(order.id, [])}
    lines = list(supply.lines.all())
    most = {line.line_no: min(line.quantity, left.get(line.line_no, 0)) for line in lines}
    keys = {line.line_no: line.sku_key for line in lines}
    pieces = pieces_sent(parcel.pieces, keys, most)
    if pieces:
        do_ship_for_supplier(
            shop_id=supply.shop_id,
            order_id=supply.order_id,
            carrier=parcel.carrier,
            tracking_no=parcel.tracking_no,
            pieces=pieces,
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
    left = [line.unsent for line in lines_of([order]).get(order.id, []) if line.line_no in mine]
    if supply.calls_off or not any(left):
        supply.state, supply.due_at, supply.ended_at = "cancelled", None, wall()
    else:
        _give_back(supply)


def _give_back(supply: Supply) -> None:
    supply.state, supply.due_at, supply.ended_at = "returned", None, wall()
    words = supply.reason or supply.last_error.get("zh-hans", "")
    do_open_for_supplier(
        shop_id=supply.shop_id,
        order_id=supply.order_id,
        line_nos={line.line_no for line in supply.lines.all()},
        words=words,
    )
    events.announce(supply.connection, events.SUPPLY_RETURNED, order_id=str(supply.order_id))
