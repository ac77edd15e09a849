"""Alipay: a signed address to pay at, notices signed over a form, calls signed both ways."""

import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from django.test import Client
from tests.orders.worlds import fresh, make_world
from tests.payments import keys
from tests.payments.checkouts import start

from yellowcart.config import doctor
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.payments.models import CallbackReceipt, Payment
from yellowcart.payments.providers import PROVIDERS, bills, offered
from yellowcart.payments.providers.alipay import beijing, yuan
from yellowcart.payments.providers.base import Charge, GiveBack, ProviderBusyError, Taken

CALLBACK = "/api/v1/orders/payments/alipay/callback"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


def notice(payment: Payment, **changes: str) -> dict[str, str]:
    """The fields of a notice, as the documentation shows them."""
    fields = {
        "notify_time": "2021-11-16 00:00:02",
        "notify_type": "trade_status_sync",
        "notify_id": "ac05099524730693a8b330c5ecf72da9786",
        "app_id": "2021000000000000",
        "charset": "utf-8",
        "version": "1.0",
        "trade_no": "2021111622001004330000121536",
        "out_trade_no": payment.id.hex,
        "buyer_id": "2088102122524333",
        "seller_id": "2088000000000000",
        "trade_status": "TRADE_SUCCESS",
        "total_amount": yuan(payment.amount_minor),
        "receipt_amount": yuan(payment.amount_minor),
        "subject": "大红袍 & 茶 100%",
        "body": "",
        "gmt_payment": "2021-11-16 00:00:01",
    }
    return {**fields, **changes}


def call(body: bytes):
    return Client().post(CALLBACK, body, content_type=FORM)


def answer(method: str, **content: object) -> tuple[int, dict[str, str], bytes]:
    """A signed answer; its signature covers the content byte for byte."""
    inner = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    name = method.replace(".", "_") + "_response"
    signature = keys.sign("alipay", inner.encode())
    return 200, {}, f'{{"{name}":{inner},"sign":"{signature}"}}'.encode()


def charge(**changes: object) -> Charge:
    values = {
        "payment_id": new_id(),
        "amount_minor": 1_234,
        "currency": "CNY",
        "title": "大红袍&茶",
        "return_url": "https://shop.example/orders/1/",
        "expires_at": datetime(2021, 11, 15, 16, 15, tzinfo=UTC),
    }
    return Charge(**{**values, **changes})


def taken() -> Taken:
    payment_id = new_id()
    return Taken(payment_id, payment_id.hex, "", 1_234, "CNY")


def test_without_keys_it_is_off() -> None:
    assert [way.code for way in offered("CNY")] == ["sandbox"]
    with pytest.raises(Problem) as caught:
        PROVIDERS["alipay"].start(charge())
    assert caught.value.code == "provider_unavailable"


def test_keys_that_can_t_be_read_switch_it_off(alipay_on, wechat_on, settings) -> None:
    assert [way.code for way in offered("CNY")] == ["alipay", "wechat", "sandbox"]
    settings.ALIPAY = {**settings.ALIPAY, "private_key": "nonsense"}
    settings.WECHAT = {**settings.WECHAT, "private_key": "nonsense"}
    assert [way.code for way in offered("CNY")] == ["sandbox"]
    for code in ("alipay", "wechat"):
        assert PROVIDERS[code].has_keys()
        with pytest.raises(Problem) as caught:
            PROVIDERS[code].start(charge())
        assert caught.value.code == "provider_unavailable"
    finding = doctor._payments()
    assert (finding.ok, finding.words) == (False, "the keys of alipay, wechat can't be read")


def test_the_page_to_pay_at_is_signed(alipay_on) -> None:
    wanted = charge()
    started = PROVIDERS["alipay"].start(wanted)
    assert alipay_on.asked == []
    fields = dict(parse_qsl(urlsplit(started.pay_url).query, keep_blank_values=True))
    signature = fields.pop("sign")
    content = "&".join(f"{key}={value}" for key, value in sorted(fields.items()))
    assert keys.is_signed("merchant", content.encode(), signature)
    assert fields["method"] == "alipay.trade.page.pay"
    assert fields["notify_url"].endswith(CALLBACK)
    assert json.loads(fields["biz_content"]) == {
        "out_trade_no": wanted.payment_id.hex,
        "total_amount": "12.34",
        "subject": "大红袍 茶",
        "product_code": "FAST_INSTANT_TRADE_PAY",
        "time_expire": "2021-11-16 00:15:00",
    }
    assert started.ref == wanted.payment_id.hex
    with pytest.raises(Problem, match="USD"):
        PROVIDERS["alipay"].start(charge(currency="USD"))


