"""Orders whose hand-over was not answered: whether the supplier has them is found out.

While ``Supply.placing_until`` is set the supplier may have an order that we have no number of. It
is looked for there by our reference before it may end here: what is there is followed, and called
off where nobody wants it any more; where it can't be looked for, somebody of the shop does.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.connections import telling
from yellowcart.connections.calls import LONGEST_SECONDS, ask
from yellowcart.connections.models import Connection, Supply, SupplyLine
from yellowcart.connections.progress import (
    announce_returned,
    do_give_back,
    do_note_progress,
    lock_supply,
)
from yellowcart.connections.states import SUPPLY_ENDS
from yellowcart.core.clock import wall
from yellowcart.core.problems import Problem, words_of
from yellowcart.orders.models import Order
from yellowcart.orders.queries import lines_of
from yellowcart.orders.states import TO_SHIP
from yellowcart.sources.connector import SupplyLine as Line
from yellowcart.sources.connector import SupplyOrder

#: Who hands an order over has an answer within this, or died. Longer than ``LONGEST_SECONDS`` and
#: the last call.
PLACING: Final = timedelta(seconds=LONGEST_SECONDS + 60)
#: What a source made is found there this long after it can't be at it any more.
FOUND_AFTER: Final = timedelta(seconds=60)


class Begun(NamedTuple):
    """The right to hand an order over. ``was``: what an earlier hand-over left unknown."""

    was: datetime | None


@transaction.atomic
def do_begin_placing(supply_id: UUID) -> Begun | None:
    """Take the right to hand an order over. Where another may be at it, or the supplier may still
    be, it is looked at again when that is over: None, as for one that has ended."""
    row = Supply.objects.select_for_update(no_key=True).get(id=supply_id)
    if row.state != "unassigned":
        return None
    at, was = wall(), row.placing_until
    if was is not None and was > at:
        row.due_at = was
        row.save(update_fields=["due_at"])
        return None
    row.placing_until = at + PLACING
    row.save(update_fields=["placing_until"])
    return Begun(was)


@transaction.atomic
def do_end_placing(supply_id: UUID, until: datetime | None) -> None:
    """The call failed: the supplier may be at it until ``until``, or None: it can't have it."""
    Supply.objects.filter(id=supply_id, state="unassigned").update(placing_until=until)


def order_as_handed(connection: Connection, supply: Supply, order: Order) -> SupplyOrder:
    """What the supplier was asked for, in its own words."""
    lines = SupplyLine.objects.filter(supply=supply, handed__gt=0).order_by("line_no")
    return SupplyOrder(
        reference=supply.reference,
        currency=connection.currency,
        lines=[
            Line(
                line.line_no,
                line.product_key,
                line.sku_key,
                line.title,
                line.handed,
                line.unit_minor,
            )
            for line in lines
        ],
        ship_to=order.ship_to,
        placed_at=order.paid_at,
    )


def look_again_at(supply: Supply) -> datetime | None:
    """When an order that may have arrived can be looked for; None where it can be now."""
    if supply.placing_until is None:
        return None
    instant = supply.placing_until + FOUND_AFTER
    return instant if instant > wall() else None


def look(connection: Connection, supply: Supply, order: Order, again_at: datetime) -> bool:
    """Look for an order by our reference; whether the supplier has it.

    What is there is followed from now on, and what nobody wants of it any more is called off.
    Raises what asking raises.
    """
    found = ask(connection, "find", order_as_handed(connection, supply, order))
    if found is None:
        return False
    do_note_progress(supply.id, found, again_at)
    telling.do_take_up(supply.id)
    return True


@transaction.atomic
def do_end_absent(supply_id: UUID, seen: datetime | None) -> None:
    """An order that nobody wants any more is not there. ``seen`` is what was unknown when it was
    looked for: one that was handed over since is looked for again."""
    row, _order = lock_supply(supply_id)
    if row.state != "unassigned" or row.placing_until != seen:
        return
    row.state, row.placing_until, row.due_at, row.ended_at = "cancelled", None, None, wall()
    row.last_error = {}
    row.save(update_fields=["state", "placing_until", "due_at", "ended_at", "last_error"])


@transaction.atomic
def do_leave(supply_id: UUID, words: Mapping[str, str]) -> None:
    """Whether an order arrived can't be found out by a call: somebody of the shop looks there.

    What is still wanted is given back to the shop besides.
    """
    row, order = lock_supply(supply_id)
    if row.state in SUPPLY_ENDS:
        return
    if is_wanted(row, order):
        row = do_give_back(supply_id, words)
    else:
        row.state, row.due_at, row.ended_at, row.last_error = "cancelled", None, wall(), dict(words)
        row.save(update_fields=["state", "due_at", "ended_at", "last_error"])
    telling.leave_lost(row, words)


def is_wanted(supply: Supply, order: Order) -> bool:
    """Whether any of it is still to be sent."""
    left = {line.line_no: line.unsent for line in lines_of([order]).get(order.id, [])}
    mine = supply.lines.values_list("line_no", flat=True)
    return order.state in TO_SHIP and any(left.get(line_no) for line_no in mine)


@transaction.atomic
def give_back_unassigned(connection: Connection) -> int:
    """The connection ends: what was not handed over yet is the shop's to send, and what may have
    arrived the shop's to look for. How many."""
    rows = Supply.objects.filter(connection=connection, state="unassigned")
    given_back = list(rows.select_related("connection").order_by("id"))
    gone = words_of(
        Problem("store_gone", 409, _("The store was disconnected. Send this order yourself."))
    )
    unknown = words_of(
        Problem(
            "store_gone_unanswered",
            409,
            _("The store was disconnected before it said whether it has this order."),
        )
    )
    Supply.objects.filter(connection=connection, due_at__isnull=False).update(due_at=None)
    telling.leave_to_people(connection, gone)
    for supply in given_back:
        may_be_there = supply.placing_until is not None
        order = Order.objects.get(shop_id=supply.shop_id, id=supply.order_id)
        wanted = not may_be_there or is_wanted(supply, order)
        supply.state, supply.due_at, supply.ended_at = "cancelled", None, wall()
        supply.last_error = unknown if may_be_there else gone
        if wanted:
            supply.state = "returned"
        supply.save(update_fields=["state", "due_at", "ended_at", "last_error"])
        if wanted:
            announce_returned(supply, "left")
        if may_be_there:
            telling.leave_lost(supply, unknown)
    return len(given_back)
