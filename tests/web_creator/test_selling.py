"""The host's pages for prices, selling modes and coupons."""

import pytest
from tests.factories import make_sku
from tests.web_creator.conftest import World

from yellowcart.listings import actions
from yellowcart.listings.models import Listing, SpecialPrice
from yellowcart.live.models import Room
from yellowcart.live.queries import access_cart
from yellowcart.promotions.models import Coupon
from yellowcart.shops.models import Shop

SPECIAL = {"sku": "all", "price": "80.00", "seconds": "60", "allocation": "5"}
COUPON = {
    "form": "coupon",
    "title": "Ten off",
    "off": "10",
    "budget": "100",
    "per_buyer": "1",
    "use_until": "2021-12-01 00:00",
    "fans_only": "on",
}


@pytest.fixture
def listing(world: World) -> Listing:
    Shop.objects.filter(id=world.shop.id).update(host_cut_bps=3_000)
    container = access_cart(world.creator, world.room.id)
    found = actions.do_mount(world.creator, container, world.native.id)
    Listing.objects.filter(id=found.id).update(commission_bps=1_500)
    return found


def test_a_host_sets_a_flash_price_and_ends_it(world: World, sign_in, listing: Listing) -> None:
    client, url = sign_in(world.creator), world.url(f"prices/{listing.id}/")
    page = client.get(url).content.decode()
    assert "up to 30 %" in page
    assert "15 %" in page
    assert client.post(url, SPECIAL).status_code == 302
    special = SpecialPrice.objects.get()
    assert (special.price_minor, special.allocation) == (8_000, 5)
    assert (special.ends_at - special.starts_at).total_seconds() == 60
    assert "80" in client.get(url).content.decode()
    assert "5 left" in client.get(world.url("cart/")).content.decode()
    assert client.post(url, {"end": str(special.id)}).status_code == 302
    assert SpecialPrice.objects.get().ended_at is not None


def test_a_price_that_goes_too_far_stays_on_the_form(
    world: World, sign_in, listing: Listing
) -> None:
    client, url = sign_in(world.creator), world.url(f"prices/{listing.id}/")
    for wrong in ({"price": "60"}, {"price": "99"}, {"price": ""}, {"allocation": "0"}):
        reply = client.post(url, SPECIAL | wrong)
        assert reply.status_code == 422, wrong
        assert "field__error" in reply.content.decode()
    assert not SpecialPrice.objects.exists()
    sku = make_sku(world.native)
    assert client.post(url, SPECIAL | {"sku": str(sku.id), "fans_only": "on"}).status_code == 302
    assert SpecialPrice.objects.get().fans_only


def test_a_host_chooses_how_the_room_sells(world: World, sign_in) -> None:
    client, url = sign_in(world.creator), world.url("selling/")
    form = {"form": "selling", "reservation": "first_paid", "purchase_limit": "2"}
    assert client.post(url, form).status_code == 302
    room = Room.objects.get(id=world.room.id)
    assert (room.reservation, room.hold_seconds, room.purchase_limit) == ("first_paid", None, 2)
    assert client.post(url, form | {"hold_seconds": "5"}).status_code == 422


def test_a_host_gives_a_coupon_and_ends_it(world: World, sign_in) -> None:
    client, url = sign_in(world.creator), world.url("selling/")
    assert client.post(url, COUPON | {"budget": "5"}).status_code == 422
    assert client.post(url, COUPON).status_code == 302
    coupon = Coupon.objects.get()
    assert (coupon.bearer, coupon.room_id, coupon.off_minor) == ("creator", world.room.id, 1_000)
    page = client.get(url).content.decode()
    assert "Ten off" in page
    assert client.post(url, {"end": str(coupon.id)}).status_code == 302
    assert Coupon.objects.get().ended_at is not None


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_pages_are_the_hosts_alone(
    world: World, sign_in, listing: Listing, language: str
) -> None:
    for path, form in ((f"prices/{listing.id}/", SPECIAL), ("selling/", COUPON)):
        url = world.url(path)
        assert sign_in(world.creator, language).get(url).status_code == 200
        assert sign_in(None).get(url).status_code == 302
        for other in (world.rival, world.buyer, world.operator):
            assert sign_in(other, language).get(url).status_code == 403
            assert sign_in(other, language).post(url, form).status_code == 403
    assert not SpecialPrice.objects.exists()
    assert not Coupon.objects.exists()
