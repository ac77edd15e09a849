"""Providers' statements: fetched from where they may lie, and read into lines.

A statement names its columns, and they are found by name: their order and number differ by
account and year. What a statement says in a way that is not known here becomes a line of the kind
``other`` for a person to read; a file that is no statement raises ``ValueError``.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import msgspec

from yellowcart.core.money import parse_minor
from yellowcart.payments.providers.base import (
    ANSWER_SECONDS,
    ProviderBusyError,
    StatementLine,
)

BEIJING: Final = timezone(timedelta(hours=8))
MOST_BYTES: Final = 256 * 1024 * 1024
"""Largest statement, unpacked: a line has some 300 bytes."""


def check_address(url: str, gateway: str, domain: str) -> None:
    """``ProviderBusyError`` unless a file lies with the provider, over HTTPS, or on the gateway."""
    parts, own = urlsplit(url), urlsplit(gateway)
    host = parts.hostname or ""
    theirs = parts.scheme == "https" and (host == domain or host.endswith(f".{domain}"))
    if not theirs and (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
        raise ProviderBusyError(f"the statement does not lie with the provider but at {host}")


def fetch(url: str, *, gateway: str, domain: str) -> bytes:
    """A file of the provider's own; redirects are not followed, and its size is bounded."""
    check_address(url, gateway, domain)
    data = bytearray()
    try:
        with httpx.stream("GET", url, timeout=ANSWER_SECONDS, follow_redirects=False) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                data += chunk
                if len(data) > MOST_BYTES:
                    raise ProviderBusyError("the statement is larger than any we know")
    except httpx.HTTPError as error:
        raise ProviderBusyError(str(error)) from error
    return bytes(data)


# Alipay


def read_alipay(data: bytes) -> list[StatementLine]:
    """The table of details (业务明细) of a trade bill, in GBK, alone or in its zip."""
    tables = _unzipped(data) if data[:2] == b"PK" else iter([data])
    for table in tables:
        rows = list(_alipay_rows(_decoded(table)))
        if rows:
            header, lines = rows[0], rows[1:]
            return [_alipay_line(dict(zip(header, row, strict=False))) for row in lines]
    raise ValueError("this is no trade bill of Alipay: no table with 支付宝交易号 and 业务类型")


def _unzipped(data: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                if member.file_size <= MOST_BYTES:
                    yield archive.read(member)
    except zipfile.BadZipFile as error:
        raise ValueError("this zip is damaged") from error


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("this is neither UTF-8 nor GBK")


def _alipay_rows(text: str) -> Iterator[list[str]]:
    """The header and the rows of details; remarks start with ``#``."""
    begun = False
    for cells in csv.reader(line for line in text.splitlines() if not line.startswith("#")):
        row = [cell.strip() for cell in cells]
        if {"支付宝交易号", "业务类型"} <= set(row):
            begun = True
        if begun and any(row):
            yield row


def _alipay_line(row: Mapping[str, str]) -> StatementLine:
    kind = {"交易": "payment", "退款": "refund"}.get(row.get("业务类型", ""), "other")
    return StatementLine(
        kind,
        row.get("商户订单号", ""),
        row.get("支付宝交易号", ""),
        _yuan(row, "订单金额（元）", "订单金额"),
        "CNY",
        _beijing(row.get("完成时间", "")),
        refund_ref=row.get("退款批次号/请求号", ""),
        note=row.get("业务类型", ""),
    )


# WeChat Pay


def read_wechat(data: bytes) -> list[StatementLine]:
    """The table of a trade bill (交易账单), type ALL; its cells start with a back quote."""
    lines = iter(_decoded(data).splitlines())
    header: list[str] = []
    for line in lines:
        header = [cell.strip() for cell in line.split(",")]
        if {"微信订单号", "商户订单号", "交易状态"} <= set(header):
            break
    else:
        raise ValueError("this is no trade bill of WeChat Pay: no table with 微信订单号")
    found = []
    for line in lines:
        if line.startswith("总交易单数"):
            break
        if line.strip():
            cells = line.strip().removeprefix("`").split(",`")
            found.append(_wechat_line(dict(zip(header, cells, strict=False))))
    return found


def _wechat_line(row: Mapping[str, str]) -> StatementLine:
    state, refund_state = row.get("交易状态", ""), row.get("退款状态", "")
    kind, amounts = "other", ("订单金额", "应结订单金额")
    if state == "SUCCESS":
        kind = "payment"
    elif state == "REFUND":
        kind = "refund" if refund_state == "SUCCESS" else "other"
        amounts = ("申请退款金额", "退款金额")
    return StatementLine(
        kind,
        row.get("商户订单号", ""),
        row.get("微信订单号", ""),
        _yuan(row, *amounts),
        row.get("货币种类", "CNY"),
        _beijing(row.get("交易时间", "")),
        refund_ref=row.get("商户退款单号", ""),
        note=f"{state} {refund_state}".strip(),
    )


# Stripe


class _Page(msgspec.Struct):
    data: list[dict[str, Any]]


def read_stripe(data: bytes) -> list[StatementLine]:
    """A list of balance transactions as the API answers, with each one's source expanded."""
    try:
        rows = msgspec.json.decode(data, type=_Page).data
        return [stripe_line(row) for row in rows]
    except (msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"this is no list of balance transactions: {error}") from error


def stripe_line(row: Mapping[str, Any]) -> StatementLine:
    """One balance transaction. What the buyer paid stands in its source: the transaction itself
    is in the currency that is paid out."""
    source = row.get("source")
    source = source if isinstance(source, Mapping) else {}
    metadata = source.get("metadata") or {}
    kind = {
        "charge": "payment",
        "payment": "payment",
        "refund": "refund",
        "payment_refund": "refund",
    }.get(str(row["type"]), "other")
    return StatementLine(
        kind if source else "other",
        str(metadata.get("payment_id", "")),
        str(source.get("payment_intent") or ""),
        abs(int(source.get("amount", row["amount"]))),
        str(source.get("currency", row["currency"])).upper(),
        datetime.fromtimestamp(int(row["created"]), tz=UTC),
        refund_ref=str(metadata.get("refund_leg", "")),
        note=str(row["type"]),
    )


def _yuan(row: Mapping[str, str], *names: str) -> int:
    for name in names:
        text = row.get(name, "").replace(",", "")
        if text:
            return abs(parse_minor(text, "CNY"))
    return 0


def _beijing(text: str) -> datetime:
    return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
