"""The cookie by which a browser stays the same viewer: signed, and nothing but an id.

It lets a guest keep one id over visits, and a jump-out say who left. It opens nothing.
"""

from typing import Final, NamedTuple
from uuid import UUID

from django.core.signing import BadSignature, Signer

from yellowcart.core.ids import new_id

COOKIE: Final = "yellowcart_viewer"
#: Kept for 30 days.
MAX_AGE_SECONDS: Final = 30 * 86_400

_KINDS = {"a": False, "g": True}


class Viewer(NamedTuple):
    """Who watches: an account's id, or a guest's."""

    id: UUID
    guest: bool


def sealed(viewer: Viewer) -> str:
    """The cookie's value."""
    return _signer().sign(f"{'g' if viewer.guest else 'a'}{viewer.id.hex}")


def unsealed(cookie: str | None) -> Viewer | None:
    """Whom a cookie names; None where it is missing or not ours."""
    if not cookie or len(cookie) > 200:
        return None
    try:
        text = _signer().unsign(cookie)
        return Viewer(UUID(text[1:]), _KINDS[text[0]])
    except (BadSignature, ValueError, KeyError, IndexError):
        return None


def guest_of(cookie: str | None) -> Viewer:
    """The guest whom a cookie names, else a new one. An account's cookie makes nobody a guest."""
    found = unsealed(cookie)
    return found if found is not None and found.guest else Viewer(new_id(), guest=True)


def _signer() -> Signer:
    return Signer(salt="yellowcart.live.viewer")
