"""Orders that connected suppliers send: handed over, followed until they are sent, called off.

Every verb may be done twice. The supplier knows an order by our reference, so that one whose
answer was lost is found, not made again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.aftersales.supplied import do_send_after_all
from yellowcart.catalog.models import Sku
from yellowcart.connections import lost, queries, telling
from yellowcart.connections.calls import BreakerOpenError, ask, is_undone
from yellowcart.connections.models import Connection, Supply, SupplyLine
from yellowcart.connections.progress import (
    do_give_back,
    do_note_progress,
    lock_supply,
    tell_settlement,
)
from yellowcart.connections.rules import next_try
from yellowcart.connections.states import AT_SUPPLIER, SUPPLY_ENDS
from yellowcart.connections.waking import wake
from yellowcart.core import outbox
from yellowcart.core.clock import wall
from yellowcart.core.ids import new_id
from yellowcart.core.outbox import Event
from yellowcart.core.problems import Problem, words_of
from yellowcart.orders.models import Order, OrderLine
from yellowcart.orders.queries import lines_of, order_not_found
from yellowcart.people.models import Account
from yellowcart.shops.queries import may_in_shop, shop_forbidden
from yellowcart.sources.connector import Can, Progress, SourceError
from yellowcart.sources.connectors.calling import AskedToWaitError
from yellowcart.sources.registry import CONNECTORS, connector_of

#: While the buyer asks for money back nothing is handed over.
CASE_WAIT: Final = timedelta(seconds=30)
#: A supplier is asked how far an order is: a share of its age apart, between these.
ASKED_EVERY: Final = (timedelta(seconds=60), timedelta(hours=1))
ASKED_SHARE: Final = 20


# What orders announce


def on_paid(paid: Sequence[Event]) -> None:
    """Lines whose goods a connected supplier sends become orders to hand over."""
    for event in paid:
        do_open_supplies(event.shop_id, UUID(event.payload["order_id"]))


def on_less_wanted(changes: Sequence[Event]) -> None:
    """Money went back for an order, or it was closed: less of it, or nothing, is to be sent, and
    whoever has it already is told."""
    wanted: set[UUID] = set()
    for change in changes:
        named = [change.payload.get("order_id"), *change.payload.get("orders", ())]
        wanted |= {UUID(str(one)) for one in named if one}
    for supply in Supply.objects.filter(order_id__in=wanted).order_by("order_id", "id"):
        telling.do_take_up(supply.id)
    rows = Supply.objects.filter(order_id__in=wanted).exclude(state__in=SUPPLY_ENDS)
    for connection_id in set(rows.values_list("connection_id", flat=True)):
        rows.filter(connection_id=connection_id).update(due_at=wall(), asked_at=None)
        wake(connection_id)


@transaction.atomic
def do_open_supplies(shop_id: UUID, order_id: UUID) -> list[Supply]:
    """Open what is to be handed over of a paid order, once; one for each connected supplier."""
    order = Order.objects.filter(shop_id=shop_id, id=order_id).first()
    if order is None:
        return []
    made = []
    for connection, lines in _by_connection(lines_of([order]).get(order.id, [])).items():
        supply, is_new = Supply.objects.get_or_create(
            connection_id=connection,
            shop_id=shop_id,
            order_id=order_id,
            defaults={"reference": f"yc-{new_id().hex}", "due_at": wall()},
        )
        if not is_new:
            continue
        SupplyLine.objects.bulk_create([SupplyLine(supply=supply, **vars(line)) for line in lines])
        wake(connection)
        made.append(supply)
    return made


@dataclass
class _Line:
    line_no: int
    sku_id: UUID
    product_key: str
    sku_key: str
    title: str
    quantity: int
    unit_minor: int


def _by_connection(lines: Sequence[OrderLine]) -> dict[UUID, list[_Line]]:
    skus = {sku.id: sku for sku in Sku.objects.filter(id__in=[line.sku_id for line in lines])}
    suppliers = {sku.stock_shop_id for sku in skus.values()}
    connections = {
        supplier_id: row
        for supplier_id, row in queries.connections_of_suppliers(suppliers).items()
        if row.source in CONNECTORS and Can.TAKE_ORDER in CONNECTORS[row.source].can
    }
    if not connections:
        return {}
    theirs = _originals(skus.values())
    found: dict[UUID, list[_Line]] = {}
    for line in lines:
        sku = skus.get(line.sku_id)
        original = theirs.get(line.sku_id)
        connection = connections.get(sku.stock_shop_id) if sku else None
        if connection is None or original is None or not original.external_id:
            continue
        found.setdefault(connection.id, []).append(
            _Line(
                line_no=line.line_no,
                sku_id=original.id,
                product_key=original.product.external_id,
                sku_key=original.external_id,
                title=line.title,
                quantity=line.quantity,
                unit_minor=original.price_minor,
            )
        )
    return found


def _originals(skus: Iterable[Sku]) -> dict[UUID, Sku]:
    """The supplier's own SKU for each of ours; a copy's ``external_id`` names it."""
    names: dict[UUID, UUID] = {}
    for sku in skus:
        if sku.shop_id == sku.stock_shop_id:
            names[sku.id] = sku.id
            continue
        try:
            names[sku.id] = UUID(sku.external_id)
        except ValueError:
            continue
    rows = Sku.objects.select_related("product").filter(id__in=set(names.values()))
    found = {row.id: row for row in rows}
    return {own: found[name] for own, name in names.items() if name in found}


# What the lane does


def due(connection: Connection) -> datetime | None:
    """When the next order of a connection is to be looked after."""
    return _waiting(connection).order_by("due_at").values_list("due_at", flat=True).first()


def step(connection: Connection) -> None:
    """Look after one order."""
    supply = _waiting(connection).order_by("due_at", "id").first()
    if supply is None:
        return
    try:
        _look_after(connection, supply)
    except BreakerOpenError:
        # No attempt was made.
        raise
    except AskedToWaitError as error:
        _again(supply, error, wall() + timedelta(seconds=max(error.seconds, 1)), supply.attempts)
    except Problem as error:
        if _is_final(error):
            _refused(supply, error)
            return
        attempts = supply.attempts + 1
        instant = next_try(attempts, wall())
        if instant is None and supply.state == "unassigned":
            _refused(supply, error)
        else:
            _again(supply, error, instant or wall() + ASKED_EVERY[1], attempts)


def _is_final(problem: Problem) -> bool:
    return isinstance(problem, SourceError) and not problem.again


def _waiting(connection: Connection) -> "QuerySet[Supply, Supply]":
    return Supply.objects.filter(connection=connection, due_at__isnull=False)


def _look_after(connection: Connection, supply: Supply) -> None:
    order = Order.objects.get(shop_id=supply.shop_id, id=supply.order_id)
    if supply.state != "unassigned":
        # Whatever went back meanwhile, even where nobody was heard to say so.
        telling.do_take_up(supply.id)
        _note(supply, ask(connection, "progress", supply.external_id))
    elif not lost.is_wanted(supply, order):
        _end(connection, supply, order)
    elif order.open_cases:
        do_put_off(supply.id, wall() + CASE_WAIT)
    else:
        _place(connection, supply, order)


def _end(connection: Connection, supply: Supply, order: Order) -> None:
    """Nobody wants an order any more that the supplier was not known to have."""
    later = lost.look_again_at(supply)
    if supply.placing_until is None:
        do_end(supply.id, "cancelled")
    elif later is not None:
        do_put_off(supply.id, later)
    elif not lost.look(connection, supply, order, wall()):
        lost.do_end_absent(supply.id, supply.placing_until)


def _place(connection: Connection, supply: Supply, order: Order) -> None:
    left = {line.line_no: line.unsent for line in lines_of([order]).get(order.id, [])}
    do_note_handed(supply.id, left)
    begun = lost.do_begin_placing(supply.id)
    if begun is None:
        return
    try:
        progress = ask(connection, "place", lost.order_as_handed(connection, supply, order))
    except Problem as error:
        if not is_undone(error):
            settles = timedelta(seconds=connector_of(connection.source).settles_seconds)
            lost.do_end_placing(supply.id, wall() + settles)
            raise
        lost.do_end_placing(supply.id, begun.was)
        if begun.was is not None and _is_final(error):
            # It is refused now, but the one before was not answered.
            if lost.look(connection, supply, order, ask_again_at(supply, wall())):
                return
            lost.do_end_placing(supply.id, None)
        raise
    _note(supply, progress)


@transaction.atomic
def do_note_handed(supply_id: UUID, left: Mapping[int, int]) -> None:
    """Note what the supplier is asked for, before it is.

    What was asked for once is asked for again as it was: the answer may only have been lost, and
    what was refunded since is told as a change.
    """
    lines = list(SupplyLine.objects.select_for_update(no_key=True).filter(supply_id=supply_id))
    if not any(line.handed for line in lines):
        for line in lines:
            line.handed = min(line.quantity, left.get(line.line_no, 0))
        SupplyLine.objects.bulk_update(lines, ["handed"])


def _note(supply: Supply, progress: Progress) -> None:
    do_note_progress(supply.id, progress, ask_again_at(supply, wall()))


def ask_again_at(supply: Supply, at: datetime) -> datetime:
    """When a supplier is asked next how far an order is: sooner while it is young."""
    least, most = ASKED_EVERY
    return at + min(max((at - supply.created_at) / ASKED_SHARE, least), most)


def _refused(supply: Supply, problem: Problem) -> None:
    """The supplier said no for good."""
    words = words_of(problem)
    if supply.state in AT_SUPPLIER:
        # It would not cancel, or knows nothing of it: it is followed on, and the shop can see why.
        do_keep_words(supply.id, words, ask_again_at(supply, wall()))
    elif Supply.objects.get(id=supply.id).placing_until is not None:
        lost.do_leave(supply.id, words)
    else:
        do_give_back(supply.id, words)


@transaction.atomic
def do_put_off(supply_id: UUID, until: datetime) -> None:
    """Look again later."""
    Supply.objects.filter(id=supply_id).update(due_at=until)


@transaction.atomic
def do_keep_words(supply_id: UUID, words: Mapping[str, str], until: datetime) -> None:
    """Keep what the supplier said, and look again later."""
    Supply.objects.filter(id=supply_id).update(last_error=dict(words), due_at=until)


@transaction.atomic
def do_end(supply_id: UUID, state: str) -> None:
    """Nothing more is to be done."""
    Supply.objects.filter(id=supply_id).exclude(state__in=SUPPLY_ENDS).update(
        state=state, due_at=None, ended_at=wall()
    )


def _again(supply: Supply, problem: Problem, instant: datetime, attempts: int) -> None:
    Supply.objects.filter(id=supply.id).update(
        attempts=attempts, last_error=words_of(problem), due_at=instant
    )


# What people do


@transaction.atomic
def do_hand_over_again(*, supply: Supply) -> None:
    """A person wants an order that was given back to be handed over once more.

    What was asked for in the buyer's stead is asked for no more; a buyer's own case stands. What
    may have arrived already is asked for as it was, so that it is found.
    """
    row, _order = lock_supply(supply.id)
    if row.state != "returned":
        return
    _send_after_all(row)
    if row.placing_until is None:
        SupplyLine.objects.filter(supply=row).update(handed=0)
    row.state, row.due_at, row.attempts = "unassigned", wall(), 0
    row.ended_at, row.last_error = None, {}
    row.save(update_fields=["state", "due_at", "attempts", "ended_at", "last_error"])
    tell_settlement(row)
    wake(row.connection_id)


@transaction.atomic
def do_send_from_elsewhere(*, actor: Account, supply_id: UUID) -> Supply:
    """A shop's people send an order themselves that its supplier gave back; it can be shipped then.

    Problems: ``order_not_found``, ``shop_forbidden``, ``supply_state`` where it was not given back.
    """
    seen = Supply.objects.filter(id=supply_id).first()
    if seen is None or not may_in_shop(actor, seen.shop_id, "view"):
        raise order_not_found()
    if not may_in_shop(actor, seen.shop_id, "ship"):
        raise shop_forbidden()
    row, _order = lock_supply(supply_id)
    if row.state != "returned":
        raise Problem("supply_state", 409, _("The supplier has this order; it was not given back."))
    _send_after_all(row)
    outbox.audit(actor.id, "supply.sent_from_elsewhere", f"supply:{row.id}")
    return row


def _send_after_all(supply: Supply) -> None:
    do_send_after_all(
        shop_id=supply.shop_id,
        order_id=supply.order_id,
        line_nos={line.line_no for line in supply.lines.all()},
    )
