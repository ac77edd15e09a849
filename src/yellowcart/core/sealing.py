"""Secrets at rest: sealed with keys derived from the installation's own, opened where used.

Fernet (AES-128-CBC with HMAC-SHA256) of the ``cryptography`` package. A new key of the
installation opens what ``YELLOWCART_SECRET_KEY_FALLBACKS`` sealed and seals anew.
"""

import base64
import json
from collections.abc import Mapping
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem

_INFO: Final = b"yellowcart sealed secrets 1"


def seal(secrets: Mapping[str, str]) -> bytes:
    """The secrets, unreadable without the installation's key."""
    return _box().encrypt(json.dumps(dict(secrets), sort_keys=True).encode())


def unseal(sealed: bytes | memoryview) -> dict[str, str]:
    """What was sealed; ``secrets_lost`` where no key of this installation sealed it."""
    if not sealed:
        return {}
    try:
        opened = json.loads(_box().decrypt(bytes(sealed)))
    except InvalidToken as error:
        raise Problem(
            "secrets_lost",
            409,
            _("The installation's key has changed, so these secrets must be entered again."),
        ) from error
    return {str(name): str(value) for name, value in opened.items()}


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
