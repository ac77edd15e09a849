"""What a case after the sale does to its order: the clocks that stand, and money that goes back.

For ``aftersales``, which decides; every verb joins the caller's transaction and takes an order
that the caller locked.
"""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from django.db.models import F

from yellowcart.catalog.models import Sku
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.inventory import actions as inventory
from yellowcart.inventory.events import StockChanged, stock_changed
from yellowcart.inventory.queries import levels_of
from yellowcart.orders import events, waitlist
from yellowcart.orders.actions import take_step
from yellowcart.orders.models import Order, OrderLine
from yellowcart.orders.queries import lines_of
from yellowcart.orders.release import give_back
from yellowcart.orders.shipping import sign_if_delivered
from yellowcart.orders.states import ENDS, TO_SHIP, Party
from yellowcart.payments.actions import do_refund
from yellowcart.payments.models import Refund

_PLATFORM = frozenset({Party.PLATFORM})


class Back(NamedTuple):
    """What goes back of one line: money, the pieces it is for, and how many of them were never
    sent. A part of the price, with the goods kept, is for no piece."""

    amount_minor: int
    quantity: int = 0
    unsent: int = 0


def do_case_opened(order: Order) -> None:
    """A case about a locked order began: its clocks stand."""
    if order.open_cases == 0:
        order.case_opened_at = now()
    order.open_cases += 1
    _keep(order, "open_cases", "case_opened_at")


def do_case_closed(order: Order) -> None:
    """A case about a locked order ended. With the last one its clocks go on.

    The shop could not ship meanwhile, so its promise is moved by as much.
    """
    order.open_cases -= 1
    if order.open_cases == 0:
        if order.ship_by is not None and order.case_opened_at is not None:
            order.ship_by += now() - order.case_opened_at
        order.case_opened_at, order.case_closed_at = None, now()
    _keep(order, "open_cases", "case_opened_at", "case_closed_at", "ship_by")


def do_give_money_back(
    order: Order,
    back: Mapping[int, Back],
    *,
    reason: str,
    reference: str,
    actor_id: UUID | None = None,
) -> Refund | None:
    """Give money for lines of a locked order back, and let go of pieces that won't be sent.

    ``reference`` makes it repeatable at the provider; the caller asks once. An order whose money
    and pieces all went back before its end is closed; one of which nothing more is to be sent is
    shipped. None where nothing was paid for these pieces. Problems: ``refund_exceeds_paid``,
    ``hold_short``.
    """
    total = sum(one.amount_minor for one in back.values())
    refund = None
    if total:
        refund = do_refund(
            shop_id=order.shop_id,
            order_id=order.id,
            amount_minor=total,
            reason=reason,
            reference=reference,
        )
    for line_no, one in sorted(back.items()):
        OrderLine.objects.filter(shop_id=order.shop_id, order_id=order.id, line_no=line_no).update(
            refunded_minor=F("refunded_minor") + one.amount_minor,
            refunded_quantity=F("refunded_quantity") + one.quantity,
            dropped_quantity=F("dropped_quantity") + one.unsent,
        )
    order.refunded_minor += total
    _keep(order, "refunded_minor")
    lines = lines_of([order])[order.id]
    _step_on(order, lines, actor_id, amount_minor=total, why=reason, reference=reference)
    unsent = {line_no: one.unsent for line_no, one in back.items() if one.unsent}
    if unsent:
        inventory.do_release_part(order.shop_id, order.id, unsent)
    if order.state == "closed" and not any(line.shipped_quantity for line in lines):
        give_back([order], "refunded")
    elif unsent:
        _offer([line.sku_id for line in lines if line.line_no in unsent])
    outbox.append_all([events.step(events.MONEY_BACK, order)])
    return refund


def _step_on(order: Order, lines: list[OrderLine], actor_id: UUID | None, **detail: object) -> None:
    """Note what went back, and take the step that follows from it."""
    whole = all(line.refunded_quantity == line.quantity for line in lines)
    if whole and order.refunded_minor == order.paid_minor and order.state not in ENDS:
        take_step(order, "close", _PLATFORM, actor_id, reason="refunded", **detail)
        return
    take_step(order, "refund", _PLATFORM, actor_id, **detail)
    if order.state in TO_SHIP and not any(line.unsent for line in lines):
        # Everything that was left to send was refunded.
        take_step(order, "drop_rest", _PLATFORM, actor_id)
        outbox.append_all([events.step(events.SHIPPED, order)])
        sign_if_delivered(order, actor_id)


def _offer(sku_ids: list[UUID]) -> None:
    """Set pieces that are free again aside for who waits for them, and tell how many are left."""
    skus = list(Sku.objects.filter(id__in=sku_ids))
    waitlist.offer_freed((sku.stock_shop_id, sku.stock_sku_id) for sku in skus)
    levels = levels_of(skus)
    outbox.append_all(
        [
            stock_changed(
                sku.shop_id,
                StockChanged(str(sku.id), levels[sku.id].on_hand, levels[sku.id].free),
            )
            for sku in skus
        ]
    )


def _keep(order: Order, *names: str) -> None:
    Order.objects.filter(shop_id=order.shop_id, id=order.id).update(
        **{name: getattr(order, name) for name in names}
    )
