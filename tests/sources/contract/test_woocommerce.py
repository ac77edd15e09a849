"""The WooCommerce connector against a shop that keeps to the documentation of its REST API."""

import base64
import hashlib
import hmac
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.sources.contract.loopback import Asked, Contract, Reply, running

from yellowcart.core.fetching import FetchError
from yellowcart.sources.connector import (
    ChangedLine,
    SourceError,
    Store,
    SupplyChange,
    SupplyLine,
    SupplyOrder,
    every,
)
from yellowcart.sources.connectors.answers import decimal_of, minor_of, rescaled
from yellowcart.sources.connectors.calling import AskedToWaitError, Caller
from yellowcart.sources.connectors.woocommerce import WooCommerce
from yellowcart.sources.files.catalogue import read_catalogue
from yellowcart.sources.files.drafts import ProductDraft, Refusal

KEY, SECRET, HOOK = "ck_1", "cs_2", "hush"
BASIC = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
woo = WooCommerce()

MUG = {
    "id": 44, "name": "Mug &amp; saucer", "type": "simple", "status": "publish", "sku": "MUG",
    "description": "<p>Holds 350 ml.</p>\n", "short_description": "", "regular_price": "39.00",
    "sale_price": "", "manage_stock": True, "stock_quantity": 12, "stock_status": "instock",
    "backorders": "no", "categories": [{"id": 9, "name": "Mugs, cups", "slug": "mugs"}],
    "tags": [{"name": "red"}], "images": [{"src": "https://shop.example/mug.jpg"}],
    "attributes": [], "date_modified_gmt": "2026-11-20T00:00:00",
}  # fmt: skip
TEE = {
    **MUG, "id": 50, "name": "Tee", "type": "variable", "sku": "TEE", "regular_price": "",
    "manage_stock": False, "stock_quantity": None,
    "attributes": [{"name": "Colour", "options": ["red", "blue"], "variation": True}],
    "date_modified_gmt": "2026-11-25T00:00:00",
}  # fmt: skip
VARIATIONS = [
    {"id": 51, "status": "publish", "sku": "TEE-R", "regular_price": "90.00",
     "sale_price": "80.00", "date_on_sale_from": "2026-11-01T00:00:00",
     "date_on_sale_from_gmt": "2026-10-31T16:00:00", "date_on_sale_to": "2026-11-30T23:59:59",
     "date_on_sale_to_gmt": "2026-11-30T15:59:59", "manage_stock": True, "stock_quantity": 3,
     "stock_status": "instock", "attributes": [{"name": "Colour", "option": "red"}],
     "image": {"src": "https://shop.example/red.jpg"}},
    {"id": 52, "status": "publish", "sku": "TEE-B", "regular_price": "90.00", "sale_price": "",
     "manage_stock": True, "stock_quantity": -1, "stock_status": "onbackorder",
     "backorders": "yes", "attributes": [{"name": "Colour", "option": "blue"}], "image": None},
]  # fmt: skip
EXPORT = """ID,Type,SKU,Name,Published,Short description,Description,Date sale price starts,\
Date sale price ends,In stock?,Stock,Backorders allowed?,Sale price,Regular price,Categories,Tags,\
Images,Parent,Attribute 1 name,Attribute 1 value(s)
44,simple,MUG,Mug &amp; saucer,1,,<p>Holds 350 ml.</p>\\n,,,1,12,0,,39.00,"Mugs\\, cups",red,\
https://shop.example/mug.jpg,,,
50,variable,TEE,Tee,1,,<p>Holds 350 ml.</p>\\n,,,1,,0,,,"Mugs\\, cups",red,\
https://shop.example/mug.jpg,,Colour,"red, blue"
51,variation,TEE-R,,1,,,2026-11-01,2026-11-30,1,3,0,80.00,90.00,,,https://shop.example/red.jpg,\
id:50,Colour,red
52,variation,TEE-B,,1,,,,,1,-1,1,,90.00,,,,id:50,Colour,blue
"""


