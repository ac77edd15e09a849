"""WeChat Pay (微信支付) API v3: Native payment, where the buyer scans a code.

Requests are signed with the merchant's private key, answers and callbacks with WeChat Pay's
(platform public key, or platform certificate). A callback's content is encrypted with the API v3
key (AEAD_AES_256_GCM). Amounts are fen.
"""

import gzip
import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from cryptography.x509 import load_pem_x509_certificate
from django.conf import settings
from django.urls import reverse
from requests import RequestException
from wechatpayv3 import WeChatPay, WeChatPayType

from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.payments.providers import bills
from yellowcart.payments.providers.base import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    Charge,
    GiveBack,
    Given,
    ProviderBusyError,
    Reply,
    Started,
    StatementLine,
    Taken,
    Told,
    ToldRefund,
    as_uuid,
    callback_url,
    currency_unsupported,
    not_begun,
    not_configured,
    signature_invalid,
    unreadable,
)

log = logging.getLogger(__name__)

CODE = "wechat"
BEIJING: Final = timezone(timedelta(hours=8))
TOLERANCE_SECONDS: Final = 300
SIGNED_HEADERS: Final = ("timestamp", "nonce", "signature", "serial", "signature-type")
#: ``REFUND`` is a trade that was paid and of which money went back since.
PAID: Final = frozenset({"SUCCESS", "REFUND"})
OPEN: Final = frozenset({"NOTPAY", "USERPAYING", "ACCEPT"})
REFUND_STATES: Final[Mapping[str, str]] = {
    "SUCCESS": "done",
    "PROCESSING": "sent",
    "ABNORMAL": "failed",
    "CLOSED": "failed",
}


@dataclass(frozen=True, slots=True)
class Keys:
    """The merchant's account at WeChat Pay."""

    mch_id: str
    app_id: str
    serial_no: str
    private_key: str
    api_v3_key: str
    public_key: str
    public_key_id: str
    cert_dir: str
    gateway: str


@lru_cache(maxsize=4)
def _client(keys: Keys, certificates: tuple[str, ...]) -> WeChatPay | None:
    """The SDK with its keys loaded, None where they can't be read; a certificate more in the
    folder makes it load them anew."""
    del certificates
    try:
        client = WeChatPay(
            wechatpay_type=WeChatPayType.NATIVE,
            mchid=keys.mch_id,
            private_key=keys.private_key,
            cert_serial_no=keys.serial_no,
            appid=keys.app_id,
            apiv3_key=keys.api_v3_key,
            notify_url=callback_url(CODE),
            cert_dir=keys.cert_dir or None,
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            public_key=keys.public_key or None,
            public_key_id=keys.public_key_id or None,
        )
    except Exception:  # the SDK raises nothing narrower
        log.error("the keys for WeChat Pay can't be read; it is off")
        return None
    client._core._gate_way = keys.gateway.rstrip("/")  # the SDK has no setting for it
    return client


