"""Stripe: hosted Checkout, events signed over the raw body."""

import hmac
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from django.test import Client
from tests.orders.worlds import fresh, make_world
from tests.payments.checkouts import start

from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.orders import paying
from yellowcart.payments.models import CallbackReceipt, Payment, Refund, RefundLeg
from yellowcart.payments.providers import PROVIDERS, bills
from yellowcart.payments.providers.base import Charge, GiveBack, ProviderBusyError, Taken

CALLBACK = "/api/v1/orders/payments/stripe/callback"
STATEMENT = (Path(__file__).parent / "data" / "stripe_balance.json").read_text(encoding="utf-8")
SESSION = "cs_test_a11YYufWQzNY63zpQ6QSNRQhkUpVph4WRmzW0zWJO2znZKdVujZ0N0S22u"
INTENT = "pi_1GszdL2eZvKYlo2CRW5L2qXk"


def reply(content: object, status: int = 200) -> tuple[int, dict[str, str], bytes]:
    """An answer of the API."""
    return status, {"Content-Type": "application/json"}, json.dumps(content).encode()


def session(payment_id: object, **changes: object) -> dict[str, object]:
    """A Checkout Session."""
    return {
        "id": SESSION,
        "object": "checkout.session",
        "amount_total": 9_900,
        "currency": "cny",
        "client_reference_id": str(payment_id),
        "payment_intent": INTENT,
        "payment_status": "paid",
        "status": "complete",
        "url": f"https://checkout.stripe.com/c/pay/{SESSION}",
        "metadata": {"payment_id": str(payment_id)},
        **changes,
    }


def event(kind: str, about: dict[str, object], **changes: object) -> bytes:
    """The raw body of an event."""
    body = {
        "id": "evt_1NG8Du2eZvKYlo2CUI79vXWy",
        "object": "event",
        "api_version": "2026-10-28",
        "created": 1_686_089_970,
        "livemode": False,
        "type": kind,
        "data": {"object": about},
        **changes,
    }
    return json.dumps(body, indent=2).encode()


def signature(body: bytes, *, at: float | None = None, key: str = "whsec_yellowcart") -> str:
    """``Stripe-Signature``, made without the SDK; an old secret's signature stands beside it."""
    timestamp = int(clock.wall().timestamp() if at is None else at)
    digest = hmac.digest(key.encode(), f"{timestamp}.".encode() + body, "sha256").hex()
    return f"t={timestamp},v1={'0' * 64},v1={digest},v0=6ffbb59b2300aae63f272406069a9788"


def call(body: bytes, header: str | None = None):
    sent = {"Stripe-Signature": signature(body) if header is None else header}
    return Client().post(CALLBACK, body, content_type="application/json", headers=sent)


def begin(gateway, world, order) -> Payment:
    def created(asked):
        form = dict(parse_qsl(asked.body.decode()))
        return reply(session(form["client_reference_id"], payment_status="unpaid"))

    gateway.rule = created
    payment = start(world, order, provider="stripe", return_url="https://shop.example/orders/1/")
    gateway.rule = None
    return payment


def taken(txn: str = INTENT) -> Taken:
    return Taken(new_id(), SESSION, txn, 9_900, "CNY")


@pytest.mark.django_db
def test_the_buyer_goes_to_checkout(stripe_on) -> None:
    world = make_world()
    payment = begin(stripe_on, world, world.order())
    assert payment.pay_url == f"https://checkout.stripe.com/c/pay/{SESSION}"
    assert payment.provider_ref == SESSION
    asked = stripe_on.asked[0]
    assert (asked.method, asked.path) == ("POST", "/v1/checkout/sessions")
    assert asked.headers["idempotency-key"] == f"start:{payment.id}"
    assert asked.headers["authorization"] == "Bearer sk_test_yellowcart"
    form = dict(parse_qsl(asked.body.decode()))
    assert form["line_items[0][price_data][unit_amount]"] == "9900"
    assert form["line_items[0][price_data][currency]"] == "cny"
    assert form["client_reference_id"] == str(payment.id)
    assert form["payment_intent_data[metadata][payment_id]"] == str(payment.id)
    assert form["success_url"] == "https://shop.example/orders/1/"
    ends = datetime.fromtimestamp(int(form["expires_at"]), tz=UTC)
    assert timedelta(minutes=30) < ends - clock.wall() < timedelta(hours=24)


@pytest.mark.django_db
def test_beginning_again_is_the_same_request(stripe_on) -> None:
    """Stripe refuses an idempotency key that comes with other words."""
    world = make_world()
    order = world.order()
    stripe_on.rule = lambda _asked: (503, {}, b"{}")
    for back in ("https://shop.example/orders/1/", "https://shop.example/elsewhere/"):
        with pytest.raises(Problem):
            start(world, order, provider="stripe", return_url=back)
    payment = begin(stripe_on, world, order)
    assert payment.provider_ref == SESSION
    assert Payment.objects.count() == 1
    assert len({asked.body for asked in stripe_on.asked}) == 1
    assert len({asked.headers["idempotency-key"] for asked in stripe_on.asked}) == 1


