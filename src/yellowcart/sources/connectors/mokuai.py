"""Mokuai (魔筷): links, and the signed callbacks of a supplier.

Mokuai publishes no API and no link format, so its links are told by their host alone, and its
callbacks use the open Standard Webhooks scheme, which any supplier's connector can speak.
"""

import base64
import binascii
import re

from django.utils.translation import gettext_lazy as _

from yellowcart.sources.connectors.signing import hmac_base64, same
from yellowcart.sources.recognition import Link, Recognition

SOURCE = "mokuai"

TOLERANCE_SECONDS = 300
"""How far a callback's time may lie from ours, against replays (Standard Webhooks)."""

_PRODUCT = re.compile(r"[0-9A-Za-z_\-]{2,64}\Z")


def recognise_link(link: Link) -> Recognition | None:
    """A Mokuai link, or ``None``."""
    if not link.under("mockuai.com", "mokuai.com"):
        return None
    product = link.first("item_uid", "itemUid", "item_id", "itemId", "goods_id", "goodsId", "id")
    if not _PRODUCT.match(product):
        by_path = re.search(r"/(\d{4,20})(?:\.html)?/?\Z", link.path)
        product = by_path.group(1) if by_path else ""
    return Recognition(
        source=SOURCE,
        confidence=0.8 if product else 0.5,
        why=_("A link of Mokuai; its goods can be listed here in one click, with shared stock."),
        external_id=product,
        url=link.url,
    )


def sign_webhook(message_id: str, timestamp: int, body: bytes, secret: str) -> str:
    """The ``webhook-signature`` of a body: ``v1,`` and base64 HMAC-SHA256 of id, time and body.

    ``secret`` is base64, with or without the ``whsec_`` prefix; ``timestamp`` in Unix seconds.
    ``ValueError`` where the secret is not base64.
    """
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("the secret must be base64, as in whsec_...") from error
    return "v1," + hmac_base64(key, f"{message_id}.{timestamp}.".encode() + body)


def verify_webhook(
    message_id: str, timestamp: str, signatures: str, body: bytes, secret: str, now: float
) -> bool:
    """Whether one of the space-separated signatures is ours and the callback is fresh.

    ``body`` is the raw body, untouched by any parser; ``now`` in Unix seconds of the wall clock.
    Compared in constant time.
    """
    try:
        sent = int(timestamp)
        expected = sign_webhook(message_id, sent, body, secret)
    except ValueError:
        return False
    if abs(now - sent) > TOLERANCE_SECONDS:
        return False
    return any(same(expected, one) for one in signatures.split(" "))
