"""The TikTok Shop connector against a shop that checks signs, tokens and the cipher."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.sources.contract.loopback import Asked, Contract, Reply, running

from yellowcart.core.clock import wall_seconds
from yellowcart.sources.connector import Grant, SourceError, Store, every
from yellowcart.sources.connectors.calling import Caller
from yellowcart.sources.connectors.tiktok_shop import TikTokShop, sign_call, sign_webhook
from yellowcart.sources.files.drafts import ProductDraft, Refusal

KEY, SECRET = "app", "hush"
GRANT = Grant("token-1", "refresh-1", extra={"shop_cipher": "GCP_1"})


def sku(number: int, price: str, stock: int, **options: str) -> dict[str, Any]:
    chosen = [{"id": "1", "name": name, "value_name": value} for name, value in options.items()]
    return {
        "id": str(number), "seller_sku": f"S{number}", "sales_attributes": chosen,
        "price": {"currency": "GBP", "sale_price": price, "tax_exclusive_price": "1"},
        "inventory": [{"warehouse_id": "7", "quantity": stock}, {"quantity": 1}],
    }  # fmt: skip


def product(number: int) -> dict[str, Any]:
    return {
        "id": str(number), "title": f"Tee {number}", "status": "ACTIVATE",
        "skus": [sku(number * 10, "9.50", 3, Colour="red"), sku(number * 10 + 1, "8", 0,
                                                                Colour="blue")],
    }  # fmt: skip


SHOPS = [
    {"id": "9", "name": "Other", "code": "GBO", "cipher": "GCP_9"},
    {"id": "1", "name": "Tees", "code": "GBT", "cipher": "GCP_1"},
]
PRODUCTS = [product(number) for number in range(1, 26)]
MORE = {
    "description": "<p>x</p>", "brand": {"name": "B"},
    "category_chains": [{"local_name": "Clothes"}, {"local_name": "Tees"}],
    "main_images": [{"urls": ["https://cdn.example/1.jpg", "https://cdn.example/1s.jpg"]}],
}  # fmt: skip


@dataclass
class TikTok:
    """The other side."""

    products: list[dict[str, Any]] = field(default_factory=lambda: deepcopy(PRODUCTS))

    def inventory(self, asked: Asked) -> Reply:
        """Counts by warehouse, of a live variant."""
        assert asked.method == "POST"
        product_id = asked.path.split("/")[4]
        [wish] = asked.json["skus"]
        skus = {one["id"]: one for p in self.products if p["id"] == product_id for one in p["skus"]}
        if wish["id"] not in skus:
            error = {"code": 12019022, "message": "sku ID is invalid", "detail": wish["id"]}
            return self.fine({"errors": [error]})
        there = {one.get("warehouse_id", ""): one for one in skus[wish["id"]]["inventory"]}
        for one in wish["inventory"]:
            assert set(one) <= {"warehouse_id", "quantity"}
            assert 0 <= one["quantity"] <= 99_999
            there[one.get("warehouse_id", "")]["quantity"] = one["quantity"]
        return self.fine({})

    def answer(self, asked: Asked) -> Reply:
        if asked.path.startswith("/api/v2/token/"):
            return self.token(asked)
        query = dict(asked.query)
        sign = query.pop("sign", "")
        if sign != sign_call(asked.path, query, asked.body, SECRET):
            return Reply({"code": 106001, "message": "Signature is invalid"}, 401)
        if abs(int(query["timestamp"]) - wall_seconds()) > 300:
            return Reply({"code": 106002, "message": "Timestamp is invalid"}, 401)
        if asked.headers.get("x-tts-access-token") != "token-1":
            return Reply({"code": 105002, "message": "Expired credentials"}, 401)
        if asked.path == "/authorization/202309/shops":
            return self.fine({"shops": SHOPS})
        if query.get("shop_cipher") != "GCP_1":
            return Reply({"code": 106011, "message": "shop_cipher is invalid"}, 400)
        if asked.path == "/product/202309/products/search":
            return self.search(query, asked.json)
        if asked.path.endswith("/inventory/update"):
            return self.inventory(asked)
        wanted = asked.path.rpartition("/")[2]
        found = [one for one in self.products if one["id"] == wanted]
        return self.fine({**found[0], **MORE}) if found else Reply({"code": 1, "message": ""}, 404)

    def search(self, query: dict[str, str], wish: dict[str, Any]) -> Reply:
        assert wish["status"] == "ACTIVATE"
        rows = PRODUCTS[24:] if "update_time_ge" in wish else PRODUCTS
        at, size = int(query.get("page_token", "0")), int(query["page_size"])
        token = str(at + size) if at + size < len(rows) else ""
        data = {"products": rows[at : at + size], "next_page_token": token}
        return self.fine({**data, "total_count": len(rows)})

    def token(self, asked: Asked) -> Reply:
        right = {"app_key": KEY, "app_secret": SECRET}.items() <= asked.query.items()
        known = {"authorized_code": "code-1", "refresh_token": "refresh-1"}
        given = asked.query.get("auth_code") or asked.query.get("refresh_token")
        if not right or known[asked.query["grant_type"]] != given:
            return Reply({"code": 36004004, "message": "Invalid auth code"})
        return self.fine({
            "access_token": "token-1", "access_token_expire_in": 1795000000,
            "refresh_token": "refresh-1", "refresh_token_expire_in": 1799000000,
        })  # fmt: skip

    def fine(self, data: Any) -> Reply:
        return Reply({"code": 0, "message": "Success", "data": data})


@pytest.fixture
def there() -> TikTok:
    return TikTok()


@pytest.fixture
def contract(there: TikTok, settings: SettingsWrapper) -> Iterator[Contract]:
    def allow(host: str) -> None:
        settings.FETCH_ALLOW = [host]

    with running(there.answer, allow) as made:
        yield made


@pytest.fixture
def tiktok(contract: Contract) -> TikTokShop:
    """The connector with both hosts on the loopback."""
    there = type("Here", (TikTokShop,), {"auth_host": contract.url, "api_host": contract.url})
    return there()


def store_of(contract: Contract, grant: Grant | None = GRANT, app_secret: str = SECRET) -> Store:
    known = {"app_key": KEY, "app_secret": app_secret, "shop": "GBT"}
    return contract.store(known, currency="GBP", grant=grant)


def test_the_sign_is_that_of_a_published_client():
    # tests/ClientTest.php of EcomPHP/tiktokshop-php, testPrepareSignature
    known = "d3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f"
    assert sign_call("/test-api", {"foo": "bar"}, b"", "app_secret") == known
    with_token = {"foo": "bar", "access_token": "x", "sign": "y"}
    assert sign_call("/test-api", with_token, b"", "app_secret") == known
    assert sign_call("/test-api", {"foo": "bar"}, b"{}", "app_secret") != known


def test_a_person_lets_us_in_and_the_cipher_comes_along(tiktok: TikTokShop, contract: Contract):
    store = store_of(contract, None)
    url = urlsplit(tiktok.authorise_url(store, "https://y.example/back", "state-1"))
    assert (url.path, parse_qs(url.query)) == (
        "/oauth/authorize",
        {"app_key": [KEY], "state": ["state-1"]},
    )
    grant = tiktok.redeem(store, "code-1", "https://y.example/back")
    assert (grant.access_token, grant.extra) == ("token-1", {"shop_cipher": "GCP_1"})
    assert grant.expires_at == datetime.fromtimestamp(1795000000, UTC)
    assert tiktok.check(store.with_grant(grant)) == "Tees"
    assert tiktok.renew(store.with_grant(grant)) == grant
    with pytest.raises(SourceError, match="Invalid auth code") as caught:
        tiktok.redeem(store, "code-2", "")
    assert caught.value.reauthorise
    with pytest.raises(SourceError):
        tiktok.renew(store)
    elsewhere = Store({**store.settings, "shop": "GBX"}, store.caller)
    with pytest.raises(SourceError, match="not granted"):
        tiktok.redeem(elsewhere, "code-1", "")


def test_the_catalogue_comes_whole(tiktok: TikTokShop, contract: Contract):
    drafts = list(every(tiktok.catalogue, store_of(contract)))
    assert len(drafts) == 25
    first = drafts[0]
    assert isinstance(first, ProductDraft)
    assert (first.key, first.category, first.images) == (
        "1",
        "Clothes > Tees",
        ("https://cdn.example/1.jpg",),
    )
    assert [(one.key, one.options, one.price_minor, one.stock) for one in first.skus] == [
        ("10", ("red",), 950, 4),
        ("11", ("blue",), 800, 1),
    ]
    assert tiktok.item(store_of(contract), "1") == first
    assert tiktok.item(store_of(contract), "999") is None
    other = Store(store_of(contract).settings, Caller(), GRANT, "USD")
    assert isinstance(tiktok.item(other, "1"), Refusal)


def test_levels_since_an_instant_are_those_of_changed_products(
    tiktok: TikTokShop, contract: Contract
):
    assert len(list(every(tiktok.levels, store_of(contract), None))) == 50
    changed = list(every(tiktok.levels, store_of(contract), datetime(2026, 11, 1, tzinfo=UTC)))
    assert [(one.product_key, one.sku_key, one.available) for one in changed] == [
        ("25", "250", 4),
        ("25", "251", 1),
    ]


def stock_by_warehouse(there: TikTok) -> list[int]:
    return [one["quantity"] for one in there.products[0]["skus"][0]["inventory"]]


def test_stock_is_changed_by_what_was_sold(
    tiktok: TikTokShop, contract: Contract, there: TikTok
) -> None:
    store = store_of(contract)
    assert tiktok.stock_of(store, "1", "10") == 4
    tiktok.change_stock(store, "1", "10", -2, "r-1")
    assert stock_by_warehouse(there) == [1, 1]
    assert contract.asked[-1].json == {
        "skus": [{"id": "10", "inventory": [{"quantity": 1, "warehouse_id": "7"}, {"quantity": 1}]}]
    }
    # Another sale there, and more taken than is left in one warehouse.
    there.products[0]["skus"][0]["inventory"][0]["quantity"] = 2
    tiktok.change_stock(store, "1", "10", -3, "r-2")
    assert stock_by_warehouse(there) == [0, 0]
    tiktok.change_stock(store, "1", "10", 2, "r-3")
    assert tiktok.stock_of(store, "1", "10") == 2
    tiktok.change_stock(store, "1", "10", 0, "r-4")
    assert tiktok.stock_of(store, "1", "99") is None
    assert tiktok.stock_of(store, "999", "10") is None


def test_a_change_of_stock_that_is_refused_says_so(
    tiktok: TikTokShop, contract: Contract, there: TikTok
) -> None:
    store = store_of(contract)
    with pytest.raises(SourceError) as caught:
        tiktok.change_stock(store, "1", "99", -1, "r-1")
    assert caught.value.source_code == "unknown_sku"

    def gone(asked: Asked) -> Reply:
        if asked.path.endswith("/inventory/update"):
            there.products[0]["skus"] = []
        return there.answer(asked)

    contract.answer = gone
    with pytest.raises(SourceError, match="sku ID is invalid") as caught:
        tiktok.change_stock(store, "1", "10", -1, "r-1")
    assert caught.value.source_code == "12019022"


def test_a_wrong_secret_an_old_token_and_nonsense_are_refused(
    tiktok: TikTokShop, contract: Contract
):
    for store in (store_of(contract, app_secret="x"), store_of(contract, Grant("old"))):
        with pytest.raises(SourceError) as caught:
            tiktok.catalogue(store)
        assert caught.value.reauthorise
    for body in (b"<html>", b"[]", b'{"code": 0}', b'{"code": 7, "message": "Busy"}'):
        contract.first.append(Reply(body))
        with pytest.raises(SourceError):
            tiktok.catalogue(store_of(contract))


@pytest.mark.parametrize(
    ("type_", "data", "kind", "key"),
    [
        (1, {"order_id": "576", "order_status": "AWAITING_SHIPMENT"}, "order", "576"),
        (5, {"product_id": "17", "status": "PRODUCT_AUDIT_SUCCESS"}, "product", "17"),
        (6, {}, "access", "6"),
        (99, {}, "other", "99"),
    ],
)
def test_webhooks_are_hints(type_: int, data: dict[str, Any], kind: str, key: str):
    store = Store({"app_key": KEY, "app_secret": SECRET}, Caller())
    body = json.dumps({"type": type_, "shop_id": "1", "timestamp": 1, "data": data}).encode()
    headers = {"authorization": sign_webhook(KEY, body, SECRET)}
    told = TikTokShop().read_webhook(store, headers, body, 0.0)
    assert told is not None
    assert told.message_id == headers["authorization"]
    assert [(one.kind, one.key) for one in told.happenings] == [(kind, key)]
    assert TikTokShop().read_webhook(store, headers, body + b" ", 0.0) is None
    assert TikTokShop().read_webhook(store, {}, body, 0.0) is None
