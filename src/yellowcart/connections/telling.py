"""Telling suppliers of refunds: what went back here of an order that a supplier has.

A change is taken up in the order's own lock, from what the order's lines say, so that hearing of a
refund twice takes it up once. Where the source has a call for it the store's lane makes it, with
retries; where it has none, or says no, somebody of the shop settles it by hand.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.connections import events, queries
from yellowcart.connections.calls import BreakerOpenError, ask, is_undone
from yellowcart.connections.models import Change, Connection, Supply, SupplyLine
from yellowcart.connections.progress import do_note_progress, lock_supply
from yellowcart.connections.rules import next_try, returned_since
from yellowcart.connections.waking import wake
from yellowcart.core import outbox
from yellowcart.core.clock import wall
from yellowcart.core.problems import Problem, words_of
from yellowcart.orders.models import Order, OrderLine
from yellowcart.orders.queries import lines_of
from yellowcart.people.models import Account
from yellowcart.sources.connector import Can, ChangedLine, Progress, SourceError, SupplyChange
from yellowcart.sources.connectors.calling import AskedToWaitError
from yellowcart.sources.registry import CONNECTORS, connector_of

#: A supplier whose answer says how far an order is was asked just now.
NEXT_LOOK: Final = timedelta(minutes=1)
#: What a source must be able to do to be told by a call. Whoever takes orders cancels them.
_NEEDS: Final = {
    "cancel": Can.TAKE_ORDER,
    "reduce": Can.REDUCE_ORDER,
    "refund": Can.REFUND_ORDER,
}


class _Found(NamedTuple):
    """What is not taken up yet of a supply: pieces by line, and money for no piece."""

    unsent: dict[int, int]
    sent: dict[int, int]
    money_minor: int


@transaction.atomic
def do_take_up(supply_id: UUID) -> list[Change]:
    """Take up what went back of an order since the supplier has it, if anything did."""
    supply, order = lock_supply(supply_id)
    if supply.assigned_at is None or supply.state in {"unassigned", "returned", "cancelled"}:
        return []
    lines = {line.line_no: line for line in lines_of([order]).get(order.id, [])}
    mine = [line for line in supply.lines.all() if line.handed and line.line_no in lines]
    known = list(Change.objects.filter(supply=supply))
    found = _missing(mine, lines, known)
    made = []
    if found.unsent:
        whole = not any(lines[line.line_no].unsent for line in mine) and not any(
            lines[line.line_no].shipped_quantity for line in mine
        )
        back = sum(lines[no].refund_of(count) for no, count in found.unsent.items())
        made.append(_open(supply, "cancel" if whole else "reduce", found.unsent, back, 0))
    if found.sent or found.money_minor:
        back = sum(lines[no].refund_of(count) for no, count in found.sent.items())
        back += found.money_minor
        made.append(_open(supply, "refund", found.sent, back, found.money_minor))
    return made


def _missing(
    mine: Iterable[SupplyLine], lines: Mapping[int, OrderLine], known: Iterable[Change]
) -> _Found:
    told: dict[tuple[bool, int], int] = {}
    money = 0
    for change in known:
        money += change.money_minor
        for line_no, count in change.pieces.items():
            key = (change.kind == "refund", int(line_no))
            told[key] = told.get(key, 0) + count
    unsent: dict[int, int] = {}
    sent: dict[int, int] = {}
    given = 0
    for own in mine:
        line = lines[own.line_no]
        back = returned_since(
            quantity=line.quantity,
            handed=own.handed,
            dropped=line.dropped_quantity,
            refunded=line.refunded_quantity,
        )
        for is_sent, found, count in ((False, unsent, back.unsent), (True, sent, back.sent)):
            fresh = count - told.get((is_sent, own.line_no), 0)
            if fresh > 0:
                found[own.line_no] = fresh
        more = line.refunded_minor - line.refund_of(line.refunded_quantity)
        # Less than a minor unit a piece is what rounding left.
        given += more if more > line.refunded_quantity else 0
    return _Found(unsent, sent, max(given - money, 0))


def _open(
    supply: Supply, kind: str, pieces: Mapping[int, int], refunded: int, money: int
) -> Change:
    change = _made(supply, kind, pieces, refunded, money)
    change.save(force_insert=True)
    connection = supply.connection
    connector = CONNECTORS.get(connection.source)
    if connector is None or connection.state == "closed" or _NEEDS[kind] not in connector.can:
        _leave(change, {})
    else:
        wake(connection.id)
    return change


def _made(
    supply: Supply, kind: str, pieces: Mapping[int, int], refunded: int, money: int
) -> Change:
    """A change with the next number of its supply, not written yet."""
    last = Change.objects.filter(supply=supply).aggregate(last=Max("number"))["last"] or 0
    return Change(
        connection=supply.connection,
        supply=supply,
        number=last + 1,
        kind=kind,
        pieces={str(no): count for no, count in sorted(pieces.items())},
        refunded_minor=refunded,
        money_minor=money,
    )


def leave_lost(supply: Supply, words: Mapping[str, str]) -> None:
    """Somebody of the shop has to look whether an order arrived; joins the caller's transaction,
    which holds the supply."""
    if not Change.objects.filter(supply=supply, kind="lost", state="todo").exists():
        change = _made(supply, "lost", {}, 0, 0)
        change.save(force_insert=True)
        _leave(change, words)


def _leave(change: Change, words: Mapping[str, str]) -> None:
    """Somebody of the shop has to settle it."""
    change.state, change.due_at, change.last_error = "todo", None, dict(words)
    change.save(update_fields=["state", "due_at", "last_error", "attempts"])
    events.announce(
        change.connection,
        events.SETTLE_BY_HAND,
        change_id=str(change.id),
        order_id=str(change.supply.order_id),
    )


# What the lane does


def due(connection: Connection) -> datetime | None:
    """When the next change is to be told."""
    return _waiting(connection).order_by("due_at").values_list("due_at", flat=True).first()


def step(connection: Connection) -> None:
    """Tell one change, the oldest first."""
    rows = _waiting(connection).select_related("supply", "connection")
    change = rows.order_by("due_at", "created_at", "number").first()
    if change is None:
        return
    try:
        progress = _tell(connection, change)
    except BreakerOpenError:
        raise
    except AskedToWaitError as error:
        wait = timedelta(seconds=max(error.seconds, 1))
        do_note_failure(change.id, words_of(error), wall() + wait, change.attempts)
    except Problem as error:
        attempts = change.attempts + 1
        is_final = isinstance(error, SourceError) and not error.again
        again = None if is_final else next_try(attempts, wall())
        if again is not None and not is_undone(error):
            # The source may still be at it: what it has done is seen once it is not.
            settles = timedelta(seconds=connector_of(connection.source).settles_seconds)
            again = max(again, wall() + settles)
        do_note_failure(change.id, words_of(error), again, attempts)
    else:
        do_note_told(change.id, progress)


def _waiting(connection: Connection) -> "QuerySet[Change, Change]":
    return Change.objects.filter(connection=connection, due_at__isnull=False)


def _tell(connection: Connection, change: Change) -> Progress:
    external_id = change.supply.external_id
    reason = str(_("The buyer has the money back."))
    answer: Progress
    if change.kind == "cancel":
        do_call_off(change.supply_id)
        answer = ask(connection, "cancel", external_id, reason)
        return answer
    before: dict[str, int] = {}
    for one in Change.objects.filter(supply=change.supply_id, number__lt=change.number):
        if (one.kind == "refund") == (change.kind == "refund"):
            for line_no, count in one.pieces.items():
                before[line_no] = before.get(line_no, 0) + count
    lines = SupplyLine.objects.filter(supply=change.supply_id).order_by("line_no")
    order = Order.objects.get(shop_id=change.supply.shop_id, id=change.supply.order_id)
    wanted = SupplyChange(
        reference=f"{change.supply.reference}-{change.number}",
        currency=order.currency,
        lines=[
            ChangedLine(
                line.line_no,
                line.product_key,
                line.sku_key,
                line.title,
                count,
                count + before.get(str(line.line_no), 0),
                line.unit_minor,
            )
            for line in lines
            if (count := change.pieces.get(str(line.line_no), 0))
        ],
        refunded_minor=change.refunded_minor,
        reason=reason,
    )
    answer = ask(connection, change.kind, external_id, wanted)
    return answer


@transaction.atomic
def do_call_off(supply_id: UUID) -> None:
    """Note that we ask the supplier not to send, before we ask."""
    Supply.objects.filter(id=supply_id).update(calls_off=True)


@transaction.atomic
def do_note_told(change_id: UUID, progress: Progress) -> None:
    """The supplier answered. One that sent the goods all the same did not agree."""
    change = _locked(change_id)
    supply = do_note_progress(change.supply_id, progress, wall() + NEXT_LOOK)
    if change.state != "waiting":
        return
    if change.kind == "cancel" and supply.state != "cancelled":
        _leave(change, words_of(Problem("sent_already", 409, _("It was sent already."))))
        return
    change.state, change.due_at, change.ended_at = "told", None, wall()
    change.last_error = {}
    change.save(update_fields=["state", "due_at", "ended_at", "last_error"])


@transaction.atomic
def do_note_failure(
    change_id: UUID, words: Mapping[str, str], again_at: datetime | None, attempts: int
) -> None:
    """It could not be told: later again, or where ``again_at`` is None a person's to settle."""
    change = _locked(change_id)
    if change.state != "waiting":
        return
    change.attempts = attempts
    if again_at is None:
        _leave(change, words)
        return
    change.due_at, change.last_error = again_at, dict(words)
    change.save(update_fields=["attempts", "due_at", "last_error"])


