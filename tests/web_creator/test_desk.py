"""The host's cart before, at and after the cut-over."""

import pytest
from django.test import Client
from tests.factories import make_product, make_shop
from tests.web_creator.conftest import AFTER, World, at

from yellowcart.catalog.models import Product
from yellowcart.catalog.supply import do_list_supplier_goods
from yellowcart.core.ids import new_id
from yellowcart.inventory.queries import levels_of
from yellowcart.listings.models import Listing
from yellowcart.live.models import Room
from yellowcart.media.models import StreamKey
from yellowcart.people.models import Permit
from yellowcart.shops.models import ShopMember


def act(client: Client, world: World, product: Product, do: str, **headers: str):
    url = world.url(f"cart/{world.listing(product).id}/")
    return client.post(url, {"do": do}, headers=headers or None)


def line_of(reply, product: Product) -> dict:
    return next(one for one in reply.context["lines"] if one["row"].product_id == product.id)


def test_goods_are_mounted_once(world: World, sign_in):
    client = sign_in(world.creator)
    url = world.url(f"cart/mount/{world.native.id}/")
    assert client.post(url).url == world.url()
    reply = client.post(url, headers={"HX-Request": "true"})
    assert "in the cart already" in reply.content.decode()
    assert world.cart() == [world.native]


def test_without_the_permit_to_promote_nothing_of_others_is_mounted(world: World, sign_in):
    Permit.objects.filter(permit="promote").delete()
    client = sign_in(world.creator)
    reply = client.post(world.url(f"cart/mount/{world.native.id}/"), follow=True)
    assert "permit to promote" in reply.content.decode()
    assert world.cart() == []


def test_a_rule_to_come_is_counted_down_beside_the_listing(filled: World, sign_in):
    reply = sign_in(filled.creator).get(filled.url())
    line = line_of(reply, filled.youzan)
    assert line["permitted"]
    assert line["coming"].rule == "cut"
    assert line_of(reply, filled.native)["coming"] is None
    assert "Will be barred here in" in reply.content.decode()


def test_after_the_cut_the_desk_says_what_why_and_where_else(filled: World, sign_in):
    at(AFTER)
    reply = sign_in(filled.creator).get(filled.url("cart/"))
    page = reply.content.decode()
    assert reply.context["barred_count"] == 2
    verdict = line_of(reply, filled.youzan)["verdict"]
    assert (verdict.rule, verdict.outcome) == ("cut", "deny")
    assert "profile" in verdict.open_surfaces
    assert "because" in page
    assert "do that" in page


def test_what_is_barred_is_neither_explained_nor_mounted_again(filled: World, sign_in):
    at(AFTER)
    client = sign_in(filled.creator)
    assert (
        "doesn&#x27;t allow this"
        in act(client, filled, filled.youzan, "pin", **{"HX-Request": "true"}).content.decode()
    )
    assert Room.objects.get(id=filled.room.id).pinned_listing_id is None
    act(client, filled, filled.youzan, "unmount")
    reply = client.post(filled.url(f"cart/mount/{filled.youzan.id}/"), follow=True)
    assert "doesn&#x27;t allow this" in reply.content.decode()
    assert filled.youzan not in filled.cart()


def test_one_click_puts_native_goods_in_the_links_place(filled: World, sign_in):
    """The creator works for the shop: the click lists the supplier's goods there first."""
    ShopMember.objects.create(shop=filled.shop, account=filled.creator, role="manager")
    at(AFTER)
    client = sign_in(filled.creator)
    assert line_of(client.get(filled.url("cart/")), filled.mokuai)["way"].shop == filled.shop
    act(client, filled, filled.mokuai, "convert")
    native = filled.cart()[2]
    assert (native.integration, native.shop) == ("native", filled.shop)
    original = Product.objects.get(shop=filled.supplier)
    assert levels_of(native.skus.all())[native.skus.get().id].free == 10
    assert native.skus.get().stock_sku_id == original.skus.get().stock_sku_id
    assert filled.mokuai not in filled.cart()
    assert client.get(filled.url("cart/")).context["barred_count"] == 1