@dataclass
class WooShop:
    """The shop's side: what is documented is answered, anything else refused."""

    products: list[dict[str, Any]] = field(default_factory=lambda: [MUG, TEE])
    orders: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/wp-json/":
            return Reply({"name": "Example shop"})
        if asked.headers.get("authorization") != BASIC:
            words = "Consumer key or secret is wrong."
            return Reply({"code": "woocommerce_rest_cannot_view", "message": words}, 401)
        path = asked.path.removeprefix("/wp-json/wc/v3/")
        known = {"status", "orderby", "order", "per_page", "page", "modified_after",
                 "dates_are_gmt", "after"}  # fmt: skip
        if set(asked.query) - known or int(asked.query.get("per_page", "10")) > 100:
            return Reply({"code": "rest_invalid_param", "message": "Invalid parameter(s)"}, 400)
        return self.resource(asked, path)

    def resource(self, asked: Asked, path: str) -> Reply:
        head, _slash, rest = path.partition("/")
        if path == "data/currencies/current":
            return Reply({"code": "CNY", "name": "Chinese yuan", "symbol": "&yen;"})
        if path == "products/50/variations":
            return self.page(asked, VARIATIONS)
        if path == "products":
            since = asked.query.get("modified_after", "")
            if since:
                assert asked.query["dates_are_gmt"] == "true"
            return self.page(asked, [p for p in self.products if p["date_modified_gmt"] > since])
        if path == "orders" and asked.method == "GET":
            return self.page(asked, self.orders)
        if path == "orders":
            made = {"id": 700 + len(self.orders), "status": "processing", "refunds": []}
            self.orders.append({**made, **asked.json})
            return Reply(self.orders[-1], 201)
        if head == "orders" and rest.endswith("/refunds"):
            return self.refunds(asked, rest.removesuffix("/refunds"))
        rows = self.orders if head == "orders" else self.products
        found = next((one for one in rows if str(one["id"]) == rest), None)
        if found is None:
            return Reply({"code": f"woocommerce_rest_{head}_invalid_id", "message": "No."}, 404)
        if asked.method == "PUT":
            found.update(asked.json)
        return Reply(found)

    def refunds(self, asked: Asked, order_id: str) -> Reply:
        found = next(one for one in self.orders if str(one["id"]) == order_id)
        made = found.setdefault("given", [])
        if asked.method == "GET":
            return self.page(asked, made)
        total = sum(one["refund_total"] for one in asked.json["line_items"])
        made.append({**asked.json, "id": 900 + len(made)})
        found["refunds"] = [*found["refunds"], {"id": 900, "total": f"-{total:.2f}"}]
        return Reply(made[-1], 201)

    def page(self, asked: Asked, rows: list[dict[str, Any]]) -> Reply:
        size, number = int(asked.query["per_page"]), int(asked.query["page"])
        pages = -(-len(rows) // size)
        headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
        return Reply(rows[(number - 1) * size : number * size], headers=headers)


@pytest.fixture
def shop() -> WooShop:
    return WooShop()


@pytest.fixture
def contract(shop: WooShop, settings: SettingsWrapper) -> Iterator[Contract]:
    def allow(host: str) -> None:
        settings.FETCH_ALLOW = [host]

    with running(shop.answer, allow) as made:
        yield made


def store_of(contract: Contract, **other: str) -> Store:
    known = {"url": contract.url + "/", "key": KEY, "secret": SECRET, "webhook_secret": HOOK}
    return contract.store({**known, **other})


def order(reference: str = "yc-1") -> SupplyOrder:
    lines = [
        SupplyLine(1, "44", "44", "Mug", 2, 3900),
        SupplyLine(2, "50", "51", "Tee", 1, 8000),
    ]
    to = {"name": "李雷", "phone": "1", "region": "浙江省 杭州市", "address": "文三路"}
    return SupplyOrder(reference, "CNY", lines, to, datetime(2026, 11, 26, 8, tzinfo=UTC))


def test_a_connected_shop_gives_what_its_export_gives(contract: Contract):
    store = store_of(contract)
    assert woo.check(store) == "Example shop"
    connected = [one for one in every(woo.catalogue, store) if isinstance(one, ProductDraft)]
    file = io.BytesIO(EXPORT.encode())
    read = read_catalogue(file, currency="CNY", zone=ZoneInfo("Asia/Shanghai"))
    exported = [one for one in read.items if isinstance(one, ProductDraft)]
    assert [one.key for one in connected] == ["44", "50"]
    for ours, theirs in zip(connected, exported, strict=True):
        assert bare(ours) == bare(theirs)
    assert woo.item(store, "44") == connected[0]
    assert woo.item(store, "9999") is None


def bare(draft: ProductDraft) -> dict[str, Any]:
    """A draft without the lines it came from."""
    fields = {name: getattr(draft, name) for name in draft.__slots__ if name != "line"}
    fields["skus"] = [
        {name: getattr(sku, name) for name in sku.__slots__ if name != "line"} for sku in draft.skus
    ]
    return fields


def test_pages_are_followed_by_their_header(contract: Contract, shop: WooShop):
    shop.products = [{**MUG, "id": 1000 + n, "sku": f"M{n}"} for n in range(45)]
    drafts = list(every(woo.catalogue, store_of(contract)))
    assert [one.key for one in drafts] == [str(1000 + n) for n in range(45)]
    assert [one.query["page"] for one in contract.asked] == ["1", "2", "3"]


def test_levels_since_an_instant_are_those_of_changed_products(contract: Contract):
    store = store_of(contract)
    everything = list(every(woo.levels, store, None))
    assert [(one.sku_key, one.available, one.price_minor) for one in everything] == [
        ("44", 12, 3900),
        ("51", 3, 9000),
        ("52", 0, 9000),
    ]
    since = datetime(2026, 11, 24, tzinfo=UTC)
    assert [one.sku_key for one in every(woo.levels, store, since)] == ["51", "52"]


def test_an_order_is_placed_once_and_followed(contract: Contract, shop: WooShop):
    store = store_of(contract)
    assert woo.find(store, order()) is None
    first = woo.place(store, order())
    assert woo.find(store, order()) == woo.place(store, order()) == first
    [made] = shop.orders
    assert made["line_items"] == [
        {"product_id": 44, "quantity": 2},
        {"product_id": 50, "variation_id": 51, "quantity": 1},
    ]
    assert (made["shipping"]["city"], made["shipping"]["country"]) == ("杭州市", "CN")
    tracking = [{"tracking_provider": "SF", "tracking_number": "SF1"}]
    made["meta_data"].append({"key": "_wc_shipment_tracking_items", "value": tracking})
    made.update(status="completed", refunds=[{"id": 1, "total": "-39.00"}])
    sent = woo.progress(store, first.external_id)
    assert (sent.state, sent.refunded_minor) == ("sent", 3900)
    assert [(one.carrier, one.tracking_no) for one in sent.parcels] == [("SF", "SF1")]
    tracking.append({"tracking_provider": "SF", "tracking_number": "", "tracking_id": "f0"})
    made["meta_data"][-1]["value"] = tracking
    told = woo.progress(store, first.external_id)
    assert [(one.tracking_no, one.key) for one in told.parcels] == [("SF1", ""), ("", "f0")]
    assert woo.cancel(store, first.external_id, "late").state == "sent"
    second = woo.place(store, order("yc-2"))
    assert woo.cancel(store, second.external_id, "no more").state == "cancelled"
    assert woo.progress(store, second.external_id).state == "cancelled"


def test_a_lost_answer_makes_no_second_order(contract: Contract, shop: WooShop):
    shop.orders = [
        {"id": n, "status": "processing", "currency": "CNY", "meta_data": []} for n in range(150)
    ]
    shop.orders.append({**shop.orders[0], "id": 999, "meta_data": [
        {"key": "yellowcart_reference", "value": "yc-1"}]})  # fmt: skip
    assert woo.place(store_of(contract), order()).external_id == "999"
    assert len(shop.orders) == 151


def test_what_is_wrong_is_refused(contract: Contract, shop: WooShop):
    with pytest.raises(SourceError, match="Consumer key") as caught:
        woo.check(store_of(contract, secret="other"))
    assert caught.value.reauthorise
    with pytest.raises(SourceError, match="prices in CNY"):
        woo.check(Store(store_of(contract).settings, Caller(), currency="USD"))
    shop.products = [
        {**MUG, "type": "grouped"},
        {**MUG, "id": "x"},
        {**MUG, "regular_price": "1.005"},
        {**MUG, "regular_price": ""},
    ]
    refused = list(every(woo.catalogue, store_of(contract)))
    assert all(isinstance(one, Refusal) and one.reason for one in refused)
    assert len(refused) == 4


def test_bad_answers_are_refused(contract: Contract):
    for body in (b"<html>", b'{"a": 1}', b"[1]"):
        contract.first.append(Reply(body))
        with pytest.raises(SourceError):
            woo.catalogue(store_of(contract))
    contract.first.append(Reply(b"[" + b" " * 9_000_000 + b"]"))
    with pytest.raises(FetchError, match="too large"):
        woo.catalogue(store_of(contract))
    contract.first.append(Reply({"message": "down"}, 502))
    with pytest.raises(SourceError, match="down") as caught:
        woo.catalogue(store_of(contract))
    assert caught.value.again
    contract.first.append(Reply(status=429, headers={"Retry-After": "300"}))
    with pytest.raises(AskedToWaitError):
        woo.catalogue(store_of(contract))


def hook(topic: str, body: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    raw = json.dumps(body).encode()
    signature = base64.b64encode(hmac.new(HOOK.encode(), raw, hashlib.sha256).digest()).decode()
    return {
        "x-wc-webhook-topic": topic,
        "x-wc-webhook-delivery-id": "d1",
        "x-wc-webhook-signature": signature,
    }, raw


@pytest.mark.parametrize(
    ("topic", "body", "kind", "key"),
    [
        ("product.updated", {"id": 44}, "product", "44"),
        ("product.updated", {"id": 51, "parent_id": 50}, "product", "50"),
        ("product.deleted", {"id": 44}, "product_gone", "44"),
        ("product.deleted", {"id": 51, "parent_id": 50}, "product", "50"),
        ("order.updated", {"id": 700}, "order", "700"),
        ("coupon.created", {"id": 1}, "other", "1"),
    ],
)
def test_webhooks_are_hints(topic: str, body: dict[str, Any], kind: str, key: str):
    store = Store({"webhook_secret": HOOK}, Caller())
    headers, raw = hook(topic, body)
    delivery = woo.read_webhook(store, headers, raw, 0.0)
    assert delivery is not None
    assert delivery.message_id == "d1"
    assert [(one.kind, one.key) for one in delivery.happenings] == [(kind, key)]
    assert woo.read_webhook(store, headers, raw + b" ", 0.0) is None
    assert woo.read_webhook(store, {**headers, "x-wc-webhook-signature": ""}, raw, 0.0) is None
    assert woo.read_webhook(Store({}, Caller()), headers, raw, 0.0) is None


@given(st.integers(0, 10**12), st.sampled_from(["CNY", "USD", "JPY", "KRW", "KWD", "EUR"]))
def test_amounts_go_to_decimals_and_back(minor: int, currency: str):
    assert minor_of(decimal_of(minor, currency), currency) == minor
    assert minor_of(
        decimal_of(minor, currency) + ".0" * (currency in {"JPY", "KRW"}), currency
    ) == (minor)


@given(st.integers(0, 10**10))
def test_an_integer_with_two_places_is_rescaled_for_its_currency(amount: int):
    assert rescaled(amount, 2, "CNY") == amount
    assert rescaled(amount * 100, 2, "JPY") == amount
    assert rescaled(amount, 2, "KWD") == amount * 10


@pytest.mark.parametrize("text", ["", "-1", "1.005", "NaN", "1e99", "twelve", "1,5", "Infinity"])
def test_what_is_no_price_is_refused(text: str):
    with pytest.raises(ValueError, match=r"."):
        minor_of(text, "CNY")


def test_pieces_that_are_not_to_be_sent_are_refunded_there_once(contract: Contract, shop: WooShop):
    store = store_of(contract)
    placed = woo.place(store, order())
    [made] = shop.orders
    made["line_items"] = [
        {"id": 1, "product_id": 44, "variation_id": 0, "quantity": 2, "total": "78.00"},
        {"id": 2, "product_id": 50, "variation_id": 51, "quantity": 1, "total": "80.00"},
    ]
    change = SupplyChange(
        "yc-1-1", "CNY", [ChangedLine(1, "44", "44", "Mug", 1, 1, 3900)], 3900, "back"
    )
    first = woo.reduce(store, placed.external_id, change)
    assert (first.state, first.refunded_minor) == ("taken", 3900)
    assert woo.reduce(store, placed.external_id, change) == first
    [given] = made["given"]
    assert given["line_items"] == [{"id": 1, "quantity": 1, "refund_total": 39.0}]
    assert (given["api_refund"], given["api_restock"]) == (False, True)
    strange = ChangedLine(3, "9", "9", "Cup", 1, 1, 1)
    with pytest.raises(SourceError):
        woo.reduce(store, placed.external_id, SupplyChange("yc-1-2", "CNY", [strange]))
    made["status"] = "completed"
    with pytest.raises(SourceError):
        woo.reduce(store, placed.external_id, change)
