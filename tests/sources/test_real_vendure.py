"""The vendure connector against a real Vendure shop with its own sample catalogue."""

import os
import socket
import time
from collections.abc import Iterator

import pytest
from django.test import override_settings
from tests.sources.contract.loopback import Asked, Contract, Reply, running
from tests.sources.vendureshop import WHY_NOT, Shop, there

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
from yellowcart.sources.connectors.calling import Caller
from yellowcart.sources.connectors.vendure import Vendure
from yellowcart.sources.files.drafts import ProductDraft

pytestmark = [
    pytest.mark.skipif(not there(), reason=WHY_NOT),
    pytest.mark.timeout(600),
]

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SHIP_TO = {
    "name": "李雷",
    "phone": "13800000000",
    "region": "浙江省 杭州市 西湖区",
    "address": "文三路 1 号",
    "postcode": "310000",
}
vendure = Vendure()


@pytest.fixture(scope="module")
def callbacks() -> Iterator[Contract]:
    """Where the shop's plugin sends its news."""
    with running(lambda _asked: Reply(), lambda _host: None) as contract:
        yield contract


@pytest.fixture(scope="module")
def shop(callbacks: Contract) -> Iterator[Shop]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    news = {
        "WEBHOOK_URL": callbacks.url,
        "WEBHOOK_SECRET": SECRET,
        "YELLOWCART_PLUGIN": "./yellowcart-vendure-plugin.js",
    }
    made = Shop(port, news, f"vendure_run_{os.getpid()}")
    made.start()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def store(shop: Shop) -> Iterator[Store]:
    known = {"url": shop.url, "api_key": shop.key, "email": "shop@yellowcart.example"}
    with override_settings(FETCH_ALLOW=[f"127.0.0.1:{shop.port}"]):
        yield Store({**known, "secret": SECRET}, Caller(), currency="USD")


@pytest.fixture(scope="module")
def goods(store: Store) -> dict[str, ProductDraft]:
    """The shop's catalogue by name; nothing in it may have been refused."""
    drafts = list(every(vendure.catalogue, store))
    assert all(isinstance(one, ProductDraft) for one in drafts)
    return {one.title: one for one in drafts}


def stock_and_price(store: Store, sku_key: str) -> tuple[int, int | None]:
    for one in every(vendure.levels, store, None):
        if one.sku_key == sku_key:
            return one.available, one.price_minor
    raise AssertionError(f"no level of {sku_key}")


def order_of(product: ProductDraft, quantity: int, reference: str) -> SupplyOrder:
    sku = product.skus[0]
    line = SupplyLine(1, product.key, sku.key, product.title, quantity, sku.price_minor)
    return SupplyOrder(reference, "USD", [line], SHIP_TO)


def news_of(store: Store, callbacks: Contract, kind: str, key: str) -> bool:
    """Whether the plugin's genuine news of one product or order is among what has come."""
    for asked in list(callbacks.asked):
        told = vendure.read_webhook(store, asked.headers, asked.body, time.time())
        assert told is not None, "a message of the plugin is not signed as agreed"
        if any((one.kind, one.key) == (kind, key) for one in told.happenings):
            return True
    return False


def until_news(store: Store, callbacks: Contract, kind: str, key: str) -> None:
    for _tries in range(300):
        if news_of(store, callbacks, kind, key):
            return
        time.sleep(0.1)
    raise AssertionError(f"no news of {kind} {key}")


def test_the_sample_catalogue_comes_whole(store: Store, shop: Shop, goods: dict[str, ProductDraft]):
    assert vendure.check(store)
    drafts = list(goods.values())
    counted = shop.admin("{ products { totalItems } productVariants { totalItems } }")
    assert len(drafts) == counted["products"]["totalItems"] > 50
    assert sum(len(one.skus) for one in drafts) == counted["productVariants"]["totalItems"]
    laptop = goods["Laptop"]
    assert laptop.option_names == ("screen size", "RAM")
    first = laptop.skus[0]
    assert (first.options, first.price_minor, first.stock) == (("13 inch", "8GB"), 155880, 100)
    assert laptop.category == "Electronics > Computers"
    assert laptop.images[0].startswith("http://127.0.0.1:")
    assert vendure.item(store, laptop.key) == laptop
    assert vendure.item(store, "999999") is None


