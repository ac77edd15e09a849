import json
from datetime import timedelta

import httpx
import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.orders.worlds import ADDRESS, fresh, make_world
from tests.payments.sending import send_refunds

from yellowcart.core import clock
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.orders import actions, paying
from yellowcart.orders.models import OrderEvent
from yellowcart.payments.models import CallbackReceipt, Payment, SandboxCharge
from yellowcart.payments.providers import sandbox, sandbox_sender

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_jobs")]
CALLBACK = sandbox.CALLBACK_PATH


def start(world, order, ship_to=ADDRESS, **options):
    return paying.do_start_payment(actor=world.buyer, order_id=order.id, ship_to=ship_to, **options)


def body_of(payment: Payment, kind: str = "payment.succeeded", **changes) -> bytes:
    message = {
        "type": kind,
        "ref": payment.provider_ref,
        "amount": payment.amount_minor,
        "currency": payment.currency,
        **changes,
    }
    return json.dumps(message).encode()


def call(body: bytes, message_id: str = "m1", **changes: str):
    headers = {**sandbox.signed_headers(message_id, body), **changes}
    return Client().post(CALLBACK, body, content_type="application/json", headers=headers)


def jobs_named(name: str) -> int:
    return ProcrastinateJob.objects.filter(task_name=name).count()


def test_from_the_page_to_the_paid_order(monkeypatch) -> None:
    """Every piece of the way, the callback carried by the job as over the wire."""
    world = make_world()
    order = world.order(quantity=2)
    payment, url = start(world, order, return_url="/orders/1/")
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(url)
    assert "¥198.00" in page.content.decode()
    assert browser.post(url, {"answer": "approve"}).status_code == 403
    token = browser.cookies["yellowcart_csrf"].value
    answered = browser.post(url, {"answer": "approve", "csrfmiddlewaretoken": token}, follow=True)
    assert 'href="/orders/1/"' in answered.content.decode()
    assert jobs_named("payments.sandbox_callback") == 1
    assert fresh(order).state == "awaiting_payment"

    def carry(url, content, headers, timeout):
        del headers["content-type"]
        answer = Client().post(
            httpx.URL(url).path, content, content_type="application/json", headers=headers
        )
        return httpx.Response(answer.status_code, request=httpx.Request("POST", url))

    monkeypatch.setattr(httpx, "post", carry)
    assert payment.provider_ref
    for _ in range(2):
        sandbox_sender.send_callback.func(ref=payment.provider_ref)
    assert fresh(order).state == "paid"
    assert world.stock() == (10, 0, 2)
    assert CallbackReceipt.objects.count() == 1
    assert OrderEvent.objects.filter(verb="pay").count() == 1


def test_a_callback_that_was_not_taken_in_is_sent_again(monkeypatch) -> None:
    world = make_world()
    payment, _url = start(world, world.order())
    assert payment.provider_ref
    sandbox.do_answer(payment.provider_ref, approve=True)

    def broken(url, **_rest):
        return httpx.Response(503, request=httpx.Request("POST", url))

    monkeypatch.setattr(httpx, "post", broken)
    with pytest.raises(httpx.HTTPStatusError):
        sandbox_sender.send_callback.func(ref=payment.provider_ref)


def test_beginning_twice_is_one_payment() -> None:
    world = make_world()
    order = world.order()
    first, url = start(world, order)
    second, again = start(world, order)
    assert (first.id, url) == (second.id, again)
    assert SandboxCharge.objects.count() == 1


def test_a_declined_payment_can_be_tried_again() -> None:
    world = make_world()
    order = world.order()
    first, _url = start(world, order)
    assert call(body_of(first, "payment.failed")).json() == {"state": "failed"}
    assert fresh(order).state == "awaiting_payment"
    assert world.stock() == (10, 1, 0)
    second, _url = start(world, order)
    assert second.id != first.id
    assert call(body_of(second), "m2").json() == {"state": "succeeded"}
    assert fresh(order).state == "paid"