def _locked(change_id: UUID) -> Change:
    """The change, locked after its order and its supply as everybody locks them."""
    seen = Change.objects.values_list("supply_id", flat=True).get(id=change_id)
    lock_supply(seen)
    rows = Change.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("connection", "supply").get(id=change_id)


def leave_to_people(connection: Connection, words: Mapping[str, str]) -> None:
    """A connection ends: what it was not told is its shop's to settle. Joins the caller's
    transaction."""
    waiting = _waiting(connection).select_related("connection", "supply")
    for change in waiting.select_for_update(no_key=True, of=("self",)).order_by("id"):
        _leave(change, words)


# What people do


@transaction.atomic
def do_settle_by_hand(*, actor: Account, change_id: UUID) -> Change:
    """Somebody of the shop settled a refund with the supplier. Again changes nothing.

    Problems: ``change_not_found``, ``shop_forbidden``, ``change_state`` where it is still told by
    a call.
    """
    queries.access_change(actor, change_id, "refund")
    change = _locked(change_id)
    if change.state == "done":
        return change
    if change.state != "todo":
        raise Problem(
            "change_state", 409, _("Nothing is to be done here: the supplier is told by itself.")
        )
    change.state, change.ended_at, change.done_by = "done", wall(), actor.id
    change.save(update_fields=["state", "ended_at", "done_by"])
    if change.kind == "lost":
        # Somebody looked: it is not unknown any more.
        Supply.objects.filter(id=change.supply_id, ended_at__isnull=False).update(
            placing_until=None
        )
    outbox.audit(actor.id, "supply.settled", f"change:{change.id}", supply=str(change.supply_id))
    return change


def by_hand(change: Change) -> str:
    """What a person does at the source, in the reader's language."""
    if change.kind == "lost":
        if change.supply.state == "returned":
            words = _(
                "Look there for our number %(number)s before you send the order from elsewhere. If"
                " it is there, have it sent from there, or cancel it there."
            )
        else:
            words = _(
                "Look there for our number %(number)s. If the order is there, cancel it: the buyer"
                " has the money back."
            )
        return str(words) % {"number": change.supply.reference}
    return str(connector_of(change.connection.source).by_hand)
