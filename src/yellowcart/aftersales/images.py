"""What may be shown as evidence: pictures, told by what they are and not by what they say."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem

LARGEST: Final = 5 * 2**20
"""Bytes of one picture."""
MOST_PICTURES: Final = 9
"""Pictures that one party may add to a case, as many as the field's item API has main images."""

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"


def content_type(data: bytes) -> str | None:
    """``image/jpeg``, ``image/png`` or ``image/webp`` by the first bytes; None for all else.

    Formats that can carry scripts (SVG) or that hardly any camera writes are left out.
    """
    if data.startswith(_PNG) and data[12:16] == b"IHDR":
        return "image/png"
    if data.startswith(_JPEG):
        return "image/jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def check_picture(data: bytes) -> str:
    """The picture's type; :class:`Problem` 413 ``picture_too_large`` or 422 ``picture_unknown``."""
    if len(data) > LARGEST:
        raise Problem(
            "picture_too_large",
            413,
            _("Use a picture of at most %(most)s MB."),
            params={"most": LARGEST // 2**20},
            extra={"largest": LARGEST},
        )
    found = content_type(data)
    if found is None:
        raise Problem("picture_unknown", 422, _("Use a picture: JPEG, PNG or WebP."))
    return found
