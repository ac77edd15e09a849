"""Money back to buyers: decided and booked here, carried by jobs, told by the provider."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from yellowcart.core import jobs, outbox
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.models import PLATFORM
from yellowcart.core.problems import Problem
from yellowcart.payments import books, events, queries
from yellowcart.payments.models import Payment, PaymentPart, Refund, RefundLeg
from yellowcart.payments.providers.base import Given, ToldRefund
from yellowcart.payments.receipts import take_receipt
from yellowcart.payments.rules import ASK_REFUND, Source, next_ask, spread
from yellowcart.payments.states import REFUND_STEPS, state_of_legs

SEND_JOB = "payments.send_refund"


@transaction.atomic
def do_refund(
    *, shop_id: UUID, order_id: UUID, amount_minor: int, reason: str, reference: str
) -> Refund:
    """Give back ``amount_minor`` of what was paid for an order; joins the caller's transaction.

    The same ``reference`` again gives the same refund, whatever else is said. The latest payment
    is taken from first. The ledger owes it to the buyer from now on, out of what is held for the
    shop; a job asks the providers. :class:`Problem` 409 ``refund_exceeds_paid`` where the order's
    payments hold less than that, 422 ``refund_empty`` for nothing.
    """
    if amount_minor <= 0:
        raise Problem("refund_empty", 422, _("A refund gives something back."))
    payments = _lock_payments(shop_id, order_id)
    # Asked only now: whoever refunds the same order waits above until the first one has ended.
    known = Refund.objects.filter(shop_id=shop_id, reference=reference).first()
    if known is not None:
        return known
    parts = {
        part.payment_id: part
        for part in PaymentPart.objects.filter(
            shop_id=shop_id, order_id=order_id, payment_id__in=[row.id for row in payments]
        )
    }
    sources = [
        Source(row.id, parts[row.id].amount_minor - parts[row.id].refunded_minor)
        for row in sorted(payments, key=lambda row: (row.finished_at or now(), row.id))
    ]
    taken = spread(amount_minor, sources)
    if taken is None:
        left = sum(source.left_minor for source in sources)
        raise Problem(
            "refund_exceeds_paid",
            409,
            _("That is more than is left of what was paid for this order."),
            extra={"left": left},
        )
    refund = _write(
        shop_id, order_id, payments[0], payments[0].currency, amount_minor, reason, reference, taken
    )
    for source in taken:
        PaymentPart.objects.filter(
            shop_id=shop_id, payment_id=source.payment_id, order_id=order_id
        ).update(refunded_minor=F("refunded_minor") + source.left_minor)
    books.do_book_owed(refund)
    return refund


def _lock_payments(shop_id: UUID, order_id: UUID) -> list[Payment]:
    ids = PaymentPart.objects.filter(shop_id=shop_id, order_id=order_id).values("payment_id")
    return list(
        Payment.objects.select_for_update(no_key=True)
        .filter(id__in=ids, state__in=["succeeded", "refunded"])
        .order_by("id")
    )


def do_return_stray(payment: Payment, currency: str) -> Refund:
    """Give back all of a locked payment that is not what was asked, and pays for no order."""
    taken = [Source(payment.id, payment.received_minor)]
    return _write(
        PLATFORM,
        None,
        payment,
        currency,
        payment.received_minor,
        "amount_differs",
        f"stray:{payment.id}",
        taken,
    )


def _write(
    shop_id: UUID,
    order_id: UUID | None,
    payment: Payment,
    currency: str,
    amount_minor: int,
    reason: str,
    reference: str,
    taken: Sequence[Source],
) -> Refund:
    refund = Refund.objects.create(
        shop_id=shop_id,
        id=new_id(),
        order_id=order_id,
        buyer_id=payment.buyer_id,
        reference=reference,
        amount_minor=amount_minor,
        currency=currency,
        reason=reason[:200],
        asked_at=now(),
    )
    for source in taken:
        leg = RefundLeg.objects.create(
            shop_id=shop_id,
            id=new_id(),
            refund_id=refund.id,
            payment_id=source.payment_id,
            amount_minor=source.left_minor,
            asked_at=refund.asked_at,
            ask_at=next_ask(refund.asked_at, refund.asked_at, ASK_REFUND),
        )
        row = Payment.objects.get(id=source.payment_id)
        row.refunded_minor += source.left_minor
        if row.refunded_minor == row.received_minor:
            row.state = "refunded"
        row.save(update_fields=["refunded_minor", "state"])
        jobs.defer(SEND_JOB, shop_id=str(shop_id), leg_id=str(leg.id))
    outbox.append_all([events.refund_step(refund)])
    return refund


@transaction.atomic
def do_note_given(shop_id: UUID, leg_id: UUID, given: Given) -> RefundLeg:
    """Keep what a provider said of a leg, and book it once the money has left.

    A word that leads nowhere from where the leg stands changes nothing.
    """
    leg = RefundLeg.objects.select_for_update(no_key=True).get(shop_id=shop_id, id=leg_id)
    if given.state not in REFUND_STEPS[leg.state]:
        return leg
    refund = Refund.objects.select_for_update(no_key=True).get(shop_id=shop_id, id=leg.refund_id)
    leg.state = given.state
    leg.provider_ref = given.ref or leg.provider_ref
    leg.fault = given.fault[:200]
    if given.state == "done":
        leg.done_at = now()
        books.do_book_returned(Payment.objects.get(id=leg.payment_id), refund, leg)
    leg.save(update_fields=["state", "provider_ref", "fault", "done_at"])
    states = RefundLeg.objects.filter(shop_id=shop_id, refund_id=refund.id).values_list(
        "state", flat=True
    )
    whole = state_of_legs(list(states))
    if whole != refund.state:
        refund.state = whole
        refund.done_at = now() if whole == "done" else None
        refund.save(update_fields=["state", "done_at"])
        outbox.append_all([events.refund_step(refund)])
    return leg


@transaction.atomic
def do_send_again(shop_id: UUID, refund_id: UUID, *, actor_id: UUID) -> Refund:
    """A person has what a provider refused tried once more, after they put right why.

    ``refund_not_found`` 404, ``refund_not_failed`` 409.
    """
    refund = (
        Refund.objects.select_for_update(no_key=True).filter(shop_id=shop_id, id=refund_id).first()
    )
    if refund is None:
        raise Problem("refund_not_found", 404, _("There is no such refund."))
    legs = RefundLeg.objects.filter(shop_id=shop_id, refund_id=refund_id, state="failed")
    if not legs:
        raise Problem("refund_not_failed", 409, _("This refund was not refused."))
    for leg in legs:
        jobs.defer(SEND_JOB, shop_id=str(shop_id), leg_id=str(leg.id), is_again=True)
    outbox.audit(actor_id, "payments.send_refund_again", str(refund_id), shop_id=str(shop_id))
    return refund


@transaction.atomic
def do_take_in_refund(provider: str, told: ToldRefund) -> RefundLeg:
    """Take in a provider's word on a refund, once; ``payment_not_found`` 404 for none of ours."""
    first_time = take_receipt(f"pay:{provider}", told.message_id, told.body_hash)
    leg = queries.leg_told(provider, told.refund_id)
    return do_note_given(leg.shop_id, leg.id, told.given) if first_time else leg
