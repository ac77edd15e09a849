"""Callbacks from the other side: who signed them, checked on the raw body.

Youzan, Shopify and WooCommerce sign in their own published way. Every other source (Taobao and
JD tell their conversions only through polling, Mokuai publishes nothing) reaches us through a
connector, which signs with Standard Webhooks.
"""

import json
from collections.abc import Mapping

from yellowcart.sources.connectors import mokuai, shopify, woocommerce, youzan


def verify_callback(
    source: str, headers: Mapping[str, str], body: bytes, secret: str, now: float
) -> str | None:
    """The message id of a genuine callback, for de-duplication; ``None`` where it is not genuine.

    ``headers`` by lower-case name; ``body`` exactly as received; ``now`` in Unix seconds of the
    wall clock. The id is the sender's own, so it is unique per source and sender only.
    """
    if source == youzan.SOURCE:
        return _youzan(body, secret)
    if source == shopify.SOURCE:
        genuine = shopify.verify_webhook(body, secret, headers.get("x-shopify-hmac-sha256", ""))
        return headers.get("x-shopify-webhook-id") or None if genuine else None
    if source == woocommerce.SOURCE:
        sent = headers.get("x-wc-webhook-signature", "")
        genuine = woocommerce.verify_webhook(body, secret, sent)
        return headers.get("x-wc-webhook-delivery-id") or None if genuine else None
    message_id = headers.get("webhook-id", "")
    genuine = bool(message_id) and mokuai.verify_webhook(
        message_id,
        headers.get("webhook-timestamp", ""),
        headers.get("webhook-signature", ""),
        body,
        secret,
        now,
    )
    return message_id if genuine else None


def _youzan(body: bytes, secret: str) -> str | None:
    """Youzan signs a part of its body; the message id has to come from there too."""
    try:
        message = json.loads(body)
        client, msg, sign = message["client_id"], message["msg"], message["sign"]
    except (ValueError, KeyError, TypeError):
        return None
    if not all(isinstance(one, str) for one in (client, msg, sign)):
        return None
    if not youzan.verify_message(client, msg, secret, sign):
        return None
    # The envelope's own id is not under the signature, the signature itself stands for the message
    return f"{client}:{sign.strip().lower()}"
