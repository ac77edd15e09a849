"""Alipay (支付宝): computer web-site payment, as in Alipay Open Platform's documentation.

Requests and answers are signed with RSA2 (SHA256withRSA): ours with the application's private
key, theirs with Alipay's. ``alipay.trade.page.pay`` is a signed address and no call. Every time
is Beijing's, amounts are yuan with two decimals.
"""

import hashlib
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl

from alipay import AliPay
from alipay.exceptions import AliPayException, AliPayValidationError
from alipay.utils import AliPayConfig
from django.conf import settings

from yellowcart.core import clock
from yellowcart.core.money import parse_minor
from yellowcart.core.problems import Problem
from yellowcart.payments.providers import bills
from yellowcart.payments.providers.base import (
    ANSWER_SECONDS,
    Charge,
    GiveBack,
    Given,
    ProviderBusyError,
    Reply,
    Started,
    StatementLine,
    Taken,
    Told,
    as_uuid,
    callback_url,
    currency_unsupported,
    not_configured,
    signature_invalid,
    unreadable,
)

log = logging.getLogger(__name__)

CODE = "alipay"
BEIJING: Final = timezone(timedelta(hours=8))
PAID: Final = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})
#: What a subject must not contain.
FORBIDDEN: Final = re.compile(r"[/=&]")
#: Answers after which the same request may be sent again.
BUSY: Final = frozenset(
    {"ACQ.SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR", "isp.unknow-error", "aop.unknow-error"}
)


@dataclass(frozen=True, slots=True)
class Keys:
    """The application's account at Alipay."""

    app_id: str
    private_key: str
    public_key: str
    seller_id: str
    gateway: str


def pem(text: str, label: str) -> str:
    """A key as the SDK reads it; Alipay's tools give the base64 alone."""
    if not text or "-----BEGIN" in text:
        return text
    return f"-----BEGIN {label}-----\n{text}\n-----END {label}-----"


@lru_cache(maxsize=4)
def _client(keys: Keys) -> AliPay | None:
    """The SDK; None where the keys can't be read."""
    try:
        client = AliPay(
            appid=keys.app_id,
            app_private_key_string=pem(keys.private_key, "RSA PRIVATE KEY"),
            alipay_public_key_string=pem(keys.public_key, "PUBLIC KEY"),
            sign_type="RSA2",
            config=AliPayConfig(timeout=ANSWER_SECONDS),
        )
    except ValueError:
        log.error("the keys for Alipay can't be read; it is off")
        return None
    client._gateway = keys.gateway  # the SDK has no setting for it
    return client


def beijing(at: datetime) -> str:
    """An instant as Alipay writes it."""
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def yuan(minor: int) -> str:
    """Fen as Alipay writes yuan."""
    return f"{minor // 100}.{minor % 100:02d}"


