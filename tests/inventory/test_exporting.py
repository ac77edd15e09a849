"""Exports: what goes out comes back unchanged, an edited cell is an edit here, no formulas."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import make_product, make_shop, make_sku

from yellowcart.catalog.models import Product, ReviewEvent, Sku
from yellowcart.core import tabular
from yellowcart.core.models import OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.inventory import importing
from yellowcart.inventory.exporting import products_sheet, products_sheet_for, stock_sheet
from yellowcart.inventory.models import Stock, StockMove

REPOSITORY = Path(__file__).resolve().parents[2]
APPAREL = REPOSITORY / "src/yellowcart/demo/data/shopify_apparel.csv"
WOO = REPOSITORY / "tests/sources/data/woocommerce_products.csv"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def shop():
    return make_shop()


def exported(shop, kind="csv", sheet=products_sheet):
    out = io.BytesIO()
    tabular.write(kind, out, sheet(shop))
    return out.getvalue()


def taken(shop, data, **options):
    report = importing.do_import(io.BytesIO(data), shop=shop, actor=None, **options)
    return (
        report.products_created,
        report.products_changed,
        report.products_unchanged,
        report.rows_refused,
    )


def snapshot():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Product, Sku, Stock, StockMove, ReviewEvent, OutboxEvent)
    ]


def edited(data, **cells):
    """The file with some cells of its first row changed."""
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    rows[0].update(cells)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def awkward(shop):
    """A product with everything that a spreadsheet could spoil."""
    product = make_product(
        shop,
        title="=cmd|' /C calc'!A0 ",
        description_html="<p>-1</p>\n<p>“x”</p>",
        category="+86",
        vendor="'-",
        tags=["a, b", "@home", "茶"],
        images=["https://img.example/a,b;c.jpg", "https://img.example/2.jpg"],
        option_names=["尺码", "Colour"],
        on_shelf=False,
    )
    make_sku(
        product,
        options=["42", "=red"],
        code="000123",
        barcode="6901234567892",
        price=1_999,
        compare_at_minor=2_999,
        sale_price_minor=999,
        sale_from=datetime(2021, 11, 10, 16, 0, 0, 1, tzinfo=UTC),
        sale_until=datetime(2021, 11, 11, 15, 59, 59, tzinfo=UTC),
        weight_grams=480,
        position=7,
    )
    make_sku(product, options=["43", "-blue"], price=2_000, stock=0, active=False, position=9)
    return product


@pytest.mark.parametrize("kind", tabular.KINDS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_export_imported_again_changes_nothing_at_all(shop, kind, language):
    taken(shop, APPAREL.read_bytes())
    taken(shop, WOO.read_bytes())
    awkward(shop)
    before = snapshot()
    with translation.override(language):
        count = Product.objects.count()
        for sheet in (products_sheet, stock_sheet):
            assert taken(shop, exported(shop, kind, sheet)) == (0, 0, count, 0)
    assert snapshot() == before


def test_an_edited_cell_is_taken_over_and_nothing_else(shop):
    taken(shop, APPAREL.read_bytes())
    file = edited(exported(shop), Title="New name", Price="77.5", Stock="9")
    row = next(csv.DictReader(io.StringIO(file.decode())))
    others = Product.objects.exclude(id=row["Product ID"])
    before = list(others.order_by("id").values())
    assert taken(shop, file)[1] == 1
    sku = Sku.objects.get(id=row["SKU ID"])
    assert (sku.product.title, sku.price_minor) == ("New name", 7750)
    assert Stock.objects.get(sku_id=sku.id).on_hand == 9
    assert list(others.order_by("id").values()) == before


def test_what_was_edited_here_meanwhile_stays_and_is_told(shop):
    product = make_product(shop, title="Tea")
    make_sku(product)
    file = edited(exported(shop), Title="Their tea", Brand="Lin")
    Product.objects.filter(id=product.id).update(title="Our tea")
    report = importing.do_import(io.BytesIO(file), shop=shop, actor=None)
    product.refresh_from_db()
    assert (product.title, product.vendor) == ("Our tea", "Lin")
    assert [one.field for one in report.edits_kept] == ["title"]


def test_a_later_export_of_the_source_still_knows_this_from_its_own_changes(shop):
    taken(shop, APPAREL.read_bytes())
    file = edited(exported(shop), Title="New name")
    taken(shop, file)
    assert taken(shop, APPAREL.read_bytes())[1:3] == (0, 20)
    assert Product.objects.filter(title="New name").count() == 1


def test_a_count_that_nobody_changed_does_not_undo_sales(shop):
    sku = make_sku(make_product(shop), stock=10)
    file = exported(shop, sheet=stock_sheet)
    Stock.objects.filter(sku_id=sku.id).update(on_hand=4)
    taken(shop, file)
    assert Stock.objects.get(sku_id=sku.id).on_hand == 4
    taken(shop, edited(file, Stock="6"))
    assert Stock.objects.get(sku_id=sku.id).on_hand == 6


def test_another_shop_gets_new_goods_and_no_one_elses_product(shop):
    make_sku(make_product(shop, title="Tea"))
    file, other = edited(exported(shop), Title="Theirs"), make_shop()
    assert taken(other, file) == (1, 0, 0, 0)
    assert Product.objects.get(shop=shop).title == "Tea"
    assert taken(other, file) == (0, 0, 1, 0)
    assert taken(make_shop(), exported(shop, sheet=stock_sheet)) == (0, 0, 0, 1)


def test_a_new_row_is_a_new_variant(shop):
    product = make_product(shop, option_names=["Size"])
    make_sku(product, options=["M"])
    file = exported(shop)
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
    rows.append({**rows[0], "SKU ID": "", "Option1 value": "L", "Stock": "3", "Yellowcart": ""})
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    assert taken(shop, out.getvalue().encode()) == (0, 1, 0, 0)
    assert [sku.options for sku in product.skus.order_by("position")] == [["M"], ["L"]]
    plan = importing.plan_import(io.BytesIO(out.getvalue().encode()), shop=shop, actor=None)
    assert plan.changes == []
    assert taken(shop, out.getvalue().encode()) == (0, 0, 1, 0)


def test_prices_in_another_currency_are_refused(shop):
    make_sku(make_product(shop))
    assert taken(shop, edited(exported(shop), Currency="USD")) == (0, 0, 0, 1)


@pytest.mark.parametrize("kind", tabular.KINDS)
def test_no_cell_is_a_formula(shop, kind):
    awkward(shop)
    file = exported(shop, kind)
    if kind == "csv":
        cells = [cell for row in csv.reader(io.StringIO(file.decode("utf-8-sig"))) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        assert "'=cmd|' /C calc'!A0 " in cells
    else:
        assert b"<f>" not in file


def test_a_workbook_refuses_a_text_it_would_lose(shop):
    make_sku(make_product(shop, description_html="x" * 40_000))
    with pytest.raises(Problem) as caught:
        exported(shop, "xlsx")
    assert caught.value.code == "cell_too_long"
    assert exported(shop)


@given(st.text())
def test_a_guard_can_be_taken_off_again(text):
    guarded = tabular.harmless(text)
    assert tabular.unguarded(guarded) == text
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("kind", tabular.KINDS)
@pytest.mark.parametrize("form", ["shopify", "woocommerce", "taobao"])
def test_goods_in_others_columns_come_into_another_shop(shop, form, kind):
    taken(shop, APPAREL.read_bytes())
    there = make_shop()
    count = Product.objects.count()
    data = exported(shop, kind, lambda one: products_sheet_for(one, form))
    assert taken(there, data) == (count, 0, 0, 0)
    for one in Product.objects.filter(shop=shop):
        twin = Product.objects.get(shop=there, title=one.title, external_id=one.external_id)
        assert (twin.images, twin.option_names) == (one.images, one.option_names)
        ours, theirs = (
            [(sku.options, sku.price_minor, sku.code) for sku in of.skus.order_by("position", "id")]
            for of in (one, twin)
        )
        assert theirs == ours
    assert taken(there, data) == (0, 0, count, 0)


@pytest.mark.parametrize("form", ["shopify", "woocommerce", "taobao"])
def test_goods_typed_here_are_not_doubled_by_a_file_in_others_columns(shop, form):
    product = make_product(shop, title="Cup")
    make_sku(product)
    data = exported(shop, sheet=lambda one: products_sheet_for(one, form))
    assert taken(shop, data) == (0, 0, 0, 1)
    assert taken(make_shop(), data) == (1, 0, 0, 0)
