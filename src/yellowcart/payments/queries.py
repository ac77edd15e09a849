"""Reading payments and refunds. Who may see an order's is for the folder of orders to say."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.payments.models import (
    Payment,
    PaymentPart,
    ReconciliationLine,
    ReconciliationRun,
    Refund,
    RefundLeg,
)
from yellowcart.payments.providers.base import Taken, Told


def payment_not_found() -> Problem:
    """There is no such payment."""
    return Problem("payment_not_found", 404, _("There is no such payment."))


def payment_told(provider: str, told: Told) -> Payment:
    """The payment a provider speaks of; ``payment_not_found`` where it is none of ours."""
    rows = Payment.objects.filter(provider=provider)
    payment = None
    if told.payment_id is not None:
        payment = rows.filter(id=told.payment_id).first()
    if payment is None and told.ref:
        payment = rows.filter(provider_ref=told.ref).first()
    if payment is None:
        raise payment_not_found()
    return payment


class Attempt(NamedTuple):
    """An attempt to pay an order, as far as it is that order's: a payment of a checkout may be
    for other shops' orders too, which are no business of whoever looks at this one."""

    id: UUID
    provider: str
    stage: str
    state: str
    amount_minor: int
    refunded_minor: int
    currency: str
    started_at: datetime


def attempts_of(shop_id: UUID, order_id: UUID) -> list[Attempt]:
    """The attempts to pay an order, oldest first, with its own share of each."""
    parts = {
        part.payment_id: part
        for part in PaymentPart.objects.filter(shop_id=shop_id, order_id=order_id)
    }
    rows = Payment.objects.filter(id__in=list(parts)).order_by("started_at", "id")
    return [_attempt(row, parts[row.id]) for row in rows]


def _attempt(payment: Payment, part: PaymentPart) -> Attempt:
    state = payment.state
    if state == "succeeded" and 0 < part.amount_minor == part.refunded_minor:
        state = "refunded"
    return Attempt(
        payment.id,
        payment.provider,
        payment.stage,
        state,
        part.amount_minor,
        part.refunded_minor,
        payment.currency,
        payment.started_at,
    )


def parts_of_orders(keys: Iterable[tuple[UUID, UUID]]) -> list[PaymentPart]:
    """The shares of orders ``(shop_id, order_id)`` in payments."""
    wanted = sorted(keys)
    return list(
        PaymentPart.objects.filter(
            shop_id__in={key[0] for key in wanted}, order_id__in=[key[1] for key in wanted]
        )
    )


def refunds_of(shop_id: UUID, order_id: UUID) -> list[Refund]:
    """The refunds of an order, oldest first."""
    return list(
        Refund.objects.filter(shop_id=shop_id, order_id=order_id).order_by("asked_at", "id")
    )


def taken(payment: Payment) -> Taken:
    """A payment as its provider is asked about it."""
    return Taken(
        payment.id,
        payment.provider_ref or "",
        payment.provider_txn,
        payment.received_minor or payment.amount_minor,
        payment.currency,
    )


class OnStatement(NamedTuple):
    """Our payments and legs of refunds that some lines of a statement are about."""

    by_id: dict[UUID, Payment]
    by_txn: dict[str, Payment]
    legs: dict[UUID, RefundLeg]

    def payment(self, payment_id: UUID | None, txn: str) -> Payment | None:
        """By what we called it, or by the provider's number of the money."""
        found = self.by_id.get(payment_id) if payment_id else None
        return found or self.by_txn.get(txn)


def on_statement(
    provider: str, ids: Collection[UUID], txns: Collection[str], legs: Collection[UUID]
) -> OnStatement:
    """What these names stand for at a provider."""
    rows = Payment.objects.filter(provider=provider)
    by_txn = {row.provider_txn: row for row in rows.filter(provider_txn__in=txns)}
    found = list(RefundLeg.objects.filter(id__in=legs))
    ours = set(rows.filter(id__in={leg.payment_id for leg in found}).values_list("id", flat=True))
    return OnStatement(
        {row.id: row for row in rows.filter(id__in=ids)},
        by_txn,
        {leg.id: leg for leg in found if leg.payment_id in ours},
    )


def leg_of(provider: str, leg_id: UUID) -> RefundLeg | None:
    """The leg of a refund that a statement's line is about."""
    leg = RefundLeg.objects.filter(id=leg_id).first()
    if leg is None or not Payment.objects.filter(id=leg.payment_id, provider=provider).exists():
        return None
    return leg


def payments_unstated(provider: str, start: datetime, end: datetime) -> list[Payment]:
    """What came in ``[start, end)`` and was on no statement yet."""
    return list(
        Payment.objects.filter(
            provider=provider,
            state__in=["succeeded", "refunded"],
            finished_at__gte=start,
            finished_at__lt=end,
            statement_day__isnull=True,
        ).order_by("finished_at")
    )


def runs(limit: int = 50) -> list[ReconciliationRun]:
    """The latest reconciliations, latest first; for whoever works for the platform."""
    return list(ReconciliationRun.objects.order_by("-asked_at", "-day")[:limit])


def lines_of_run(run_id: UUID) -> list[ReconciliationLine]:
    """What a reconciliation found that was not as expected, in the statement's order."""
    return list(ReconciliationLine.objects.filter(run_id=run_id).order_by("line_no"))


@dataclass(frozen=True, slots=True)
class Refused:
    """A refund that a provider refused, and what it said."""

    refund: Refund
    provider: str
    faults: list[str]


def refunds_to_look_at(limit: int = 200) -> list[Refused]:
    """Refunds that a provider refused, latest first; a person decides what becomes of them."""
    refunds = list(Refund.objects.filter(state="failed").order_by("-asked_at")[:limit])
    legs: dict[UUID, list[RefundLeg]] = {}
    for leg in RefundLeg.objects.filter(refund_id__in=[row.id for row in refunds], state="failed"):
        legs.setdefault(leg.refund_id, []).append(leg)
    payments = Payment.objects.in_bulk(
        {leg.payment_id for of_refund in legs.values() for leg in of_refund}
    )
    return [
        Refused(
            row,
            payments[legs[row.id][0].payment_id].provider,
            [leg.fault for leg in legs[row.id]],
        )
        for row in refunds
        if row.id in legs
    ]


def count_to_look_at() -> int:
    """How many refunds a provider refused."""
    return Refund.objects.filter(state="failed").count()


def access_run(run_id: UUID) -> ReconciliationRun:
    """A reconciliation; ``run_not_found`` where there is none."""
    run = ReconciliationRun.objects.filter(id=run_id).first()
    if run is None:
        raise Problem("run_not_found", 404, _("There is no such reconciliation."))
    return run


def leg_told(provider: str, leg_id: UUID) -> RefundLeg:
    """The leg a provider speaks of; ``payment_not_found`` where it is none of its own."""
    leg = leg_of(provider, leg_id)
    if leg is None:
        raise payment_not_found()
    return leg


def leg_to_send(shop_id: UUID, leg_id: UUID) -> tuple[RefundLeg, Refund, Taken, str]:
    """A leg, its refund, the charge it is taken from, and the provider's name."""
    leg = RefundLeg.objects.get(shop_id=shop_id, id=leg_id)
    refund = Refund.objects.get(shop_id=shop_id, id=leg.refund_id)
    payment = Payment.objects.get(id=leg.payment_id)
    return leg, refund, taken(payment), payment.provider