def test_another_shops_native_copy_is_a_way_back_too(filled: World, sign_in):
    other = make_shop(filled.rival)
    do_list_supplier_goods(actor=filled.rival, supplier=filled.supplier, shop=other)
    at(AFTER)
    client = sign_in(filled.creator)
    assert line_of(client.get(filled.url("cart/")), filled.mokuai)["way"].shop == other
    act(client, filled, filled.mokuai, "convert")
    assert filled.cart()[2].shop == other


def test_what_nobody_supplies_has_no_way_back(filled: World, sign_in):
    at(AFTER)
    client = sign_in(filled.creator)
    assert line_of(client.get(filled.url("cart/")), filled.youzan)["way"] is None
    reply = act(client, filled, filled.youzan, "convert", **{"HX-Request": "true"})
    assert "can&#x27;t be converted" in reply.content.decode()
    assert filled.youzan in filled.cart()


def test_a_barred_link_goes_to_the_profile(filled: World, sign_in):
    at(AFTER)
    act(sign_in(filled.creator), filled, filled.youzan, "profile")
    listing = Listing.objects.get(surface="profile", product=filled.youzan)
    assert listing.container_id == filled.creator.id


def test_the_arrows_move_a_listing(filled: World, sign_in):
    client = sign_in(filled.creator)
    act(client, filled, filled.mokuai, "up")
    assert filled.cart() == [filled.native, filled.mokuai, filled.youzan]
    act(client, filled, filled.native, "up")
    act(client, filled, filled.youzan, "down")
    assert filled.cart() == [filled.native, filled.mokuai, filled.youzan]
    act(client, filled, filled.native, "down")
    assert filled.cart() == [filled.mokuai, filled.native, filled.youzan]


def test_one_listing_is_explained_at_a_time(filled: World, sign_in):
    client = sign_in(filled.creator)
    act(client, filled, filled.native, "pin")
    act(client, filled, filled.youzan, "pin")
    assert Room.objects.get(id=filled.room.id).pinned_listing_id == filled.listing(filled.youzan).id
    act(client, filled, filled.youzan, "unpin")
    assert Room.objects.get(id=filled.room.id).pinned_listing_id is None
    act(client, filled, filled.native, "pin")
    act(client, filled, filled.native, "unmount")
    assert Room.objects.get(id=filled.room.id).pinned_listing_id is None


@pytest.mark.parametrize("do", ["", "destroy"])
def test_an_unknown_deed_or_listing_is_refused(filled: World, sign_in, do: str):
    client = sign_in(filled.creator)
    assert act(client, filled, filled.native, do).status_code == 404
    assert client.post(filled.url(f"cart/{new_id()}/"), {"do": "up"}).status_code == 404
    assert len(filled.cart()) == 3


def test_a_listing_of_another_room_is_out_of_reach(filled: World, sign_in):
    other = Room.objects.create(
        creator=filled.rival, title="Other", scheduled_at=filled.room.scheduled_at
    )
    client = sign_in(filled.rival)
    url = f"/creator/rooms/{other.id}/cart/{filled.listing(filled.native).id}/"
    assert client.post(url, {"do": "unmount"}).status_code == 404
    assert filled.native in filled.cart()


def test_goods_are_found_by_words_with_their_verdict(filled: World, sign_in):
    at(AFTER)
    client = sign_in(filled.creator)
    rows = client.get(filled.url(), {"q": "cup"}).context["goods_rows"]
    assert {row["product"] for row in rows} == {filled.youzan, filled.mokuai}
    assert not any(row["verdict"].allowed for row in rows)
    assert all(row["mounted"] for row in rows)


