"""Products in Shopify's and WooCommerce's exports: what is read, refused and noted."""

from datetime import UTC, datetime

import pytest
from tests.sources.reading import APPAREL, TEE, WOO, Read, shopify, table


def test_the_real_export_is_taken_over_whole():
    read = Read(APPAREL.read_bytes())
    assert read.catalogue.format == "shopify"
    assert len(read.products) == read.catalogue.products == 20
    assert (read.refused, read.notes) == ({}, {})
    assert sum(len(product.skus) for product in read.products.values()) == 22
    top = read.products["classic-varsity-top"]
    assert top.option_names == ("Size",)
    assert [(sku.options, sku.price_minor, sku.stock) for sku in top.skus] == [
        (("Small",), 6000, 1),
        (("Medium",), 6000, 1),
        (("Large",), 6000, 1),
    ]
    shirt = read.products["ocean-blue-shirt"]
    assert (shirt.title, shirt.vendor, shirt.tags) == (
        "Ocean Blue Shirt",
        "partners-demo",
        ("men",),
    )
    assert shirt.option_names == ()
    assert [(sku.options, sku.code, sku.key) for sku in shirt.skus] == [((), "", "Default Title")]
    assert shirt.images == (
        "https://burst.shopifycdn.com/photos/young-man-in-bright-fashion_925x.jpg",
    )
    assert all(product.published and product.complete for product in read.products.values())


def test_every_shopify_column_that_means_something_is_read():
    read = Read(
        shopify(
            {
                **TEE,
                "Body (HTML)": "<p>Soft</p>",
                "Vendor": "Acme",
                "Product Category": "Apparel > Shirts",
                "Type": "Shirts",
                "Tags": "cotton, summer",
                "Published": "true",
                "Status": "active",
                "Option1 Name": "Colour",
                "Option1 Value": "Red",
                "Option2 Name": "Size",
                "Option2 Value": "M",
                "Variant SKU": "'TEE-R-M",
                "Variant Grams": "180",
                "Variant Compare At Price": "15",
                "Variant Barcode": "'6901234567892",
                "Image Src": "https://img.example/2.jpg",
                "Image Position": "2",
                "Variant Image": "https://img.example/red.jpg",
                "Gift Card": "false",
            },
            {
                "Handle": "tee",
                "Option1 Value": "Blue",
                "Option2 Value": "L",
                "Variant Price": "12.5",
                "Variant Compare At Price": "12",
                "Variant Inventory Qty": "0",
            },
            {"Handle": "tee", "Image Src": "https://img.example/1.jpg", "Image Position": "1"},
        )
    )
    tee = read.products["tee"]
    assert (tee.vendor, tee.category, tee.tags) == (
        "Acme",
        "Apparel > Shirts",
        ("cotton", "summer"),
    )
    assert tee.images == ("https://img.example/1.jpg", "https://img.example/2.jpg")
    assert tee.option_names == ("Colour", "Size")
    red, blue = tee.skus
    assert (red.key, red.code, red.barcode) == ("Red / M", "TEE-R-M", "6901234567892")
    assert (red.price_minor, red.compare_at_minor, red.weight_grams) == (1000, 1500, 180)
    assert red.image_url == "https://img.example/red.jpg"
    assert (blue.price_minor, blue.compare_at_minor, blue.stock) == (1250, None, 0)


def test_the_new_names_of_shopifys_columns_mean_the_same():
    read = Read(
        shopify(
            {
                "Title": "Tee",
                "URL handle": "tee",
                "Description": "Soft",
                "Vendor": "Acme",
                "Product category": "Apparel",
                "Published on online store": "TRUE",
                "Status": "Active",
                "SKU": "T1",
                "Barcode": "690",
                "Option1 name": "Size",
                "Option1 value": "M",
                "Option1 Linked To": "",
                "Price": "10",
                "Compare-at price": "20",
                "Inventory tracker": "shopify",
                "Inventory quantity": "4",
                "Continue selling when out of stock": "DENY",
                "Weight value (grams)": "200",
                "Weight unit for display": "g",
                "Product image URL": "https://img.example/1.jpg",
                "Image position": "1",
                "Image alt text": "A tee",
                "Variant image URL": "https://img.example/m.jpg",
                "Gift card": "FALSE",
            }
        )
    )
    tee = read.products["tee"]
    sku = tee.skus[0]
    assert (tee.description_html, tee.category, tee.published) == ("Soft", "Apparel", True)
    assert (sku.code, sku.barcode, sku.options, sku.stock) == ("T1", "690", ("M",), 4)
    assert (sku.price_minor, sku.compare_at_minor, sku.weight_grams) == (1000, 2000, 200)
    assert (tee.images, sku.image_url) == (
        ("https://img.example/1.jpg",),
        "https://img.example/m.jpg",
    )


