"""The money of the invented past: paid with the sandbox, and settled day by day.

The payments are written straight into their tables, as the orders were. From there on the real
verbs run, so that statements, balances and ``yellowcart ledger check`` say what they would say of
thirty real days.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.ledger.actions import Draft, do_post_many
from yellowcart.ledger.rules import Kind, Line
from yellowcart.orders.models import Conversion, Order
from yellowcart.payments.books import reference_of
from yellowcart.payments.models import Payment, PaymentPart, SandboxCharge
from yellowcart.settlement.bills import follow_conversions, follow_orders
from yellowcart.settlement.settling import BATCH, do_settle_due

PROVIDER = "sandbox"
#: Entries written in one transaction.
CHUNK = 200


def settle_past(orders: Sequence[Order], conversions: Sequence[Conversion], days: int) -> None:
    """Pay what was paid in the past, bill what was sold elsewhere, and settle what was due on each
    of these days."""
    paid = [order for order in orders if order.paid_at is not None]
    payments = [_payment(order) for order in paid]
    Payment.objects.bulk_create(payments, batch_size=1_000)
    PaymentPart.objects.bulk_create(
        (
            PaymentPart(
                shop_id=order.shop_id,
                payment_id=payment.id,
                order_id=order.id,
                amount_minor=order.amount_minor,
            )
            for order, payment in zip(paid, payments, strict=True)
        ),
        batch_size=1_000,
    )
    SandboxCharge.objects.bulk_create(
        (
            SandboxCharge(
                ref=payment.provider_ref or "",
                payment_id=payment.id,
                amount_minor=payment.amount_minor,
                currency=payment.currency,
                title="",
                return_url="",
                state="approved",
                created_at=payment.started_at,
                answered_at=payment.finished_at,
            )
            for payment in payments
        ),
        batch_size=1_000,
    )
    drafts = [_draft(order, payment) for order, payment in zip(paid, payments, strict=True)]
    for start in range(0, len(paid), CHUNK):
        with transaction.atomic():
            do_post_many(drafts[start : start + CHUNK])
            follow_orders([(order.shop_id, order.id) for order in paid[start : start + CHUNK]])
    for start in range(0, len(conversions), CHUNK):
        with transaction.atomic():
            follow_conversions([one.id for one in conversions[start : start + CHUNK]])
    for day in range(days, -1, -1):
        while do_settle_due(now() - timedelta(days=day)) >= BATCH:
            pass


def _payment(order: Order) -> Payment:
    payment_id = new_id()
    return Payment(
        id=payment_id,
        checkout_id=order.checkout_id,
        buyer_id=order.buyer_id,
        provider=PROVIDER,
        provider_ref=f"past-{payment_id.hex}",
        provider_txn=f"past-{payment_id.hex}",
        state="succeeded",
        amount_minor=order.amount_minor,
        received_minor=order.amount_minor,
        currency=order.currency,
        started_at=order.placed_at,
        finished_at=order.paid_at,
    )


def _draft(order: Order, payment: Payment) -> Draft:
    amount = order.amount_minor
    return Draft(
        reference_of(payment.id),
        f"Payment of checkout {order.checkout_id}",
        [
            Line(f"provider:{PROVIDER}", Kind.CASH, order.currency, amount),
            Line(f"shop:{order.shop_id}", Kind.HELD, order.currency, -amount),
        ],
    )