def test_an_order_is_placed_once_shipped_in_parts_and_received(
    store: Store, shop: Shop, goods: dict[str, ProductDraft]
):
    product = goods["Football"]
    sku = product.skus[0].key
    before, _price = stock_and_price(store, sku)
    assert vendure.find(store, order_of(product, 3, "F-1")) is None
    first = vendure.place(store, order_of(product, 3, "F-1"))
    assert first.state == "taken"
    assert vendure.find(store, order_of(product, 3, "F-1")) == first
    assert vendure.place(store, order_of(product, 3, "F-1")) == first
    assert stock_and_price(store, sku)[0] == before - 3

    seen = shop.admin(
        """query ($id: ID!) { order(id: $id) { state totalQuantity
          customer { emailAddress } shippingAddress { fullName city province countryCode } } }""",
        id=first.external_id,
    )["order"]
    assert (seen["state"], seen["totalQuantity"]) == ("PaymentSettled", 3)
    assert seen["customer"]["emailAddress"] == "shop@yellowcart.example"
    assert seen["shippingAddress"] == {
        "fullName": "李雷",
        "city": "杭州市 西湖区",
        "province": "浙江省",
        "countryCode": "CN",
    }

    one = shop.fulfil(first.external_id, "SF1", 1)
    part = vendure.progress(store, first.external_id)
    assert part.state == "part_sent"
    assert [(p.carrier, p.tracking_no, p.pieces) for p in part.parcels] == [
        ("SF Express", "SF1", {sku: 1})
    ]
    two = shop.fulfil(first.external_id, "SF2", 2)
    assert vendure.progress(store, first.external_id).state == "sent"
    assert vendure.cancel(store, first.external_id, "too late").state == "sent"
    shop.move(one, "Delivered")
    shop.move(two, "Delivered")
    assert vendure.progress(store, first.external_id).state == "received"


def test_a_cancelled_order_gives_its_stock_back_and_its_refund_is_seen(
    store: Store, shop: Shop, goods: dict[str, ProductDraft]
):
    product = goods["Boxing Gloves"]
    sku = product.skus[0].key
    before, _price = stock_and_price(store, sku)
    placed = vendure.place(store, order_of(product, 2, "F-2"))
    cancelled = vendure.cancel(store, placed.external_id, "The buyer changed their mind")
    assert (cancelled.state, cancelled.refunded_minor) == ("cancelled", 0)
    assert stock_and_price(store, sku)[0] == before
    payment = shop.admin(
        "query ($id: ID!) { order(id: $id) { payments { id amount } } }", id=placed.external_id
    )["order"]["payments"][0]
    made = shop.admin(
        """mutation ($input: RefundOrderInput!) { refundOrder(input: $input) {
          ... on Refund { id state } ... on ErrorResult { message } } }""",
        input={
            "paymentId": payment["id"],
            "amount": 1000,
            "lines": [],
            "shipping": 0,
            "adjustment": 0,
            "reason": "cancelled",
        },
    )
    assert "id" in made["refundOrder"], made
    refund = shop.admin(
        "query ($id: ID!) { order(id: $id) { payments { refunds { id state } } } }",
        id=placed.external_id,
    )["order"]["payments"][0]["refunds"][0]
    if refund["state"] == "Pending":
        shop.admin(
            """mutation ($input: SettleRefundInput!) { settleRefund(input: $input) {
              ... on Refund { state } ... on ErrorResult { message } } }""",
            input={"id": refund["id"], "transactionId": "bank"},
        )
    assert vendure.progress(store, placed.external_id).refunded_minor == 1000


