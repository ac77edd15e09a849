"""A supplier's catalogue becomes native goods of the shop, in one click."""

import pytest
from tests.factories import make_product, make_shop, make_sku
from tests.web_merchant.conftest import World

from yellowcart.catalog.models import Product
from yellowcart.connections import listing
from yellowcart.connections.models import ListingRun
from yellowcart.shops.models import Shop


@pytest.fixture
def supplier(world: World) -> Shop:
    shop = make_shop(type="supplier", handle="factory", source="mokuai")
    for title in ("Tent", "Lamp", "Stove"):
        product = make_product(shop, title=title, source="mokuai", external_id=title)
        make_sku(product, price=10_000)
    return shop


def copies(world: World) -> list[Product]:
    return list(Product.objects.filter(shop=world.shop, origin__isnull=False).order_by("title"))


def begun(client, url: str, wanted: dict[str, object]) -> ListingRun:
    """The run that a post began, as the worker leaves it."""
    reply = client.post(url, wanted)
    run_id = reply["Location"].rstrip("/").rpartition("/")[2]
    listing.do_run(run_id)
    return ListingRun.objects.get(id=run_id)


def test_everything_is_listed_at_once_and_again_changes_nothing(
    world: World, sign_in, supplier: Shop
):
    client = sign_in(world.owner)
    url = world.url("supply/factory/")
    run = begun(client, url, {"all": "1", "kind": "keep"})
    assert (run.created, run.state) == (3, "done")
    page = client.get(world.url(f"supply/runs/{run.id}/")).content.decode()
    assert f"Done: 3 products of {supplier.name} are in your shop" in page
    assert [product.title for product in copies(world)] == ["Lamp", "Stove", "Tent"]
    run = begun(client, url, {"all": "1", "kind": "keep"})
    assert (run.created, run.changed, run.unchanged) == (0, 0, 3)


def test_only_the_chosen_are_listed_with_a_margin(world: World, sign_in, supplier: Shop):
    tent = Product.objects.get(shop=supplier, title="Tent")
    wanted = {"chosen": "1", "product": [str(tent.id)], "kind": "margin", "margin": "15"}
    begun(sign_in(world.owner), world.url("supply/factory/"), wanted)
    (copy,) = copies(world)
    assert copy.origin == tent
    assert copy.skus.get().price_minor == 11_500


def test_a_choice_of_nothing_or_a_missing_margin_is_said(world: World, sign_in, supplier: Shop):
    client = sign_in(world.owner)
    tent = Product.objects.get(shop=supplier, title="Tent")
    reply = client.post(world.url("supply/factory/"), {"chosen": "1", "kind": "keep"})
    assert "Choose at least one product" in reply.content.decode()
    wrong = {"chosen": "1", "product": [str(tent.id), "nonsense"], "kind": "margin"}
    reply = client.post(world.url("supply/factory/"), wrong)
    assert reply.context["form"].errors["margin"]
    assert [row["product"] for row in reply.context["rows"] if row["chosen"]] == [tent]
    assert copies(world) == []


def test_staff_look_but_do_not_list(world: World, sign_in, supplier: Shop):
    client = sign_in(world.staff)
    assert client.get(world.url("supply/factory/")).status_code == 200
    assert (
        client.post(world.url("supply/factory/"), {"all": "1", "kind": "keep"}).status_code == 403
    )
    assert copies(world) == []


def test_only_suppliers_are_opened(world: World, sign_in, supplier: Shop):
    client = sign_in(world.owner)
    other = world.other_owner.shop_memberships.get().shop
    assert client.get(world.url(f"supply/{other.handle}/")).status_code == 404
    Shop.objects.filter(id=supplier.id).update(state="closed")
    assert client.get(world.url("supply/factory/")).status_code == 404


def test_a_copys_words_can_be_edited_and_its_stock_is_the_suppliers(
    world: World, sign_in, supplier: Shop
):
    client = sign_in(world.owner)
    begun(client, world.url("supply/factory/"), {"all": "1", "kind": "keep"})
    copy = copies(world)[0]
    url = world.url(f"products/{copy.id}/")
    page = client.get(url).content.decode()
    assert "Shares its stock with" in page
    assert 'name="skus-0-price"' not in page
    assert client.post(url, {"title": "My lamp"}).status_code == 302
    copy.refresh_from_db()
    assert copy.title == "My lamp"
    sku = copy.skus.get()
    client.post(f"{url}stock/", {f"stock-{sku.id}": "99", f"was-{sku.id}": "10"})
    from yellowcart.inventory.models import Stock

    assert Stock.objects.get(sku_id=sku.stock_sku_id).on_hand == 10
