"""What a creator may do about a notice: native goods in the place of links, or other shops'."""

import pytest
from django.test import Client
from tests.factories import make_account, make_shop
from tests.web_creator.conftest import World

from yellowcart.catalog.models import Product
from yellowcart.catalog.supply import do_list_supplier_goods
from yellowcart.core.clock import now
from yellowcart.listings.models import Listing
from yellowcart.live.actions import do_pin
from yellowcart.live.models import Room
from yellowcart.notices.models import Notice
from yellowcart.people.models import Account
from yellowcart.shops.models import ShopMember
from yellowcart.videos.models import Video


def tell(account: Account, *products: Product, party: str = "creator") -> Notice:
    return Notice.objects.create(
        account=account,
        party=party,
        rule_key="cut",
        rule_revision=1,
        stage="announced",
        effective_at=now(),
        title_en="Links leave live carts",
        title_zh="链接不能挂直播间",
        body_en="From midnight on.",
        body_zh="零点起。",
        hit={
            "effect": "barred",
            "surfaces": ["live_room", "short_video"],
            "products": [str(product.id) for product in products],
        },
    )


def url(notice: Notice, path: str = "") -> str:
    return f"/creator/notices/{notice.id}/{path}"


@pytest.fixture
def notice(filled: World) -> Notice:
    return tell(filled.creator, filled.youzan, filled.mokuai)


def with_a_shop(world: World) -> None:
    ShopMember.objects.create(shop=world.shop, account=world.creator, role="owner")


def page(client: Client, notice: Notice, path: str = "") -> str:
    reply = client.get(url(notice, path))
    assert reply.status_code == 200
    return reply.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_one_click_puts_native_goods_of_ones_shop_in_the_links_place(
    filled: World, sign_in, notice: Notice, language
):
    with_a_shop(filled)
    do_pin(filled.creator, filled.room.id, filled.listing(filled.mokuai).id)
    client = sign_in(filled.creator, language)
    assert url(notice, "convert/") in page(client, notice)
    client.post(url(notice, "convert/"))
    native = filled.cart()[2]
    assert (native.integration, native.shop) == ("native", filled.shop)
    assert filled.youzan in filled.cart()
    assert filled.mokuai not in filled.cart()
    room = Room.objects.get(id=filled.room.id)
    assert room.pinned_listing_id == filled.listing(native).id
    assert url(notice, "convert/") not in page(client, notice)
    client.post(url(notice, "convert/"))
    assert filled.cart()[2] == native


def test_links_under_videos_follow_and_those_where_the_rule_does_not_reach_stay(
    filled: World, sign_in, notice: Notice
):
    with_a_shop(filled)
    video = Video.objects.create(creator=filled.creator, title="Tea", published_at=now())
    for surface, place in (("short_video", video.id), ("profile", filled.creator.id)):
        Listing.objects.create(
            shop=filled.shop,
            shop_type=filled.shop.type,
            product=filled.mokuai,
            surface=surface,
            container_id=place,
            creator_id=filled.creator.id,
            source=filled.mokuai.source,
            integration="link",
            position=1,
        )
    sign_in(filled.creator).post(url(notice, "convert/"))
    there = Listing.objects.filter(state="mounted").exclude(surface="live_room")
    found = {row.surface: row.product.integration for row in there.select_related("product")}
    assert found == {"short_video": "native", "profile": "link"}


def test_without_a_shop_one_chooses_among_other_shops_goods(filled: World, sign_in, notice: Notice):
    shops = [make_shop(filled.rival, name=name) for name in ("Near tea", "Far tea")]
    for shop in shops:
        do_list_supplier_goods(actor=filled.rival, supplier=filled.supplier, shop=shop)
    client = sign_in(filled.creator)
    first = page(client, notice)
    assert url(notice, "convert/") not in first
    assert url(notice, "choose/") in first
    choices = page(client, notice, "choose/")
    assert "Near tea" in choices
    assert "Far tea" in choices
    wanted = Product.objects.get(shop=shops[1], integration="native")
    name = f"native-{filled.listing(filled.mokuai).id}"
    client.post(url(notice, "choose/"), {name: ""})
    assert filled.mokuai in filled.cart()
    client.post(url(notice, "choose/"), {name: str(wanted.id)})
    assert filled.cart()[2] == wanted


def test_only_the_same_goods_can_be_chosen(filled: World, sign_in, notice: Notice):
    other = make_shop(filled.rival)
    do_list_supplier_goods(actor=filled.rival, supplier=filled.supplier, shop=other)
    for product in (filled.native, filled.youzan):
        name = f"native-{filled.listing(filled.mokuai).id}"
        sign_in(filled.creator).post(url(notice, "choose/"), {name: str(product.id)})
    assert filled.mokuai in filled.cart()


def test_what_nobody_offers_natively_is_said(filled: World, sign_in):
    notice = tell(filled.creator, filled.youzan)
    text = page(sign_in(filled.creator), notice)
    assert "ask its shop to list them itself" in text
    assert url(notice, "convert/") not in text
    assert url(notice, "choose/") not in text


def test_nobody_changes_anothers_carts_by_a_notice(filled: World, sign_in, notice: Notice):
    with_a_shop(filled)
    ShopMember.objects.create(shop=filled.shop, account=filled.rival, role="owner")
    before = filled.cart()
    for path in ("convert/", "choose/"):
        assert sign_in(filled.rival).post(url(notice, path)).status_code == 404
    for account in (filled.buyer, filled.operator, make_account()):
        for path in ("convert/", "choose/"):
            assert sign_in(account).post(url(notice, path)).status_code == 403
    assert Client().post(url(notice, "convert/")).status_code == 302
    # A notice to somebody else that names the same goods reaches their own carts alone.
    theirs = tell(filled.rival, filled.mokuai)
    sign_in(filled.rival).post(url(theirs, "convert/"))
    assert filled.cart() == before


def test_a_source_and_a_shop_have_no_button_for_carts_here(filled: World, sign_in):
    with_a_shop(filled)
    notice = tell(filled.creator, filled.mokuai, party="source")
    client = sign_in(filled.creator)
    assert url(notice, "convert/") not in page(client, notice)
    client.post(url(notice, "convert/"))
    assert filled.mokuai in filled.cart()
