"""Whatever a provider says, in whatever order, money and goods add up."""

from itertools import permutations

import pytest
from django.db import transaction
from tests.orders.worlds import fresh, make_world
from tests.payments.checkouts import start, told
from tests.payments.sending import send_refunds

from yellowcart.ledger.queries import balances, trial_balance
from yellowcart.orders import actions, paying
from yellowcart.payments import duties, jobs
from yellowcart.payments.models import Payment
from yellowcart.payments.providers import PROVIDERS, sandbox
from yellowcart.payments.providers.alipay import Alipay, _client
from yellowcart.payments.providers.base import ANSWER_SECONDS, CONNECT_SECONDS

pytestmark = pytest.mark.django_db


def test_every_order_of_words_adds_up() -> None:
    """A failure, a success and its repeat, the end of the order's time, a second payment."""
    world = make_world()
    order = world.order()
    first = start(world, order)
    Payment.objects.filter(id=first.id).update(state="failed")
    second = start(world, order)
    for payment in (first, second):
        sandbox.do_answer(payment.provider_ref, approve=True)
    success = told(first)
    words = {
        "failure": lambda: paying.do_record_payment("sandbox", told(first, succeeded=False)),
        "success": lambda: paying.do_record_payment("sandbox", success),
        "expiry": lambda: actions.do_expire_due(order.expires_at),
        "second": lambda: paying.do_record_payment("sandbox", told(second)),
    }
    ends = set()
    for names in permutations(words):
        with transaction.atomic():
            for name in names:
                words[name]()
                if name == "success":
                    words[name]()
            assert set(send_refunds()) <= {"done"}
            state = fresh(order).state
            kept = {row.party: row.amount_minor for row in balances() if row.amount_minor}
            is_paid = names[0] != "expiry" and names[:2] != ("failure", "expiry")
            assert state == ("paid" if is_paid else "closed"), names
            held = {"provider:sandbox": 9_900, f"shop:{world.shop.id}": -9_900}
            assert kept == (held if is_paid else {}), names
            assert world.stock() == ((10, 0, 1) if is_paid else (10, 0, 0)), names
            assert trial_balance() == {"CNY": 0}
            ends.add(state)
            transaction.set_rollback(True)
    assert ends == {"paid", "closed"}


@pytest.mark.usefixtures("alipay_on", "wechat_on", "stripe_on")
def test_no_call_waits_for_ever() -> None:
    assert _client(Alipay().keys)._config.timeout == ANSWER_SECONDS
    wanted = (CONNECT_SECONDS, ANSWER_SECONDS)
    assert PROVIDERS["wechat"].client._core._timeout == wanted
    requestor = PROVIDERS["stripe"].client._requestor
    assert requestor._client._timeout == wanted
    assert requestor._options.max_network_retries == 0


def test_a_job_for_a_payment_that_is_over_asks_nobody(wechat_on) -> None:
    world = make_world()
    payment = start(world, world.order(), provider="sandbox")
    Payment.objects.filter(id=payment.id).update(provider="wechat", state="failed")
    jobs.ask_payment.func(payment_id=str(payment.id))
    assert wechat_on.asked == []
    assert duties.ask_payments() is None
