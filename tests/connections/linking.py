"""What tests of links that pay need: accounts, goods that lead elsewhere, buyers who leave."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection as database

from tests.factories import make_operator
from tests.sources.contract import jd as jd_contract
from tests.sources.contract import taobao as taobao_contract
from yellowcart.catalog.actions import do_create_link_product
from yellowcart.catalog.models import Product
from yellowcart.connections import actions, links
from yellowcart.connections.models import Connection
from yellowcart.core.clock import now, wall
from yellowcart.listings import paying
from yellowcart.listings.cart import BY_IDS, decode_row
from yellowcart.listings.models import Click, Listing
from yellowcart.orders.models import Conversion
from yellowcart.people.models import Account
from yellowcart.settlement.duties import do_follow, on_conversions
from yellowcart.settlement.models import Bill
from yellowcart.shops.models import Shop
from yellowcart.sources.connectors.mainland import beijing_text
from yellowcart.sources.share import recognise

JD_PAGE = "https://item.jd.com/100012043978.html"
TAOBAO_TEXT = "【夏季连衣裙2026】https://m.tb.cn/h.3n52vLA 复制￥E9XXbOaNcwP￥后到👉淘♂寳♀👈"
ITEM = "587584692337"


def jd_account(shop: Shop, owner: Account) -> Connection:
    typed = {"app_key": jd_contract.KEY, "app_secret": jd_contract.SECRET}
    return actions.do_connect(actor=owner, shop=shop, source="jd", typed=typed)


def taobao_account(shop: Shop, owner: Account) -> Connection:
    typed = {
        "app_key": taobao_contract.KEY,
        "app_secret": taobao_contract.SECRET,
        "pid": taobao_contract.PID,
    }
    return actions.do_connect(actor=owner, shop=shop, source="taobao", typed=typed)


def platforms(account: Connection) -> Connection:
    return links.do_set_for_platform(
        actor=make_operator(), connection_id=account.id, for_platform=True
    )


def paste(shop: Shop, owner: Account, text: str) -> Product:
    product = do_create_link_product(
        actor=owner, shop=shop, found=recognise(text), title="Dress", price_minor=5_980
    )
    Product.objects.filter(id=product.id).update(review_state="approved", on_shelf=True)
    product.refresh_from_db()
    return product


def offer(product: Product, creator: Account | None = None) -> Listing:
    return Listing.objects.create(
        shop=product.shop,
        product=product,
        surface="live_room" if creator else "shop_page",
        container_id=uuid4(),
        creator_id=creator.id if creator else None,
        source=product.source,
        integration=product.integration,
        shop_type=product.shop.type,
    )


def way_out(listing: Listing, at: datetime | None = None):
    """The link that a buyer leaves a listing by, as the edge reads it."""
    with database.cursor() as cursor:
        cursor.execute(
            f"SELECT q.item::text FROM ({BY_IDS}) q",  # noqa: S608  a constant
            {"ids": [listing.id]},
        )
        return paying.through(decode_row(cursor.fetchone()[0]), at or wall())


def leave(listing: Listing, minutes_ago: float = 60) -> Click:
    """A buyer left so long ago through what is the way out by now."""
    found = way_out(listing)
    return Click.objects.create(
        listing=listing,
        shop_id=listing.shop_id,
        product_id=listing.product_id,
        source=listing.source,
        surface=listing.surface,
        container_id=listing.container_id,
        creator_id=listing.creator_id,
        link_id=found.id if found else None,
        at=now() - timedelta(minutes=minutes_ago),
    )


def lately() -> str:
    """When the source changed what the next round is to find."""
    return beijing_text(wall() - timedelta(seconds=2))


def jd_sells(union: jd_contract.Union, number: int, sub_union_id: str, minutes_ago: float) -> None:
    at = beijing_text(wall() - timedelta(minutes=minutes_ago))
    told = sub_union_id.replace("-", "")
    union.rows.append(jd_contract.row(number, 16, lately(), orderTime=at, subUnionId=told))


def billed() -> int:
    """How many of the sales told are on the books, once these followed."""
    for row in Conversion.objects.order_by("id"):
        payload = {"source": row.source, "external_order_id": row.external_order_id}
        on_conversions([type("Told", (), {"payload": payload, "shop_id": row.shop_id})()])
    do_follow()
    return Bill.objects.filter(kind="conversion").count()
