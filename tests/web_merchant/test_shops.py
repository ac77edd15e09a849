"""Choosing, opening and running a shop."""

from tests.factories import make_shop
from tests.web_merchant.conftest import World

from yellowcart.shops.models import Shop, ShopMember


def test_the_only_shop_is_entered_at_once(world: World, sign_in):
    assert sign_in(world.owner).get("/merchant/").url == world.url()


def test_who_has_several_shops_chooses(world: World, sign_in):
    make_shop(world.owner, name="Potter")
    page = sign_in(world.owner).get("/merchant/").content.decode()
    assert "Teahouse" in page
    assert "Potter" in page


def test_who_has_none_may_open_one(world: World, sign_in):
    client = sign_in(world.buyer)
    assert "You have no shop yet" in client.get("/merchant/").content.decode()
    reply = client.post(
        "/merchant/open/", {"name": "Lin's shelf", "type": "personal", "handle": "lins-shelf"}
    )
    assert reply.url == "/merchant/shop/lins-shelf/"
    assert ShopMember.objects.get(shop__handle="lins-shelf").account == world.buyer


def test_a_taken_handle_is_said_beside_the_handle(world: World, sign_in):
    reply = sign_in(world.buyer).post(
        "/merchant/open/", {"name": "Second", "type": "personal", "handle": "teahouse"}
    )
    assert reply.status_code == 422
    assert "belongs to another shop" in reply.context["form"].errors["handle"][0]
    assert 'value="Second"' in reply.content.decode()


def test_nobody_opens_a_supplier_by_hand(world: World, sign_in):
    reply = sign_in(world.buyer).post("/merchant/open/", {"name": "S", "type": "supplier"})
    assert reply.status_code == 422
    assert not Shop.objects.filter(type="supplier").exists()


def test_members_are_added_changed_and_removed(world: World, sign_in):
    client = sign_in(world.owner)
    url = world.url("settings/")
    client.post(url, {"form": "member", "who": f"@{world.buyer.handle}", "role": "manager"})
    assert ShopMember.objects.get(account=world.buyer).role == "manager"
    reply = client.post(url, {"form": "member", "who": "nobody-here", "role": "staff"})
    assert "Nobody here has this" in reply.context["member_form"].errors["who"][0]
    client.post(world.url(f"members/{world.buyer.id}/remove/"))
    assert not ShopMember.objects.filter(account=world.buyer).exists()


def test_the_last_owner_stays(world: World, sign_in):
    reply = sign_in(world.owner).post(world.url(f"members/{world.owner.id}/remove/"), follow=True)
    assert "keeps at least one owner" in reply.content.decode()
    assert ShopMember.objects.filter(account=world.owner, shop=world.shop).exists()


def test_members_are_the_owners_business(world: World, sign_in):
    client = sign_in(world.staff)
    assert client.post(world.url(f"members/{world.owner.id}/remove/")).status_code == 403
    reply = client.post(
        world.url("settings/"), {"form": "member", "who": world.staff.handle, "role": "owner"}
    )
    assert reply.status_code == 403
    assert ShopMember.objects.get(account=world.staff).role == "staff"


def test_a_shop_is_paused_and_says_so(world: World, sign_in):
    client = sign_in(world.owner)
    client.post(world.url("settings/state/"), {"state": "paused"})
    assert "The shop is paused" in client.get(world.url("products/")).content.decode()
