"""Fill an empty installation once: the street, its rooms on air, and thirty days behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from yellowcart.catalog.models import Product, Sku
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.demo import film, goods, selling, street
from yellowcart.demo.afterwards import Afterwards
from yellowcart.demo.giving import let_give
from yellowcart.demo.history import DAYS, Past, Places
from yellowcart.demo.money import settle_past
from yellowcart.listings.actions import do_mount
from yellowcart.listings.containers import Container
from yellowcart.live.actions import do_go_live, do_pin, do_schedule_room
from yellowcart.live.models import Room
from yellowcart.people.actions import do_apply_for_permit
from yellowcart.people.conditions import PermitName
from yellowcart.people.models import Account
from yellowcart.policy.actions import do_draft_rule
from yellowcart.shops.models import Shop
from yellowcart.videos.models import Video

APPAREL = Path(__file__).parent / "data" / "shopify_apparel.csv"


@dataclass(frozen=True)
class Shelves:
    """What is on sale on the street, by who sells it."""

    apparel: list[Product]
    outdoor: list[Product]
    youzan: list[Product]
    alliance: list[Product]
    shopify: list[Product]
    supplied: list[Product]
    by_xiaolan: list[Product]
    by_dafei: list[Product]


def fill_once() -> bool:
    """Open the demo's street unless anybody is here already; whether it was opened."""
    if Account.objects.exists():
        return False
    with transaction.atomic():
        people = street.open_accounts()
        shelves = _stock(people)
        videos = _publish(people, shelves)
        _remember(people, shelves, videos)
        _follow(people, shelves)
        _go_on_air(people, shelves)
        _show_again(people, shelves)
        _draft(people["operator"])
    return True


def _stock(people: dict[str, Account]) -> Shelves:
    operator, lin, zhou, mokuai = (people[name] for name in ("operator", "lin", "zhou", "mokuai"))
    wardrobe = street.open_shop(
        lin, "lin-wardrobe", "林家衣橱", "enterprise", "native", "衬衫、外套和针织，当季上新。"
    )
    outdoor = street.open_shop(
        lin,
        "mountain-gate",
        "山门户外旗舰店",
        "flagship",
        "native",
        "帐篷、徒步鞋和一切能带上山的。",
    )
    zhou_shop = street.open_shop(
        zhou,
        "zhou-goods",
        "周记好物",
        "sole_trader",
        "youzan",
        "有赞、淘宝、京东的好货，都在这里。",
    )
    supplier = street.open_shop(
        mokuai, "mokuai-select", "魔筷星选", "supplier", "mokuai", "供应链一件代发，一键上架。"
    )
    selling.let_hosts_sell(lin, wardrobe, outdoor)

    own = {}
    for name, handle, title in (
        ("xiaolan", "xiaolan-shop", "小岚的小店"),
        ("dafei", "dafei-shop", "大飞的小店"),
    ):
        own[name] = street.open_shop(
            people[name], handle, title, "personal", "native", "主播自己的小店。"
        )
        do_apply_for_permit(people[name], PermitName.SELL_OWN)

    def links(shop: Shop, owner: Account, wanted: Iterable[goods.LinkGood]) -> list[Product]:
        return [street.add_link(operator, owner, shop, good) for good in wanted]

    shelves = Shelves(
        apparel=street.import_goods(operator, lin, wardrobe, APPAREL),
        outdoor=[street.add_native(operator, lin, outdoor, good) for good in goods.OUTDOOR],
        youzan=links(zhou_shop, zhou, goods.YOUZAN),
        alliance=links(zhou_shop, zhou, goods.TAOBAO + goods.JD),
        shopify=links(zhou_shop, zhou, goods.SHOPIFY),
        supplied=links(supplier, mokuai, goods.MOKUAI),
        by_xiaolan=links(own["xiaolan"], people["xiaolan"], goods.MOKUAI[2:]),
        by_dafei=links(own["dafei"], people["dafei"], goods.MOKUAI[:2]),
    )
    street.stock_supplier(supplier, goods.MOKUAI_STOCK, mokuai)
    return shelves


def _publish(people: dict[str, Account], shelves: Shelves) -> dict[str, Video]:
    """Short videos, profiles and shop pages, with their goods."""
    lin, zhou = people["lin"], people["zhou"]
    videos = {}
    for name, title, cover, wanted in (
        ("xiaolan", "三套通勤穿搭，一周不重样", "cover-wardrobe", shelves.apparel[:3]),
        ("dafei", "一个人的露营装备清单", "cover-outdoor", shelves.outdoor[:2]),
    ):
        creator = people[name]
        videos[name] = Video.objects.create(
            creator=creator,
            title=title,
            cover_url=f"/static/demo/{cover}.svg",
            published_at=now() - timedelta(days=2),
        )
        supplied = shelves.by_xiaolan if name == "xiaolan" else shelves.by_dafei
        links = [*shelves.youzan[:2], *supplied[:1], *shelves.alliance[:1]]
        _mount_all(creator, Container("short_video", videos[name].id, creator.id), wanted + links)
        _mount_all(creator, Container("profile", creator.id, creator.id), wanted[:1] + links)
    for owner, products in (
        (lin, shelves.apparel),
        (lin, shelves.outdoor),
        (zhou, shelves.youzan + shelves.alliance + shelves.shopify),
        (people["mokuai"], shelves.supplied),
        (people["xiaolan"], shelves.by_xiaolan),
        (people["dafei"], shelves.by_dafei),
    ):
        _mount_all(owner, Container("shop_page", products[0].shop_id, None), products[:20])
    return videos


