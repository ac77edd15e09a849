"""The paste-anything box: what a pasted text is about, this installation's own links included, and
whether sales through its link pay."""

from typing import Any
from uuid import UUID

from django.conf import settings

from yellowcart.catalog.models import Product
from yellowcart.connections import links
from yellowcart.connections.links import Outlook
from yellowcart.sources.recognition import Recognition
from yellowcart.sources.share import recognise
from yellowcart.web.backoffice.stores import said


def found_in(text: str) -> Recognition:
    """What a text is about."""
    hosts = [host.strip("[]") for host in settings.ALLOWED_HOSTS if host != "*"]
    return recognise(text, own_hosts=hosts)


def foreseen(shop_id: UUID, found: Recognition | None) -> dict[str, Any] | None:
    """Whether sales would pay through the link of a recognised text; None where it is no link that
    could."""
    if found is None or found.integration != "link":
        return None
    text = f"{found.url} ￥{found.code}￥" if found.code else found.url or found.external_id
    seen = links.foreseen(shop_id, found.source, text)
    return _shown(seen and seen._replace(leads=bool(found.url)))


def paying(product: Product) -> dict[str, Any] | None:
    """Whether sales through a product's link pay; None where it is no link that could."""
    return _shown(links.outlook_of(product))


def _shown(found: Outlook | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "state": found.state,
        "words": links.WORDS[found.state],
        "hint": found.hint,
        "account": found.account,
        "leads": found.leads,
        "link": found.link,
        "problem": said(found.link.last_error) if found.link else "",
    }
