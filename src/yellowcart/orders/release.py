"""What an order that comes to nothing gives back, beside its stock.

Pieces that are free again go to whoever waits for them first. Special prices, coupons and purchase
counts get back what the order took, in the order in which the checkout lane locks them.
"""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from yellowcart.catalog.models import Sku
from yellowcart.core import outbox
from yellowcart.inventory.queries import levels_of
from yellowcart.listings.allocations import do_return_allocations
from yellowcart.orders import events, waitlist
from yellowcart.orders.models import Order, OrderDiscount, OrderLine
from yellowcart.orders.queries import lines_of
from yellowcart.promotions.returning import Returned, do_return_coupons


def give_back(orders: Sequence[Order], reason: str) -> None:
    """After the holds were released: everything else, and tell the rooms.

    For orders that are closed and of which nothing was sent; joins the caller's transaction,
    which has locked the orders and, where they held any, their stock rows.
    """
    lines = lines_of(orders)
    skus = list(Sku.objects.filter(id__in={one.sku_id for some in lines.values() for one in some}))
    held = {one.sku_id for order in orders if order.reserves for one in lines.get(order.id, [])}
    waitlist.offer_freed({(sku.stock_shop_id, sku.stock_sku_id) for sku in skus if sku.id in held})
    do_return_allocations(_allocations(lines))
    do_return_coupons(_coupons(orders))
    _uncount_in_rooms(orders, lines)
    _uncount(orders, lines)
    levels = levels_of(skus)
    free = {sku_id: level.free for sku_id, level in levels.items()}
    outbox.append_all(events.released(orders, lines, free, reason))


def _allocations(lines: dict[UUID, list[OrderLine]]) -> dict[tuple[UUID, UUID], int]:
    pieces: defaultdict[tuple[UUID, UUID], int] = defaultdict(int)
    for some in lines.values():
        for line in some:
            if line.special_price_id is not None:
                pieces[line.shop_id, line.special_price_id] += line.quantity
    return dict(pieces)


def _coupons(orders: Sequence[Order]) -> list[Returned]:
    """What these orders' coupons took off. The buyer has a coupon back once no order of the
    checkout stands that used it."""
    with_coupons = {order.id: order for order in orders if order.discount_minor}
    if not with_coupons:
        return []
    mine = list(
        OrderDiscount.objects.filter(
            shop_id__in={order.shop_id for order in with_coupons.values()},
            order_id__in=list(with_coupons),
        )
    )
    checkouts = {row.checkout_id for row in mine}
    standing = set()
    for row in OrderDiscount.objects.filter(
        coupon_id__in={row.coupon_id for row in mine}, checkout_id__in=checkouts
    ).exclude(order_id__in=list(with_coupons)):
        other = Order.objects.filter(shop_id=row.shop_id, id=row.order_id)
        if other.exclude(state="closed").exists():
            standing.add((row.coupon_id, row.checkout_id))
    returned, seen = [], set()
    for row in mine:
        place = (row.coupon_id, row.checkout_id)
        is_last = place not in standing and place not in seen
        seen.add(place)
        buyer_id = with_coupons[row.order_id].buyer_id
        returned.append(Returned(row.coupon_id, buyer_id, row.amount_minor, is_last))
    return returned


def _uncount_in_rooms(orders: Sequence[Order], lines: dict[UUID, list[OrderLine]]) -> None:
    """Take closed orders off the counts that rooms limit buyers by."""
    pieces: defaultdict[tuple[UUID, UUID], int] = defaultdict(int)
    for order in orders:
        if order.room_counted:
            place = (order.container_id, order.buyer_id)
            pieces[place] += sum(line.quantity for line in lines.get(order.id, []))
    if not pieces:
        return
    keys = sorted(pieces)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH due AS (SELECT c.room_id, c.buyer_id, gone.pieces"
            " FROM orders_room_purchase_count AS c"
            " JOIN unnest(%s::uuid[], %s::uuid[], %s::int[]) AS gone(room_id, buyer_id, pieces)"
            " USING (room_id, buyer_id) ORDER BY c.room_id, c.buyer_id FOR NO KEY UPDATE OF c)"
            " UPDATE orders_room_purchase_count AS c SET quantity = c.quantity - due.pieces"
            " FROM due WHERE c.room_id = due.room_id AND c.buyer_id = due.buyer_id",
            [[key[0] for key in keys], [key[1] for key in keys], [pieces[key] for key in keys]],
        )


def _uncount(orders: Sequence[Order], lines: dict[UUID, list[OrderLine]]) -> None:
    """Take closed orders off the counts that purchase limits are measured by."""
    pieces: defaultdict[tuple[UUID, UUID, UUID], int] = defaultdict(int)
    for order in orders:
        for line in lines.get(order.id, []):
            if line.counted:
                pieces[order.shop_id, line.listing_id, order.buyer_id] += line.quantity
    if not pieces:
        return
    keys = sorted(pieces)
    columns = [[key[place] for key in keys] for place in range(3)]
    with connection.cursor() as cursor:
        # The rows are locked in key order first: an UPDATE alone takes them as the plan pleases.
        cursor.execute(
            "WITH due AS (SELECT c.shop_id, c.listing_id, c.buyer_id, gone.pieces"
            " FROM orders_purchase_count AS c"
            " JOIN unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::int[])"
            " AS gone(shop_id, listing_id, buyer_id, pieces)"
            " USING (shop_id, listing_id, buyer_id)"
            " ORDER BY c.shop_id, c.listing_id, c.buyer_id FOR NO KEY UPDATE OF c)"
            " UPDATE orders_purchase_count AS c SET quantity = c.quantity - due.pieces FROM due"
            " WHERE c.shop_id = due.shop_id AND c.listing_id = due.listing_id"
            " AND c.buyer_id = due.buyer_id",
            [*columns, [pieces[key] for key in keys]],
        )
