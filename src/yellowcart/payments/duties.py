"""What the worker looks after for payments: each duty finds what is due and defers the asking.

A provider is somebody else's computer, so the asking itself is a job; that it is due is state.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min

from yellowcart.core import jobs
from yellowcart.core.clock import now
from yellowcart.payments.models import Payment, ReconciliationRun, RefundLeg
from yellowcart.payments.providers import PROVIDERS
from yellowcart.payments.refunds import SEND_JOB
from yellowcart.payments.reports import RECONCILE_JOB
from yellowcart.payments.rules import ASK_PAYMENT, ASK_REFUND, days_with_statement, next_ask

ASK_JOB = "payments.ask"
BATCH = 200
STATEMENT_AGAIN = timedelta(hours=3)
"""A statement that could not be had is asked for again after this."""


def look_after() -> datetime | None:
    """Ask about what is open: payments, refunds, statements; when to look again."""
    dues = [ask_payments(), ask_refunds(), ask_statements()]
    return min((due for due in dues if due is not None), default=None)


@transaction.atomic
def ask_payments() -> datetime | None:
    """Have the provider asked about payments that should be over, before and after their end."""
    at = now()
    due = list(
        Payment.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(state="started", ask_at__lte=at)
        .order_by("ask_at")[:BATCH]
    )
    for payment in due:
        base = payment.expires_at or payment.started_at
        Payment.objects.filter(id=payment.id).update(ask_at=next_ask(base, at, ASK_PAYMENT))
        jobs.defer(ASK_JOB, payment_id=str(payment.id))
    waiting = Payment.objects.filter(state="started", ask_at__gt=at)
    return at if len(due) == BATCH else waiting.aggregate(next=Min("ask_at"))["next"]


@transaction.atomic
def ask_refunds() -> datetime | None:
    """Have providers asked again for refunds that are not done, for two weeks."""
    at = now()
    due = list(
        RefundLeg.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(state__in=["asked", "sent"], ask_at__lte=at)
        .order_by("ask_at")[:BATCH]
    )
    for leg in due:
        RefundLeg.objects.filter(shop_id=leg.shop_id, id=leg.id).update(
            ask_at=next_ask(leg.asked_at, at, ASK_REFUND)
        )
        jobs.defer(SEND_JOB, shop_id=str(leg.shop_id), leg_id=str(leg.id))
    waiting = RefundLeg.objects.filter(state__in=["asked", "sent"], ask_at__gt=at)
    return at if len(due) == BATCH else waiting.aggregate(next=Min("ask_at"))["next"]


@transaction.atomic
def ask_statements() -> datetime | None:
    """Have the statements of the last days held against our books, once each."""
    at = now()
    wanted = [
        ReconciliationRun(provider=code, day=day, asked_at=at, ask_at=at)
        for code, provider in PROVIDERS.items()
        if provider.is_on()
        for day in days_with_statement(at, provider.zone)
    ]
    days = {(run.provider, run.day) for run in wanted}
    known = ReconciliationRun.objects.filter(
        origin="daily", day__in={day for _code, day in days}
    ).values_list("provider", "day")
    fresh = [run for run in wanted if (run.provider, run.day) not in set(known)]
    ReconciliationRun.objects.bulk_create(fresh, ignore_conflicts=True)
    due = ReconciliationRun.objects.select_for_update(no_key=True, skip_locked=True).filter(
        origin="daily", state="asked", ask_at__lte=at
    )
    for run in due:
        if (run.provider, run.day) not in days:
            ReconciliationRun.objects.filter(id=run.id).update(state="failed", ended_at=at)
            continue
        ReconciliationRun.objects.filter(id=run.id).update(ask_at=at + STATEMENT_AGAIN)
        jobs.defer(RECONCILE_JOB, run_id=str(run.id))
    return None