@pytest.mark.parametrize(
    ("fields", "published"),
    [
        ({}, True),
        ({"Published": "false"}, False),
        ({"Published": "true", "Status": "draft"}, False),
        ({"Published": "true", "Status": "archived"}, False),
    ],
)
def test_only_what_was_for_sale_is_published(fields, published):
    assert Read(shopify({**TEE, **fields})).products["tee"].published is published


def test_rows_of_one_handle_come_together_from_anywhere_in_the_file():
    read = Read(
        shopify(
            {**TEE, "Option1 Name": "Size", "Option1 Value": "S"},
            {**TEE, "Handle": "cap", "Title": "Cap"},
            {"Handle": "tee", "Option1 Value": "M", "Variant Price": "11"},
        )
    )
    assert [sku.options for sku in read.products["tee"].skus] == [("S",), ("M",)]
    assert list(read.products) == ["tee", "cap"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"Variant Price": "ten"}, "Price is “ten”, which is no price"),
        ({"Variant Price": "-5"}, "can't be below 0"),
        ({"Variant Price": "1.999"}, "finer than CNY goes; write 2.00"),
        ({"Variant Price": "1,234"}, "read in two ways"),
        ({"Variant Price": "9" * 40}, "no price|too much"),
        ({"Variant Price": ""}, "no price"),
        ({"Variant Inventory Qty": "many"}, "which is no count"),
        ({"Variant Inventory Qty": "1.5"}, "which is no count"),
        ({"Variant Inventory Qty": "-2"}, "write 0 or more"),
        ({"Title": ""}, "no title"),
        ({"Gift Card": "true"}, "Gift cards"),
        ({"Option1 Value": "Red"}, "no Option1 Name"),
        ({"Option1 Name": "Size"}, "no value for the option Size"),
        (
            {"Option1 Name": "Size", "Option1 Value": "S", "Option2 Value": "Red"},
            "no Option2 Name",
        ),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_what_to_write(fields, words):
    read = Read(shopify({**TEE, "Handle": "good"}, {**TEE, **fields}))
    assert list(read.products) == ["good"]
    assert list(read.refused) == [3]
    assert any(part in read.refused[3] for part in words.split("|"))


def test_one_bad_variant_does_not_take_the_product_with_it():
    read = Read(
        shopify(
            {**TEE, "Option1 Name": "Size", "Option1 Value": "S"},
            {"Handle": "tee", "Option1 Value": "M", "Variant Price": "oops"},
            {"Handle": "tee", "Option1 Value": "S", "Variant Price": "12"},
        )
    )
    tee = read.products["tee"]
    assert [sku.options for sku in tee.skus] == [("S",)]
    assert not tee.complete
    assert list(read.refused) == [3, 4]
    assert "repeats the variant on line 2" in read.refused[4]


def test_a_refused_product_counts_every_row_of_it():
    read = Read(
        shopify(
            {**TEE, "Title": "", "Option1 Name": "Size", "Option1 Value": "S"},
            {"Handle": "tee", "Option1 Value": "M", "Variant Price": "12"},
        )
    )
    assert list(read.refused) == [2, 3]
    assert read.refused[3] == "Its product on line 2 was refused."


def test_stock_below_zero_is_zero_where_the_shop_sold_ahead():
    read = Read(
        shopify({**TEE, "Variant Inventory Qty": "-2", "Variant Inventory Policy": "continue"})
    )
    assert read.products["tee"].skus[0].stock == 0
    assert "nothing is oversold here" in read.notes[2]


def test_stock_that_the_file_does_not_count_is_left_open():
    read = Read(shopify({**TEE, "Variant Inventory Qty": ""}))
    assert read.products["tee"].skus[0].stock is None
    assert "set it here" in read.notes[2]


def test_a_picture_that_is_no_web_address_is_left_out():
    read = Read(shopify({**TEE, "Image Src": "javascript:alert(1)"}))
    assert read.products["tee"].images == ()
    assert 2 in read.notes


@pytest.fixture(scope="module")
def woo():
    return Read(WOO.read_bytes())


