"""WeChat Pay v3: a code to scan, notices signed over the raw body and encrypted."""

import gzip
import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests.factories import make_account
from tests.orders.worlds import fresh, make_world
from tests.payments import keys
from tests.payments.checkouts import start

from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.orders import paying
from yellowcart.payments.models import CallbackReceipt, Payment, Refund, RefundLeg
from yellowcart.payments.providers import PROVIDERS, bills
from yellowcart.payments.providers.base import Charge, GiveBack, ProviderBusyError, Taken

CALLBACK = "/api/v1/orders/payments/wechat/callback"
BILL = (Path(__file__).parent / "data" / "wechat_bill.csv").read_text(encoding="utf-8")
TXN = "1217752501201407033233368018"


def signed(status: int, content: object) -> tuple[int, dict[str, str], bytes]:
    """An answer of the API, signed as WeChat Pay signs it."""
    body = json.dumps(content, ensure_ascii=False).encode() if content else b""
    headers = keys.wechat_headers(body, at=clock.wall().timestamp())
    return status, {"Content-Type": "application/json", **headers}, body


def resource(payment: Payment, **changes: object) -> dict[str, object]:
    """What a notice says once it is opened, as the documentation shows it."""
    content = {
        "transaction_id": TXN,
        "amount": {
            "payer_total": payment.amount_minor,
            "total": payment.amount_minor,
            "currency": "CNY",
            "payer_currency": "CNY",
        },
        "mchid": "1900000109",
        "appid": "wxd678efh567hg6787",
        "trade_state": "SUCCESS",
        "bank_type": "CMC",
        "success_time": "2018-06-08T10:34:56+08:00",
        "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
        "out_trade_no": payment.id.hex,
        "trade_state_desc": "支付成功",
        "trade_type": "NATIVE",
        "attach": "",
    }
    return {**content, **changes}


def call(body: bytes, headers: dict[str, str] | None = None):
    sent = (
        headers if headers is not None else keys.wechat_headers(body, at=clock.wall().timestamp())
    )
    return Client().post(CALLBACK, body, content_type="application/json", headers=sent)


def begin(gateway, world, order) -> Payment:
    gateway.answers = [signed(200, {"code_url": "weixin://wxpay/bizpayurl?pr=p4lpSuKzz"})]
    return start(world, order, provider="wechat", return_url="/orders/1/")


def taken() -> Taken:
    payment_id = new_id()
    return Taken(payment_id, payment_id.hex, TXN, 1_234, "CNY")


@pytest.mark.django_db
def test_the_buyer_scans_a_code(wechat_on) -> None:
    world = make_world()
    order = world.order(quantity=2)
    payment = begin(wechat_on, world, order)
    asked = wechat_on.asked[0]
    assert (asked.method, asked.path) == ("POST", "/v3/pay/transactions/native")
    wanted = json.loads(asked.body)
    assert wanted["amount"] == {"total": 19_800, "currency": "CNY"}
    assert wanted["out_trade_no"] == payment.id.hex
    assert wanted["notify_url"].endswith(CALLBACK)
    assert datetime.fromisoformat(wanted["time_expire"]).utcoffset() == timedelta(hours=8)
    scheme, _space, rest = asked.headers["authorization"].partition(" ")
    assert scheme == "WECHATPAY2-SHA256-RSA2048"
    parts = dict(part.split("=", 1) for part in rest.split(","))
    parts = {name: value.strip('"') for name, value in parts.items()}
    message = f"POST\n{asked.path}\n{parts['timestamp']}\n{parts['nonce_str']}\n"
    assert keys.is_signed("merchant", message.encode() + asked.body + b"\n", parts["signature"])
    buyer = Client()
    buyer.force_login(world.buyer)
    page = buyer.get(payment.pay_url)
    assert (page.status_code, b"<svg" in page.content) == (200, True)
    assert Client().get(payment.pay_url).status_code == 302
    other = Client()
    other.force_login(make_account())
    assert other.get(payment.pay_url).status_code == 404
    call(keys.wechat_notice(resource(payment)))
    assert buyer.get(payment.pay_url)["Location"] == "/orders/1/"


@pytest.mark.django_db
def test_a_notice_pays_the_order_once(wechat_on) -> None:
    world = make_world()
    order = world.order()
    payment = begin(wechat_on, world, order)
    body = keys.wechat_notice(resource(payment))
    for _ in range(3):
        reply = call(body)
        assert (reply.status_code, reply.content) == (204, b"")
    assert fresh(order).state == "paid"
    assert Payment.objects.get().provider_txn == TXN
    assert CallbackReceipt.objects.count() == 1
    foreign = keys.wechat_notice(resource(payment, appid="wx0"), message_id="EV-2")
    other = keys.wechat_notice(resource(payment), event_type="COUPON.USE", message_id="EV-3")
    assert [call(foreign).status_code, call(other).status_code] == [204, 204]
    assert CallbackReceipt.objects.count() == 1