class WeChat:
    """The provider as the payment verbs see it."""

    code = CODE

    @property
    def zone(self) -> str:
        """In which its statements cut days."""
        return "Asia/Shanghai"

    @property
    def keys(self) -> Keys:
        """What the environment says."""
        return Keys(**settings.WECHAT)

    def has_keys(self) -> bool:
        """Whether there is a merchant with keys, and something to check WeChat Pay's word with."""
        keys = self.keys
        own = keys.mch_id and keys.app_id and keys.serial_no and keys.private_key
        theirs = keys.public_key and keys.public_key_id
        return bool(own and len(keys.api_v3_key) == 32 and (theirs or _certificates(keys)))

    def is_on(self) -> bool:
        """Whether these keys can be read."""
        return self._loaded() is not None

    @property
    def client(self) -> WeChatPay:
        """The SDK; :class:`Problem` 409 ``provider_unavailable`` where it is off."""
        client = self._loaded()
        if client is None:
            raise not_configured()
        return client

    def _loaded(self) -> WeChatPay | None:
        keys = self.keys
        return _client(keys, tuple(_certificates(keys))) if self.has_keys() else None

    def takes(self, currency: str) -> bool:
        """Only yuan."""
        return currency == "CNY"

    def start(self, charge: Charge) -> Started:
        """``POST /v3/pay/transactions/native``: the code to be scanned."""
        if not self.takes(charge.currency):
            raise currency_unsupported(charge.currency)
        status, answer = self._call(
            "pay",
            description=charge.title[:127] or "-",
            out_trade_no=charge.payment_id.hex,
            amount={"total": charge.amount_minor, "currency": "CNY"},
            time_expire=charge.expires_at.astimezone(BEIJING).isoformat(timespec="seconds"),
        )
        code = answer.get("code_url")
        if status != 200 or not code:
            raise not_begun()
        page = reverse("payment-code", args=[charge.payment_id])
        return Started(charge.payment_id.hex, page, code=str(code))

    def query(self, charge: Taken) -> Told | None:
        """``GET /v3/pay/transactions/out-trade-no/{out_trade_no}``."""
        status, answer = self._call("query", out_trade_no=charge.payment_id.hex)
        if status == 404:
            return None
        if status != 200:
            raise ProviderBusyError(_fault(answer))
        if answer.get("trade_state") in OPEN:
            return None
        return _told(f"query:{charge.payment_id.hex}:{answer.get('trade_state')}", answer, "")

    def refund(self, wanted: GiveBack) -> Given:
        """``POST /v3/refund/domestic/refunds``; ``out_refund_no`` makes a repeat harmless."""
        status, answer = self._call(
            "refund",
            out_refund_no=wanted.refund_id.hex,
            out_trade_no=wanted.charge.payment_id.hex,
            amount={
                "refund": wanted.amount_minor,
                "total": wanted.charge.received_minor,
                "currency": "CNY",
            },
            reason=wanted.reason[:80],
            notify_url=callback_url(CODE),
        )
        if status == 200:
            state = REFUND_STATES.get(str(answer.get("status")), "sent")
            return Given(state, str(answer.get("refund_id", "")), _refund_fault(answer, state))
        if status >= 500 or status == 429 or answer.get("code") == "SYSTEM_ERROR":
            raise ProviderBusyError(_fault(answer))
        return Given("failed", fault=_fault(answer))

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Told | ToldRefund | None:
        """A notice (支付通知、退款通知): signed over time, nonce and raw body, and encrypted."""
        client, keys = self.client, self.keys
        signed = {
            f"wechatpay-{name}": headers.get(f"wechatpay-{name}", "") for name in SIGNED_HEADERS
        }
        _check_time(signed["wechatpay-timestamp"])
        # The SDK would go and fetch certificates for a serial number it does not know.
        serial = signed["wechatpay-serial"]
        if not serial or serial not in {keys.public_key_id, *_certificates(keys)}:
            raise signature_invalid()
        try:
            notice = client.callback(headers=signed, body=body)
        except Exception as error:  # the SDK raises nothing narrower
            raise signature_invalid() from error
        if not notice:
            raise signature_invalid()
        return _read(notice, keys, hashlib.sha256(body).hexdigest())

    def accepted(self, state: str) -> Reply:
        """204: nothing more to say."""
        del state
        return Reply(204, "application/json", b"")

    def refused(self, problem: Problem) -> Reply | None:
        """The reason in WeChat Pay's own form, so that it sends the notice again."""
        body = {"code": "FAIL", "message": str(problem)}
        return Reply(problem.status, "application/json", json.dumps(body).encode())

    def statement(self, day: date) -> list[StatementLine]:
        """``GET /v3/bill/tradebill``, then the file behind it, checked by its SHA-1."""
        status, answer = self._call("trade_bill", bill_date=day.isoformat())
        if status == 400 and answer.get("code") == "NO_STATEMENT_EXIST":
            return []
        if status != 200:
            raise ProviderBusyError(_fault(answer))
        url = str(answer.get("download_url", ""))
        bills.check_address(url, self.keys.gateway, "weixin.qq.com")
        status, content = self.client.download_bill(url)
        if status != 200:
            raise ProviderBusyError("the bill can't be downloaded")
        data = content.encode() if isinstance(content, str) else bytes(content)
        data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        expected = str(answer.get("hash_value", "")).lower()
        if hashlib.sha1(data, usedforsecurity=False).hexdigest() != expected:
            raise ProviderBusyError("the bill is not the one that was announced")
        return self.read_statement(data)

    def read_statement(self, data: bytes) -> list[StatementLine]:
        """The table of a trade bill (交易账单), type ALL."""
        return bills.read_wechat(data)

    def _call(self, verb: str, **arguments: Any) -> tuple[int, dict[str, Any]]:
        try:
            status, text = getattr(self.client, verb)(**arguments)
        except RequestException as error:
            raise ProviderBusyError(str(error)) from error
        try:
            answer = json.loads(text) if text else {}
        except ValueError as error:
            raise ProviderBusyError(f"{status}: no JSON") from error
        return int(status), answer if isinstance(answer, dict) else {}


