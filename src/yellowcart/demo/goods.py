"""What the demo's shops sell. Prices in fen."""

from typing import NamedTuple


class LinkGood(NamedTuple):
    """Goods that are bought elsewhere: what a merchant pastes, and what the demo knows of it."""

    pasted: str
    title: str
    price_minor: int
    picture: str


class NativeGood(NamedTuple):
    """Goods of a native shop or a supplier: variants as (options, stock)."""

    title: str
    price_minor: int
    compare_at_minor: int | None
    picture: str
    option_name: str
    variants: tuple[tuple[str, int], ...]
    words: str


YOUZAN = (
    LinkGood(
        "https://detail.youzan.com/show/goods?alias=2osp1c7ykm9yw1x",
        "手冲咖啡壶套装 600ml",
        16900,
        "good-cup",
    ),
    LinkGood(
        "https://shop90137286.youzan.com/v2/goods/36cfv9f4oqm8wss",
        "床头氛围小夜灯",
        8900,
        "good-lamp",
    ),
    LinkGood(
        "https://shop90137286.youzan.com/v2/goods/1yf8kq0z6mvuwkt",
        "帆布托特包 大容量",
        12900,
        "good-bag",
    ),
    LinkGood(
        "https://detail.youzan.com/show/goods?alias=3nt6xw5i2kfk0cq",
        "云南高原苹果 5 斤装",
        4990,
        "good-fruit",
    ),
)
TAOBAO = (
    LinkGood(
        "【轻便徒步鞋 男女同款】https://m.tb.cn/h.3n52vLA 点击链接，再选择浏览器咑閞；"
        "或復·制这段描述￥E1UAbOaNcwP￥后到👉淘♂寳♀👈",
        "轻便徒步鞋 男女同款",
        23900,
        "good-shoe",
    ),
    LinkGood(
        "https://detail.tmall.com/item.htm?id=610947572360",
        "家用收纳箱 三件套",
        7900,
        "good-box",
    ),
)
JD = (
    LinkGood(
        "https://item.jd.com/100012043978.html",
        "316 不锈钢保温杯 500ml",
        9900,
        "good-bottle",
    ),
)
SHOPIFY = (
    LinkGood(
        "https://nordlicht-studio.myshopify.com/products/walnut-desk-lamp",
        "Walnut desk lamp 胡桃木台灯",
        45900,
        "good-lamp",
    ),
    LinkGood(
        "https://nordlicht-studio.myshopify.com/products/everyday-backpack",
        "Everyday backpack 通勤双肩包",
        39900,
        "good-bag",
    ),
)
MOKUAI = (
    LinkGood(
        "https://m.mokuai.com/item/90210011",
        "魔筷星选 便携榨汁杯",
        9900,
        "good-bottle",
    ),
    LinkGood(
        "https://m.mokuai.com/item/90210012",
        "魔筷星选 双人露营帐篷",
        32900,
        "good-tent",
    ),
    LinkGood(
        "https://m.mokuai.com/item/90210013",
        "魔筷星选 应季水果礼盒",
        8800,
        "good-fruit",
    ),
    LinkGood(
        "https://m.mokuai.com/item/90210014",
        "魔筷星选 陶瓷马克杯",
        4900,
        "good-cup",
    ),
)
#: Pieces of each Mokuai good in the supplier's warehouse.
MOKUAI_STOCK = 300

OUTDOOR = (
    NativeGood(
        "全自动速开帐篷",
        39900,
        49900,
        "good-tent",
        "规格",
        (("2 人", 40), ("4 人", 25)),
        "<p>三秒撑开，防雨 3000 毫米，附地钉与收纳袋。</p>",
    ),
    NativeGood(
        "轻量徒步鞋",
        29900,
        None,
        "good-shoe",
        "尺码",
        (("39", 12), ("40", 20), ("41", 20), ("42", 16), ("43", 6)),
        "<p>橡胶大底，干湿地都抓得住。</p>",
    ),
    NativeGood(
        "真空保温壶 750ml",
        15900,
        19900,
        "good-bottle",
        "颜色",
        (("雪山白", 60), ("松林绿", 45)),
        "<p>早上灌的热水，晚上还烫嘴。</p>",
    ),
    NativeGood(
        "户外收纳箱",
        12900,
        None,
        "good-box",
        "颜色",
        (("沙色", 30), ("军绿", 0)),
        "<p>能坐、能当桌，承重 150 公斤。</p>",
    ),
)