@pytest.mark.django_db
def test_only_wechat_pay_s_own_word_counts(wechat_on) -> None:
    world = make_world()
    order = world.order()
    payment = begin(wechat_on, world, order)
    body = keys.wechat_notice(resource(payment))
    at = clock.wall().timestamp()
    genuine = keys.wechat_headers(body, at=at)
    probe = {**genuine, "Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + genuine["Wechatpay-Nonce"]}
    locked = keys.wechat_notice(resource(payment), key="f" * 32)
    spoilt = [
        (body + b" ", genuine),
        (body.replace(b"TRANSACTION", b"transaction"), genuine),
        (body, probe),
        (body, {**genuine, "Wechatpay-Timestamp": str(int(at) + 1)}),
        (body, {**genuine, "Wechatpay-Signature-Type": "WECHATPAY2-SM2-WITH-SM3"}),
        (body, keys.wechat_headers(body, at=at - 900)),
        (body, keys.wechat_headers(body, at=at + 900)),
        (body, keys.wechat_headers(body, at=at, signer="somebody")),
        (body, keys.wechat_headers(body, at=at, serial="5157F09EFDC096DE15EBE81A47057A72")),
        (body, {name: value for name, value in genuine.items() if "Serial" not in name}),
        (body, {}),
        (b"\xff", keys.wechat_headers(b"\xff", at=at)),
        (locked, keys.wechat_headers(locked, at=at)),
    ]
    asked = len(wechat_on.asked)
    for spoilt_body, headers in spoilt:
        reply = call(spoilt_body, headers)
        assert (reply.status_code, reply.json()["code"]) == (401, "FAIL"), headers
    assert len(wechat_on.asked) == asked, "a stranger's serial number fetched certificates"
    wrong = keys.wechat_notice(resource(payment, mchid="1"))
    assert call(wrong).status_code == 422
    unknown = keys.wechat_notice(resource(payment, out_trade_no=new_id().hex))
    assert call(unknown).status_code == 404
    assert fresh(order).state == "awaiting_payment"
    assert CallbackReceipt.objects.count() == 0


@pytest.mark.django_db
def test_platform_certificates_do_as_well_as_a_public_key(wechat_on, settings, tmp_path) -> None:
    world = make_world()
    order = world.order()
    payment = begin(wechat_on, world, order)
    pem, serial = keys.certificate("wechat")
    (tmp_path / "platform.pem").write_text(pem)
    (tmp_path / "broken.pem").write_text("no certificate")
    settings.WECHAT = {
        **settings.WECHAT,
        "public_key": "",
        "public_key_id": "",
        "cert_dir": str(tmp_path),
    }
    body = keys.wechat_notice(resource(payment))
    at = clock.wall().timestamp()
    assert call(body, keys.wechat_headers(body, at=at, serial=serial)).status_code == 204
    assert call(body, keys.wechat_headers(body, at=at)).status_code == 401
    assert fresh(order).state == "paid"
    assert len(wechat_on.asked) == 1
    (tmp_path / "platform.pem").unlink()
    assert not PROVIDERS["wechat"].is_on()


@pytest.mark.django_db
def test_a_refund_is_asked_for_and_told_of(wechat_on) -> None:
    world = make_world()
    order = world.order()
    payment = begin(wechat_on, world, order)
    call(keys.wechat_notice(resource(payment)))
    refund = paying.payments.do_refund(
        shop_id=order.shop_id,
        order_id=order.id,
        amount_minor=900,
        reason="torn",
        reference="case:1",
    )
    leg = RefundLeg.objects.get()
    provider = PROVIDERS["wechat"]
    charge = Taken(payment.id, payment.id.hex, TXN, payment.amount_minor, "CNY")
    wanted = GiveBack(charge, leg.id, leg.amount_minor, refund.reason)
    wechat_on.answers = [
        signed(200, {"refund_id": "50000000382019052709732678859", "status": "PROCESSING"}),
        (400, {"Content-Type": "application/json"}, b'{"code":"NOT_ENOUGH","message":"x"}'),
        (500, {"Content-Type": "application/json"}, b'{"code":"SYSTEM_ERROR","message":"x"}'),
        (429, {"Content-Type": "text/plain"}, b""),
    ]
    given = provider.refund(wanted)
    assert (given.state, given.ref) == ("sent", "50000000382019052709732678859")
    assert provider.refund(wanted).state == "failed"
    for _ in range(2):
        with pytest.raises(ProviderBusyError):
            provider.refund(wanted)
    wanted_body = json.loads(wechat_on.asked[1].body)
    assert wanted_body["out_refund_no"] == leg.id.hex
    assert wanted_body["amount"] == {"refund": 900, "total": 9_900, "currency": "CNY"}
    told = {
        "mchid": "1900000109",
        "out_trade_no": payment.id.hex,
        "transaction_id": TXN,
        "out_refund_no": leg.id.hex,
        "refund_id": "50000000382019052709732678859",
        "refund_status": "SUCCESS",
        "success_time": "2018-06-08T10:34:56+08:00",
        "amount": {"total": 9_900, "refund": 900, "payer_total": 9_900, "payer_refund": 900},
        "user_received_account": "招商银行信用卡0403",
    }
    notice = keys.wechat_notice(told, event_type="REFUND.SUCCESS", message_id="EV-9")
    assert [call(notice).status_code for _ in range(2)] == [204, 204]
    assert Refund.objects.get().state == "done"
    stranger = keys.wechat_notice(
        {**told, "out_refund_no": new_id().hex}, event_type="REFUND.SUCCESS", message_id="EV-10"
    )
    assert call(stranger).status_code == 404


def test_a_trade_is_asked_for(wechat_on) -> None:
    provider, wanted = PROVIDERS["wechat"], taken()
    amount = {"total": 1_234, "currency": "CNY"}
    base = {"out_trade_no": wanted.ref, "transaction_id": TXN, "amount": amount}
    wechat_on.answers = [
        signed(200, {**base, "trade_state": "SUCCESS"}),
        signed(200, {**base, "trade_state": "NOTPAY"}),
        signed(200, {**base, "trade_state": "CLOSED"}),
        (404, {"Content-Type": "application/json"}, b'{"code":"ORDER_NOT_EXIST"}'),
        (500, {"Content-Type": "application/json"}, b'{"code":"SYSTEM_ERROR"}'),
    ]
    told = provider.query(wanted)
    assert told is not None
    assert (told.succeeded, told.amount_minor, told.txn) == (True, 1_234, TXN)
    assert provider.query(wanted) is None
    closed = provider.query(wanted)
    assert closed is not None
    assert not closed.succeeded
    assert provider.query(wanted) is None
    with pytest.raises(ProviderBusyError):
        provider.query(wanted)
    path = f"/v3/pay/transactions/out-trade-no/{wanted.ref}?mchid=1900000109"
    assert wechat_on.asked[0].path == path


def test_what_wechat_pay_does_not_begin_or_take_is_said(wechat_on) -> None:
    provider = PROVIDERS["wechat"]
    ends = datetime(2021, 11, 16, tzinfo=UTC)
    wechat_on.answers = [
        (400, {"Content-Type": "application/json"}, b'{"code":"PARAM_ERROR","message":"x"}')
    ]
    with pytest.raises(Problem) as refused:
        provider.start(Charge(new_id(), 1, "CNY", "Tea", "", ends))
    assert refused.value.code == "provider_refused"
    with pytest.raises(Problem, match="USD"):
        provider.start(Charge(new_id(), 1, "USD", "Tea", "", ends))


def test_a_trade_bill_is_read(wechat_on) -> None:
    paid, leg = new_id().hex, new_id().hex
    data = BILL.format(paid=paid, leg=leg).encode()
    url = f"{wechat_on.url}/v3/billdownload/file?token=6XIv5TUPto7pByrTQKhd6kwvyKLG"
    digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    announced = {"hash_type": "SHA1", "hash_value": digest, "download_url": url}
    file = (200, {"Content-Type": "application/octet-stream"}, gzip.compress(data))
    missing = {"code": "NO_STATEMENT_EXIST", "message": "x"}
    wechat_on.answers = [
        signed(200, announced),
        file,
        signed(400, missing),
        signed(200, {**announced, "hash_value": "0" * 40}),
        file,
        signed(200, {**announced, "download_url": "http://169.254.169.254/"}),
    ]
    provider = PROVIDERS["wechat"]
    payment, refund, under_way = provider.statement(date(2021, 11, 16))
    assert (payment.kind, payment.ref, payment.amount_minor) == ("payment", paid, 19_800)
    assert payment.at - datetime(2021, 11, 15, 16, tzinfo=UTC) == timedelta(seconds=5)
    assert (refund.kind, refund.refund_ref, refund.amount_minor) == ("refund", leg, 5_000)
    assert (under_way.kind, under_way.note) == ("other", "REFUND PROCESSING")
    assert "bill_date=2021-11-16" in wechat_on.asked[0].path
    assert provider.statement(date(2021, 11, 17)) == []
    with pytest.raises(ProviderBusyError, match="announced"):
        provider.statement(date(2021, 11, 18))
    with pytest.raises(ProviderBusyError, match=r"169\.254"):
        provider.statement(date(2021, 11, 19))
    with pytest.raises(ValueError, match="no trade bill"):
        bills.read_wechat(b"a,b\n")