def test_some_pieces_are_cancelled_and_given_back_once(
    store: Store, shop: Shop, goods: dict[str, ProductDraft]
):
    product = goods["Tent"]
    sku = product.skus[0].key
    before, _price = stock_and_price(store, sku)
    placed = vendure.place(store, order_of(product, 3, "F-7"))

    def fewer(in_all: int) -> SupplyChange:
        line = ChangedLine(1, product.key, sku, product.title, 1, in_all, 100)
        return SupplyChange(f"F-7-{in_all}", "USD", [line], 100, "The buyer has the money back.")

    for _again in range(2):
        assert vendure.reduce(store, placed.external_id, fewer(1)).state == "taken"
        assert stock_and_price(store, sku)[0] == before - 2
    shop.fulfil(placed.external_id, "SF7", 1)
    # Vendure would give two back for one now.
    with pytest.raises(SourceError) as caught:
        vendure.reduce(store, placed.external_id, fewer(2))
    assert caught.value.source_code == "packed"
    assert vendure.reduce(store, placed.external_id, fewer(1)).state == "part_sent"
    assert stock_and_price(store, sku)[0] == before - 2


def test_more_than_there_is_is_refused_and_leaves_no_draft(
    store: Store, shop: Shop, goods: dict[str, ProductDraft]
):
    product = goods["Tripod"]
    with pytest.raises(SourceError) as caught:
        vendure.place(store, order_of(product, 5_000, "F-3"))
    assert caught.value.source_code in {"INSUFFICIENT_STOCK_ERROR", "ORDER_LIMIT_ERROR"}
    drafts = shop.admin(
        '{ orders(options: { filter: { state: { eq: "Draft" } } }) { totalItems } }'
    )
    assert drafts["orders"]["totalItems"] == 0


def test_changes_of_stock_and_price_are_told_and_followed(
    store: Store, shop: Shop, callbacks: Contract, goods: dict[str, ProductDraft]
):
    product = goods["Skipping Rope"]
    sku = product.skus[0].key
    _stock, price = stock_and_price(store, sku)
    callbacks.asked.clear()
    shop.change(sku, stock=7)
    until_news(store, callbacks, "product", product.key)
    assert stock_and_price(store, sku) == (7, price)
    callbacks.asked.clear()
    shop.change(sku, price=2000)
    until_news(store, callbacks, "product", product.key)
    assert stock_and_price(store, sku) == (7, 2400)
    callbacks.asked.clear()
    placed = vendure.place(store, order_of(product, 1, "F-4"))
    until_news(store, callbacks, "order", placed.external_id)
    assert stock_and_price(store, sku)[0] == 6


def test_forged_news_is_not_taken(
    store: Store, callbacks: Contract, shop: Shop, goods: dict[str, ProductDraft]
):
    shop.change(goods["Basketball"].skus[0].key, stock=50)
    for _tries in range(300):
        if callbacks.asked:
            break
        time.sleep(0.1)
    asked: Asked = callbacks.asked[-1]
    now = time.time()
    assert vendure.read_webhook(store, asked.headers, asked.body, now) is not None
    assert vendure.read_webhook(store, asked.headers, asked.body + b" ", now) is None
    assert vendure.read_webhook(store, asked.headers, asked.body, now + 400) is None
    unsigned = Store({**store.settings, "secret": ""}, store.caller, currency="USD")
    assert vendure.read_webhook(unsigned, asked.headers, asked.body, now) is None


def test_a_wrong_key_and_another_currency_are_refused(store: Store):
    wrong = Store({**store.settings, "api_key": "wrong"}, store.caller, currency="USD")
    with pytest.raises(SourceError) as caught:
        list(every(vendure.catalogue, wrong))
    assert caught.value.reauthorise
    with pytest.raises(SourceError, match="prices in USD"):
        vendure.check(Store(store.settings, store.caller, currency="CNY"))


def test_an_outage_is_survived(store: Store, shop: Shop, goods: dict[str, ProductDraft]):
    product = goods["Cruiser Skateboard"]
    placed = vendure.place(store, order_of(product, 1, "F-5"))
    shop.kill()
    with pytest.raises(FetchError):
        vendure.place(store, order_of(product, 1, "F-6"))
    shop.start()
    assert vendure.place(store, order_of(product, 1, "F-5")) == placed
    assert vendure.place(store, order_of(product, 1, "F-6")).state == "taken"