class Alipay:
    """The provider as the payment verbs see it."""

    code = CODE

    @property
    def zone(self) -> str:
        """In which its statements cut days."""
        return "Asia/Shanghai"

    @property
    def keys(self) -> Keys:
        """What the environment says."""
        return Keys(**settings.ALIPAY)

    def has_keys(self) -> bool:
        """Whether there is an application with its keys."""
        keys = self.keys
        return bool(keys.app_id and keys.private_key and keys.public_key)

    def is_on(self) -> bool:
        """Whether these keys can be read."""
        return self.has_keys() and _client(self.keys) is not None

    @property
    def client(self) -> AliPay:
        """The SDK; :class:`Problem` 409 ``provider_unavailable`` where it is off."""
        client = _client(self.keys) if self.has_keys() else None
        if client is None:
            raise not_configured()
        return client

    def takes(self, currency: str) -> bool:
        """Only yuan."""
        return currency == "CNY"

    def start(self, charge: Charge) -> Started:
        """The signed address of ``alipay.trade.page.pay``; nothing is called."""
        if not self.takes(charge.currency):
            raise currency_unsupported(charge.currency)
        query = self.client.client_api(
            "alipay.trade.page.pay",
            biz_content={
                "out_trade_no": charge.payment_id.hex,
                "total_amount": yuan(charge.amount_minor),
                "subject": FORBIDDEN.sub(" ", charge.title)[:256].strip() or "-",
                "product_code": "FAST_INSTANT_TRADE_PAY",
                "time_expire": beijing(charge.expires_at),
            },
            return_url=charge.return_url,
            notify_url=callback_url(CODE),
            timestamp=beijing(clock.wall()),
        )
        return Started(charge.payment_id.hex, f"{self.keys.gateway}?{query}")

    def query(self, charge: Taken) -> Told | None:
        """``alipay.trade.query``. A trade appears only once the buyer has opened the page."""
        answer = self._call("alipay.trade.query", {"out_trade_no": charge.payment_id.hex})
        if answer.get("sub_code") == "ACQ.TRADE_NOT_EXIST":
            return None
        _expect_success(answer)
        status = str(answer.get("trade_status"))
        if status == "WAIT_BUYER_PAY":
            return None
        return Told(
            f"query:{answer.get('trade_no')}:{status}",
            charge.payment_id.hex,
            status in PAID,
            parse_minor(str(answer.get("total_amount", "0")), "CNY"),
            "CNY",
            "",
            payment_id=charge.payment_id,
            txn=str(answer.get("trade_no", "")),
        )

    def refund(self, wanted: GiveBack) -> Given:
        """``alipay.trade.refund``; ``out_request_no`` makes a repeat harmless.

        ``fund_change`` is ``N`` on a repeat, so what really happened is then asked for.
        """
        trade, request = wanted.charge.payment_id.hex, wanted.refund_id.hex
        answer = self._call(
            "alipay.trade.refund",
            {
                "out_trade_no": trade,
                "out_request_no": request,
                "refund_amount": yuan(wanted.amount_minor),
                "refund_reason": wanted.reason[:256],
            },
        )
        if str(answer.get("code")) != "10000":
            _raise_if_busy(answer)
            return Given("failed", fault=_fault(answer))
        if answer.get("fund_change") == "Y":
            return Given("done", request)
        asked = self._call(
            "alipay.trade.fastpay.refund.query", {"out_trade_no": trade, "out_request_no": request}
        )
        _expect_success(asked)
        return Given("done" if asked.get("refund_status") == "REFUND_SUCCESS" else "sent", request)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Told | None:
        """An asynchronous notice (异步通知): a form, signed over all of its fields but two."""
        del headers
        client = self.client
        fields = _form(body)
        signature = fields.pop("sign", "")
        if not signature or not _is_genuine(client, dict(fields), signature):
            raise signature_invalid()
        keys = self.keys
        is_ours = fields.get("app_id") == keys.app_id and (
            not keys.seller_id or fields.get("seller_id") == keys.seller_id
        )
        if not is_ours:
            raise signature_invalid()
        status = fields.get("trade_status", "")
        if fields.get("notify_type") != "trade_status_sync" or status == "WAIT_BUYER_PAY":
            return None
        try:
            amount = parse_minor(fields["total_amount"], "CNY")
            message_id, trade = fields["notify_id"], fields["out_trade_no"]
        except (KeyError, ValueError) as error:
            raise unreadable() from error
        return Told(
            message_id,
            trade,
            status in PAID,
            amount,
            "CNY",
            hashlib.sha256(body).hexdigest(),
            payment_id=as_uuid(trade),
            txn=fields.get("trade_no", ""),
        )

    def accepted(self, state: str) -> Reply:
        """The seven letters that end the repeats."""
        del state
        return Reply(200, "text/plain; charset=utf-8", b"success")

    def refused(self, problem: Problem) -> Reply | None:
        """Anything else makes Alipay send it again."""
        return Reply(problem.status, "text/plain; charset=utf-8", b"failure")

    def statement(self, day: date) -> list[StatementLine]:
        """The trade bill of a day: a zip of GBK tables behind an address of half a minute."""
        answer = self._call(
            "alipay.data.dataservice.bill.downloadurl.query",
            {"bill_type": "trade", "bill_date": day.isoformat()},
        )
        if answer.get("sub_code") in {"isp.bill_not_exist", "BILL_NOT_EXIST", "NO_BILL_DATA"}:
            return []
        _expect_success(answer)
        url = str(answer.get("bill_download_url", ""))
        data = bills.fetch(url, gateway=self.keys.gateway, domain="alipay.com")
        return self.read_statement(data)

    def read_statement(self, data: bytes) -> list[StatementLine]:
        """The zip, or the table of details in it."""
        return bills.read_alipay(data)

    def _call(self, method: str, content: dict[str, Any]) -> dict[str, Any]:
        """One call; an answer that says no comes back like one that says yes."""
        try:
            answer: dict[str, Any] = self.client.server_api(
                method, biz_content=content, timestamp=beijing(clock.wall())
            )
        except AliPayException as error:
            raise ProviderBusyError(str(error)) from error
        except AliPayValidationError as error:
            raise ProviderBusyError("the answer is not signed by Alipay") from error
        except OSError as error:
            raise ProviderBusyError(str(error)) from error
        return answer


def _form(body: bytes) -> dict[str, str]:
    """The fields of a raw form body; empty where it is none, or names a field twice."""
    charset = "gbk" if b"charset=gbk" in body.lower() else "utf-8"
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding=charset,
            errors="strict",
            max_num_fields=200,
        )
    except ValueError:
        return {}
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else {}


def _is_genuine(client: AliPay, fields: dict[str, str], signature: str) -> bool:
    if fields.get("sign_type") != "RSA2":
        return False
    try:
        return bool(client.verify(fields, signature))
    except (ValueError, TypeError, AliPayException):
        return False


def _fault(answer: Mapping[str, Any]) -> str:
    return f"{answer.get('sub_code') or answer.get('code')}: {answer.get('sub_msg') or ''}"


def _raise_if_busy(answer: Mapping[str, Any]) -> None:
    if str(answer.get("code")) == "20000" or answer.get("sub_code") in BUSY:
        raise ProviderBusyError(_fault(answer))


def _expect_success(answer: Mapping[str, Any]) -> None:
    if str(answer.get("code")) != "10000":
        raise ProviderBusyError(_fault(answer))
