"""Stores that sell the same pieces learn what was sold here, and what came back.

Whatever moves pieces of an order has the store told a second later, in one change for all that
happened to a variant by then. A change is noted before it is sent and counts when the store did
it; one whose answer was lost is not sent again before it is known whether it had arrived.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.models import Sku
from yellowcart.connections.calls import BreakerOpenError, ask, is_undone
from yellowcart.connections.models import Connection, Word
from yellowcart.connections.rules import (
    LADDER,
    Learns,
    SoldLine,
    has_arrived,
    learns,
    next_try,
    to_tell,
)
from yellowcart.connections.sold_models import StockTelling, StockTellingLine
from yellowcart.connections.waking import wake
from yellowcart.core.clock import wall
from yellowcart.core.ids import new_id
from yellowcart.core.outbox import Event
from yellowcart.core.problems import Problem, words_of
from yellowcart.inventory.queries import Kept, kept_of_orders
from yellowcart.sources.connector import SourceError
from yellowcart.sources.connectors.calling import AskedToWaitError
from yellowcart.sources.registry import CONNECTORS, connector_of

#: What is sold of a variant in this time is told in one call.
MERGED: Final = timedelta(seconds=1)
#: A store that knows our references is asked to do the same change so often; then its count
#: decides whether it was done.
SAME_AGAIN: Final = 3

Line = tuple[UUID, UUID, int]


# What orders announce


def on_orders(changes: Sequence[Event]) -> None:
    """Orders were placed, paid or closed, or money went back: pieces of theirs moved."""
    if not _told_stores().exists():
        return
    orders = {
        (change.shop_id, UUID(str(one)))
        for change in changes
        for one in (change.payload.get("order_id"), *change.payload.get("orders", ()))
        if one
    }
    do_note(orders)


def _told_stores() -> QuerySet[Connection]:
    """The connected stores that are told of changes."""
    sources = [code for code, one in CONNECTORS.items() if learns(one.can) is Learns.BY_CHANGE]
    return Connection.objects.filter(source__in=sources, supplier__isnull=False).exclude(
        state__in=["draft", "closed"]
    )


@transaction.atomic
def do_note(orders: Iterable[tuple[UUID, UUID]]) -> None:
    """Note that pieces of orders ``(shop, order)`` moved: their stores are to be told soon."""
    active = _told_stores()
    suppliers = set(active.values_list("supplier_id", flat=True))
    if not suppliers:
        return
    kept = {
        line: one for line, one in kept_of_orders(orders).items() if one.stock_shop_id in suppliers
    }
    words = Word.objects.filter(
        connection__in=active, sku_id__in={one.stock_sku_id for one in kept.values()}
    )
    stores = dict(words.values_list("sku_id", "connection_id"))
    tellings = _tellings({(stores[sku_id], sku_id) for sku_id in stores})
    StockTellingLine.objects.bulk_create(
        [
            StockTellingLine(
                telling_id=tellings[one.stock_sku_id],
                shop_id=shop_id,
                order_id=order_id,
                line_no=line_no,
            )
            for (shop_id, order_id, line_no), one in sorted(kept.items())
            if one.stock_sku_id in tellings
        ],
        ignore_conflicts=True,
        batch_size=2_000,
    )
    due = wall() + MERGED
    # Written even where it is due already: whoever tells just now sees these lines or waits.
    StockTelling.objects.filter(id__in=tellings.values()).update(due_at=Coalesce("due_at", due))
    for connection_id in sorted(set(stores.values())):
        wake(connection_id, due)


def _tellings(wanted: Iterable[tuple[UUID, UUID]]) -> dict[UUID, UUID]:
    """The row of each ``(connection, SKU)``, by SKU, locked in order."""
    pairs = sorted(wanted)
    StockTelling.objects.bulk_create(
        [StockTelling(connection_id=connection, sku_id=sku) for connection, sku in pairs],
        ignore_conflicts=True,
    )
    rows = (
        StockTelling.objects.select_for_update(no_key=True)
        .filter(
            connection__in={connection for connection, _sku in pairs},
            sku_id__in={sku for _connection, sku in pairs},
        )
        .order_by("id")
    )
    return {row.sku_id: row.id for row in rows if (row.connection_id, row.sku_id) in pairs}


# What the lane does


def due(connection: Connection) -> datetime | None:
    """When the next variant of a store is to be told of."""
    return _waiting(connection).order_by("due_at").values_list("due_at", flat=True).first()


def step(connection: Connection) -> None:
    """Tell the store of one variant."""
    row = _waiting(connection).order_by("due_at", "id").first()
    if row is None:
        return
    sku = Sku.objects.select_related("product").filter(id=row.sku_id).first()
    if sku is None or not sku.external_id:
        do_forget(row.id)
        return
    keys = (sku.product.external_id, sku.external_id)
    try:
        if row.change is None:
            _begin(connection, row, keys)
        else:
            _find_out(connection, row, keys)
    except BreakerOpenError:
        # Nothing was sent now; what was before is still to be found out.
        raise
    except AskedToWaitError as error:
        do_put_off(row.id, words_of(error), wall() + timedelta(seconds=max(error.seconds, 1)), 0)
    except Problem as error:
        instant = next_try(row.attempts + 1, wall()) or wall() + timedelta(seconds=LADDER[-1])
        # What it has is asked for, to find out what it did, once its answers know of it.
        lag = timedelta(seconds=connector_of(connection.source).asked_after_seconds)
        instant = max(instant, wall() + lag)
        do_put_off(row.id, words_of(error), instant, 1)


def _waiting(connection: Connection) -> "QuerySet[StockTelling, Any]":
    return StockTelling.objects.filter(connection=connection, due_at__isnull=False)


def _begin(connection: Connection, row: StockTelling, keys: tuple[str, str]) -> None:
    if not do_look(row.id):
        return
    there = ask(connection, "stock_of", *keys)
    if there is None:
        raise SourceError(connection.source, "no such variant", code="gone")
    change = do_begin(row.id, there)
    if change is not None:
        _send(connection, row, keys, change)


@dataclass(frozen=True, slots=True)
class _Change:
    pieces: int
    reference: str


def _send(
    connection: Connection, row: StockTelling, keys: tuple[str, str], change: _Change
) -> None:
    """Send a change that was noted. One that can't have been done is taken back."""
    try:
        ask(connection, "change_stock", *keys, change.pieces, change.reference)
    except Problem as error:
        if is_undone(error):
            do_settle(row.id, arrived=False)
        raise
    do_settle(row.id, arrived=True)


