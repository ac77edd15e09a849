"""JD (京东): product, short and union links."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.sources.recognition import Link, Recognition

SOURCE = "jd"
INTEGRATION = "link"

_BY_PATH = re.compile(r"/(?:product/|detail/)?(\d{4,20})\.html")
_SHORT = ("u.jd.com", "3.cn", "union-click.jd.com", "union-click.jd.hk", "kzan.jd.com")


def recognise_link(link: Link) -> Recognition | None:
    """A JD link of any form, or ``None``."""
    if not link.under("jd.com", "jd.hk", "yiyaojd.com", "3.cn"):
        return None
    if link.under(*_SHORT):
        return _found(0.95, _("A JD short or union link; JD alone can tell which product."), link)
    by_path = _BY_PATH.match(link.path)
    product = by_path.group(1) if by_path else link.first("sku", "skuId", "wareId")
    if product.isascii() and product.isdigit() and 4 <= len(product) <= 20:
        return _found(1.0, _("A JD product page."), link, product)
    return _found(0.5, _("A page of JD, but not one product's."), link)


def _found(confidence: float, why: str | Promise, link: Link, external_id: str = "") -> Recognition:
    return Recognition(
        source=SOURCE,
        integration=INTEGRATION,
        confidence=confidence,
        why=why,
        external_id=external_id,
        url=link.url,
    )
