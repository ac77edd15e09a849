"""Secrets shared with those who send callbacks, derived from the installation's key.

Nothing is stored: whoever has the key can name them again, and a new key changes them all.
"""

import base64
import hmac

from django.conf import settings


def derived_secret(purpose: str) -> str:
    """A Standard Webhooks secret (``whsec_`` and base64) for one sender."""
    digest = hmac.digest(
        settings.SECRET_KEY.encode(), f"yellowcart callback {purpose}".encode(), "sha256"
    )
    return "whsec_" + base64.b64encode(digest).decode("ascii")


def conversion_secret(source: str) -> str:
    """With which a source's connector signs its conversions."""
    return derived_secret(f"conversions {source}")
