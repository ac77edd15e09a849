"""Where the shop's goods are offered, with verdicts; the shop page; the way back."""

import pytest
from tests.factories import make_product, make_rule, make_shop, make_sku
from tests.web_merchant.conftest import World

from yellowcart.catalog.models import Product
from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.core.instants import parse_instant
from yellowcart.listings.models import Listing
from yellowcart.policy.actions import do_write_rule

EVENING = parse_instant("2021-11-15T23:30:00+08:00")
MIDNIGHT = parse_instant("2021-11-15T24:00:00+08:00")


@pytest.fixture
def link(world: World) -> Product:
    """A Mokuai link in a live cart, whose goods a supplier here has, before the night."""
    clock.set_timeline(clock.starting_at(EVENING))
    supplier = make_shop(type="supplier", source="mokuai")
    make_sku(make_product(supplier, title="Tent", source="mokuai", external_id="mk-1"))
    product = make_product(
        world.shop, title="Tent link", source="mokuai", integration="link", external_id="mk-1"
    )
    Listing.objects.create(
        shop=world.shop,
        product=product,
        surface="live_room",
        container_id=new_id(),
        source="mokuai",
        integration="link",
        shop_type=world.shop.type,
    )
    do_write_rule(
        make_rule(
            "cut",
            sources=["mokuai"],
            integrations=["link"],
            surfaces=["live_room"],
            effective_from=MIDNIGHT,
        ),
        by=None,
    )
    return product


def test_the_overview_counts_down_and_then_says_since_when(world: World, sign_in, link: Product):
    client = sign_in(world.owner)
    page = client.get(world.url())
    assert [hit.since for hit in page.context["coming"]] == [MIDNIGHT]
    assert "will be barred" in page.content.decode()
    assert "Convert 1 product to native goods" in page.content.decode()
    clock.set_timeline(clock.starting_at(MIDNIGHT))
    page = client.get(world.url())
    assert page.context["coming"] == []
    assert page.context["barred"][0].verdict.rule == "cut"
    assert "is barred" in page.content.decode()


def test_staff_see_it_but_the_button_is_not_theirs(world: World, sign_in, link: Product):
    client = sign_in(world.staff)
    assert "Convert 1 product" not in client.get(world.url()).content.decode()
    listing = Listing.objects.get(product=link)
    reply = client.post(world.url("listings/convert/"), {"listing": [str(listing.id)]})
    assert reply.status_code == 403


def test_one_click_makes_native_goods(world: World, sign_in, link: Product):
    listing = Listing.objects.get(product=link)
    reply = sign_in(world.owner).post(
        world.url("listings/convert/"),
        {"listing": [str(listing.id), "nonsense", str(new_id())]},
        follow=True,
    )
    native = Product.objects.get(shop=world.shop, origin__isnull=False)
    assert (native.title, native.integration) == ("Tent", "native")
    assert "1 product stands in your shop as native goods" in reply.content.decode()


def test_goods_come_on_the_shop_page_and_leave_it(world: World, sign_in):
    client = sign_in(world.owner)
    foreign = make_product(world.other_owner.shop_memberships.get().shop)
    reply = client.post(
        world.url("listings/shop-page/"), {"product": [str(world.product.id), str(foreign.id)]}
    )
    assert reply.url.endswith("surface=shop_page")
    listing = Listing.objects.get()
    assert (listing.surface, listing.product) == ("shop_page", world.product)
    page = client.get(world.url("listings/"))
    assert page.context["mountable"] == []
    client.post(world.url(f"listings/{listing.id}/remove/"))
    listing.refresh_from_db()
    assert listing.state == "unmounted"


def test_a_refusal_names_the_product(world: World, sign_in):
    make_product(world.shop, title="Draft", review_state="draft", on_shelf=False)
    draft = Product.objects.get(title="Draft")
    reply = sign_in(world.owner).post(
        world.url("listings/shop-page/"), {"product": [str(draft.id)]}, follow=True
    )
    assert "Draft: The product has not passed review" in reply.content.decode()
    assert not Listing.objects.exists()


def test_a_listing_of_another_place_is_not_removed_here(world: World, sign_in, link: Product):
    listing = Listing.objects.get(product=link)
    reply = sign_in(world.owner).post(world.url(f"listings/{listing.id}/remove/"))
    assert reply.status_code == 404
    listing.refresh_from_db()
    assert listing.state == "mounted"


@pytest.mark.parametrize("who", ["staff", "operator", "other_owner", "buyer"])
def test_offering_goods_is_for_those_who_may(world: World, sign_in, who: str):
    reply = sign_in(getattr(world, who)).post(
        world.url("listings/shop-page/"), {"product": [str(world.product.id)]}
    )
    assert reply.status_code == 403
    assert not Listing.objects.exists()