def _find_out(connection: Connection, row: StockTelling, keys: tuple[str, str]) -> None:
    """Learn what became of a change whose answer was lost."""
    change = row.change or 0
    if connector_of(connection.source).knows_references and row.attempts <= SAME_AGAIN:
        _send(connection, row, keys, _Change(change, row.reference))
        return
    there = ask(connection, "stock_of", *keys)
    gone = there is None or row.before is None
    do_settle(row.id, arrived=not gone and has_arrived(change, row.before or 0, there))


@transaction.atomic
def do_look(telling_id: UUID) -> bool:
    """Whether a store is to be told anything; where not, it is not due any more."""
    row = _locked(telling_id)
    if any(line.counted != line.wanted for _line, line in _sold(row)):
        return True
    StockTelling.objects.filter(id=row.id).update(due_at=None, attempts=0, last_error={})
    return False


@transaction.atomic
def do_begin(telling_id: UUID, there: int) -> _Change | None:
    """Note what the store is about to be told, ``there`` pieces being what it has; None where it
    can be told nothing now, for it has none left to take away."""
    row = _locked(telling_id)
    sold = _sold(row)
    counts = to_tell([one for _line, one in sold], there)
    change = sum(one.counted for _line, one in sold) - sum(counts)
    moved = []
    for (line, one), count in zip(sold, counts, strict=True):
        if count != one.counted:
            line.sending = count
            moved.append(line)
    if not moved:
        is_short = any(one.counted != one.wanted for _line, one in sold)
        row.due_at = wall() + timedelta(seconds=LADDER[3]) if is_short else None
        row.last_error = words_of(_sold_out()) if is_short else {}
        row.save(update_fields=["due_at", "last_error"])
        return None
    StockTellingLine.objects.bulk_update(moved, ["sending"], batch_size=1_000)
    row.change, row.before, row.reference = change, there, new_id().hex
    row.save(update_fields=["change", "before", "reference"])
    if change == 0:
        # What came back and what was sold are even: the store has nothing to do.
        do_settle(row.id, arrived=True)
        return None
    return _Change(change, row.reference)


@transaction.atomic
def do_settle(telling_id: UUID, *, arrived: bool) -> None:
    """A change on its way was done, or was not; what is to be told after it is due again."""
    row = _locked(telling_id)
    if row.change is None:
        return
    lines = row.lines.filter(sending__isnull=False)
    if arrived:
        lines.update(counted=F("sending"), sending=None)
        row.told, row.last_change, row.told_at = row.told + row.change, row.change, wall()
        row.attempts, row.last_error = 0, {}
        # What the store said before does not know of the change.
        Word.objects.filter(connection_id=row.connection_id, sku_id=row.sku_id).update(
            said_at=row.told_at
        )
    else:
        lines.update(sending=None)
    row.change = row.before = None
    row.reference = ""
    is_more = any(line.counted != line.wanted for _line, line in _sold(row))
    row.due_at = wall() if is_more else None
    row.save()


