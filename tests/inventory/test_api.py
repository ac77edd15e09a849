"""Stock and imports over HTTP."""

from pathlib import Path

import pytest
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_product, make_shop, make_sku

from yellowcart.catalog.models import Product
from yellowcart.shops.models import ShopMember

APPAREL = (
    Path(__file__).resolve().parents[2] / "src/yellowcart/demo/data/shopify_apparel.csv"
).read_bytes()

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_account()


@pytest.fixture
def shop(owner):
    return make_shop(owner=owner)


def test_counting_and_adjusting(owner, shop):
    sku = make_sku(make_product(shop), stock=10)
    call = Caller(owner)
    assert call("PUT", f"/inventory/skus/{sku.id}", {"on_hand": 8})[1]["free"] == 8
    body = {"delta": -3, "idempotency_key": "d1"}
    for _repeat in range(2):
        assert call("POST", f"/inventory/skus/{sku.id}/adjust", body)[1]["on_hand"] == 5
    body = {"delta": -6, "idempotency_key": "d2"}
    status, problem = call("POST", f"/inventory/skus/{sku.id}/adjust", body)
    assert (status, problem["code"], problem["promised"]) == (409, "stock_promised", 0)
    assert call("PUT", f"/inventory/skus/{sku.id}", {"on_hand": -1})[0] == 422


def test_only_the_supplier_counts_shared_stock(owner, shop):
    supplier = make_shop(type="supplier")
    original = make_sku(make_product(supplier), stock=4)
    copy = make_sku(
        make_product(shop), stock_shop_id=supplier.id, stock_sku_id=original.id, stock=None
    )
    status, body = Caller(owner)("GET", f"/inventory/skus/{copy.id}")
    assert (status, body["shared"], body["free"]) == (200, True, 4)
    status, problem = Caller(owner)("PUT", f"/inventory/skus/{copy.id}", {"on_hand": 99})
    assert (status, problem["code"]) == (409, "stock_shared")


@pytest.mark.parametrize("who", ["anonymous", "stranger", "another shop", "operator"])
def test_whoever_has_no_part_in_the_shop_is_refused(shop, who):
    sku = make_sku(make_product(shop), stock=10)
    account = None
    if who != "anonymous":
        account = {"operator": make_operator}.get(who, make_account)()
    if who == "another shop":
        make_shop(owner=account)
    caller = Caller(account)
    wanted = 401 if who == "anonymous" else 403
    assert caller("PUT", f"/inventory/skus/{sku.id}", {"on_hand": 1})[0] == wanted
    body = {"delta": 1, "idempotency_key": "x"}
    assert caller("POST", f"/inventory/skus/{sku.id}/adjust", body)[0] == wanted
    assert caller.send_file(f"/inventory/import/{shop.handle}", APPAREL)[0] == wanted
    looks = 200 if who == "operator" else wanted
    assert caller("GET", f"/inventory/skus/{sku.id}")[0] == looks
    assert Product.objects.count() == 1


def test_staff_count_but_do_not_import(shop):
    staff = make_account()
    ShopMember.objects.create(shop=shop, account=staff, role="staff")
    sku = make_sku(make_product(shop), stock=10)
    assert Caller(staff)("PUT", f"/inventory/skus/{sku.id}", {"on_hand": 1})[0] == 200
    assert Caller(staff).send_file(f"/inventory/import/{shop.handle}", APPAREL)[0] == 403


def test_importing_a_file_twice(owner, shop):
    path = f"/inventory/import/{shop.handle}"
    status, first = Caller(owner).send_file(path, APPAREL)
    assert (status, first["format"], first["products_created"]) == (200, "shopify", 20)
    again = Caller(owner).send_file(path, APPAREL, format="shopify")[1]
    assert (again["products_unchanged"], again["rows_refused"]) == (20, 0)


def test_a_file_too_large_for_memory_is_read_from_disk(owner, shop):
    long = b"x" * 1_000_000
    rows = b"".join(b"h%d,T%d,5,%s\n" % (n, n, long) for n in range(3))
    data = b"Handle,Title,Variant Price,Body (HTML)\n" + rows
    body = Caller(owner).send_file(f"/inventory/import/{shop.handle}", data)[1]
    assert body["products_created"] == 3


def test_a_file_that_is_no_catalogue_says_so(owner, shop, monkeypatch):
    path = f"/inventory/import/{shop.handle}"
    status, problem = Caller(owner).send_file(path, b"a,b\n1,2\n")
    assert (status, problem["code"]) == (422, "catalogue_format_unknown")
    monkeypatch.setattr("yellowcart.inventory.api.LARGEST_FILE", 10)
    status, problem = Caller(owner).send_file(path, APPAREL)
    assert (status, problem["code"]) == (413, "file_too_large")
