"""The verbs of payments. Each joins the caller's transaction, or is one of its own.

Locks: payments come first, then what lies above, orders and their stock. A refund locks only
payments that have succeeded, and whoever takes in a payment never waits for an order while it
holds one that has succeeded already; so a refund may be asked for with its order locked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.payments import books, queries
from yellowcart.payments.models import Payment, PaymentPart
from yellowcart.payments.providers.base import Started, Told
from yellowcart.payments.receipts import take_receipt
from yellowcart.payments.refunds import do_refund, do_return_stray, do_take_in_refund
from yellowcart.payments.rules import ASK_PAYMENT, Share, next_ask
from yellowcart.payments.states import PAYMENT_STEPS

__all__ = [
    "TakenIn",
    "do_note_started",
    "do_open",
    "do_refund",
    "do_take_in",
    "do_take_in_refund",
    "take_receipt",
]


@transaction.atomic
def do_open(
    *,
    checkout_id: UUID,
    stage: str,
    buyer_id: UUID,
    provider: str,
    currency: str,
    shares: Sequence[Share],
    expires_at: datetime,
    return_url: str = "",
) -> tuple[Payment, bool]:
    """The open attempt to pay these shares with a provider, and whether it is new.

    An open attempt for other shares (an order of the checkout was closed meanwhile) is given up
    for a new one; money that comes for it all the same is still taken in. The caller keeps two
    of one checkout apart by a lock of its own. ``payment_in_progress`` 409 while the open one is
    being taken in.
    """
    known = Payment.objects.filter(
        checkout_id=checkout_id, stage=stage, provider=provider, state="started"
    ).first()
    if known is not None:
        parts = {(part.shop_id, part.order_id, part.amount_minor) for part in parts_of(known)}
        if parts == set(shares):
            return known, False
        # Not waited for: whoever takes it in at this moment may wait for the caller's orders.
        locked = (
            Payment.objects.select_for_update(no_key=True, skip_locked=True)
            .filter(id=known.id, state="started")
            .first()
        )
        if locked is None:
            raise Problem(
                "payment_in_progress",
                409,
                _("A payment is being taken in at this moment. Look again in a moment."),
            )
        _set_state(locked, "failed")
    payment = Payment.objects.create(
        id=new_id(),
        checkout_id=checkout_id,
        stage=stage,
        buyer_id=buyer_id,
        provider=provider,
        amount_minor=sum(share.amount_minor for share in shares),
        currency=currency,
        started_at=now(),
        expires_at=expires_at,
        ask_at=next_ask(expires_at, now(), ASK_PAYMENT),
        return_url=return_url,
    )
    PaymentPart.objects.bulk_create(
        PaymentPart(payment_id=payment.id, **share._asdict()) for share in sorted(shares)
    )
    return payment, True


def parts_of(payment: Payment) -> list[PaymentPart]:
    """For whose orders a payment is, in the order of their keys."""
    return list(PaymentPart.objects.filter(payment_id=payment.id).order_by("shop_id", "order_id"))


def do_note_started(payment: Payment, started: Started) -> None:
    """Keep how the provider knows a payment, and where it is paid."""
    payment.provider_ref = started.ref
    payment.pay_url = started.pay_url
    payment.code = started.code
    Payment.objects.filter(id=payment.id).update(
        provider_ref=started.ref, pay_url=started.pay_url, code=started.code
    )


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a provider's word changed: ``repeat``, ``ignored``, ``failed``, ``stray`` (another
    amount than was asked; it is on its way back) or ``succeeded``, with the parts it pays."""

    outcome: str
    payment: Payment
    parts: list[PaymentPart]


def do_take_in(provider: str, told: Told) -> TakenIn:
    """Take in a provider's word on a charge, once; within the caller's transaction.

    A repeat changes nothing, nor does a word that comes too late to matter. What succeeded is
    booked as held for the shops; the caller steps the orders in the same transaction, and gives
    back with :func:`do_refund` what no order waits for. ``payment_not_found`` 404.
    """
    first_time = take_receipt(f"pay:{provider}", told.message_id, told.body_hash)
    seen = queries.payment_told(provider, told)
    if not first_time:
        return TakenIn("repeat", seen, [])
    payment = Payment.objects.select_for_update(no_key=True).get(id=seen.id)
    target = "succeeded" if told.succeeded else "failed"
    if target not in PAYMENT_STEPS[payment.state]:
        return TakenIn("ignored", payment, [])
    parts = parts_of(payment)
    if not told.succeeded:
        _set_state(payment, "failed")
        return TakenIn("failed", payment, parts)
    payment.received_minor = told.amount_minor
    payment.provider_txn = told.txn
    _set_state(payment, "succeeded")
    if (told.amount_minor, told.currency) != (payment.amount_minor, payment.currency):
        if told.amount_minor > 0:
            books.do_book_stray(payment, told.currency)
            do_return_stray(payment, told.currency)
        return TakenIn("stray", payment, parts)
    books.do_book_payment(payment, parts)
    return TakenIn("succeeded", payment, parts)


def _set_state(payment: Payment, state: str) -> None:
    payment.state = state
    payment.finished_at = now()
    payment.save(update_fields=["state", "finished_at", "received_minor", "provider_txn"])
