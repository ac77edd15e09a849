"""Shopify: product links, and the signature of its webhooks."""

import re
from urllib.parse import unquote

from django.utils.translation import gettext_lazy as _

from yellowcart.sources.recognition import Link, Recognition
from yellowcart.sources.signing import hmac_base64, same

SOURCE = "shopify"

_PRODUCT = re.compile(
    r"(?:/[a-z]{2}(?:-[a-z]{2})?)?(?:/collections/[^/]+)?/products/([^/]+)/?\Z", re.IGNORECASE
)
_ADMIN = re.compile(r"/store/[^/]+/products/(\d+)")


def recognise_link(link: Link) -> Recognition | None:
    """A product page in the shape of Shopify's, or ``None``.

    Shops have their own domains, so on a foreign one the path alone speaks, and softly.
    """
    ours = link.under("myshopify.com", "shopify.com")
    match = _PRODUCT.match(link.path) or _ADMIN.match(link.path)
    if match is None:
        return _page(link) if ours else None
    return Recognition(
        source=SOURCE,
        confidence=0.95 if ours else 0.4,
        why=(
            _("A Shopify product page.")
            if ours
            else _("The address has the shape of a Shopify product page on a shop's own domain.")
        ),
        external_id=unquote(match.group(1), errors="replace").replace("\x00", ""),
        url=link.url,
    )


def _page(link: Link) -> Recognition:
    return Recognition(
        source=SOURCE,
        confidence=0.5,
        why=_("A page of Shopify, but not one product's."),
        url=link.url,
    )


def sign_webhook(body: bytes, secret: str) -> str:
    """The ``X-Shopify-Hmac-SHA256`` of a raw body: base64 of HMAC-SHA256."""
    return hmac_base64(secret.encode(), body)


def verify_webhook(body: bytes, secret: str, signature: str) -> bool:
    """Whether Shopify signed this raw body; compared in constant time."""
    return same(sign_webhook(body, secret), signature)
