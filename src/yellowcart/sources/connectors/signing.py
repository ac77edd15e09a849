"""Signatures that more than one source uses."""

import base64
import hashlib
import hmac


def hmac_base64(key: bytes, message: bytes) -> str:
    """Base64 of HMAC-SHA256."""
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


def same(expected: str, sent: str) -> bool:
    """Whether two signatures are equal, compared in constant time."""
    return hmac.compare_digest(expected.encode(), sent.strip().encode())
