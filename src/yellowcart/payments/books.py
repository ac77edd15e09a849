"""Writes payments into the ledger: what arrived, for whom it is held, and what went back.

What a shop is paid out, and what the platform keeps of it, is settled after completion; until
then the whole amount is held for the shop. A refund takes it from there and owes it to the buyer
until the provider has given it back. Whoever settles first puts back what a refund takes.
"""

from collections.abc import Iterable
from uuid import UUID

from yellowcart.core.models import PLATFORM
from yellowcart.ledger.actions import do_post
from yellowcart.ledger.rules import Kind, Line
from yellowcart.payments.models import Payment, PaymentPart, Refund, RefundLeg


def reference_of(payment_id: UUID) -> str:
    """The ledger's name for a payment."""
    return f"payment:{payment_id}"


def do_book_payment(payment: Payment, parts: Iterable[PaymentPart]) -> None:
    """Book what came as held for the shops whose orders it pays, or as coins that the platform
    owes; nothing where nothing came.

    Joins the caller's transaction.
    """
    if payment.received_minor <= 0:
        return
    held = [_held(part.shop_id, payment.currency, -part.amount_minor) for part in parts]
    cash = Line(_provider(payment), Kind.CASH, payment.currency, payment.received_minor)
    do_post(reference_of(payment.id), f"Payment of checkout {payment.checkout_id}", [cash, *held])


def do_book_stray(payment: Payment, currency: str) -> None:
    """Book money that pays nothing, because it is not what was asked: owed to the buyer."""
    amount = payment.received_minor
    do_post(
        reference_of(payment.id),
        f"Not what checkout {payment.checkout_id} asked for",
        [
            Line(_provider(payment), Kind.CASH, currency, amount),
            Line(f"buyer:{payment.buyer_id}", Kind.PAYABLE, currency, -amount),
        ],
    )


def do_book_owed(refund: Refund) -> None:
    """Book that a shop's held money, or what coins stood for, is the buyer's again."""
    do_post(
        f"refund:{refund.id}",
        f"Refund of order {refund.order_id}",
        [
            _held(refund.shop_id, refund.currency, refund.amount_minor),
            Line(f"buyer:{refund.buyer_id}", Kind.PAYABLE, refund.currency, -refund.amount_minor),
        ],
    )


def do_book_returned(payment: Payment, refund: Refund, leg: RefundLeg) -> None:
    """Book that a provider gave a leg's money back; again changes nothing."""
    do_post(
        f"refund-leg:{leg.id}",
        f"Refund {refund.id} went back",
        [
            Line(f"buyer:{refund.buyer_id}", Kind.PAYABLE, refund.currency, leg.amount_minor),
            Line(_provider(payment), Kind.CASH, refund.currency, -leg.amount_minor),
        ],
    )


def _held(shop_id: UUID, currency: str, amount_minor: int) -> Line:
    """What a payment's part is until it is used: a shop's, or coins where no shop sells."""
    if shop_id == PLATFORM:
        return Line("platform", Kind.COINS, currency, amount_minor)
    return Line(f"shop:{shop_id}", Kind.HELD, currency, amount_minor)


def _provider(payment: Payment) -> str:
    return f"provider:{payment.provider}"
