"""What those who work for the platform see of payments: reconciliations, and refused refunds.

Paying itself belongs to orders: see ``orders.api``.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Field, Router, Schema, Status

from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.payments import queries
from yellowcart.payments.models import ReconciliationRun
from yellowcart.payments.providers import provider_named
from yellowcart.payments.providers.base import not_configured
from yellowcart.payments.refunds import do_send_again
from yellowcart.payments.reports import do_ask
from yellowcart.people.access import access_operator

router = Router()


class RunOut(Schema):
    """A statement of one day held against the books: how many lines were as expected, were taken
    in now, and are left for a person."""

    run_id: UUID = Field(alias="id")
    provider: str
    day: date
    origin: str
    state: str
    matched: int
    repaired: int
    to_look_at: int
    fault: str
    asked_at: datetime
    ended_at: datetime | None


class LineOut(Schema):
    """Something that was not as expected. Amounts in minor units."""

    outcome: str
    kind: str
    payment_id: UUID | None
    refund_leg_id: UUID | None
    txn: str
    amount: int = Field(alias="amount_minor")
    expected: int | None = Field(alias="expected_minor")
    currency: str
    note: str
    at: datetime


class WholeRunOut(RunOut):
    """A reconciliation with its lines."""

    lines: list[LineOut]


class RunIn(Schema):
    """Which provider's day to reconcile again; ``day`` in the provider's zone."""

    provider: str
    day: date


class RefusedOut(Schema):
    """A refund that a provider refused, and what it said."""

    refund_id: UUID
    shop_id: UUID
    order_id: UUID | None
    provider: str
    amount: int
    currency: str
    reason: str
    faults: list[str]
    asked_at: datetime


class StateOut(Schema):
    """Where a refund stands."""

    state: str


@router.get(
    "/reconciliations", response=list[RunOut], by_alias=False, summary="Latest reconciliations"
)
def reconciliations(request: HttpRequest) -> list[ReconciliationRun]:
    """The latest fifty, latest first."""
    access_operator(request.user)
    return queries.runs()


@router.get(
    "/reconciliations/{uuid:run_id}",
    response=WholeRunOut,
    by_alias=False,
    summary="One reconciliation",
)
def reconciliation(request: HttpRequest, run_id: UUID) -> dict[str, Any]:
    """A reconciliation with everything in it that was not as expected."""
    access_operator(request.user)
    run = queries.access_run(run_id)
    columns = {field.name: getattr(run, field.name) for field in run._meta.concrete_fields}
    return {**columns, "lines": queries.lines_of_run(run_id)}


@router.post(
    "/reconciliations", response={202: RunOut}, by_alias=False, summary="Reconcile a day again"
)
def ask(request: HttpRequest, body: RunIn) -> Status[ReconciliationRun]:
    """Have the provider's statement of a day fetched and held against the books, soon."""
    operator = access_operator(request.user)
    if not provider_named(body.provider).is_on():
        raise not_configured()
    if body.day >= now().date():
        raise Problem("invalid_request", 422, _("Give a past day, such as 2021-11-16."))
    return Status(202, do_ask(body.provider, body.day, operator.id))


@router.get("/refused-refunds", response=list[RefusedOut], summary="Refunds that were refused")
def refused_refunds(request: HttpRequest) -> list[dict[str, Any]]:
    """Refunds that a provider refused, latest first."""
    access_operator(request.user)
    return [
        {
            "refund_id": row.refund.id,
            "shop_id": row.refund.shop_id,
            "order_id": row.refund.order_id,
            "provider": row.provider,
            "amount": row.refund.amount_minor,
            "currency": row.refund.currency,
            "reason": row.refund.reason,
            "faults": row.faults,
            "asked_at": row.refund.asked_at,
        }
        for row in queries.refunds_to_look_at()
    ]


@router.post(
    "/refused-refunds/{uuid:shop_id}/{uuid:refund_id}/again",
    response={202: StateOut},
    summary="Try a refused refund again",
)
def send_again(request: HttpRequest, shop_id: UUID, refund_id: UUID) -> Status[dict[str, str]]:
    """Ask the provider once more, after what it said was put right."""
    operator = access_operator(request.user)
    refund = do_send_again(shop_id, refund_id, actor_id=operator.id)
    return Status(202, {"state": refund.state})