def _remember(people: dict[str, Account], shelves: Shelves, videos: dict[str, Video]) -> None:
    creators = [people["xiaolan"], people["dafei"]]
    native = Sku.objects.filter(product__in=shelves.apparel + shelves.outdoor)
    links = shelves.youzan + shelves.alliance + shelves.shopify
    links = links + shelves.by_xiaolan + shelves.by_dafei
    past = Past(
        native=list(native.select_related("product__shop").order_by("id")),
        links=list(
            Product.objects.filter(id__in=[product.id for product in links])
            .select_related("shop")
            .prefetch_related("skus")
            .order_by("id")
        ),
        buyers=[people["ming"], people["emma"]],
        places=Places(creators, {people[name].id: video.id for name, video in videos.items()}),
    )
    past.write()
    settle_past(past.orders, past.conversions, DAYS)


def _follow(people: dict[str, Account], shelves: Shelves) -> None:
    """What became of a few orders; clothes of one SKU each, so that rooms keep theirs."""
    skus = Sku.objects.filter(product__in=shelves.apparel[-2:]).select_related("product")
    by_product = {sku.product_id: sku for sku in skus.order_by("-id")}
    Afterwards(people["lin"], people["xiaolan"], list(by_product.values())).write(
        people["ming"], people["emma"]
    )


def _go_on_air(people: dict[str, Account], shelves: Shelves) -> None:
    at = now()
    shows = (
        (
            "xiaolan",
            "秋冬上新\u00a0· 全场现货",
            "cover-wardrobe",
            [
                *shelves.apparel[:5],
                *shelves.youzan[:3],
                *shelves.by_xiaolan,
                *shelves.shopify[:1],
            ],
        ),
        (
            "dafei",
            "周末去山里\u00a0· 户外专场",
            "cover-outdoor",
            [
                *shelves.outdoor,
                *shelves.youzan[3:],
                *shelves.by_dafei,
                *shelves.alliance,
                *shelves.shopify[1:],
            ],
        ),
    )
    for name, title, cover, products in shows:
        creator = people[name]
        room = _schedule(creator, title, cover, at)
        listings = _mount_all(creator, Container("live_room", room.id, creator.id), products)
        do_go_live(creator, room.id)
        do_pin(creator, room.id, listings[0])
        if name == "xiaolan":
            let_give(people, room)
        selling.offer_something(people["lin"], creator, room, listings)
    for name, title, cover, hours in (
        ("xiaolan", "116 返场\u00a0· 熬夜也要买的针织", "cover-night", 20),
        ("dafei", "新手露营，从哪件装备买起", "cover-kitchen", 44),
    ):
        _schedule(people[name], title, cover, at + timedelta(hours=hours))


def _show_again(people: dict[str, Account], shelves: Shelves) -> None:
    """A show of last night with its replay, where this installation carries video."""
    if settings.MEDIA_OFF:
        return
    film.plan_show(
        people["dafei"],
        "第一次露营，怎么选装备",
        "/static/demo/cover-outdoor.svg",
        shelves.outdoor[:4],
    )


def _schedule(creator: Account, title: str, cover: str, at: datetime) -> Room:
    room = do_schedule_room(creator, title=title, scheduled_at=at)
    Room.objects.filter(id=room.id).update(cover_url=f"/static/demo/{cover}.svg")
    return room


def _mount_all(actor: Account, container: Container, products: Iterable[Product]) -> list[UUID]:
    """Mount what the rules of this instant let in; the ids of the listings."""
    listings = []
    for product in products:
        try:
            listings.append(do_mount(actor, container, product.id).id)
        except Problem as problem:
            if problem.code != "barred_by_policy":
                raise
    return listings


def _draft(operator: Account) -> None:
    """A rule that waits on the desk to be rehearsed and announced."""
    begins = (now() + timedelta(days=8)).replace(hour=16, minute=0, second=0, microsecond=0)
    do_draft_rule(
        "Shopify links leave live rooms",
        {
            "key": "house.shopify-live",
            "sources": ["shopify"],
            "integrations": ["link"],
            "surfaces": ["live_room"],
            "outcome": "deny",
            "effective_from": begins.isoformat(),
            "reason": {
                "en": "Shopify links can no longer be mounted in live rooms.",
                "zh": "直播间小黄车不再支持挂载 Shopify 商品链接。",
            },
            "remedy": {
                "en": "Offer them in short videos, or list them as native goods.",
                "zh": "可在短视频中挂载，或上架为自营商品。",
            },
        },
        by=operator.id,
    )