def _certificates(keys: Keys) -> list[str]:
    """The serial numbers of the platform certificates in the folder that hold now.

    With none the SDK would go and fetch some, so it is not even made then.
    """
    folder = Path(keys.cert_dir)
    if not keys.cert_dir or not folder.is_dir():
        return []
    found = []
    for path in sorted(folder.glob("*.pem")):
        try:
            certificate = load_pem_x509_certificate(path.read_bytes())
        except ValueError:
            log.warning("not a certificate", extra={"file": path.name})
            continue
        if certificate.not_valid_before_utc <= clock.wall() <= certificate.not_valid_after_utc:
            found.append(f"{certificate.serial_number:X}")
    return found


def _check_time(timestamp: str) -> None:
    """The signature covers the time, so an old notice can't be sent again by somebody else."""
    if not timestamp.isdigit():
        raise signature_invalid()
    at = datetime.fromtimestamp(int(timestamp[:12]), tz=clock.wall().tzinfo)
    if abs((clock.wall() - at).total_seconds()) > TOLERANCE_SECONDS:
        raise signature_invalid()


def _read(notice: Mapping[str, Any], keys: Keys, body_hash: str) -> Told | ToldRefund | None:
    content, kind = notice.get("resource"), str(notice.get("event_type"))
    if not isinstance(content, dict) or content.get("mchid") != keys.mch_id:
        raise unreadable()
    message_id = str(notice.get("id", ""))
    if kind.startswith("REFUND."):
        refund_id = as_uuid(content.get("out_refund_no"))
        if refund_id is None:
            return None
        state = REFUND_STATES.get(str(content.get("refund_status")), "sent")
        fault = _refund_fault(content, state)
        given = Given(state, str(content.get("refund_id", "")), fault)
        return ToldRefund(message_id, refund_id, given, body_hash)
    if kind != "TRANSACTION.SUCCESS" or content.get("appid") != keys.app_id:
        return None
    return _told(message_id, content, body_hash)


def _told(message_id: str, content: Mapping[str, Any], body_hash: str) -> Told:
    try:
        trade, amount = str(content["out_trade_no"]), content["amount"]
        total, currency = int(amount["total"]), str(amount.get("currency", "CNY"))
        payment_id: UUID | None = as_uuid(trade)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise unreadable() from error
    return Told(
        message_id,
        trade,
        content.get("trade_state") in PAID,
        total,
        currency,
        body_hash,
        payment_id=payment_id,
        txn=str(content.get("transaction_id", "")),
    )


def _refund_fault(answer: Mapping[str, Any], state: str) -> str:
    status = str(answer.get("status") or answer.get("refund_status"))
    return f"WeChat Pay says {status}" if state == "failed" else ""


def _fault(answer: Mapping[str, Any]) -> str:
    return f"{answer.get('code', '?')}: {answer.get('message', '')}"
