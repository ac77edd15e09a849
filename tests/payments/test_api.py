"""What operators see of payments over HTTP, and nobody else."""

from datetime import timedelta
from uuid import UUID

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.callers import Caller
from tests.factories import make_operator
from tests.orders.worlds import make_world
from tests.payments.checkouts import start, told
from tests.payments.sending import send_refunds

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.models import AuditEntry
from yellowcart.orders import paying
from yellowcart.payments import jobs
from yellowcart.payments.actions import do_refund
from yellowcart.payments.models import Refund
from yellowcart.payments.providers import sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_jobs")]


def refused(world):
    """A refund of money that the sandbox never saw."""
    order = world.order()
    payment = start(world, order)
    paying.do_record_payment("sandbox", told(payment))
    refund = do_refund(
        shop_id=order.shop_id,
        order_id=order.id,
        amount_minor=900,
        reason="torn",
        reference="case:1",
    )
    assert send_refunds() == ["failed"]
    return payment, refund


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/payments/reconciliations"),
        ("GET", f"/payments/reconciliations/{UUID(int=7)}"),
        ("POST", "/payments/reconciliations"),
        ("GET", "/payments/refused-refunds"),
        ("POST", f"/payments/refused-refunds/{UUID(int=7)}/{UUID(int=7)}/again"),
    ],
)
def test_it_is_for_operators_only(method, path) -> None:
    world = make_world()
    body = {"provider": "sandbox", "day": "2021-11-16"} if method == "POST" else None
    assert Caller()(method, path, body)[0] == 401
    for account in (world.buyer, world.owner):
        assert Caller(account)(method, path, body)[0] == 403


def test_a_day_is_reconciled_again() -> None:
    operator = Caller(make_operator())
    day = (now() - timedelta(days=2)).date().isoformat()
    status, run = operator("POST", "/payments/reconciliations", {"provider": "sandbox", "day": day})
    assert (status, run["state"], run["origin"]) == (202, "asked", "hand")
    (job,) = ProcrastinateJob.objects.filter(task_name="payments.reconcile")
    jobs.reconcile.func(**job.args)
    listed = operator("GET", "/payments/reconciliations")[1]
    assert [(row["run_id"], row["state"]) for row in listed] == [(run["run_id"], "done")]
    whole = operator("GET", f"/payments/reconciliations/{run['run_id']}")[1]
    assert (whole["day"], whole["lines"]) == (day, [])
    assert AuditEntry.objects.get().verb == "payments.reconcile"
    for wanted, refusal in (
        ({"provider": "sandbox", "day": (now() + timedelta(days=1)).date().isoformat()}, 422),
        ({"provider": "cash", "day": day}, 422),
        ({"provider": "stripe", "day": day}, 409),
    ):
        assert operator("POST", "/payments/reconciliations", wanted)[0] == refusal
    assert operator("GET", f"/payments/reconciliations/{new_id()}")[0] == 404


def test_a_refused_refund_is_tried_again() -> None:
    payment, refund = refused(make_world())
    operator = Caller(make_operator())
    (row,) = operator("GET", "/payments/refused-refunds")[1]
    assert (row["refund_id"], row["amount"]) == (str(refund.id), 900)
    assert row["faults"] == ["the sandbox took no such money"]
    again = f"/payments/refused-refunds/{refund.shop_id}/{refund.id}/again"
    sandbox.do_answer(payment.provider_ref, approve=True)
    assert operator("POST", again)[0] == 202
    job = ProcrastinateJob.objects.filter(task_name="payments.send_refund").latest("id")
    assert job.args["is_again"] is True
    jobs.send_refund.func(**job.args)
    assert Refund.objects.get().state == "done"
    assert operator("GET", "/payments/refused-refunds")[1] == []
    assert operator("POST", again)[0] == 409
    missing = f"/payments/refused-refunds/{new_id()}/{refund.id}/again"
    assert operator("POST", missing)[0] == 404
    assert AuditEntry.objects.get().verb == "payments.send_refund_again"
