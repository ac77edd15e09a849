"""Holds a provider's statement against our books, takes in what was missed, lists the rest.

Reading the statement speaks to the provider, so nothing here opens a transaction around it: each
repair is one of its own, and does nothing where it was done before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.payments import incoming, queries, reports
from yellowcart.payments.models import Payment, ReconciliationLine, ReconciliationRun, RefundLeg
from yellowcart.payments.providers import provider_named
from yellowcart.payments.providers.base import (
    Given,
    ProviderBusyError,
    StatementLine,
    Told,
    as_uuid,
)
from yellowcart.payments.queries import OnStatement
from yellowcart.payments.refunds import do_note_given
from yellowcart.payments.rules import day_span

#: Money that came this shortly before a day's end may stand on the next day's statement.
MARGIN = timedelta(hours=1)
#: Lines that are looked up together.
CHUNK = 500
MATCHED = "matched"
REPAIRED = frozenset({"missed", "refund_missed"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one line of a statement, or of something that is missing from it."""

    outcome: str
    line: StatementLine
    payment: Payment | None = None
    leg: RefundLeg | None = None
    expected_minor: int | None = None
    note: str = ""


def reconcile_run(run_id: UUID) -> ReconciliationRun:
    """Fetch the statement of a run and reconcile it; raises where it can't be had now."""
    run = ReconciliationRun.objects.get(id=run_id)
    if run.state == "done":
        return run
    try:
        lines = provider_named(run.provider).statement(run.day)
    except (ProviderBusyError, ValueError) as error:
        reports.do_note_fault(run, str(error))
        raise
    return reconcile(run, lines)


def reconcile_by_hand(
    provider: str, day: date, *, data: bytes | None = None, actor_id: UUID | None = None
) -> ReconciliationRun:
    """Reconcile one day again, from a file or from the provider; the run with its findings.

    ``ValueError`` for a file that is no statement.
    """
    chosen = provider_named(provider)
    lines = chosen.statement(day) if data is None else chosen.read_statement(data)
    return reconcile(reports.do_begin(provider, day, actor_id), lines)


def reconcile(run: ReconciliationRun, lines: Sequence[StatementLine]) -> ReconciliationRun:
    """Take in what was missed, and keep what a person should look at."""
    findings: list[Finding] = []
    for start in range(0, len(lines), CHUNK):
        chunk = lines[start : start + CHUNK]
        known = queries.on_statement(
            run.provider,
            {name for line in chunk if (name := as_uuid(line.ref))},
            {line.txn for line in chunk if line.txn},
            {name for line in chunk if (name := as_uuid(line.refund_ref))},
        )
        judged = [_judge(run, known, line) for line in chunk]
        sound = [one for one in judged if one.outcome in {MATCHED, *REPAIRED}]
        reports.do_stamp(
            [one.payment.id for one in sound if one.payment],
            [one.leg.id for one in sound if one.leg],
            run.day,
        )
        findings += judged
    findings += _absent(run)
    return reports.do_finish(run, MATCHED, REPAIRED, [(f.outcome, _row(f)) for f in findings])


def _judge(run: ReconciliationRun, known: OnStatement, line: StatementLine) -> Finding:
    if line.kind == "payment":
        return _judge_payment(run, known.payment(as_uuid(line.ref), line.txn), line)
    if line.kind == "refund":
        leg_id = as_uuid(line.refund_ref)
        return _judge_refund(known.legs.get(leg_id) if leg_id else None, line)
    return Finding("unknown", line, note=line.note)


def _judge_payment(run: ReconciliationRun, payment: Payment | None, line: StatementLine) -> Finding:
    if payment is None:
        return Finding("unknown", line)
    if payment.state in {"succeeded", "refunded"}:
        agrees = (payment.received_minor, payment.currency) == (line.amount_minor, line.currency)
        outcome = MATCHED if agrees else "amount_differs"
        if payment.provider_txn and line.txn and payment.provider_txn != line.txn:
            outcome = "paid_twice"
        return Finding(outcome, line, payment, expected_minor=payment.received_minor)
    told = Told(
        f"statement:{line.txn or line.ref}",
        payment.provider_ref or "",
        True,
        line.amount_minor,
        line.currency,
        "",
        payment_id=payment.id,
        txn=line.txn,
    )
    try:
        recorded = incoming.record(run.provider, told)
    except Problem as problem:
        return Finding("not_taken", line, payment, note=str(problem))
    taken_in = recorded.state in {"succeeded", "refunded"}
    return Finding(
        "missed" if taken_in else "not_taken",
        line,
        recorded,
        expected_minor=payment.amount_minor,
    )


def _judge_refund(leg: RefundLeg | None, line: StatementLine) -> Finding:
    if leg is None:
        return Finding("unknown", line, note="refund")
    if leg.amount_minor != line.amount_minor:
        return Finding("amount_differs", line, leg=leg, expected_minor=leg.amount_minor)
    if leg.state == "done":
        return Finding(MATCHED, line, leg=leg)
    done = do_note_given(leg.shop_id, leg.id, Given("done", leg.provider_ref or line.refund_ref))
    return Finding("refund_missed", line, leg=done, expected_minor=leg.amount_minor)


def _absent(run: ReconciliationRun) -> Iterable[Finding]:
    """What is booked here, and on no statement."""
    start, end = day_span(run.day, provider_named(run.provider).zone)
    for payment in queries.payments_unstated(run.provider, start, end - MARGIN):
        line = StatementLine(
            "payment",
            str(payment.id),
            payment.provider_txn,
            payment.received_minor,
            payment.currency,
            payment.finished_at or now(),
        )
        yield Finding("absent", line, payment, expected_minor=payment.received_minor)


def _row(finding: Finding) -> ReconciliationLine:
    line = finding.line
    return ReconciliationLine(
        outcome=finding.outcome,
        kind=line.kind,
        payment_id=finding.payment.id if finding.payment else None,
        refund_leg_id=finding.leg.id if finding.leg else None,
        txn=line.txn[:100],
        amount_minor=line.amount_minor,
        expected_minor=finding.expected_minor,
        currency=line.currency[:3],
        note=(finding.note or line.note)[:200],
        at=line.at,
    )