def test_woocommerce_simple_products(woo):
    assert (woo.catalogue.format, woo.catalogue.encoding) == ("woocommerce", "utf-8-sig")
    tea = woo.products["101"]
    assert (tea.title, tea.vendor, tea.category) == (
        "Longjing Green Tea",
        "West Lake",
        "Food > Tea > Green",
    )
    assert tea.tags == ("tea", "spring, early", "Gifts")
    assert len(tea.images) == 2
    assert tea.description_html == (
        "<p>Spring harvest.</p>\n<p>Picked by hand.</p><p>Dried in the pan,<br>kept cool.</p>"
    )
    sku = tea.skus[0]
    assert (sku.price_minor, sku.sale_price_minor, sku.stock) == (9900, 7900, 120)
    assert (sku.code, sku.barcode, sku.weight_grams) == ("tea-longjing", "6901234567892", 250)


def test_a_sale_lasts_through_its_last_day_in_the_platforms_zone(woo):
    sku = woo.products["101"].skus[0]
    assert sku.sale_from == datetime(2021, 11, 5, 16, tzinfo=UTC)
    assert sku.sale_until == datetime(2021, 11, 16, 16, tzinfo=UTC)


def test_variations_find_their_parent_before_and_behind_it_by_id_and_by_sku(woo):
    cup = woo.products["200"]
    assert cup.option_names == ("Colour", "Size")
    assert [(sku.key, sku.options) for sku in cup.skus] == [
        ("203", ("Red", "Small")),
        ("201", ("Blue", "Small")),
        ("202", ("Blue", "Large")),
    ]
    assert cup.skus[0].image_url.endswith("cup-red.jpg")


def test_variations_on_their_parents_stock_share_one_row(woo):
    cup = woo.products["200"]
    assert [(sku.stock, sku.shares) for sku in cup.skus] == [(40, ""), (None, "203"), (7, "")]


def test_escapes_of_the_exporter_are_undone(woo):
    talk = woo.products["102"]
    assert (talk.title, talk.skus[0].code, talk.published) == ("Tasting & Talk", "-card", False)
    assert talk.skus[0].stock == 0


def test_woocommerce_rows_that_cannot_be_taken_over(woo):
    assert {line: words[:24] for line, words in woo.refused.items()} == {
        8: "A grouped product has no",
        9: "This product is sold els",
        10: "The parent id:999 is not",
        11: "tea-longjing is used on ",
        12: "The row has no regular p",
    }
    assert woo.products["305"].skus[0].stock == 0


def test_the_regular_price_of_a_plus_sign_is_refused_not_guessed():
    row = {"ID": "1", "Type": "simple", "Name": "X", "Regular price": "x5", "Stock": "1"}
    assert "no price" in Read(table([row]).encode()).refused[2]


def woo_row(**fields):
    row = {
        "ID": "1",
        "Type": "simple",
        "SKU": "a",
        "Name": "A",
        "Stock": "1",
        "Regular price": "10",
        "Sale price": "8",
        "Date sale price starts": "",
        "Date sale price ends": "",
        "Parent": "",
        "Attribute 1 name": "",
        "Attribute 1 value(s)": "",
        "Attribute 2 name": "",
        "Attribute 2 value(s)": "",
    }
    return {**row, **fields}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"Date sale price starts": "07/06/2021"}, "no date; write it like 2021-11-30"),
        (
            {"Date sale price starts": "2021-11-30", "Date sale price ends": "2021-11-01"},
            "ends before it starts",
        ),
        ({"Type": "variable"}, "no variations"),
        ({"Name": ""}, "no name"),
        ({"Type": "variation"}, "names no parent"),
    ],
)
def test_more_refusals_of_woocommerce_rows(fields, words):
    assert words in Read(table([woo_row(**fields)]).encode()).refused[2]


def test_a_sale_price_that_is_none_is_left_out():
    read = Read(table([woo_row(**{"Sale price": "10"})]).encode())
    assert read.products["1"].skus[0].sale_price_minor is None
    assert 2 in read.notes


def test_an_attribute_no_variation_decides_is_no_option():
    parent = woo_row(
        Type="variable",
        **{"Attribute 1 name": "Colour", "Attribute 1 value(s)": "Red, Blue"},
        **{"Attribute 2 name": "Size", "Attribute 2 value(s)": "S, M"},
    )
    child = woo_row(
        ID="2",
        SKU="b",
        Type="variation",
        Parent="A",
        **{"Attribute 1 name": "Colour", "Attribute 1 value(s)": "Red", "Attribute 2 name": "Size"},
    )
    product = Read(table([child, parent]).encode()).products["1"]
    assert (product.option_names, product.skus[0].options) == (("Colour",), ("Red",))
