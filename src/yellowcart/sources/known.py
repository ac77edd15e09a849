"""The sources Yellowcart knows from the start: names, usual integration, attribution window."""

from typing import Final, NamedTuple


class KnownSource(NamedTuple):
    """One row of the ``Source`` table; the window is in days from the click."""

    code: str
    name_en: str
    name_zh: str
    integration: str
    track_window_days: int = 15


KNOWN: Final = (
    KnownSource("native", "Own shop", "自营", "native"),
    KnownSource("youzan", "Youzan", "有赞", "link"),
    KnownSource("mokuai", "Mokuai", "魔筷", "link"),
    KnownSource("taobao", "Taobao", "淘宝", "link"),
    KnownSource("tmall", "Tmall", "天猫", "link"),
    KnownSource("jd", "JD.com", "京东", "link"),
    KnownSource("kuaishou", "Kuaishou", "快手", "link"),
    KnownSource("doudian", "Doudian", "抖店", "link"),
    KnownSource("pinduoduo", "Pinduoduo", "拼多多", "link"),
    KnownSource("shopify", "Shopify", "Shopify", "link", 30),
    KnownSource("woocommerce", "WooCommerce", "WooCommerce", "link", 30),
    KnownSource("supplier", "Supplier", "供货商", "supply"),
    KnownSource("vendure", "Vendure", "Vendure", "supply"),
    KnownSource("medusa", "Medusa", "Medusa", "supply"),
    KnownSource("tiktok_shop", "TikTok Shop", "TikTok Shop", "link"),
)
