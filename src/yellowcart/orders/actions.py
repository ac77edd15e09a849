"""The verbs of an order's life after checkout. Each is one transaction.

Locks are taken in one order everywhere: orders, then their holds, then stock rows, then purchase
counts. The lane takes stock rows and purchase counts in the same order and never waits for an
order, so the two can't block each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from yellowcart.catalog.models import Sku
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.inventory import actions as inventory
from yellowcart.inventory.queries import levels_of
from yellowcart.orders import clocks, events, queries
from yellowcart.orders.models import Order, OrderEvent, OrderLine
from yellowcart.orders.states import Party, check_step
from yellowcart.people.models import Account

EXPIRE_BATCH = 500
"""Orders closed in one transaction."""


def lock_order(shop_id: UUID, order_id: UUID) -> Order:
    """The order, locked until the transaction ends; ``order_not_found`` where there is none."""
    order = (
        Order.objects.select_for_update(no_key=True).filter(shop_id=shop_id, id=order_id).first()
    )
    if order is None:
        raise queries.order_not_found()
    return order


def take_step(
    order: Order, verb: str, parties: frozenset[Party], actor_id: UUID | None, **detail: object
) -> None:
    """Take a step with a locked order and note it; see :func:`states.check_step`.

    The clocks that the step starts are set with it.
    """
    step = check_step(verb, order.state, parties)
    at = now()
    changed: dict[str, object] = {}
    if step.after is not None:
        changed["state"] = step.after
    if step.stamp:
        changed[step.stamp] = at
    if step.after == "closed":
        changed["close_reason"] = detail.get("reason", verb)
    changed |= clocks.started_by(verb, order, at)
    for name, value in changed.items():
        setattr(order, name, value)
    if changed:
        Order.objects.filter(shop_id=order.shop_id, id=order.id).update(**changed)
    note(order, verb, actor_id, **detail)


def note(order: Order, verb: str, actor_id: UUID | None, **detail: object) -> None:
    """Append to the order's history."""
    OrderEvent.objects.create(
        shop_id=order.shop_id,
        order_id=order.id,
        verb=verb,
        state=order.state,
        actor_id=actor_id,
        detail=detail,
        at=now(),
    )


@transaction.atomic
def do_cancel_unpaid(*, actor: Account, order_id: UUID) -> Order:
    """The buyer (or an operator) gives an unpaid order up; its pieces are free again."""
    seen = queries.access_order(actor, order_id)
    order = lock_order(seen.order.shop_id, order_id)
    take_step(order, "cancel", seen.parties, actor.id, reason="cancelled")
    inventory.do_void([(order.shop_id, order.id)])
    give_back([order], "cancelled")
    return order


@transaction.atomic
def do_expire_due(at: datetime, limit: int = EXPIRE_BATCH) -> int:
    """Close what was not paid by ``at`` and give its pieces back; how many orders were closed.

    An order that someone is paying at this moment is left for the next time.
    """
    orders = list(
        Order.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(state="awaiting_payment", expires_at__lte=at)
        .order_by("expires_at")[:limit]
    )
    if not orders:
        return 0
    keys = [(order.shop_id, order.id) for order in orders]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_order AS o SET state = 'closed', close_reason = 'expired',"
            " closed_at = %s FROM unnest(%s::uuid[], %s::uuid[]) AS due(shop_id, id)"
            " WHERE o.shop_id = due.shop_id AND o.id = due.id",
            [at, [key[0] for key in keys], [key[1] for key in keys]],
        )
    for order in orders:
        order.state = "closed"
    OrderEvent.objects.bulk_create(
        OrderEvent(shop_id=order.shop_id, order_id=order.id, verb="expire", state="closed", at=at)
        for order in orders
    )
    inventory.do_expire(keys)
    give_back(orders, "expired")
    return len(orders)


def close_sold_out(order: Order, **detail: str) -> None:
    """Close a locked order that was paid when nothing was left; it held no stock."""
    reason = "sold_out_before_payment"
    take_step(order, "sell_out", frozenset({Party.PLATFORM}), None, reason=reason, **detail)
    give_back([order], reason)


def give_back(orders: Sequence[Order], reason: str) -> None:
    """After the holds were released: lower the purchase counts and tell the rooms.

    For orders of which nothing was sent; joins the caller's transaction.
    """
    lines = lines_of(orders)
    _uncount(orders, lines)
    skus = {line.sku_id for of_order in lines.values() for line in of_order}
    levels = levels_of(Sku.objects.filter(id__in=skus))
    free = {sku_id: level.free for sku_id, level in levels.items()}
    outbox.append_all(events.released(orders, lines, free, reason))


def lines_of(orders: Iterable[Order]) -> dict[UUID, list[OrderLine]]:
    """The lines of orders, by order."""
    found: defaultdict[UUID, list[OrderLine]] = defaultdict(list)
    keys = [(order.shop_id, order.id) for order in orders]
    rows = OrderLine.objects.filter(
        shop_id__in={key[0] for key in keys}, order_id__in=[key[1] for key in keys]
    )
    for line in rows.order_by("order_id", "line_no"):
        found[line.order_id].append(line)
    return dict(found)


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
