"""Reading stock."""

from collections.abc import Iterable
from typing import Final, NamedTuple
from uuid import UUID

from yellowcart.catalog.models import Product, Sku
from yellowcart.inventory.models import Hold, Stock, StockMove


class Level(NamedTuple):
    """One stock row's figures."""

    on_hand: int
    reserved: int
    sold: int

    @property
    def free(self) -> int:
        """What can still be sold."""
        return self.on_hand - self.reserved - self.sold


NONE = Level(0, 0, 0)
#: States of holds whose pieces were not given back.
HELD: Final = frozenset({"pending", "captured", "shipped"})


def levels(keys: Iterable[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Level]:
    """The stock rows of ``(stock shop, stock SKU)`` keys; a missing row is missing here too."""
    wanted = list(set(keys))
    rows = Stock.objects.filter(pk__in=wanted).values_list(
        "shop_id", "sku_id", "on_hand", "reserved", "sold"
    )
    return {(row[0], row[1]): Level(*row[2:]) for row in rows}


def levels_of(skus: Iterable[Sku]) -> dict[UUID, Level]:
    """Each SKU's stock by SKU id, shared rows included; ``NONE`` where there is no row."""
    skus = list(skus)
    found = levels((sku.stock_shop_id, sku.stock_sku_id) for sku in skus)
    return {sku.id: found.get((sku.stock_shop_id, sku.stock_sku_id), NONE) for sku in skus}


def free_of_products(product_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many pieces of each product can still be sold, over its active SKUs."""
    skus = list(Sku.objects.filter(product_id__in=list(product_ids), active=True))
    found = levels_of(skus)
    result: dict[UUID, int] = {}
    for sku in skus:
        result[sku.product_id] = result.get(sku.product_id, 0) + found[sku.id].free
    return result


def shares_stock(product: Product) -> bool:
    """Whether any SKU of the product draws on another shop's stock."""
    return product.skus.exclude(stock_shop_id=product.shop_id).exists()


def moves_of(shop_id: UUID, sku_id: UUID, limit: int = 100) -> list[StockMove]:
    """The latest changes of a stock row by hand or import, newest first."""
    return list(
        StockMove.objects.filter(shop_id=shop_id, sku_id=sku_id).order_by("-at", "-id")[:limit]
    )


def awaited(lines: Iterable[tuple[UUID, UUID, int]]) -> dict[tuple[UUID, UUID, int], int]:
    """Pieces that paid orders still await, by shop, order and line number."""
    wanted = set(lines)
    rows = Hold.objects.filter(
        shop_id__in={key[0] for key in wanted},
        order_id__in={key[1] for key in wanted},
        state="captured",
    )
    found = {
        (row.shop_id, row.order_id, row.line_no): row.quantity - row.shipped - row.released
        for row in rows
    }
    return {key: count for key, count in found.items() if key in wanted}


class Kept(NamedTuple):
    """What became of the pieces that one order line held.

    ``wanted`` of them were not given back: they are promised, or have left (``shipped``).
    ``is_over``: nothing of the line is promised any more.
    """

    stock_shop_id: UUID
    stock_sku_id: UUID
    wanted: int
    shipped: int
    is_over: bool


def kept_of_orders(orders: Iterable[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID, int], Kept]:
    """What became of the pieces of orders ``(shop, order)``, by shop, order and line number."""
    wanted = set(orders)
    rows = Hold.objects.filter(
        shop_id__in={shop_id for shop_id, _order in wanted},
        order_id__in={order_id for _shop, order_id in wanted},
    )
    return {
        (row.shop_id, row.order_id, row.line_no): Kept(
            row.stock_shop_id,
            row.stock_sku_id,
            row.quantity - row.released if row.state in HELD else row.shipped,
            row.shipped,
            row.state not in {"pending", "captured"},
        )
        for row in rows
        if (row.shop_id, row.order_id) in wanted
    }
