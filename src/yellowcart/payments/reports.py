"""Keeps what a reconciliation found."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from yellowcart.core import jobs, outbox
from yellowcart.core.clock import now
from yellowcart.payments.models import Payment, ReconciliationLine, ReconciliationRun, RefundLeg

RECONCILE_JOB = "payments.reconcile"


def do_begin(provider: str, day: date, actor_id: UUID | None) -> ReconciliationRun:
    """A run by hand; there may be many of one day."""
    return ReconciliationRun.objects.create(
        provider=provider, day=day, origin="hand", actor_id=actor_id, asked_at=now()
    )


@transaction.atomic
def do_ask(provider: str, day: date, actor_id: UUID) -> ReconciliationRun:
    """Have a day reconciled again by a job."""
    run = do_begin(provider, day, actor_id)
    jobs.defer(RECONCILE_JOB, run_id=str(run.id))
    outbox.audit(actor_id, "payments.reconcile", provider, day=day.isoformat())
    return run


def do_note_fault(run: ReconciliationRun, fault: str) -> None:
    """Say why a statement could not be had; it is asked for again."""
    ReconciliationRun.objects.filter(id=run.id).update(fault=fault[:400])


def do_stamp(payments: Collection[UUID], legs: Collection[UUID], day: date) -> None:
    """Note on whose day's statement payments and legs of refunds were found."""
    Payment.objects.filter(id__in=payments).update(statement_day=day)
    RefundLeg.objects.filter(id__in=legs).update(statement_day=day)


@transaction.atomic
def do_finish(
    run: ReconciliationRun,
    matched: str,
    repaired: Collection[str],
    rows: Sequence[tuple[str, ReconciliationLine]],
) -> ReconciliationRun:
    """Keep the lines that were not as expected, and count them all. Again replaces the lines."""
    counts = Counter(outcome for outcome, _row in rows)
    kept = [row for outcome, row in rows if outcome != matched]
    for line_no, row in enumerate(kept, start=1):
        row.run = run
        row.line_no = line_no
    ReconciliationLine.objects.filter(run=run).delete()
    ReconciliationLine.objects.bulk_create(kept, batch_size=1_000)
    run.matched = counts[matched]
    run.repaired = sum(counts[outcome] for outcome in repaired)
    run.to_look_at = len(kept) - run.repaired
    run.state, run.fault, run.ended_at = "done", "", now()
    run.save()
    return run