@pytest.mark.django_db
def test_an_event_pays_the_order_once(stripe_on) -> None:
    world = make_world()
    order = world.order()
    payment = begin(stripe_on, world, order)
    waiting = event(
        "checkout.session.completed", session(payment.id, payment_status="unpaid"), id="evt_0"
    )
    assert call(waiting).status_code == 200
    assert fresh(order).state == "awaiting_payment"
    paid = event("checkout.session.async_payment_succeeded", session(payment.id))
    assert [call(paid).json() for _ in range(3)] == [{"state": "succeeded"}] * 3
    assert fresh(order).state == "paid"
    assert Payment.objects.get().provider_txn == INTENT
    late = event("checkout.session.expired", session(payment.id), id="evt_2")
    assert call(late).json() == {"state": "succeeded"}
    assert CallbackReceipt.objects.count() == 2


@pytest.mark.django_db
def test_only_stripe_s_own_word_counts(stripe_on, settings) -> None:
    world = make_world()
    order = world.order()
    payment = begin(stripe_on, world, order)
    body = event("checkout.session.completed", session(payment.id))
    now = clock.wall().timestamp()
    for spoilt, header in (
        (body, ""),
        (body, "t=,v1="),
        (body, signature(body, key="whsec_somebody")),
        (body, signature(body, at=now - 301)),
        (body, signature(body).replace("v1=", "v0=")),
        (body.replace(b"9900", b"9901"), signature(body)),
        (json.dumps(json.loads(body)).encode(), signature(body)),
        (b"\xff", signature(b"\xff")),
    ):
        answer = call(spoilt, header)
        assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid"), header
    assert call(b"{}").status_code == 422
    live = event("checkout.session.completed", session(payment.id), livemode=True)
    assert call(live).json() == {"state": ""}
    unknown = session(new_id(), id="cs_test_other")
    assert call(event("checkout.session.completed", unknown)).status_code == 404
    assert fresh(order).state == "awaiting_payment"
    assert CallbackReceipt.objects.count() == 0
    settings.STRIPE = {**settings.STRIPE, "webhook_secret": ""}
    assert call(body).status_code == 409


def test_a_signature_from_elsewhere_fits(stripe_on, monkeypatch) -> None:
    """A vector that was made by ``openssl dgst -sha256 -hmac whsec_yellowcart``."""
    body = b'{"id":"evt_1","type":"ping","livemode":false,"data":{"object":{}}}'
    digest = "801adc7d8ee2d08cae00fbeee8665e6dc5657ffaa2e168129ad42074e26e302e"
    monkeypatch.setattr("time.time", lambda: 1_637_000_000.0)
    header = {"stripe-signature": f"t=1637000000,v1={digest}"}
    assert PROVIDERS["stripe"].read_callback(header, body) is None
    with pytest.raises(Problem):
        PROVIDERS["stripe"].read_callback(header, body + b"\n")


def test_a_session_is_asked_for(stripe_on) -> None:
    provider, wanted = PROVIDERS["stripe"], taken()
    stripe_on.answers = [
        reply(session(wanted.payment_id)),
        reply(session(wanted.payment_id, payment_status="unpaid", status="open")),
        reply(session(wanted.payment_id, payment_status="unpaid", status="expired")),
        reply({"error": {"type": "api_error"}}, 500),
    ]
    told = provider.query(wanted)
    assert told is not None
    assert (told.succeeded, told.amount_minor, told.currency, told.txn) == (
        True,
        9_900,
        "CNY",
        INTENT,
    )
    assert provider.query(wanted) is None
    expired = provider.query(wanted)
    assert expired is not None
    assert not expired.succeeded
    with pytest.raises(ProviderBusyError):
        provider.query(wanted)


def refund_of(leg_id: object, status: str = "succeeded", **changes: object) -> dict[str, object]:
    return {
        "id": "re_1Nispe2eZvKYlo2Cd31jOCgZ",
        "object": "refund",
        "amount": 900,
        "status": status,
        "metadata": {"refund_leg": str(leg_id)},
        "payment_intent": INTENT,
        **changes,
    }


def page(*rows: object) -> tuple[int, dict[str, str], bytes]:
    return reply({"object": "list", "data": list(rows), "has_more": False, "url": "/v1/refunds"})


