"""Writing products: what is typed is kept, what is wrong is said beside its field."""

from tests.factories import make_product, make_sku
from tests.web_merchant.conftest import World

from yellowcart.catalog.models import Product
from yellowcart.inventory.models import Stock

ONE_SKU = {
    "title": "Oolong",
    "skus-TOTAL_FORMS": "1",
    "skus-INITIAL_FORMS": "0",
    "skus-0-price": "12.50",
    "skus-0-stock": "7",
}


def stock_of(product: Product) -> int:
    return Stock.objects.get(sku_id=product.skus.get().stock_sku_id).on_hand


def test_a_new_product_is_written_with_its_stock_and_goes_to_review(world: World, sign_in):
    client = sign_in(world.owner)
    reply = client.post(world.url("products/new/"), {**ONE_SKU, "submit": "1"})
    product = Product.objects.get(title="Oolong")
    assert reply.url == world.url(f"products/{product.id}/")
    assert product.review_state == "in_review"
    assert product.skus.get().price_minor == 1250
    assert stock_of(product) == 7


def test_a_bad_price_is_said_beside_the_price_and_nothing_typed_is_lost(world: World, sign_in):
    wrong = {**ONE_SKU, "skus-0-price": "12.345", "description_html": "Half-fermented"}
    reply = sign_in(world.owner).post(world.url("products/new/"), wrong)
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "Write an amount like 12.50" in page
    assert 'value="12.345"' in page
    assert "Half-fermented" in page
    assert not Product.objects.filter(title="Oolong").exists()


def test_faults_of_the_catalogue_stand_beside_their_fields(world: World, sign_in):
    two_alike = {
        **ONE_SKU,
        "skus-TOTAL_FORMS": "2",
        "images": "https://example.org/a.jpg\nftp://example.org/b.jpg",
        "option1": "Size",
        "skus-0-option1": "S",
        "skus-1-option1": "S",
        "skus-1-price": "9",
    }
    reply = sign_in(world.owner).post(world.url("products/new/"), two_alike)
    form, formset = reply.context["form"], reply.context["formset"]
    assert reply.status_code == 422
    assert form.errors["images"][0].startswith("Line 2:")
    assert formset.forms[1].errors["option1"]


def test_a_removed_variant_is_left_out_and_a_blank_one_is_no_fault(world: World, sign_in):
    rows = {
        **ONE_SKU,
        "skus-TOTAL_FORMS": "3",
        "option1": "Size",
        "skus-0-option1": "S",
        "skus-1-option1": "M",
        "skus-1-price": "13",
        "skus-1-DELETE": "on",
    }
    sign_in(world.owner).post(world.url("products/new/"), rows)
    assert [sku.options for sku in Product.objects.get(title="Oolong").skus.all()] == [["S"]]


def edit(world: World, **changes: str) -> dict[str, str]:
    return {
        "title": "Green tea",
        "skus-TOTAL_FORMS": "1",
        "skus-INITIAL_FORMS": "1",
        "skus-0-price": "99.00",
        "skus-0-stock": "10",
        "skus-0-stock_was": "10",
        **changes,
    }


def test_an_edit_changes_stock_by_what_was_changed_not_to_what_was_shown(world: World, sign_in):
    Stock.objects.filter(shop_id=world.shop.id).update(on_hand=8)
    url = world.url(f"products/{world.product.id}/")
    sign_in(world.owner).post(url, edit(world, **{"skus-0-stock": "15"}))
    assert stock_of(world.product) == 13


def test_stock_promised_to_orders_is_not_taken_away(world: World, sign_in):
    Stock.objects.filter(shop_id=world.shop.id).update(reserved=4)
    url = world.url(f"products/{world.product.id}/")
    reply = sign_in(world.owner).post(url, edit(world, title="New name", **{"skus-0-stock": "2"}))
    assert reply.status_code == 422
    assert "4 pieces are promised" in reply.context["formset"].forms[0].errors["stock"][0]
    world.product.refresh_from_db()
    assert (world.product.title, stock_of(world.product)) == ("Green tea", 10)


def test_new_words_send_an_approved_product_to_review_again(world: World, sign_in):
    url = world.url(f"products/{world.product.id}/")
    assert sign_in(world.owner).post(url, edit(world, title="White tea")).status_code == 302
    world.product.refresh_from_db()
    assert (world.product.title, world.product.review_state) == ("White tea", "in_review")


def test_staff_set_stock_but_do_not_edit(world: World, sign_in):
    client = sign_in(world.staff)
    url = world.url(f"products/{world.product.id}/")
    assert client.post(url, edit(world, title="White tea")).status_code == 403
    sku = world.product.skus.get()
    reply = client.post(f"{url}stock/", {f"stock-{sku.id}": "3", f"was-{sku.id}": "10"})
    assert reply.status_code == 302
    assert stock_of(world.product) == 3


def test_unreadable_stock_is_refused_in_words(world: World, sign_in):
    sku = world.product.skus.get()
    url = world.url(f"products/{world.product.id}/stock/")
    reply = sign_in(world.staff).post(
        url, {f"stock-{sku.id}": "many", f"was-{sku.id}": "10"}, follow=True
    )
    assert "Write stock as a whole number" in reply.content.decode()
    assert stock_of(world.product) == 10


def test_shelf_and_review_steps(world: World, sign_in):
    client = sign_in(world.owner)
    url = world.url(f"products/{world.product.id}/")
    client.post(f"{url}unshelve/")
    world.product.refresh_from_db()
    assert not world.product.on_shelf
    draft = make_product(world.shop, review_state="draft", on_shelf=False)
    make_sku(draft)
    reply = client.post(world.url(f"products/{draft.id}/shelve/"), follow=True)
    assert "Only a product that passed review" in reply.content.decode()
    client.post(world.url(f"products/{draft.id}/submit/"))
    draft.refresh_from_db()
    assert draft.review_state == "in_review"


def test_the_list_is_narrowed_by_words_and_review(world: World, sign_in):
    make_product(world.shop, title="Teapot", review_state="draft", on_shelf=False)
    client = sign_in(world.owner)
    page = client.get(world.url("products/"), {"q": "green"})
    assert [row["product"].title for row in page.context["rows"]] == ["Green tea"]
    page = client.get(world.url("products/"), {"review": "draft"})
    assert [row["product"].title for row in page.context["rows"]] == ["Teapot"]
    assert client.get(world.url("products/"), {"review": "nonsense"}).status_code == 200


def test_a_pasted_share_text_becomes_a_product(world: World, sign_in):
    client = sign_in(world.owner)
    text = "https://detail.tmall.com/item.htm?id=612345678901"
    recognised = client.post(world.url("paste/"), {"text": text})
    assert recognised.context["found"].source == "taobao"
    reply = client.post(
        world.url("paste/"), {"text": text, "title": "Kettle", "price": "88"}, follow=True
    )
    product = Product.objects.get(title="Kettle")
    assert (product.integration, product.external_id) == ("link", "612345678901")
    assert reply.redirect_chain[-1][0] == world.url(f"products/{product.id}/")


def test_a_text_without_goods_says_so(world: World, sign_in):
    reply = sign_in(world.owner).post(world.url("paste/"), {"text": "good morning"})
    assert "No product link" in reply.content.decode()
    assert "good morning" in reply.content.decode()
