"""WooCommerce: product links, and the signature of its webhooks."""

import re
from urllib.parse import unquote

from django.utils.translation import gettext_lazy as _

from yellowcart.sources.recognition import Link, Recognition
from yellowcart.sources.signing import hmac_base64, same

SOURCE = "woocommerce"

_PRODUCT = re.compile(r"(?:/[a-z]{2})?/(?:product|shop)/(?:[^/]+/){0,3}?([^/]+)/?\Z", re.IGNORECASE)


def recognise_link(link: Link) -> Recognition | None:
    """A product page in the shape of WooCommerce's, or ``None``; always a soft guess."""
    match = _PRODUCT.match(link.path)
    by_query = link.query.get("product", "")
    if match is None and not (link.path == "/" and by_query):
        return None
    return Recognition(
        source=SOURCE,
        confidence=0.35,
        why=_("The address has the shape of a WooCommerce product page."),
        external_id=unquote(match.group(1) if match else by_query, errors="replace").replace(
            "\x00", ""
        ),
        url=link.url,
    )


def sign_webhook(body: bytes, secret: str) -> str:
    """The ``X-WC-Webhook-Signature`` of a raw body: base64 of HMAC-SHA256."""
    return hmac_base64(secret.encode(), body)


def verify_webhook(body: bytes, secret: str, signature: str) -> bool:
    """Whether WooCommerce signed this raw body; compared in constant time."""
    return same(sign_webhook(body, secret), signature)
