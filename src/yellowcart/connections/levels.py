"""What a store says of its stock and prices becomes our rows; joins the caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max

from yellowcart.catalog.following import PriceSaid, apply_prices
from yellowcart.catalog.models import Sku
from yellowcart.catalog.rules import DEAREST_MINOR
from yellowcart.connections.models import Connection, Following, SupplyLine, Word
from yellowcart.connections.rules import is_later, on_hand_of
from yellowcart.connections.sold_here import counted_off, on_their_way
from yellowcart.connections.states import AT_SUPPLIER
from yellowcart.core.ids import new_id
from yellowcart.inventory.actions import do_count_many
from yellowcart.inventory.queries import Level as StockLevel
from yellowcart.inventory.queries import awaited, levels
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
    """A SKU of the supplier's shop, the row that its stock is counted in, and its price."""

    id: UUID
    stock_sku_id: UUID
    price_minor: int


def know(connection: Connection, keys: Sequence[tuple[str, str]]) -> None:
    """Note that the store is where these variants are from."""
    Word.objects.bulk_create(
        [
            Word(id=new_id(), connection=connection, sku_id=sku_id)
            for sku_id in sorted(sku.id for sku in _skus(connection, keys).values())
        ],
        ignore_conflicts=True,
        batch_size=2_000,
    )


def apply_levels(connection: Connection, rows: Iterable[Level], asked_at: datetime) -> Told:
    """Take over stock and prices. A word of an earlier instant than the latest changes nothing,
    and one that says the same again is not written.

    ``asked_at`` stands for the instant of a word that names none. A word from the future is
    taken for one of ``asked_at``: it must not silence those that come after it.
    """
    told = Told()
    if connection.supplier is None:
        return told
    newest: dict[tuple[str, str], tuple[datetime, Level]] = {}
    for level in rows:
        key = (level.product_key, level.sku_key)
        at = asked_at if level.at is None else min(level.at, asked_at)
        if key not in newest or at >= newest[key][0]:
            newest[key] = (at, level)
    skus = _skus(connection, list(newest))
    told.unknown = len(newest.keys() - skus.keys())
    said = {sku: newest[key] for key, sku in skus.items()}
    _take_over(connection, _news(connection, said), told)
    return told


def _news(
    connection: Connection, said: dict[_Own, tuple[datetime, Level]]
) -> dict[_Own, tuple[datetime, Level]]:
    """Those words that say another thing than is known here. Locks nothing."""
    words = {
        word.sku_id: word
        for word in Word.objects.filter(connection=connection, sku_id__in=[sku.id for sku in said])
    }
    wanted = _wanted(connection, said)
    there = _there(connection, wanted)
    news = {}
    for sku, (at, level) in said.items():
        word = words.get(sku.id)
        is_same = (
            word is not None
            and word.said_at is not None
            and word.available == _believable(level.available)
            and level.price_minor in {None, sku.price_minor}
            and (sku.id not in wanted or _lies_there(there.get(sku.id), wanted[sku.id]))
        )
        if not is_same:
            news[sku] = (at, level)
    return news


def _believable(available: int) -> int:
    return min(max(available, 0), 10**12)


def _wanted(connection: Connection, said: dict[_Own, tuple[datetime, Level]]) -> dict[UUID, int]:
    """What should lie in the warehouse, by SKU, if the words are true. A variant that draws on a
    sibling's row is counted with the sibling."""
    own = {sku.id: said[sku] for sku in said if sku.stock_sku_id == sku.id}
    taken = _taken(connection, {sku_id: at for sku_id, (at, _level) in own.items()})
    told_of = counted_off(connection, own)
    return {
        sku_id: on_hand_of(level.available, taken.get(sku_id, 0) + told_of.get(sku_id, 0))
        for sku_id, (_at, level) in own.items()
    }


def _there(connection: Connection, sku_ids: Iterable[UUID]) -> dict[UUID, StockLevel]:
    supplier_id = connection.supplier_id
    if supplier_id is None:
        return {}
    found = levels((supplier_id, sku_id) for sku_id in sku_ids)
    return {sku_id: level for (_shop, sku_id), level in found.items()}


def _lies_there(level: StockLevel | None, wanted: int) -> bool:
    """Whether a row says that so many lie in the warehouse, or as many as were promised."""
    return level is not None and level.on_hand == max(wanted, level.reserved + level.sold)


def _take_over(
    connection: Connection, news: dict[_Own, tuple[datetime, Level]], told: Told
) -> None:
    if not news or connection.supplier is None:
        return
    words = {
        word.sku_id: word
        for word in Word.objects.select_for_update(no_key=True)
        .filter(connection=connection, sku_id__in=[sku.id for sku in news])
        .order_by("sku_id")
    }
    read_at = _read_at(connection)
    unsure = on_their_way(connection, [sku.stock_sku_id for sku in news])
    counts: dict[_Own, tuple[datetime, Level]] = {}
    prices: list[PriceSaid] = []
    kept: list[Word] = []
    for sku in sorted(news, key=lambda one: one.id):
        at, level = news[sku]
        word = words.get(sku.id) or Word(id=new_id(), connection=connection, sku_id=sku.id)
        is_new = is_later(at, word.said_at, read_at) and sku.stock_sku_id not in unsure
        told.late += not is_new
        if is_new:
            counts[sku] = (at, level)
            word.said_at, word.available = at, _believable(level.available)
        price = level.price_minor
        if (
            price is not None
            and 0 <= price < DEAREST_MINOR
            and is_later(at, word.price_at, read_at)
        ):
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
    wanted = _wanted(connection, counts)
    outcome = do_count_many(connection.supplier.id, wanted, actor_id=None, reason="store")
    told.stock, told.raised = outcome.changed, len(outcome.raised)
    told.prices = apply_prices(connection.supplier, prices)


def _read_at(connection: Connection) -> datetime | None:
    """Since when every variant was asked for: what was said before is late, though it was not
    written of each that it said the same."""
    rounds = Following.objects.filter(connection=connection, kind__in=["catalogue", "levels"])
    latest: datetime | None = rounds.aggregate(latest=Max("read_at"))["latest"]
    return latest


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
    ).values_list("product__external_id", "external_id", "id", "stock_sku_id", "price_minor")
    found = {(row[0], row[1]): _Own(*row[2:]) for row in rows}
    return {key: row for key, row in found.items() if key in wanted}
