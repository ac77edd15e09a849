"""The Shopify connector against a store that keeps to Shopify's documentation: tokens for a day,
points that calls cost, cursors, user errors."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.sources.contract.loopback import Asked, Contract, Reply, running

from yellowcart.core.clock import wall
from yellowcart.core.fetching import FetchError
from yellowcart.sources.connector import (
    ChangedLine,
    Grant,
    SourceError,
    Store,
    SupplyChange,
    SupplyLine,
    SupplyOrder,
    every,
)
from yellowcart.sources.connectors.calling import AskedToWaitError, Caller
from yellowcart.sources.connectors.shopify import Shopify, sign_webhook
from yellowcart.sources.files.catalogue import read_catalogue
from yellowcart.sources.files.drafts import ProductDraft, Refusal

GRANT = Grant("shpat_1")
shopify = Shopify()


def variant(number: int, title: str, price: str, stock: int, **options: str) -> dict[str, Any]:
    chosen = [{"name": name, "value": value} for name, value in options.items()]
    return {
        "id": f"gid://shopify/ProductVariant/{number}", "title": title, "sku": f"S{number}",
        "barcode": None, "price": price, "compareAtPrice": None, "inventoryQuantity": stock,
        "inventoryItem": {"tracked": True},
        "selectedOptions": chosen or [{"name": "Title", "value": "Default Title"}],
    }  # fmt: skip


def product(handle: str, *variants: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {
        "handle": handle, "title": handle.title(), "descriptionHtml": "<p>x</p>", "vendor": "V",
        "productType": "T", "tags": ["a"], "status": "ACTIVE", "isGiftCard": False,
        "hasOnlyDefaultVariant": variants[0]["title"] == "Default Title", "category": None,
        "options": [{"name": one["name"]} for one in variants[0]["selectedOptions"]],
        "media": {"nodes": [{"image": {"url": "https://cdn.example/1.jpg"}}, {}]},
        "variants": variants, **other,
    }  # fmt: skip


TEE = product(
    "tee",
    variant(1, "S / red", "90.00", 3, Size="S", Colour="red"),
    variant(2, "M / red", "95.50", -2, Size="M", Colour="red"),
)
MUG = product("mug", variant(3, "Default Title", "39.00", 12))
EXPORT = """Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,\
Option2 Name,Option2 Value,Variant SKU,Variant Price,Variant Inventory Qty,\
Variant Inventory Policy,Image Src
tee,Tee,<p>x</p>,V,T,a,TRUE,Size,S,Colour,red,S1,90.00,3,deny,https://cdn.example/1.jpg
tee,,,,,,,,M,,red,S2,95.50,-2,continue,
mug,Mug,<p>x</p>,V,T,a,TRUE,Title,Default Title,,,S3,39.00,12,deny,https://cdn.example/1.jpg
"""


@dataclass
class ShopifyStore:
    """The store's side. ``points`` are left of the bucket."""

    products: list[dict[str, Any]] = field(default_factory=lambda: [TEE, MUG])
    orders: list[dict[str, Any]] = field(default_factory=list)
    points: float = 2000.0
    variants_a_page: int = 50
    edits: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/admin/oauth/access_token":
            form = {name: value[0] for name, value in parse_qs(asked.body.decode()).items()}
            wanted = {
                "grant_type": "client_credentials", "client_id": "id", "client_secret": "hush",
            }  # fmt: skip
            if form != wanted:
                return Reply({"error": "application_cannot_be_found"}, 400)
            return Reply({"access_token": "shpat_1", "scope": "x", "expires_in": 86399})
        if asked.path != "/admin/api/2026-10/graphql.json":
            return Reply({"errors": "Not Found"}, 404)
        if asked.headers.get("x-shopify-access-token") != "shpat_1":
            words = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return Reply({"errors": words}, 401)
        return self.graphql(asked.json["query"], asked.json["variables"])

    def graphql(self, query: str, given: dict[str, Any]) -> Reply:
        cost = 500.0
        left = {"currentlyAvailable": self.points, "restoreRate": 100.0, "maximumAvailable": 2000.0}
        costs = {"cost": {"requestedQueryCost": cost, "throttleStatus": left}}
        if cost > self.points:
            self.points += 300
            error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
            return Reply({"errors": [error], "extensions": costs})
        data = {"shop": {"name": "Example", "currencyCode": "CNY"}, **self.data(query, given)}
        return Reply({"data": data, "extensions": costs})

    def data(self, query: str, given: dict[str, Any]) -> dict[str, Any]:
        if "orderCreate(" in query:
            return {"orderCreate": self.create(given["order"], given["options"])}
        if "orderEdit" in query:
            return self.edit(query, given)
        if "orderCancel(" in query:
            self.order(given["id"])["cancelledAt"] = "2026-11-26T00:00:00Z"
            return {"orderCancel": {"orderCancelUserErrors": []}}
        if "orders(" in query:
            found = [o for o in self.orders if f"source_identifier:{o['ref']}" == given["query"]]
            return {"orders": {"nodes": found, "pageInfo": {}}}
        if "order(" in query:
            found = self.order(given["id"])
            return {"order": found or None}
        if "productVariants(" in query:
            rows = [
                {**one, "product": {"handle": p["handle"]}}
                for p in self.products
                for one in p["variants"]
            ]
            return {"productVariants": page(rows, given["after"], 2)}
        if "productByIdentifier(" in query:
            found = next((p for p in self.products if p["handle"] == given["handle"]), None)
            return {"productByIdentifier": found and self.seen(found, given.get("after"))}
        if "products(" in query:
            rows = page(self.products, given["after"], 10)
            return {"products": {**rows, "nodes": [self.seen(p, None) for p in rows["nodes"]]}}
        return {}

    def seen(self, found: dict[str, Any], after: str | None) -> dict[str, Any]:
        return {**found, "variants": page(list(found["variants"]), after, self.variants_a_page)}

    def order(self, order_id: str) -> dict[str, Any]:
        return next((o for o in self.orders if o["id"] == order_id), {})

    def create(self, wish: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        assert options["inventoryBehaviour"] == "DECREMENT_OBEYING_POLICY"
        if wish["lineItems"][0]["quantity"] > 100:
            error = {"field": ["order"], "message": "Unable to reserve inventory"}
            return {"userErrors": [error], "order": None}
        self.orders.append({
            "id": f"gid://shopify/Order/{len(self.orders) + 1}", "ref": wish["sourceIdentifier"],
            "cancelledAt": None, "displayFulfillmentStatus": "UNFULFILLED", "fulfillments": [],
            "totalRefundedSet": {"shopMoney": {"amount": "0.0", "currencyCode": "CNY"}},
            "wish": wish, "lineItems": {"nodes": [self.line(one) for one in wish["lineItems"]]},
        })  # fmt: skip
        return {"userErrors": [], "order": self.orders[-1]}

    def line(self, wish: dict[str, Any]) -> dict[str, Any]:
        own = next(
            (p["handle"], v["title"])
            for p in self.products
            for v in p["variants"]
            if v["id"] == wish["variantId"]
        )
        count = wish["quantity"]
        return {
            "quantity": count, "currentQuantity": count, "variantTitle": own[1],
            "product": {"handle": own[0]},
        }  # fmt: skip

    def edit(self, query: str, given: dict[str, Any]) -> dict[str, Any]:
        """An edit of an order: staged, and nothing before it is committed."""
        if "orderEditBegin(" in query:
            order = self.order(given["id"])
            if order["fulfillments"] or order["cancelledAt"]:
                return {"orderEditBegin": wrong("The order cannot be edited.")}
            edit_id = f"gid://shopify/CalculatedOrder/{len(self.edits) + 1}"
            self.edits[edit_id] = {"order": order, "set": {}}
            nodes = [
                {
                    "id": f"gid://shopify/CalculatedLineItem/{number}",
                    "quantity": one["currentQuantity"], "variantTitle": one["variantTitle"],
                    "variant": {"product": one["product"]},
                }
                for number, one in enumerate(order["lineItems"]["nodes"])
            ]  # fmt: skip
            calculated = {"id": edit_id, "lineItems": {"nodes": nodes}}
            return {"orderEditBegin": {"userErrors": [], "calculatedOrder": calculated}}
        edit = self.edits[given["id"]]
        if "orderEditSetQuantity(" in query:
            assert "restock: true" in query
            assert given["quantity"] >= 0
            edit["set"][int(given["line"].rpartition("/")[2])] = given["quantity"]
            return {"orderEditSetQuantity": {"userErrors": []}}
        assert "notifyCustomer: false" in query
        for number, count in edit["set"].items():
            edit["order"]["lineItems"]["nodes"][number]["currentQuantity"] = count
        self.notes.append(given["note"])
        return {"orderEditCommit": {"userErrors": []}}


def wrong(words: str) -> dict[str, Any]:
    return {"userErrors": [{"field": ["id"], "message": words}]}


def page(rows: list[Any], after: str | None, size: int) -> dict[str, Any]:
    at = int(after or 0)
    more = at + size < len(rows)
    info = {"hasNextPage": more, "endCursor": str(at + size)}
    return {"nodes": rows[at : at + size], "pageInfo": info}


@pytest.fixture
def there() -> ShopifyStore:
    return ShopifyStore()


@pytest.fixture
def contract(there: ShopifyStore, settings: SettingsWrapper) -> Iterator[Contract]:
    def allow(host: str) -> None:
        settings.FETCH_ALLOW = [host]

    with running(there.answer, allow) as made:
        yield made


def store_of(contract: Contract, grant: Grant | None = GRANT, secret: str = "hush") -> Store:  # noqa: S107
    known = {"url": contract.url, "client_id": "id", "client_secret": secret}
    return contract.store(known, grant=grant)


def order(reference: str = "yc-1", quantity: int = 2) -> SupplyOrder:
    line = SupplyLine(1, "tee", "M / red", "Tee", quantity, 9550)
    to = {"name": "李雷", "phone": "1", "region": "浙江省 杭州市", "address": "文三路"}
    return SupplyOrder(reference, "CNY", [line], to)


def bare(draft: ProductDraft) -> dict[str, Any]:
    """A draft without the lines it came from."""
    fields = {name: getattr(draft, name) for name in draft.__slots__ if name != "line"}
    fields["skus"] = [
        {name: getattr(sku, name) for name in sku.__slots__ if name != "line"} for sku in draft.skus
    ]
    return fields


def test_a_token_is_fetched_without_a_person_and_lasts_a_day(contract: Contract):
    grant = shopify.renew(store_of(contract, None))
    assert grant.access_token == "shpat_1"
    assert grant.expires_at is not None
    assert timedelta(hours=23) < grant.expires_at - wall() <= timedelta(hours=24)
    with pytest.raises(SourceError, match="wrong") as caught:
        shopify.renew(store_of(contract, None, secret="other"))
    assert caught.value.reauthorise
    with pytest.raises(SourceError) as caught:
        shopify.check(store_of(contract, Grant("old")))
    assert caught.value.reauthorise


def test_a_connected_store_gives_what_its_export_gives(contract: Contract):
    store = store_of(contract)
    assert shopify.check(store) == "Example"
    connected = [one for one in every(shopify.catalogue, store) if isinstance(one, ProductDraft)]
    file = io.BytesIO(EXPORT.encode())
    read = read_catalogue(file, currency="CNY", zone=ZoneInfo("Asia/Shanghai"))
    exported = [one for one in read.items if isinstance(one, ProductDraft)]
    assert len(connected) == 2
    assert [bare(one) for one in connected] == [bare(one) for one in exported]
    mug = shopify.item(store, "mug")
    assert isinstance(mug, ProductDraft)
    assert bare(mug) == bare(connected[1])
    assert shopify.item(store, "none") is None


def test_pages_of_products_and_variants_are_followed(contract: Contract, there: ShopifyStore):
    there.variants_a_page = 1
    there.products = [{**TEE, "handle": f"tee-{n}"} for n in range(23)]
    drafts = list(every(shopify.catalogue, store_of(contract)))
    assert [one.key for one in drafts] == [f"tee-{n}" for n in range(23)]
    assert all(len(one.skus) == 2 for one in drafts)


def test_levels_are_of_all_variants(contract: Contract):
    levels = list(every(shopify.levels, store_of(contract), datetime(2026, 1, 1, tzinfo=UTC)))
    assert [(one.product_key, one.sku_key, one.available, one.price_minor) for one in levels] == [
        ("tee", "S / red", 3, 9000),
        ("tee", "M / red", 0, 9550),
        ("mug", "Default Title", 12, 3900),
    ]


def test_points_are_waited_for(contract: Contract, there: ShopifyStore):
    there.points = 300.0
    store = store_of(contract)
    assert shopify.check(store) == "Example"
    assert [round(one) for one in contract.slept] == [2]
    there.points = -600.0
    with pytest.raises(AskedToWaitError) as caught:
        shopify.check(store_of(contract))
    assert caught.value.seconds == 11


def test_an_order_is_placed_once_shipped_and_refunded(contract: Contract, there: ShopifyStore):
    store = store_of(contract)
    assert shopify.find(store, order()) is None
    first = shopify.place(store, order())
    assert shopify.find(store, order()) == first
    assert (first.state, shopify.place(store, order())) == ("taken", first)
    [made] = there.orders
    [line] = made["wish"]["lineItems"]
    assert (line["variantId"], line["quantity"]) == ("gid://shopify/ProductVariant/2", 2)
    assert line["priceSet"]["shopMoney"] == {"amount": "95.50", "currencyCode": "CNY"}
    assert made["wish"]["shippingAddress"]["countryCode"] == "CN"
    made["fulfillments"] = [{
        "status": "SUCCESS", "displayStatus": "IN_TRANSIT",
        "trackingInfo": [{"company": "SF", "number": "SF1"}],
        "fulfillmentLineItems": {"nodes": [
            {"quantity": 1, "lineItem": {"variantTitle": "M / red"}}]},
    }, {"status": "CANCELLED"}]  # fmt: skip
    made["displayFulfillmentStatus"] = "PARTIALLY_FULFILLED"
    made["totalRefundedSet"]["shopMoney"]["amount"] = "95.5"
    part = shopify.progress(store, first.external_id)
    assert (part.state, part.refunded_minor) == ("part_sent", 9550)
    assert [(one.carrier, one.tracking_no, one.pieces) for one in part.parcels] == [
        ("SF", "SF1", {"M / red": 1})
    ]
    made["displayFulfillmentStatus"] = "FULFILLED"
    assert shopify.cancel(store, first.external_id, "late").state == "sent"
    second = shopify.place(store, order("yc-2"))
    assert shopify.cancel(store, second.external_id, "no more").state == "cancelled"
    assert shopify.progress(store, second.external_id).state == "cancelled"


def fewer(reference: str = "yc-1-1", in_all: int = 1) -> SupplyChange:
    line = ChangedLine(1, "tee", "M / red", "Tee", 1, in_all, 9550)
    return SupplyChange(reference, "CNY", [line], 9550, "The buyer has the money back.")


def left_of(there: ShopifyStore) -> list[int]:
    return [one["currentQuantity"] for one in there.orders[-1]["lineItems"]["nodes"]]


def test_pieces_that_are_not_to_be_sent_are_removed_once(contract: Contract, there: ShopifyStore):
    store = store_of(contract)
    placed = shopify.place(store, order(quantity=3))
    told = shopify.reduce(store, placed.external_id, fewer())
    assert (told.state, told.refunded_minor, left_of(there)) == ("taken", 0, [2])
    assert there.notes == ["The buyer has the money back. yc-1-1"]
    assert shopify.reduce(store, placed.external_id, fewer()) == told
    assert (len(there.notes), len(there.edits)) == (1, 1)
    shopify.reduce(store, placed.external_id, fewer("yc-1-2", in_all=2))
    assert left_of(there) == [1]


@pytest.mark.parametrize("lost", ["orderEditBegin", "orderEditSetQuantity", "orderEditCommit"])
def test_an_edit_whose_answer_was_lost_is_made_once(
    contract: Contract, there: ShopifyStore, lost: str
):
    store = store_of(contract)
    placed = shopify.place(store, order(quantity=3))

    def lossy(asked: Asked) -> Reply:
        reply = there.answer(asked)
        return Reply(b"", 502) if f"{lost}(" in asked.json["query"] else reply

    contract.answer = lossy
    with pytest.raises(SourceError) as caught:
        shopify.reduce(store, placed.external_id, fewer())
    assert caught.value.again
    contract.answer = there.answer
    shopify.reduce(store, placed.external_id, fewer())
    assert (left_of(there), len(there.notes)) == ([2], 1)


def test_pieces_that_the_shop_removed_itself_are_not_removed_twice(
    contract: Contract, there: ShopifyStore
):
    store = store_of(contract)
    placed = shopify.place(store, order(quantity=3))
    there.orders[0]["lineItems"]["nodes"][0]["currentQuantity"] = 1
    shopify.reduce(store, placed.external_id, fewer())
    assert (left_of(there), there.edits) == ([1], {})


def test_what_is_on_its_way_is_not_edited(contract: Contract, there: ShopifyStore):
    store = store_of(contract)
    placed = shopify.place(store, order(quantity=3))
    with pytest.raises(SourceError) as refused:
        shopify.reduce(store, "gid://shopify/Order/99", fewer())
    assert refused.value.source_code == "unknown_order"
    other = SupplyChange("yc-1-1", "CNY", [ChangedLine(1, "mug", "x", "Mug", 1, 1, 1)])
    with pytest.raises(SourceError) as refused:
        shopify.reduce(store, placed.external_id, other)
    assert refused.value.source_code == "unknown_sku"
    there.orders[0]["fulfillments"] = [{"status": "SUCCESS"}]
    with pytest.raises(SourceError) as refused:
        shopify.reduce(store, placed.external_id, fewer())
    assert (refused.value.source_code, refused.value.again) == ("not_open", False)
    # It is packed between our look and our edit.
    there.orders[0]["fulfillments"] = []

    def packed(asked: Asked) -> Reply:
        if "orderEditBegin(" in asked.json["query"]:
            there.orders[0]["fulfillments"] = [{"status": "SUCCESS"}]
        return there.answer(asked)

    contract.answer = packed
    with pytest.raises(SourceError, match="cannot be edited"):
        shopify.reduce(store, placed.external_id, fewer())
    assert left_of(there) == [3]


def test_an_edit_waits_for_points(contract: Contract, there: ShopifyStore):
    store = store_of(contract)
    placed = shopify.place(store, order(quantity=3))
    there.points = 300.0
    shopify.reduce(store, placed.external_id, fewer())
    assert left_of(there) == [2]
    assert contract.slept


def test_an_app_without_the_scope_is_told_so(contract: Contract, there: ShopifyStore):
    store = store_of(contract)
    placed = shopify.place(store, order(quantity=3))

    def denied(asked: Asked) -> Reply:
        if "orderEdit" not in asked.json["query"]:
            return there.answer(asked)
        words = "Access denied for orderEditBegin field. Required access: `write_order_edits`"
        error = {"message": words, "extensions": {"code": "ACCESS_DENIED"}}
        return Reply({"errors": [error], "data": {"orderEditBegin": None}})

    contract.answer = denied
    with pytest.raises(SourceError, match="write_order_edits") as caught:
        shopify.reduce(store, placed.external_id, fewer())
    assert not caught.value.again


def test_what_is_wrong_is_refused(contract: Contract, there: ShopifyStore):
    store = store_of(contract)
    with pytest.raises(SourceError, match="reserve"):
        shopify.place(store, order(quantity=101))
    unknown = SupplyOrder("x", "CNY", [SupplyLine(1, "tee", "XL / red", "", 1, 1)], {})
    with pytest.raises(SourceError, match="no variant"):
        shopify.place(store, unknown)
    with pytest.raises(SourceError, match="prices in CNY"):
        shopify.check(Store(store.settings, Caller(), GRANT, "USD"))
    there.products = [
        product("card", variant(1, "Default Title", "1.00", 1), isGiftCard=True),
        product("fine", variant(1, "Default Title", "1.005", 1)),
        {"handle": 5, "variants": []},
    ]
    refused = list(every(shopify.catalogue, store))
    assert len(refused) == 3
    assert all(isinstance(one, Refusal) and one.reason for one in refused)
    for body in (b"<html>", b"[]", b'{"data": {}}', b'{"errors": [{"message": "Bad"}]}'):
        contract.first.append(Reply(body))
        with pytest.raises(SourceError):
            shopify.catalogue(store)
    contract.first.append(Reply(b"x" * 9_000_000))
    with pytest.raises(FetchError, match="too large"):
        shopify.catalogue(store)


@pytest.mark.parametrize(
    ("topic", "body", "kind", "key"),
    [
        ("products/update", {"id": 1, "handle": "tee"}, "product", "tee"),
        ("products/delete", {"id": 1}, "other", "products/delete"),
        ("inventory_levels/update", {"inventory_item_id": 1, "available": 2}, "stock", ""),
        ("orders/updated", {"id": 7}, "order", "gid://shopify/Order/7"),
        ("fulfillments/create", {"id": 1, "order_id": 7}, "order", "gid://shopify/Order/7"),
        ("app/uninstalled", {"id": 1}, "access", "app/uninstalled"),
        ("shop/redact", {"shop_id": 1}, "other", "shop/redact"),
    ],
)
def test_webhooks_are_hints(topic: str, body: dict[str, Any], kind: str, key: str):
    store = Store({"client_secret": "hush"}, Caller())
    raw = json.dumps(body).encode()
    headers = {
        "x-shopify-topic": topic,
        "x-shopify-webhook-id": "w1",
        "x-shopify-hmac-sha256": sign_webhook(raw, "hush"),
    }
    delivery = shopify.read_webhook(store, headers, raw, 0.0)
    assert delivery is not None
    assert delivery.message_id == "w1"
    assert [(one.kind, one.key) for one in delivery.happenings] == [(kind, key)]
    assert shopify.read_webhook(store, headers, raw + b" ", 0.0) is None
    assert shopify.read_webhook(store, {**headers, "x-shopify-hmac-sha256": ""}, raw, 0.0) is None
    assert shopify.read_webhook(Store({"client_secret": "x"}, Caller()), headers, raw, 0.0) is None
