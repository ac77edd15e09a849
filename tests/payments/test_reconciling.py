"""Statements held against the books: what was missed is taken in, the rest is listed."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.orders.worlds import ADDRESS, fresh, make_world
from tests.payments.checkouts import approve, buy, start, told
from typer.testing import CliRunner

from yellowcart.core import clock, startup
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.ledger.queries import trial_balance
from yellowcart.orders import actions, paying
from yellowcart.payments import cli, duties, jobs, queries, reconciling
from yellowcart.payments.models import Payment, ReconciliationRun, Refund, RefundLeg
from yellowcart.payments.providers import sandbox
from yellowcart.payments.providers.base import ProviderBusyError
from yellowcart.payments.rules import days_with_statement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_jobs")]
BILL = (Path(__file__).parent / "data" / "alipay_bill.csv").read_text(encoding="utf-8")
DAY = datetime(2021, 11, 16, tzinfo=UTC).date()


@pytest.fixture
def _that_day() -> None:
    clock.set_timeline(clock.starting_at(datetime(2021, 11, 15, 17, tzinfo=UTC)))


def findings(run: ReconciliationRun) -> list[tuple[str, str]]:
    return [(line.outcome, line.kind) for line in queries.lines_of_run(run.id)]


def waiting(name: str) -> list[dict]:
    rows = ProcrastinateJob.objects.filter(task_name=name).order_by("id")
    return [row.args for row in rows]


def refund(order, amount: int, reference: str = "case:1") -> RefundLeg:
    paying.payments.do_refund(
        shop_id=order.shop_id,
        order_id=order.id,
        amount_minor=amount,
        reason="torn",
        reference=reference,
    )
    return RefundLeg.objects.get()


@pytest.mark.usefixtures("_that_day")
def test_a_lost_callback_is_found_on_the_statement() -> None:
    world = make_world()
    order, other, open_still = world.order(), world.order(), world.order()
    lost = start(world, order)
    sandbox.do_answer(lost.provider_ref, approve=True)
    buy(world, other)
    start(world, open_still)
    run = reconciling.reconcile_by_hand("sandbox", DAY)
    assert (run.matched, run.repaired, run.to_look_at) == (1, 1, 0)
    assert findings(run) == [("missed", "payment")]
    assert fresh(order).state == "paid"
    assert fresh(open_still).state == "awaiting_payment"
    late = paying.do_record_payment("sandbox", told(lost))
    assert late.state == "succeeded"
    again = reconciling.reconcile_by_hand("sandbox", DAY)
    assert (again.matched, again.repaired, again.to_look_at) == (2, 0, 0)
    assert trial_balance() == {"CNY": 0}


@pytest.mark.usefixtures("_that_day")
def test_money_that_came_too_late_for_its_order_goes_back() -> None:
    world = make_world()
    order = world.order()
    lost = start(world, order)
    sandbox.do_answer(lost.provider_ref, approve=True)
    actions.do_expire_due(order.expires_at)
    run = reconciling.reconcile_by_hand("sandbox", DAY)
    assert findings(run) == [("missed", "payment")]
    assert fresh(order).state == "closed"
    assert Refund.objects.get().reason == "not_awaited"


@pytest.mark.usefixtures("_that_day")
def test_what_differs_is_listed_for_a_person(alipay_on) -> None:
    world = make_world()
    order = world.order(quantity=2)
    payment = start(world, order, provider="alipay")
    paying.do_record_payment("alipay", told(payment, txn="2021111622001"))
    leg = refund(order, 5_000)
    data = BILL.format(paid=payment.id.hex, leg=leg.id.hex).encode("gbk")
    run = reconciling.reconcile_by_hand("alipay", DAY, data=data)
    assert (run.matched, findings(run)) == (1, [("refund_missed", "refund")])
    leg.refresh_from_db()
    assert (leg.state, leg.statement_day) == ("done", DAY)
    Payment.objects.filter(id=payment.id).update(received_minor=19_700)
    RefundLeg.objects.filter(shop_id=leg.shop_id, id=leg.id).update(amount_minor=4_900)
    run = reconciling.reconcile_by_hand("alipay", DAY, data=data)
    assert findings(run) == [("amount_differs", "payment"), ("amount_differs", "refund")]
    Payment.objects.filter(id=payment.id).update(received_minor=19_800, provider_txn="other")
    run = reconciling.reconcile_by_hand("alipay", DAY, data=data)
    assert ("paid_twice", "payment") in findings(run)
    strange = BILL.format(paid=new_id().hex, leg=new_id().hex).replace("2021111622001", "9")
    run = reconciling.reconcile_by_hand("alipay", DAY, data=strange.encode("gbk"))
    assert findings(run) == [("unknown", "payment"), ("unknown", "refund")]
    assert run.to_look_at == 2


@pytest.mark.usefixtures("_that_day")
def test_what_is_on_no_statement_is_listed(alipay_on) -> None:
    world = make_world()
    payment = start(world, world.order(), provider="alipay")
    paying.do_record_payment("alipay", told(payment))
    header = BILL.splitlines()[4].encode()
    run = reconciling.reconcile_by_hand("alipay", DAY, data=header)
    assert findings(run) == [("absent", "payment")]
    line = queries.lines_of_run(run.id)[0]
    assert (line.payment_id, line.expected_minor) == (payment.id, payment.amount_minor)
    next_day = reconciling.reconcile_by_hand("alipay", DAY + timedelta(days=1), data=header)
    assert findings(next_day) == []


def test_a_statement_is_fetched_once_a_day_and_again_until_it_is_there(alipay_on) -> None:
    clock.set_timeline(clock.starting_at(datetime(2021, 11, 17, 3, tzinfo=UTC)))
    for _ in range(2):
        duties.ask_statements()
    runs = ReconciliationRun.objects.filter(provider="alipay").order_by("day")
    assert [run.day.day for run in runs] == [14, 15, 16]
    assert len(waiting(duties.RECONCILE_JOB)) == 6
    run = runs[2]
    alipay_on.rule = lambda _asked: (502, {}, b"")
    with pytest.raises(ProviderBusyError):
        jobs.reconcile.func(run_id=str(run.id))
    run.refresh_from_db()
    assert (run.state, "502" in run.fault) == ("asked", True)
    clock.set_timeline(clock.starting_at(now() + timedelta(hours=4)))
    duties.ask_statements()
    assert len(waiting(duties.RECONCILE_JOB)) == 12
    clock.set_timeline(clock.starting_at(now() + timedelta(days=9)))
    duties.ask_statements()
    run.refresh_from_db()
    assert run.state == "failed"


def test_the_sandbox_is_reconciled_like_any_other() -> None:
    clock.set_timeline(clock.starting_at(datetime(2021, 11, 15, 17, tzinfo=UTC)))
    world = make_world()
    order = world.order()
    lost = start(world, order)
    sandbox.do_answer(lost.provider_ref, approve=True)
    clock.set_timeline(clock.starting_at(datetime(2021, 11, 17, 3, tzinfo=UTC)))
    duties.ask_statements()
    for arguments in waiting(duties.RECONCILE_JOB):
        jobs.reconcile.func(**arguments)
    assert fresh(order).state == "paid"
    assert set(ReconciliationRun.objects.values_list("state", flat=True)) == {"done"}
    duties.ask_statements()
    assert len(waiting(duties.RECONCILE_JOB)) == 3


def test_a_day_s_statement_is_there_at_half_past_ten() -> None:
    early, late = (datetime(2021, 11, 17, 2, minute, tzinfo=UTC) for minute in (29, 30))
    assert days_with_statement(early, "Asia/Shanghai")[0].day == 15
    assert days_with_statement(late, "Asia/Shanghai")[0].day == 16
    assert days_with_statement(late, "UTC")[0].day == 15


def test_a_silent_provider_is_asked_before_and_after_the_end() -> None:
    world = make_world()
    order = world.order(expires_at=now() + timedelta(minutes=15))
    payment = start(world, order)
    due = duties.ask_payments()
    assert due == order.expires_at - timedelta(minutes=1)
    assert waiting(duties.ASK_JOB) == []
    clock.set_timeline(clock.starting_at(due))
    assert duties.ask_payments() == order.expires_at + timedelta(minutes=1)
    (arguments,) = waiting(duties.ASK_JOB)
    jobs.ask_payment.func(**arguments)
    assert fresh(order).state == "awaiting_payment"
    sandbox.do_answer(payment.provider_ref, approve=True)
    jobs.ask_payment.func(**arguments)
    assert fresh(order).state == "paid"
    jobs.ask_payment.func(**arguments)
    clock.set_timeline(clock.starting_at(due + timedelta(days=9)))
    assert duties.ask_payments() is None
    assert len(waiting(duties.ASK_JOB)) == 1


def test_a_refund_that_is_not_done_is_asked_for_again() -> None:
    world = make_world()
    order = world.order()
    approve(start(world, order))
    leg = refund(order, 900)
    assert len(waiting("payments.send_refund")) == 1
    due = duties.ask_refunds()
    assert due == leg.asked_at + timedelta(minutes=10)
    clock.set_timeline(clock.starting_at(due))
    assert duties.look_after() is not None
    assert len(waiting("payments.send_refund")) == 2
    for arguments in waiting("payments.send_refund"):
        jobs.send_refund.func(**arguments)
    clock.set_timeline(clock.starting_at(due + timedelta(days=30)))
    assert duties.ask_refunds() is None
    assert len(waiting("payments.send_refund")) == 2


@pytest.mark.usefixtures("_that_day")
def test_reconciling_by_hand(monkeypatch, tmp_path, alipay_on) -> None:
    monkeypatch.setattr(startup, "boot", lambda: None)
    world = make_world()
    order = world.order(quantity=2)
    payment, _page = paying.do_start_payment(
        actor=world.buyer, order_id=order.id, ship_to=ADDRESS, provider="alipay"
    )
    file = tmp_path / "bill.csv"
    file.write_bytes(BILL.format(paid=payment.id.hex, leg=new_id().hex).encode("gbk"))

    def run(*words: str):
        return CliRunner().invoke(cli.app, ["reconcile", "--provider", "alipay", *words])

    asked = ["--date", "2021-11-16", "--file", str(file)]
    first = run(*asked, "--json")
    assert first.exit_code == cli.TO_LOOK_AT
    body = json.loads(first.stdout)
    assert (body["matched"], body["repaired"], body["to_look_at"]) == (0, 1, 1)
    assert [line["outcome"] for line in body["lines"]] == ["missed", "unknown"]
    assert body["lines"][0]["payment_id"] == str(payment.id)
    assert fresh(order).state == "paid"
    shown = run(*asked)
    assert "1 as expected, 0 taken in now, 1 to look at" in shown.stdout
    file.write_text("a,b")
    assert run(*asked).exit_code == cli.BAD_INPUT
    assert run("--date", "16 November").exit_code == cli.BAD_INPUT
    listed = CliRunner().invoke(cli.app, ["providers", "--json"])
    on = {row["provider"] for row in json.loads(listed.stdout) if row["on"]}
    assert on == {"alipay", "sandbox"}
