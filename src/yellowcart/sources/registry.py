"""Every connector, by the code of its source. A new one is a file of its own and a line here."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.sources.connector import Connector
from yellowcart.sources.connectors.doudian import Doudian
from yellowcart.sources.connectors.jd import JD
from yellowcart.sources.connectors.kuaishou import Kuaishou
from yellowcart.sources.connectors.medusa import Medusa
from yellowcart.sources.connectors.shopify import Shopify
from yellowcart.sources.connectors.supplier import Mokuai, Supplier
from yellowcart.sources.connectors.taobao import Taobao
from yellowcart.sources.connectors.tiktok_shop import TikTokShop
from yellowcart.sources.connectors.vendure import Vendure
from yellowcart.sources.connectors.woocommerce import WooCommerce
from yellowcart.sources.connectors.youzan import Youzan

_ALL: Final[tuple[Connector, ...]] = (
    Supplier(),
    Mokuai(),
    Vendure(),
    Medusa(),
    WooCommerce(),
    Shopify(),
    TikTokShop(),
    Youzan(),
    Taobao(),
    Kuaishou(),
    Doudian(),
    JD(),
)
CONNECTORS: Final[dict[str, Connector]] = {one.source: one for one in _ALL}


def connector_of(source: str) -> Connector:
    """The connector of a source; ``source_unconnectable`` where there is none."""
    try:
        return CONNECTORS[source]
    except KeyError:
        raise Problem(
            "source_unconnectable",
            404,
            _("Stores of this source can't be connected here. Choose another source."),
        ) from None
