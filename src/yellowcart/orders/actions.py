"""The verbs of an order's life after checkout. Each is one transaction.

Locks are taken in one order everywhere: orders, then their holds, then stock rows, then special
prices, coupons, claims and counts. The lane takes stock rows and what follows them in the same
order and never waits for an order, so the two can't block each other.
"""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from yellowcart.core.clock import now
from yellowcart.inventory import actions as inventory
from yellowcart.orders import clocks, queries
from yellowcart.orders.models import Order, OrderEvent
from yellowcart.orders.release import give_back
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

    The deposit of a pre-sale whose balance was not paid stays with the shop, as its terms said. An
    order that someone is paying at this moment is left for the next time.
    """
    orders = list(
        Order.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(state__in=["awaiting_payment", "deposit_paid"], expires_at__lte=at)
        .order_by("expires_at")[:limit]
    )
    if not orders:
        return 0
    keys = [(order.shop_id, order.id) for order in orders]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_order AS o SET state = 'closed', closed_at = %s, close_reason ="
            " CASE WHEN o.state = 'deposit_paid' THEN 'balance_unpaid' ELSE 'expired' END"
            " FROM unnest(%s::uuid[], %s::uuid[]) AS due(shop_id, id)"
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
