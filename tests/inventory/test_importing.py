"""Imports: new goods, runs that change nothing, edits that stay, stock that means something."""

import csv
import io
import json
from pathlib import Path

import pytest
from tests.factories import make_account, make_operator, make_shop
from tests.rivals import Together
from typer.testing import CliRunner

from yellowcart.catalog import actions as catalog
from yellowcart.catalog import queries, rules, supply
from yellowcart.catalog.models import Product, ReviewEvent, Sku
from yellowcart.cli import app
from yellowcart.core import startup
from yellowcart.core.models import AuditEntry, OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.inventory import actions, importing
from yellowcart.inventory.models import Stock, StockMove
from yellowcart.inventory.queries import levels_of
from yellowcart.shops.models import Shop, ShopMember

REPOSITORY = Path(__file__).resolve().parents[2]
APPAREL = REPOSITORY / "src/yellowcart/demo/data/shopify_apparel.csv"
WOO = REPOSITORY / "tests/sources/data/woocommerce_products.csv"

pytestmark = pytest.mark.django_db

TEE = {
    "Handle": "tee",
    "Title": "Tee",
    "Body (HTML)": "<p>Soft</p><script>alert(1)</script>",
    "Option1 Name": "Size",
    "Option1 Value": "M",
    "Variant Price": "10.00",
    "Variant Inventory Qty": "5",
}


@pytest.fixture
def owner():
    return make_account()


@pytest.fixture
def shop(owner):
    return make_shop(owner=owner)


def run(shop, data, **options):
    options = {"actor": None, **options}
    if not isinstance(data, bytes):
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, list(dict.fromkeys(key for row in data for key in row)))
        writer.writeheader()
        writer.writerows(data)
        data = out.getvalue().encode()
    return importing.do_import(io.BytesIO(data), shop=shop, **options)


def counts(report):
    return (
        report.products_created,
        report.products_changed,
        report.products_unchanged,
        report.rows_refused,
    )


