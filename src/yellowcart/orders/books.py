"""Writes payments into the ledger: what arrived, for whom it is held, and what went back.

What a shop is paid out, and what the platform keeps of it, is settled after completion; until
then the whole amount is held for the shop.
"""

from uuid import UUID

from yellowcart.ledger.actions import do_post, do_reverse
from yellowcart.ledger.rules import Kind, Line
from yellowcart.orders.models import Order, Payment
from yellowcart.orders.providers.base import Told


def reference_of(payment_id: UUID) -> str:
    """The ledger's name for a payment."""
    return f"payment:{payment_id}"


def do_book_payment(order: Order, payment: Payment, told: Told, *, is_kept: bool) -> None:
    """Book what a provider took in: held for the shop, or owed back to the buyer.

    Joins the caller's transaction; an amount of nothing moves nothing.
    """
    if told.amount_minor <= 0:
        return
    if is_kept:
        to = Line(f"shop:{order.shop_id}", Kind.HELD, told.currency, -told.amount_minor)
    else:
        to = Line(f"buyer:{order.buyer_id}", Kind.PAYABLE, told.currency, -told.amount_minor)
    arrived = Line(f"provider:{payment.provider}", Kind.CASH, told.currency, told.amount_minor)
    do_post(reference_of(payment.id), f"Payment of order {order.id}", [arrived, to])


def do_book_refund(payment: Payment) -> None:
    """Book that a payment went back whole; again changes nothing."""
    if payment.refunded_minor > 0:
        do_reverse(reference_of(payment.id), f"Payment of order {payment.order_id} went back")
