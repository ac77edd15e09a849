"""This installation's own goods: links to their pages, and bare ids."""

import re
from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yellowcart.sources.recognition import Link, Recognition

SOURCE = "native"
INTEGRATION = "native"

_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PRODUCT = re.compile(
    rf"/(?:[a-z\-]+/)*(?:p|product|products|goods)/({_ID})(?:/|\Z)", re.IGNORECASE
)
_BARE = re.compile(rf"\s*({_ID})\s*\Z", re.IGNORECASE)


def recognise_link(link: Link, own_hosts: Collection[str]) -> Recognition | None:
    """A product page of this installation, or ``None``."""
    match = _PRODUCT.search(link.path)
    if link.host not in own_hosts or match is None:
        return None
    return Recognition(
        source=SOURCE,
        integration=INTEGRATION,
        confidence=1.0,
        why=_("A product of this platform."),
        external_id=str(UUID(match.group(1))),
        url=link.url,
    )


def recognise_id(text: str) -> Recognition | None:
    """A bare product id of this installation's form, or ``None``."""
    match = _BARE.match(text)
    if match is None:
        return None
    return Recognition(
        source=SOURCE,
        integration=INTEGRATION,
        confidence=0.8,
        why=_("This has the form of a product id of this platform."),
        external_id=str(UUID(match.group(1))),
    )