def snapshot():
    """Everything an import could write."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Product, Sku, Stock, StockMove, ReviewEvent, OutboxEvent)
    ]


def test_the_real_export_comes_in_whole_and_waits_for_review(shop, owner):
    report = run(shop, APPAREL.read_bytes(), actor=owner)
    assert counts(report) == (20, 0, 0, 0)
    products = Product.objects.filter(shop=shop)
    assert {(p.source, p.integration, p.review_state, p.on_shelf) for p in products} == {
        ("native", "native", "in_review", True)
    }
    skus = Sku.objects.filter(shop=shop)
    assert skus.count() == 22
    assert {level.free for level in levels_of(skus).values()} == {1}
    assert AuditEntry.objects.get(verb="catalog.import").actor_id == owner.id


@pytest.mark.parametrize("path", [APPAREL, WOO], ids=["shopify", "woocommerce"])
def test_a_second_run_changes_nothing_at_all(shop, path):
    first = run(shop, path.read_bytes())
    before = snapshot()
    second = run(shop, path.read_bytes())
    assert counts(second) == (0, 0, first.products_created, first.rows_refused)
    assert snapshot() == before


def test_woocommerce_variants_on_their_parents_stock_share_one_row(shop):
    run(shop, WOO.read_bytes())
    cup = Product.objects.get(shop=shop, external_id="200")
    red, blue, large = queries.active_skus(cup)
    assert red.stock_sku_id == blue.stock_sku_id == red.id
    assert large.stock_sku_id == large.id
    assert {
        sku.code: level.free
        for sku, level in zip(
            (red, blue, large), levels_of((red, blue, large)).values(), strict=True
        )
    } == {
        "cup-red-s": 40,
        "cup-blue-s": 40,
        "cup-blue-l": 7,
    }


def test_descriptions_are_cleaned(shop):
    run(shop, [TEE])
    assert Product.objects.get(shop=shop).description_html == "<p>Soft</p>"


def test_unpublished_goods_stay_drafts_off_the_shelf(shop):
    run(shop, [{**TEE, "Published": "false"}])
    product = Product.objects.get(shop=shop)
    assert (product.review_state, product.on_shelf) == ("draft", False)


def test_what_the_file_changed_is_taken_over(shop):
    run(shop, [TEE], approve=True)
    report = run(shop, [{**TEE, "Title": "Better tee", "Variant Price": "12"}])
    assert counts(report) == (0, 1, 0, 0)
    product = Product.objects.get(shop=shop)
    assert (product.title, product.review_state) == ("Better tee", "in_review")
    assert queries.active_skus(product)[0].price_minor == 1200


def test_a_new_price_needs_no_new_review(shop):
    run(shop, [TEE], approve=True)
    run(shop, [{**TEE, "Variant Price": "12"}])
    assert Product.objects.get(shop=shop).review_state == "approved"


def test_an_edit_made_here_survives_a_file_that_did_not_touch_it(shop, owner):
    run(shop, [TEE])
    Product.objects.filter(shop=shop).update(title="Our tee")
    report = run(shop, [{**TEE, "Variant Price": "12"}])
    assert (counts(report), report.edits_kept) == ((0, 1, 0, 0), [])
    product = Product.objects.get(shop=shop)
    assert (product.title, queries.active_skus(product)[0].price_minor) == ("Our tee", 1200)


def test_where_both_changed_ours_stays_and_the_report_says_so(shop):
    run(shop, [TEE])
    Product.objects.filter(shop=shop).update(title="Our tee")
    Sku.objects.filter(shop=shop).update(price_minor=1500)
    changed = [{**TEE, "Title": "Their tee", "Variant Price": "12"}]
    report = run(shop, changed)
    assert [(kept.line, kept.field) for kept in report.edits_kept] == [
        (2, "title"),
        (2, "price_minor"),
    ]
    assert counts(report) == (0, 0, 1, 0)
    product = Product.objects.get(shop=shop)
    assert (product.title, queries.active_skus(product)[0].price_minor) == ("Our tee", 1500)
    assert run(shop, changed).edits_kept == []


def test_a_variant_that_left_the_file_goes_off_sale_and_can_come_back(shop):
    large = {"Handle": "tee", "Option1 Value": "L", "Variant Price": "11"}
    run(shop, [TEE, large])
    product = Product.objects.get(shop=shop)
    assert run(shop, [TEE]).variants_retired == 1
    assert [sku.options for sku in queries.active_skus(product)] == [["M"]]
    run(shop, [TEE, large])
    assert [sku.options for sku in queries.active_skus(product)] == [["M"], ["L"]]
    assert Sku.objects.filter(shop=shop).count() == 2


def test_a_refused_row_is_not_taken_for_a_variant_that_left(shop):
    large = {"Handle": "tee", "Option1 Value": "L", "Variant Price": "11"}
    run(shop, [TEE, large])
    report = run(shop, [TEE, {**large, "Variant Price": "oops"}])
    assert (report.rows_refused, report.variants_retired) == (1, 0)
    assert len(queries.active_skus(Product.objects.get(shop=shop))) == 2


def free(shop):
    return levels_of(Sku.objects.filter(shop=shop)).popitem()[1].free


def test_the_same_file_after_sales_does_not_restock_and_a_new_count_does(shop):
    run(shop, [TEE])
    sku = Sku.objects.get(shop=shop)
    actions.do_set_stock(shop.id, sku.id, 2, actor_id=None)
    run(shop, [{**TEE, "Title": "Renamed"}])
    assert free(shop) == 2
    run(shop, [{**TEE, "Title": "Renamed", "Variant Inventory Qty": "9"}])
    assert free(shop) == 9
    assert OutboxEvent.objects.filter(topic="inventory.stock_changed").count() == 2


def test_a_count_below_what_was_promised_stops_there_and_is_noted(shop):
    run(shop, [TEE])
    sku = Sku.objects.get(shop=shop)
    Stock.objects.filter(sku_id=sku.id).update(reserved=3, sold=1)
    report = run(shop, [{**TEE, "Variant Inventory Qty": "1"}])
    assert free(shop) == 0
    assert Stock.objects.get(sku_id=sku.id).on_hand == 4
    assert [note.line for note in report.notes] == [2]


def test_a_suppliers_import_carries_its_source_and_its_copies_follow(owner, shop):
    keeper = make_account()
    supplier = make_shop(owner=keeper, type="supplier", source="mokuai")
    run(supplier, [TEE], approve=True)
    original = Product.objects.get(shop=supplier)
    assert (original.source, original.integration) == ("mokuai", "supply")
    supply.do_list_supplier_goods(actor=owner, supplier=supplier, shop=shop)
    run(supplier, [{**TEE, "Variant Price": "20"}], actor=keeper)
    copy = Product.objects.get(shop=shop)
    assert queries.active_skus(copy)[0].price_minor == 2000


def test_what_one_shop_has_is_new_to_another(shop):
    run(shop, [TEE])
    assert counts(run(make_shop(), [TEE])) == (1, 0, 0, 0)


def code_of(call, *args, **kwargs):
    with pytest.raises(Problem) as caught:
        call(*args, **kwargs)
    return caught.value.code


@pytest.mark.parametrize("who", ["stranger", "staff", "another shop", "operator"])
def test_only_who_may_edit_goods_imports(shop, who):
    someone = {"operator": make_operator}.get(who, make_account)()
    if who == "staff":
        ShopMember.objects.create(shop=shop, account=someone, role="staff")
    if who == "another shop":
        make_shop(owner=someone)
    assert code_of(run, shop, [TEE], actor=someone) == "shop_forbidden"
    assert not Product.objects.exists()


def test_only_operators_approve_what_they_import(shop, owner):
    assert code_of(run, shop, [TEE], actor=owner, approve=True) == "operator_only"
    run(shop, [TEE], actor=make_operator(), approve=True)
    assert Product.objects.get(shop=shop).review_state == "approved"


def test_a_closed_shop_and_an_unknown_format_are_refused(shop):
    assert code_of(run, shop, [TEE], wanted="xlsx") == "format_unknown"
    shop.state = "closed"
    assert code_of(run, shop, [TEE]) == "shop_closed"


def test_an_imported_product_can_be_edited_like_any_other(shop, owner):
    run(shop, [TEE])
    product = Product.objects.get(shop=shop)
    wanted = rules.ProductInput(
        title="Tee", option_names=("Size",), skus=(rules.SkuInput(price_minor=1, options=("M",)),)
    )
    catalog.do_edit_product(actor=owner, product=product, wanted=wanted)
    assert Sku.objects.get(shop=shop).price_minor == 1


@pytest.fixture
def command(monkeypatch):
    monkeypatch.setattr(startup, "boot", lambda: None)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")

    def call(*arguments):
        return CliRunner().invoke(app, ["import", "products", *map(str, arguments)])

    return call


def test_the_command_opens_the_shop_and_prints_json(command):
    first = command(APPAREL, "--shop", "wardrobe", "--create-shop", "--currency", "usd", "--json")
    assert first.exit_code == 0, first.output
    body = json.loads(first.stdout)
    shop = Shop.objects.get(handle="wardrobe")
    assert (shop.currency, Product.objects.filter(shop=shop, currency="USD").count()) == ("USD", 20)
    assert body["shop"] == {"id": str(shop.id), "handle": "wardrobe"}
    again = json.loads(command(APPAREL, "--shop", str(shop.id), "--json").stdout)
    keys = (
        "products_created",
        "products_changed",
        "products_unchanged",
        "rows_refused",
        "refusals",
    )
    assert [body[key] for key in keys] == [20, 0, 0, 0, []]
    assert [again[key] for key in keys] == [0, 0, 20, 0, []]


def test_the_command_reports_what_it_refused_in_the_callers_language(command, monkeypatch):
    shop = make_shop()
    body = json.loads(command(WOO, "--shop", shop.handle, "--json").stdout)
    assert body["rows_refused"] == len(body["refusals"]) == 5
    assert body["refusals"][0]["line"] == 8
    assert "Line 8: A grouped product" in command(WOO, "--shop", shop.handle).stdout
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "第 8 行：组合商品" in command(WOO, "--shop", shop.handle).stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--shop", "nobody"), "no such shop"),
        (("--shop", "new", "--create-shop", "--currency", "XXQ"), "no currency"),
        (("--shop", "new", "--create-shop", "--format", "xlsx"), "not a format"),
        (("--shop", "new", "--create-shop", "--shop-type", "tent"), "not a type of shop"),
        (("--shop", "new", "--create-shop", "--format", "woocommerce"), "lacks the columns"),
    ],
)
def test_the_command_says_what_is_wrong_with_its_input(command, arguments, words):
    result = command(APPAREL, *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""
    assert not Shop.objects.exists()


def test_a_shops_name_that_is_no_handle_finds_the_shop_again(command):
    for _run in range(2):
        assert command(APPAREL, "--shop", "My Shop", "--create-shop").exit_code == 0
    assert [shop.handle for shop in Shop.objects.all()] == ["my-shop"]


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_take_turns():
    shop = make_shop()
    reports = Together([lambda: run(shop, APPAREL.read_bytes()) for _import in range(2)]).go()
    assert sorted(counts(report)[:3] for report in reports) == [(0, 0, 20), (20, 0, 0)]
    assert Product.objects.filter(shop=shop).count() == 20