@pytest.mark.django_db
def test_a_notice_pays_the_order_once(alipay_on) -> None:
    world = make_world()
    order = world.order(quantity=2)
    payment = start(world, order, provider="alipay")
    assert payment.pay_url.startswith(alipay_on.url)
    body = keys.alipay_form(notice(payment))
    for _ in range(3):
        reply = call(body)
        assert (reply.status_code, reply.content) == (200, b"success")
    assert fresh(order).state == "paid"
    assert Payment.objects.get().provider_txn == "2021111622001004330000121536"
    assert CallbackReceipt.objects.count() == 1
    crossed = keys.alipay_form(notice(payment, notify_id="2", trade_status="WAIT_BUYER_PAY"))
    late = keys.alipay_form(notice(payment, notify_id="3", trade_status="TRADE_CLOSED"))
    finished = keys.alipay_form(notice(payment, notify_id="4", trade_status="TRADE_FINISHED"))
    for word in (crossed, late, finished):
        assert call(word).content == b"success"
    assert (fresh(order).state, Payment.objects.get().state) == ("paid", "succeeded")


@pytest.mark.django_db
def test_a_closed_trade_is_a_failed_payment(alipay_on) -> None:
    world = make_world()
    payment = start(world, world.order(), provider="alipay")
    call(keys.alipay_form(notice(payment, trade_status="TRADE_CLOSED")))
    assert Payment.objects.get().state == "failed"


@pytest.mark.django_db
def test_another_amount_goes_back(alipay_on) -> None:
    world = make_world()
    order = world.order()
    payment = start(world, order, provider="alipay")
    assert call(keys.alipay_form(notice(payment, total_amount="0.01"))).content == b"success"
    assert fresh(order).state == "awaiting_payment"
    assert Payment.objects.get().refunded_minor == 1


@pytest.mark.django_db
def test_only_alipay_s_own_word_counts(alipay_on) -> None:
    world = make_world()
    order = world.order()
    payment = start(world, order, provider="alipay")
    genuine = keys.alipay_form(notice(payment))
    spoilt = [
        genuine.replace(b"TRADE_SUCCESS", b"TRADE_FINISHED"),
        genuine.replace(b"total_amount=99.00", b"total_amount=9.00"),
        genuine + b"&total_amount=99.00",
        genuine.replace(b"sign_type=RSA2", b"sign_type=RSA"),
        genuine[: genuine.index(b"&sign=")],
        genuine[:-20],
        b"\xff\xfe",
        b"",
        keys.alipay_form(notice(payment), signer="somebody"),
        keys.alipay_form(notice(payment, app_id="2021000000000001")),
        keys.alipay_form(notice(payment, seller_id="2088000000000001")),
    ]
    for body in spoilt:
        reply = call(body)
        assert (reply.status_code, reply.content) == (401, b"failure"), body
    unknown = notice(payment, out_trade_no=new_id().hex)
    assert call(keys.alipay_form(unknown)).status_code == 404
    assert call(keys.alipay_form(notice(payment, total_amount="ten"))).status_code == 422
    assert fresh(order).state == "awaiting_payment"
    assert CallbackReceipt.objects.count() == 0


def test_a_trade_is_asked_for(alipay_on) -> None:
    provider, wanted = PROVIDERS["alipay"], taken()
    method = "alipay.trade.query"
    alipay_on.answers = [
        answer(
            method,
            code="10000",
            msg="Success",
            trade_no="T1",
            out_trade_no=wanted.ref,
            trade_status="TRADE_SUCCESS",
            total_amount="12.34",
        ),
        answer(method, code="10000", trade_no="T1", trade_status="WAIT_BUYER_PAY"),
        answer(method, code="40004", msg="Business Failed", sub_code="ACQ.TRADE_NOT_EXIST"),
        answer(method, code="20000", sub_code="isp.unknow-error"),
        (500, {}, b"busy"),
    ]
    told = provider.query(wanted)
    assert told is not None
    assert (told.succeeded, told.amount_minor, told.txn) == (True, 1_234, "T1")
    assert told.payment_id == wanted.payment_id
    assert provider.query(wanted) is None
    assert provider.query(wanted) is None
    for _ in range(2):
        with pytest.raises(ProviderBusyError):
            provider.query(wanted)
    asked = parse_qs(urlsplit(alipay_on.asked[0].path).query)
    assert json.loads(asked["biz_content"][0]) == {"out_trade_no": wanted.ref}


