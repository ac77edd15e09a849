"""Payments on the operator's desk: what was refused, what statements said."""

from datetime import timedelta

from django.test import Client
from tests.orders.worlds import make_world
from tests.payments.checkouts import start, told
from tests.payments.sending import send_refunds
from tests.web_operator.conftest import EVENING

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.orders import paying
from yellowcart.payments import jobs
from yellowcart.payments.actions import do_refund
from yellowcart.payments.models import ReconciliationRun, Refund
from yellowcart.payments.providers import sandbox
from yellowcart.payments.reconciling import reconcile_by_hand


def test_a_refused_refund_waits_here(desk: Client) -> None:
    assert "Refused refunds" not in desk.get("/operator/payments/").content.decode()
    world = make_world()
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
    send_refunds()
    shown = desk.get("/operator/payments/").content.decode()
    assert "¥9.00" in shown
    assert "the sandbox took no such money" in shown
    sandbox.do_answer(payment.provider_ref, approve=True)
    again = f"/operator/payments/refunds/{order.shop_id}/{refund.id}/again/"
    assert "asked once more" in desk.post(again, follow=True).content.decode()
    send_refunds()
    assert Refund.objects.get().state == "done"
    assert "was not refused" in desk.post(again, follow=True).content.decode()


def test_a_statement_says_what_was_missed(desk: Client) -> None:
    world = make_world()
    payment = start(world, world.order())
    sandbox.do_answer(payment.provider_ref, approve=True)
    run = reconcile_by_hand("sandbox", EVENING.date())
    shown = desk.get(f"/operator/payments/{run.id}/").content.decode()
    assert "Was missed here; taken in now" in shown
    assert str(payment.id) in shown
    assert desk.get(f"/operator/payments/{new_id()}/").status_code == 404


def test_a_day_is_reconciled_again(desk: Client) -> None:
    yesterday = (now() - timedelta(days=1)).date().isoformat()
    url = "/operator/payments/reconcile/"
    asked = desk.post(url, {"provider": "sandbox", "day": yesterday}, follow=True)
    assert "Under way" in asked.content.decode()
    run = ReconciliationRun.objects.get()
    jobs.reconcile.func(run_id=str(run.id))
    assert (
        "Everything was as expected" in desk.get(f"/operator/payments/{run.id}/").content.decode()
    )
    for wanted, words in (
        ({"provider": "sandbox", "day": "yesterday"}, "Give a past day"),
        ({"provider": "alipay", "day": yesterday}, "is off here"),
    ):
        assert words in desk.post(url, wanted, follow=True).content.decode()
    assert ReconciliationRun.objects.count() == 1
