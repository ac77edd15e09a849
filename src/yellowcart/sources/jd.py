"""JD (京东): product, short and union links."""

import re

from django.utils.translation import gettext_lazy as _

from yellowcart.sources.recognition import Link, Recognition

SOURCE = "jd"

_BY_PATH = re.compile(r"/(?:product/|detail/)?(\d{4,20})\.html")
_SHORT = ("u.jd.com", "3.cn", "union-click.jd.com", "union-click.jd.hk", "kzan.jd.com")


def recognise_link(link: Link) -> Recognition | None:
    """A JD link of any form, or ``None``."""
    if not link.under("jd.com", "jd.hk", "yiyaojd.com", "3.cn"):
        return None
    if link.under(*_SHORT):
        return Recognition(
            SOURCE,
            0.95,
            _("A JD short or union link; JD alone can tell which product."),
            url=link.url,
        )
    by_path = _BY_PATH.match(link.path)
    product = by_path.group(1) if by_path else link.first("sku", "skuId", "wareId")
    if product.isascii() and product.isdigit() and 4 <= len(product) <= 20:
        return Recognition(SOURCE, 1.0, _("A JD product page."), external_id=product, url=link.url)
    return Recognition(SOURCE, 0.5, _("A page of JD, but not one product's."), url=link.url)