def test_a_provider_may_correct_itself_but_not_take_back() -> None:
    world = make_world()
    order = world.order()
    payment, _url = start(world, order)
    call(body_of(payment, "payment.failed"), "m1")
    assert call(body_of(payment), "m2").json() == {"state": "succeeded"}
    assert call(body_of(payment, "payment.failed"), "m3").json() == {"state": "succeeded"}
    assert fresh(order).state == "paid"


def test_money_for_an_expired_order_goes_back_and_sells_nothing_twice() -> None:
    world = make_world(stock=1)
    order = world.order()
    payment, _url = start(world, order)
    assert payment.provider_ref
    sandbox.do_answer(payment.provider_ref, approve=True)
    actions.do_expire_due(order.expires_at)
    rival = world.order()
    assert call(body_of(payment)).json() == {"state": "refunded"}
    assert call(body_of(payment)).json() == {"state": "refunded"}
    assert (fresh(order).state, fresh(order).close_reason) == ("closed", "expired")
    assert world.stock() == (1, 1, 0)
    assert fresh(rival).state == "awaiting_payment"
    event = OrderEvent.objects.get(verb="payment_refunded")
    assert event.detail["why"] == "not_awaited"
    assert jobs_named("payments.send_refund") == 1
    assert send_refunds(times=2) == ["done"]
    charge = SandboxCharge.objects.get()
    assert (charge.state, charge.refunded_minor) == ("refunded", payment.amount_minor)


@pytest.mark.parametrize("changes", [{"amount": 1}, {"currency": "USD"}])
def test_another_amount_pays_nothing(changes) -> None:
    world = make_world()
    order = world.order()
    payment, _url = start(world, order)
    assert call(body_of(payment, **changes)).json() == {"state": "refunded"}
    assert fresh(order).state == "awaiting_payment"
    assert OrderEvent.objects.get(verb="payment_refunded").detail["why"] == "amount_differs"


def test_only_the_provider_s_own_word_counts() -> None:
    world = make_world()
    order = world.order()
    payment, _url = start(world, order)
    body = body_of(payment)
    genuine = sandbox.signed_headers("m1", body)
    old = str(int(clock.wall().timestamp()) - 3_600)
    for spoilt in (
        call(body, **{"webhook-signature": "v1,AAAA"}),
        call(body, **{"webhook-id": ""}),
        call(body, **{"webhook-id": "m2"}),
        call(body, **{"webhook-timestamp": old}),
        Client().post(CALLBACK, body, content_type="application/json"),
        Client().post(CALLBACK, body + b" ", content_type="application/json", headers=genuine),
    ):
        assert (spoilt.status_code, spoilt.json()["code"]) == (401, "signature_invalid")
    assert call(b"{}").status_code == 422
    unknown = call(body.replace(str(payment.provider_ref).encode(), b"sbx_nobody"))
    assert unknown.status_code == 404
    assert fresh(order).state == "awaiting_payment"
    assert CallbackReceipt.objects.count() == 0


def test_nobody_pays_without_an_address_or_after_the_time() -> None:
    world = make_world()
    order = world.order()
    with pytest.raises(Problem, match="name, phone and address") as caught:
        start(world, order, ship_to={"name": " Li  Hua "})
    assert caught.value.extra == {"missing": ["phone", "address"]}
    start(world, order)
    second = world.order()
    start(world, second, ship_to=None)
    assert fresh(second).ship_to == ADDRESS
    late = world.order(expires_at=now() - timedelta(seconds=1))
    with pytest.raises(Problem, match="not paid in time"):
        start(world, late)


def test_the_sandbox_is_off_in_production(settings) -> None:
    world = make_world()
    order = world.order()
    payment, url = start(world, order)
    settings.PRODUCTION = True
    assert call(body_of(payment)).status_code == 409
    assert Client().get(url).status_code == 404
    with pytest.raises(Problem) as refused:
        start(world, world.order())
    assert (refused.value.code, refused.value.status) == ("provider_unavailable", 409)
