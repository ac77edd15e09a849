"""The verbs of receiving, and what a merchant owes who ships late."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.core import outbox
from yellowcart.core.problems import Problem
from yellowcart.ledger.actions import do_post
from yellowcart.ledger.rules import Kind, Line
from yellowcart.orders import clocks, events, queries
from yellowcart.orders.actions import lock_order, note, take_step
from yellowcart.orders.models import Order, Shipment
from yellowcart.orders.states import ON_THE_WAY, TO_SHIP, Party, check_step
from yellowcart.orders.timers import (
    MOST_MERCHANT_DAYS,
    ReceiptTimer,
    decide_receipt,
    late_amount,
    receipt_look,
)
from yellowcart.people.models import Account

BATCH = 200
"""Orders looked at in one transaction."""


@transaction.atomic
def do_confirm_receipt(*, actor: Account, order_id: UUID) -> Order:
    """The buyer has everything."""
    seen = queries.access_order(actor, order_id)
    order = lock_order(seen.order.shop_id, order_id)
    take_step(order, "confirm", seen.parties, actor.id)
    outbox.append_all([events.step(events.COMPLETED, order)])
    return order


@transaction.atomic
def do_extend_receipt(*, actor: Account, order_id: UUID, days: int | None = None) -> Order:
    """More days before the automatic receipt: the buyer's few, or as many as the merchant gives.

    The buyer doesn't choose how many. Problems: ``forbidden``, ``order_state``,
    ``extension_used``, ``extension_days``.
    """
    seen = queries.access_order(actor, order_id)
    order = lock_order(seen.order.shop_id, order_id)
    check_step("extend", order.state, seen.parties)
    shipped_at = order.shipped_at
    rule = clocks.receipt_timer(shipped_at) if shipped_at else None
    if rule is None or shipped_at is None:
        raise Problem("extension_used", 409, _("This order has no automatic receipt to put off."))
    is_buyer = Party.BUYER in seen.parties
    if not is_buyer and not seen.may_ship:
        raise Problem("forbidden", 403, _("This step of an order is not yours to take."))
    added = _buyer_days(order, rule) if is_buyer else _merchant_days(days)
    order.extended_days += added
    order.buyer_extensions += int(is_buyer)
    order.receipt_at = receipt_look(
        rule.after_days, shipped_at, order.receipt_stage, order.extended_days
    )
    Order.objects.filter(shop_id=order.shop_id, id=order.id).update(
        extended_days=order.extended_days,
        buyer_extensions=order.buyer_extensions,
        receipt_at=order.receipt_at,
    )
    note(order, "extend", actor.id, days=added)
    return order


def _buyer_days(order: Order, rule: ReceiptTimer) -> int:
    if order.buyer_extensions >= rule.buyer_extensions or not rule.buyer_extension_days:
        raise Problem(
            "extension_used",
            409,
            _("You have put the receipt off already. Ask the shop for more days."),
        )
    return rule.buyer_extension_days


def _merchant_days(days: int | None) -> int:
    if days is None or not 1 <= days <= MOST_MERCHANT_DAYS:
        raise Problem(
            "extension_days",
            422,
            _("Give the buyer 1 to %(most)s more days at once."),
            params={"most": MOST_MERCHANT_DAYS},
        )
    return days


@transaction.atomic
def do_receive_due(at: datetime, limit: int = BATCH) -> int:
    """Look at the receipts whose time has come by ``at``; how many orders were looked at.

    A delivered order, or one at its last look, is completed; another waits for its next look.
    """
    orders = list(
        Order.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(state__in=sorted(ON_THE_WAY), open_cases=0, receipt_at__lte=at)
        .order_by("receipt_at")[:limit]
    )
    troubled = set(
        Shipment.objects.filter(
            # With their shops, for the index on both; without it every parcel ever sent is read.
            shop_id__in={order.shop_id for order in orders},
            order_id__in=[order.id for order in orders],
        )
        .exclude(exception="")
        .values_list("order_id", flat=True)
    )
    for order in orders:
        _receive(order, order.state == "signed" and order.id not in troubled, at)
    return len(orders)


def _receive(order: Order, is_delivered: bool, at: datetime) -> None:
    shipped_at = order.shipped_at
    rule = clocks.receipt_timer(shipped_at) if shipped_at else None
    if rule is None or shipped_at is None:
        Order.objects.filter(shop_id=order.shop_id, id=order.id).update(receipt_at=None)
        return
    told = decide_receipt(
        rule,
        shipped_at=shipped_at,
        stage=order.receipt_stage,
        extended_days=order.extended_days,
        is_delivered=is_delivered,
        at=at,
    )
    if told.is_due:
        take_step(order, "receive", frozenset({Party.PLATFORM}), None)
        outbox.append_all([events.step(events.COMPLETED, order)])
        return
    Order.objects.filter(shop_id=order.shop_id, id=order.id).update(
        receipt_stage=told.stage, receipt_at=told.look_at
    )
    if told.stage != order.receipt_stage:
        note(order, "receipt_put_off", None, look_at=told.look_at.isoformat())


@transaction.atomic
def do_compensate_due(at: datetime, limit: int = BATCH) -> int:
    """Let merchants owe buyers for promises broken by ``at``, once an order; how many did.

    An order with an open case does not count as late while the case is open.
    """
    orders = list(
        Order.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(state__in=sorted(TO_SHIP), late_at__isnull=True, open_cases=0, ship_by__lte=at)
        .order_by("ship_by")[:limit]
    )
    for order in orders:
        _compensate(order, at)
    return len(orders)


def late_reference(order_id: UUID) -> str:
    """The ledger's name for what a merchant owes who shipped an order late."""
    return f"late-shipping:{order_id}"


def _compensate(order: Order, at: datetime) -> None:
    rule = clocks.late_rule(order.paid_at) if order.paid_at else None
    owed = late_amount(rule, order.amount_minor - order.refunded_minor, order.currency)
    order.late_at, order.late_minor = at, owed
    Order.objects.filter(shop_id=order.shop_id, id=order.id).update(late_at=at, late_minor=owed)
    if owed:
        do_post(
            late_reference(order.id),
            f"Order {order.id} was shipped late",
            [
                Line(f"shop:{order.shop_id}", Kind.HELD, order.currency, owed),
                Line(f"buyer:{order.buyer_id}", Kind.PAYABLE, order.currency, -owed),
            ],
        )
    note(order, "late", None, amount_minor=owed, rule=rule.key if rule else "")
    outbox.append_all([events.step(events.LATE, order)])
