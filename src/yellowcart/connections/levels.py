"""What a store says of its stock and prices becomes our rows; joins the caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yellowcart.catalog.following import PriceSaid, apply_prices
from yellowcart.catalog.models import Sku
from yellowcart.catalog.rules import DEAREST_MINOR
from yellowcart.connections.models import Connection, SupplyLine, Word
from yellowcart.connections.rules import is_later, on_hand_of
from yellowcart.connections.sold_here import counted_off, on_their_way
from yellowcart.connections.states import AT_SUPPLIER
from yellowcart.core.ids import new_id
from yellowcart.inventory.actions import do_count_many
from yellowcart.inventory.queries import awaited
from yellowcart.sources.connector import Level


@dataclass(slots=True)
class Told:
    """What came of words about stock and prices: changed, too late to count, about nothing here;
    ``raised``: below what orders were promised, so set to that."""

    stock: int = 0
    prices: int = 0
    late: int = 0
    unknown: int = 0
    raised: int = 0


class _Own(NamedTuple):
    """A SKU of the supplier's shop, and the row that its stock is counted in."""

    id: UUID
    stock_sku_id: UUID


def see(connection: Connection, keys: Sequence[tuple[str, str]], at: datetime) -> None:
    """Note that a reading of the catalogue came by these variants."""
    skus = _skus(connection, keys)
    Word.objects.bulk_create(
        [
            Word(id=new_id(), connection=connection, sku_id=sku_id, seen_at=at)
            for sku_id in sorted(sku.id for sku in skus.values())
        ],
        update_conflicts=True,
        unique_fields=["connection", "sku_id"],
        update_fields=["seen_at"],
        batch_size=2_000,
    )


def apply_levels(connection: Connection, levels: Iterable[Level], asked_at: datetime) -> Told:
    """Take over stock and prices. A word of an earlier instant than the latest changes nothing.

    ``asked_at`` stands for the instant of a word that names none. A word from the future is
    taken for one of ``asked_at``: it must not silence those that come after it.
    """
    told = Told()
    if connection.supplier is None:
        return told
    newest: dict[tuple[str, str], tuple[datetime, Level]] = {}
    for level in levels:
        key = (level.product_key, level.sku_key)
        at = asked_at if level.at is None else min(level.at, asked_at)
        if key not in newest or at >= newest[key][0]:
            newest[key] = (at, level)
    skus = _skus(connection, list(newest))
    told.unknown = len(newest.keys() - skus.keys())
    words = {
        word.sku_id: word
        for word in Word.objects.select_for_update(no_key=True)
        .filter(connection=connection, sku_id__in=[sku.id for sku in skus.values()])
        .order_by("sku_id")
    }
    unsure = on_their_way(connection, [sku.stock_sku_id for sku in skus.values()])
    counts: dict[_Own, tuple[int, datetime]] = {}
    prices: list[PriceSaid] = []
    kept: list[Word] = []
    for key, sku in sorted(skus.items(), key=lambda one: one[1].id):
        at, level = newest[key]
        word = words.get(sku.id) or Word(id=new_id(), connection=connection, sku_id=sku.id)
        is_new = is_later(at, word.said_at) and sku.stock_sku_id not in unsure
        told.late += not is_new
        if is_new:
            counts[sku] = (level.available, at)
            word.said_at, word.available = at, min(max(level.available, 0), 10**12)
        price = level.price_minor
        if price is not None and 0 <= price < DEAREST_MINOR and is_later(at, word.price_at):
            prices.append(PriceSaid(sku.id, price))
            word.price_at = at
        kept.append(word)
    Word.objects.bulk_create(
        kept,
        update_conflicts=True,
        unique_fields=["connection", "sku_id"],
        update_fields=["said_at", "available", "price_at"],
        batch_size=2_000,
    )
    _count(connection, counts, told)
    told.prices = apply_prices(connection.supplier, prices)
    return told


def _count(connection: Connection, counts: dict[_Own, tuple[int, datetime]], told: Told) -> None:
    supplier = connection.supplier
    if supplier is None:
        return
    # A variant that draws on a sibling's row is counted with the sibling.
    own = {sku: said for sku, said in counts.items() if sku.stock_sku_id == sku.id}
    taken = _taken(connection, {sku.id: at for sku, (_available, at) in own.items()})
    told_of = counted_off(connection, [sku.id for sku in own])
    wanted = {
        sku.id: on_hand_of(available, taken.get(sku.id, 0) + told_of.get(sku.id, 0))
        for sku, (available, _at) in own.items()
    }
    outcome = do_count_many(supplier.id, wanted, actor_id=None, reason="store")
    told.stock, told.raised = outcome.changed, len(outcome.raised)


def _taken(connection: Connection, said_at: dict[UUID, datetime]) -> dict[UUID, int]:
    """Pieces of each SKU that the supplier had counted off for us when it spoke, and that still
    lie in its warehouse."""
    lines = [
        line
        for line in SupplyLine.objects.select_related("supply").filter(
            supply__connection=connection,
            supply__state__in=sorted(AT_SUPPLIER),
            sku_id__in=list(said_at),
        )
        if line.supply.assigned_at is not None and line.supply.assigned_at <= said_at[line.sku_id]
    ]
    left = awaited((line.supply.shop_id, line.supply.order_id, line.line_no) for line in lines)
    taken: dict[UUID, int] = {}
    for line in lines:
        key = (line.supply.shop_id, line.supply.order_id, line.line_no)
        taken[line.sku_id] = taken.get(line.sku_id, 0) + min(left.get(key, 0), line.quantity)
    return taken


def _skus(connection: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], _Own]:
    """The supplier's SKUs by the keys that the store knows them by."""
    wanted = set(keys)
    if connection.supplier_id is None or not wanted:
        return {}
    rows = Sku.objects.filter(
        product__shop_id=connection.supplier_id,
        product__source=connection.source,
        product__external_id__in={key[0] for key in wanted},
        external_id__in={key[1] for key in wanted},
    ).values_list("product__external_id", "external_id", "id", "stock_sku_id")
    found = {(row[0], row[1]): _Own(row[2], row[3]) for row in rows}
    return {key: row for key, row in found.items() if key in wanted}