@transaction.atomic
def do_put_off(
    telling_id: UUID, words: Mapping[str, str], until: datetime, more_attempts: int
) -> None:
    """Try again later."""
    StockTelling.objects.filter(id=telling_id, due_at__isnull=False).update(
        last_error=dict(words), due_at=until, attempts=F("attempts") + more_attempts
    )


@transaction.atomic
def do_forget(telling_id: UUID) -> None:
    """The variant is not here any more."""
    StockTelling.objects.filter(id=telling_id).update(due_at=None)


def _locked(telling_id: UUID) -> StockTelling:
    return StockTelling.objects.select_for_update(no_key=True).get(id=telling_id)


def _sold(row: StockTelling) -> list[tuple[StockTellingLine, SoldLine]]:
    """The open lines of a variant, the oldest first. Those that are over are closed."""
    lines = list(row.lines.filter(is_open=True).order_by("id"))
    kept = kept_of_orders((line.shop_id, line.order_id) for line in lines)
    found, over = [], []
    for line in lines:
        one = _kept(kept, line)
        if one.is_over and line.counted == one.wanted and line.sending is None:
            over.append(line.id)
        else:
            found.append((line, SoldLine(line.counted, one.wanted)))
    StockTellingLine.objects.filter(id__in=over).update(is_open=False)
    return found


def _kept(kept: Mapping[Line, Kept], line: StockTellingLine) -> Kept:
    gone = Kept(line.shop_id, line.telling_id, 0, 0, True)
    return kept.get((line.shop_id, line.order_id, line.line_no), gone)


def _sold_out() -> Problem:
    return Problem(
        "store_sold_out",
        409,
        _("The store has fewer left than were sold here; it is told of the rest when it has more."),
    )


# What others ask


def on_their_way(connection: Connection, sku_ids: Iterable[UUID]) -> set[UUID]:
    """SKUs whose store may or may not have done a change: what it says now can't be read."""
    rows = StockTelling.objects.filter(
        connection=connection, sku_id__in=list(sku_ids), change__isnull=False
    )
    return set(rows.values_list("sku_id", flat=True))


def counted_off(connection: Connection, sku_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Pieces by SKU that the store has counted off for us and that have not left; below 0 where
    more left than it knows of."""
    lines = list(
        StockTellingLine.objects.select_related("telling").filter(
            telling__connection=connection, telling__sku_id__in=list(sku_ids), is_open=True
        )
    )
    kept = kept_of_orders((line.shop_id, line.order_id) for line in lines)
    found: dict[UUID, int] = {}
    for line in lines:
        sku_id = line.telling.sku_id
        found[sku_id] = found.get(sku_id, 0) + line.counted - _kept(kept, line).shipped
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """What a store was told of one variant, or will be. ``waiting`` pieces are not counted off
    there yet; below 0 they are to be given back. ``is_unknown``: a change's answer was lost."""

    row: StockTelling
    sku: Sku
    waiting: int

    @property
    def is_unknown(self) -> bool:
        """Whether a change is on its way."""
        return self.row.change is not None


def latest(connection: Connection, limit: int = 20) -> tuple[list[Told], list[Told]]:
    """What waits to be told, the longest first, and what was told, the latest first."""
    mine = StockTelling.objects.filter(connection=connection)
    waits = list(mine.filter(due_at__isnull=False).order_by("due_at", "id")[:limit])
    done = list(mine.filter(told_at__isnull=False).order_by("-told_at", "id")[:limit])
    ids = {row.sku_id for row in (*waits, *done)}
    skus = {sku.id: sku for sku in Sku.objects.select_related("product").filter(id__in=ids)}

    def shown(row: StockTelling) -> Told:
        return Told(row, skus[row.sku_id], _pieces_waiting(row) if row.due_at else 0)

    return (
        [shown(row) for row in waits if row.sku_id in skus],
        [shown(row) for row in done if row.sku_id in skus],
    )


def _pieces_waiting(row: StockTelling) -> int:
    lines = list(row.lines.filter(is_open=True))
    kept = kept_of_orders((line.shop_id, line.order_id) for line in lines)
    return sum(_kept(kept, line).wanted - line.counted for line in lines)


def summed_up(connection: Connection) -> tuple[int, int, int]:
    """How many variants wait to be told, how many of these failed before, and the pieces that
    the store has taken off in all for what was sold here."""
    mine = StockTelling.objects.filter(connection=connection)
    waits = mine.filter(due_at__isnull=False)
    total = mine.aggregate(total=Sum("told"))["total"] or 0
    return waits.count(), waits.filter(attempts__gt=0).count(), -total
