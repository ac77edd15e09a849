"""The words rules are written in: where goods are offered, where they come from, who offers.

These are the values a rule may name. Surfaces, integrations and shop types are closed lists;
sources are open, and a rule pack may add its own.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from yellowcart.core.texts import Text


class Surface(StrEnum):
    """Where goods can be offered."""

    LIVE_ROOM = "live_room"
    SHORT_VIDEO = "short_video"
    PRODUCT_PAGE = "product_page"
    PROFILE = "profile"
    SHOP_PAGE = "shop_page"
    REPLAY = "replay"


class Integration(StrEnum):
    """How a source is joined: sold here, by a link the buyer leaves through, or supplied."""

    NATIVE = "native"
    LINK = "link"
    SUPPLY = "supply"


SURFACES: Final = tuple(surface.value for surface in Surface)
SURFACE_NAMES: Final = MappingProxyType(
    {
        "live_room": Text("live room", "直播间"),
        "short_video": Text("short video", "短视频"),
        "product_page": Text("product page", "商品详情页"),
        "profile": Text("profile", "个人主页"),
        "shop_page": Text("shop page", "店铺页"),
        "replay": Text("replay", "直播回放"),
    }
)
"""What people call each surface, for sentences that are data."""

INTEGRATIONS: Final = tuple(integration.value for integration in Integration)
SHOP_TYPES: Final = (
    "flagship",
    "exclusive",
    "specialty",
    "mall_flagship",
    "enterprise",
    "personal",
    "sole_trader",
    "cross_border",
    "supplier",
)

USUAL_INTEGRATION: Final = MappingProxyType(
    {
        "native": Integration.NATIVE.value,
        "youzan": Integration.LINK.value,
        "mokuai": Integration.LINK.value,
        "taobao": Integration.LINK.value,
        "tmall": Integration.LINK.value,
        "jd": Integration.LINK.value,
        "pinduoduo": Integration.LINK.value,
        "shopify": Integration.LINK.value,
        "woocommerce": Integration.LINK.value,
        "offsite": Integration.LINK.value,
    }
)
"""How each known source is joined where nobody said otherwise.

``offsite`` is any address outside the platform that belongs to no source the platform knows.
"""


def usual_integration(source: str) -> str:
    """The integration meant where a question names only the source."""
    return USUAL_INTEGRATION.get(source, Integration.LINK.value)