def test_without_the_permit_only_own_goods_are_found(world: World, sign_in):
    Permit.objects.filter(permit="promote").delete()
    client = sign_in(world.creator)
    assert client.get(world.url(), {"q": ""}).context["goods_rows"] == []
    ShopMember.objects.create(shop=world.shop, account=world.creator, role="owner")
    assert len(client.get(world.url(), {"q": ""}).context["goods_rows"]) == 3


def test_a_pasted_link_finds_its_goods(world: World, sign_in):
    product = make_product(
        world.shop, source="taobao", integration="link", external_id="612345678901"
    )
    client = sign_in(world.creator)
    reply = client.post(world.url(), {"text": "https://detail.tmall.com/item.htm?id=612345678901"})
    assert [row["product"] for row in reply.context["goods_rows"]] == [product]
    reply = client.post(world.url(), {"text": str(world.native.id)})
    assert [row["product"] for row in reply.context["goods_rows"]] == [world.native]
    reply = client.post(world.url(), {"text": "hello"})
    assert "No product link" in reply.content.decode()


def test_a_finished_show_has_no_buttons(filled: World, sign_in):
    Room.objects.filter(id=filled.room.id).update(state="ended")
    client = sign_in(filled.creator)
    page = client.get(filled.url()).content.decode()
    assert "Add goods" not in page
    assert 'name="do"' not in page
    reply = client.post(filled.url(f"cart/mount/{filled.native.id}/"))
    assert reply.status_code == 409


def test_everything_that_can_is_converted_at_once_before_the_cut(filled: World, sign_in):
    ShopMember.objects.create(shop=filled.shop, account=filled.creator, role="owner")
    client = sign_in(filled.creator)
    assert client.get(filled.url("cart/")).context["convertible_count"] == 1
    reply = client.post(filled.url("cart/convert/"), headers={"HX-Request": "true"})
    assert "1 listing is native now" in reply.content.decode()
    assert [product.integration for product in filled.cart()] == ["native", "link", "native"]
    assert filled.youzan in filled.cart()
    assert sign_in(filled.rival).post(filled.url("cart/convert/")).status_code == 403


def test_the_reason_is_written_out_once_a_rule(filled: World, sign_in):
    at(AFTER)
    lines = sign_in(filled.creator).get(filled.url("cart/")).context["lines"]
    assert [line["said_above"] for line in lines] == [False, False, True]


def test_what_an_action_says_outlives_the_next_look_at_the_cart(filled: World, sign_in):
    client = sign_in(filled.creator)
    answer = act(client, filled, filled.native, "unmount", **{"HX-Request": "true"})
    assert 'id="cart-said" hx-swap-oob="true"' in answer.content.decode()
    assert "cart-said" not in client.get(filled.url("cart/")).content.decode()


def test_the_figures_are_the_hosts(filled: World, sign_in):
    assert sign_in(filled.creator).get(filled.url("figures/")).status_code == 200
    assert sign_in(filled.rival).get(filled.url("figures/")).status_code == 403


def test_what_is_found_comes_alone_or_with_the_whole_desk(world: World, sign_in):
    client = sign_in(world.creator)
    part = client.get(world.url(), {"q": "tea"}, headers={"HX-Request": "true"}).content.decode()
    assert "Green tea" in part
    assert "<html" not in part
    whole = client.post(world.url(), {"text": "good morning"}).content.decode()
    assert "good morning" in whole
    assert "No product link" in whole
    assert "<html" in whole


def test_where_video_is_off_the_desk_says_so_and_offers_nothing(world: World, sign_in, settings):
    client = sign_in(world.creator)
    url = f"/api/v1/media/rooms/{world.room.id}/keys"
    assert "data-golive=" in client.get(world.url()).content.decode()
    settings.MEDIA_OFF = True
    page = client.get(world.url()).content.decode()
    assert "YELLOWCART_MEDIA=off" in page
    assert "data-golive=" not in page
    refused = client.post(url, {"purpose": "studio"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "media_off")
    assert not StreamKey.objects.exists()