def test_money_goes_back_once(stripe_on) -> None:
    wanted = GiveBack(taken(), new_id(), 900, "torn")
    provider = PROVIDERS["stripe"]
    stripe_on.answers = [
        page(refund_of(new_id())),
        reply(refund_of(wanted.refund_id, "pending")),
        page(refund_of(new_id()), refund_of(wanted.refund_id)),
        page(),
        reply({"error": {"type": "invalid_request_error", "code": "charge_already_refunded"}}, 400),
        page(),
        reply({"error": {"type": "rate_limit_error"}}, 429),
    ]
    assert provider.refund(wanted).state == "sent"
    form = parse_qs(stripe_on.asked[1].body.decode())
    assert form["amount"] == ["900"]
    assert form["payment_intent"] == [INTENT]
    assert stripe_on.asked[1].headers["idempotency-key"] == f"refund:{wanted.refund_id}:0"
    assert provider.refund(wanted).state == "done"
    assert [asked.method for asked in stripe_on.asked] == ["GET", "POST", "GET"]
    assert provider.refund(wanted).state == "failed"
    with pytest.raises(ProviderBusyError):
        provider.refund(wanted)
    stripe_on.answers = [reply(refund_of(wanted.refund_id, "failed", failure_reason="lost"))]
    known = GiveBack(wanted.charge, wanted.refund_id, 900, "torn", "re_1Nispe2eZvKYlo2Cd31jOCgZ")
    refused = provider.refund(known)
    assert (refused.state, refused.fault) == ("failed", "lost")
    assert stripe_on.asked[-1].path == "/v1/refunds/re_1Nispe2eZvKYlo2Cd31jOCgZ"


def test_a_failed_refund_is_made_anew_only_if_a_person_says_so(stripe_on) -> None:
    wanted = GiveBack(taken(), new_id(), 900, "torn")
    failed = refund_of(wanted.refund_id, "failed", id="re_1")
    stripe_on.answers = [page(failed)]
    assert PROVIDERS["stripe"].refund(wanted).state == "failed"
    stripe_on.answers = [page(failed), reply(refund_of(wanted.refund_id, id="re_2"))]
    again = GiveBack(wanted.charge, wanted.refund_id, 900, "torn", "re_1", is_again=True)
    assert PROVIDERS["stripe"].refund(again).ref == "re_2"
    assert stripe_on.asked[-1].headers["idempotency-key"] == f"refund:{wanted.refund_id}:1"
    stripe_on.answers = [page(refund_of(wanted.refund_id, "pending", id="re_2"), failed)]
    assert PROVIDERS["stripe"].refund(again).ref == "re_2"


@pytest.mark.django_db
def test_an_event_tells_of_a_refund(stripe_on) -> None:
    world = make_world()
    order = world.order()
    payment = begin(stripe_on, world, order)
    call(event("checkout.session.completed", session(payment.id)))
    paying.payments.do_refund(
        shop_id=order.shop_id,
        order_id=order.id,
        amount_minor=900,
        reason="torn",
        reference="case:1",
    )
    leg = RefundLeg.objects.get()
    told = event("refund.updated", refund_of(leg.id), id="evt_2")
    assert [call(told).json() for _ in range(2)] == [{"state": "done"}] * 2
    assert Refund.objects.get().state == "done"
    foreign = event("refund.updated", refund_of("none of ours"), id="evt_3")
    assert call(foreign).json() == {"state": ""}


def test_what_stripe_does_not_begin_is_said(stripe_on) -> None:
    provider = PROVIDERS["stripe"]
    ends = datetime(2021, 11, 16, tzinfo=UTC)
    stripe_on.answers = [
        reply({"error": {"type": "invalid_request_error", "message": "amount_too_small"}}, 400)
    ]
    with pytest.raises(Problem) as refused:
        provider.start(Charge(new_id(), 1, "USD", "Tea", "", ends))
    assert refused.value.code == "provider_refused"
    with pytest.raises(Problem, match="KWD"):
        provider.start(Charge(new_id(), 1, "KWD", "Tea", "", ends))


def test_balance_transactions_are_read(stripe_on) -> None:
    paid, leg = new_id(), new_id()
    text = STATEMENT.replace("{paid}", str(paid)).replace("{leg}", str(leg))
    stripe_on.answers = [reply(json.loads(text))]
    provider = PROVIDERS["stripe"]
    lines = provider.statement(date(2021, 11, 16))
    assert [(line.kind, line.amount_minor, line.currency) for line in lines] == [
        ("payment", 19_800, "CNY"),
        ("refund", 5_000, "CNY"),
        ("other", 250, "USD"),
    ]
    assert (lines[0].ref, lines[0].txn) == (str(paid), INTENT)
    assert lines[1].refund_ref == str(leg)
    query = parse_qs(urlsplit(stripe_on.asked[0].path).query)
    start_of_day = int(datetime(2021, 11, 16, tzinfo=UTC).timestamp())
    assert query["created[gte]"] == [str(start_of_day)]
    assert query["created[lt]"] == [str(start_of_day + 86_400)]
    assert provider.read_statement(text.encode()) == lines
    for data in (b"", b"[]", b'{"data":[{}]}'):
        with pytest.raises(ValueError, match="balance transactions"):
            bills.read_stripe(data)
