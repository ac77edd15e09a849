"""The merchant's pages for coupons, host terms, and a listing's prices."""

from datetime import timedelta

import pytest
from tests.factories import make_product, make_shop, make_sku
from tests.web_merchant.conftest import World

from yellowcart.core.clock import now
from yellowcart.listings.models import Listing, PresaleTerms, SpecialPrice
from yellowcart.promotions.models import Coupon
from yellowcart.shops.models import Shop

COUPON = {
    "form": "coupon",
    "title": "Ten off",
    "percent": "12.5",
    "off": "10",
    "threshold": "50",
    "budget": "100",
    "per_buyer": "1",
    "use_until": f"{now() + timedelta(days=30):%Y-%m-%d} 00:00",
}
SPECIAL = {"form": "special", "price": "80", "seconds": "", "allocation": ""}
PRESALE = {
    "form": "presale",
    "deposit": "10",
    "balance_from": "2100-01-01 00:00",
    "balance_until": "2100-01-02 00:00",
}


@pytest.fixture
def listing(world: World) -> Listing:
    return Listing.objects.create(
        shop=world.shop,
        product=world.product,
        surface="shop_page",
        container_id=world.shop.id,
        source="native",
        integration="native",
        shop_type="enterprise",
    )


def test_a_merchant_gives_a_coupon_sees_what_it_costs_and_ends_it(world: World, sign_in) -> None:
    client, url = sign_in(world.owner), world.url("coupons/")
    assert client.post(url, COUPON | {"budget": ""}).status_code == 422
    assert client.post(url, COUPON | {"percent": "", "off": ""}).status_code == 422
    assert client.post(url, COUPON).status_code == 302
    coupon = Coupon.objects.get()
    assert (coupon.bearer, coupon.shop_id) == ("merchant", world.shop.id)
    assert (coupon.off_bps, coupon.off_minor, coupon.threshold_minor) == (1_250, 1_000, 5_000)
    Coupon.objects.update(spent_minor=2_500, used=3)
    page = client.get(url).content.decode()
    for words in ("12.5 % off", "25.00 of ", "100.00 spent", "0 claimed, 3 used"):
        assert words in page
    assert client.post(url, {"end": str(coupon.id)}).status_code == 302
    assert Coupon.objects.get().ended_at is not None


def test_an_owner_says_what_hosts_are_offered(world: World, sign_in) -> None:
    url, form = world.url("coupons/"), {"form": "hosts", "host_cut_bps": "30"}
    form["commission_bps"] = "12.5"
    assert sign_in(world.owner).post(url, form).status_code == 302
    shop = Shop.objects.get(id=world.shop.id)
    assert (shop.host_cut_bps, shop.commission_bps) == (3_000, 1_250)
    assert sign_in(world.staff).post(url, form | {"host_cut_bps": "1"}).status_code == 403
    assert sign_in(world.staff).post(url, COUPON).status_code == 403
    assert Shop.objects.get(id=world.shop.id).host_cut_bps == 3_000
    assert not Coupon.objects.exists()


def test_a_merchant_sets_a_listings_prices(world: World, sign_in, listing: Listing) -> None:
    client, url = sign_in(world.owner), world.url(f"listings/{listing.id}/prices/")
    assert client.get(url).status_code == 200
    assert client.post(url, SPECIAL | {"price": "99"}).status_code == 422
    assert client.post(url, SPECIAL).status_code == 302
    special = SpecialPrice.objects.get()
    assert (special.price_minor, special.ends_at) == (8_000, None)
    assert client.post(url, {"end": str(special.id)}).status_code == 302
    assert SpecialPrice.objects.get().ended_at is not None
    assert client.post(url, PRESALE | {"deposit": "99"}).status_code == 422
    assert client.post(url, PRESALE).status_code == 302
    assert PresaleTerms.objects.get().deposit_minor == 1_000
    assert "whole price again" in client.get(url).content.decode()
    assert client.post(url, {"clear": "1"}).status_code == 302
    assert not PresaleTerms.objects.exists()
    assert client.post(url, {"form": "commission", "commission_bps": "20"}).status_code == 302
    assert Listing.objects.get().commission_bps == 2_000
    assert client.post(url, {"form": "unknown"}).status_code == 422


def test_a_listings_prices_are_for_who_may_offer_its_goods(
    world: World, sign_in, listing: Listing
) -> None:
    url = world.url(f"listings/{listing.id}/prices/")
    assert sign_in(None).get(url).status_code == 302
    for other in (world.staff, world.other_owner, world.buyer, world.operator):
        assert sign_in(other).get(url).status_code == 403
        assert sign_in(other).post(url, SPECIAL).status_code == 403
    assert not SpecialPrice.objects.exists()
    mine = make_shop(world.owner)
    other = make_product(mine)
    make_sku(other)
    assert (
        sign_in(world.owner)
        .get(f"/merchant/shop/{mine.handle}/listings/{listing.id}/prices/")
        .status_code
        == 404
    )