def test_an_answer_that_is_not_alipay_s_is_no_answer(alipay_on) -> None:
    status, headers, body = answer("alipay.trade.query", code="10000", trade_status="TRADE_SUCCESS")
    alipay_on.answers = [(status, headers, body.replace(b"SUCCESS", b"CLOSED", 1))]
    with pytest.raises(ProviderBusyError):
        PROVIDERS["alipay"].query(taken())


def test_money_goes_back_once(alipay_on) -> None:
    wanted = GiveBack(taken(), new_id(), 234, "torn")
    refund, query = "alipay.trade.refund", "alipay.trade.fastpay.refund.query"
    alipay_on.answers = [
        answer(refund, code="10000", fund_change="Y", refund_fee="2.34"),
        answer(refund, code="10000", fund_change="N"),
        answer(query, code="10000", refund_status="REFUND_SUCCESS"),
        answer(refund, code="10000", fund_change="N"),
        answer(query, code="10000"),
        answer(refund, code="40004", sub_code="ACQ.SELLER_BALANCE_NOT_ENOUGH", sub_msg="余额不足"),
        answer(refund, code="40004", sub_code="ACQ.SYSTEM_ERROR"),
    ]
    provider = PROVIDERS["alipay"]
    assert [provider.refund(wanted).state for _ in range(3)] == ["done", "done", "sent"]
    refused = provider.refund(wanted)
    assert (refused.state, "余额不足" in refused.fault) == ("failed", True)
    with pytest.raises(ProviderBusyError):
        provider.refund(wanted)
    asked = parse_qs(urlsplit(alipay_on.asked[0].path).query)
    assert json.loads(asked["biz_content"][0]) == {
        "out_trade_no": wanted.charge.ref,
        "out_request_no": wanted.refund_id.hex,
        "refund_amount": "2.34",
        "refund_reason": "torn",
    }


BILL = (Path(__file__).parent / "data" / "alipay_bill.csv").read_text(encoding="utf-8")


def test_a_trade_bill_is_read(alipay_on) -> None:
    paid, leg = new_id().hex, new_id().hex
    table = BILL.format(paid=paid, leg=leg).encode("gbk")
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("2088_20211116_summary.csv", "#汇总\n".encode("gbk"))
        archive.writestr("2088_20211116_details.csv", table)
    method = "alipay.data.dataservice.bill.downloadurl.query"
    address = f"{alipay_on.url}/bill.zip"
    alipay_on.answers = [
        answer(method, code="10000", bill_download_url=address),
        (200, {}, packed.getvalue()),
        answer(method, code="40004", sub_code="isp.bill_not_exist"),
        answer(method, code="10000", bill_download_url="https://alipay.com.example/bill.zip"),
    ]
    provider = PROVIDERS["alipay"]
    payment, refund = provider.statement(date(2021, 11, 16))
    assert (payment.kind, payment.ref, payment.amount_minor) == ("payment", paid, 19_800)
    assert payment.at - datetime(2021, 11, 15, 16, tzinfo=UTC) == timedelta(seconds=5)
    assert (refund.kind, refund.refund_ref, refund.amount_minor) == ("refund", leg, 5_000)
    assert refund.txn == payment.txn == "2021111622001"
    assert provider.read_statement(table) == [payment, refund]
    assert provider.statement(date(2021, 11, 17)) == []
    with pytest.raises(ProviderBusyError, match=r"alipay\.com\.example"):
        provider.statement(date(2021, 11, 18))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04nonsense", b"\x81", "交易\n".encode()])
def test_what_is_no_bill_is_refused(data) -> None:
    with pytest.raises(ValueError, match="this"):
        bills.read_alipay(data)


def test_times_are_beijing_s() -> None:
    assert beijing(datetime(2021, 11, 15, 16, tzinfo=UTC)) == "2021-11-16 00:00:00"
