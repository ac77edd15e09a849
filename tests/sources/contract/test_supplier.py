"""The supplier connector against the example that suppliers start from, and against bad ones."""

import importlib.util
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
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
from yellowcart.sources.connectors.calling import AskedToWaitError, Caller
from yellowcart.sources.connectors.mokuai import sign_webhook
from yellowcart.sources.connectors.supplier import Supplier
from yellowcart.sources.files.drafts import ProductDraft, Refusal

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EXAMPLE = Path(__file__).parents[3] / "docs/examples/supplier.py"
SHIP_TO = {"name": "李雷", "phone": "13800000000", "address": "文三路 1 号"}
supplier = Supplier()


def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("example_supplier", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def other_side(settings: SettingsWrapper) -> Iterator[tuple[ModuleType, Store]]:
    """The example server, and a connection to it."""
    module = example()
    server = module.server(0, SECRET)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.FETCH_ALLOW = [f"127.0.0.1:{server.server_port}"]
    url = f"http://127.0.0.1:{server.server_port}/yellowcart"
    yield module, Store({"url": url, "secret": SECRET}, Caller())
    server.shutdown()
    server.server_close()


def order(reference: str = "F1", quantity: int = 2) -> SupplyOrder:
    line = SupplyLine(1, "mug", "mug-blue", "Enamel mug", quantity, 3900)
    return SupplyOrder(reference, "CNY", [line], SHIP_TO, datetime(2026, 11, 26, tzinfo=UTC))


def test_the_example_is_short_enough_to_be_read_at_once():
    assert len(EXAMPLE.read_text().splitlines()) < 190


def test_a_store_says_its_name_and_its_catalogue(other_side: tuple[ModuleType, Store]):
    module, store = other_side
    module.PAGE = 1
    assert supplier.check(store) == "Example supplier"
    mug, tea = every(supplier.catalogue, store)
    assert isinstance(mug, ProductDraft)
    assert (mug.key, mug.title, mug.option_names) == ("mug", "Enamel mug", ("Colour",))
    assert [(sku.key, sku.options, sku.price_minor, sku.stock) for sku in mug.skus] == [
        ("mug-red", ("red",), 3900, 20),
        ("mug-blue", ("blue",), 3900, 5),
    ]
    assert supplier.item(store, "tea") == tea
    assert supplier.item(store, "none") is None


def test_an_order_is_placed_once_shipped_and_cancelled(other_side: tuple[ModuleType, Store]):
    module, store = other_side
    assert supplier.find(store, order()) is None
    first = supplier.place(store, order())
    assert supplier.find(store, order()) == first
    assert len(module.ORDERS) == 1
    assert (first.state, supplier.place(store, order())) == ("taken", first)
    levels = {one.sku_key: one.available for one in every(supplier.levels, store, None)}
    assert levels == {"mug-red": 20, "mug-blue": 3, "tea": 9}
    with pytest.raises(SourceError, match="Sold out") as caught:
        supplier.place(store, order("F2", quantity=4))
    assert (caught.value.source_code, caught.value.again) == ("sold_out", False)

    second = supplier.place(store, order("F3", quantity=3))
    assert supplier.cancel(store, second.external_id, "The buyer changed their mind").state == (
        "cancelled"
    )
    parcel = {"carrier": "SF", "tracking_no": "SF1"}
    module.ORDERS[first.external_id].update(state="sent", parcels=[parcel])
    sent = supplier.progress(store, first.external_id)
    assert (sent.state, [one.tracking_no for one in sent.parcels]) == ("sent", ["SF1"])
    assert supplier.cancel(store, first.external_id, "late").state == "sent"


def test_fewer_pieces_and_refunds_are_told_once(other_side: tuple[ModuleType, Store]):
    module, store = other_side
    placed = supplier.place(store, order("F7", 2))
    stock = module.SKUS["mug-blue"]["stock"]
    fewer = SupplyChange(
        "F7-1", "CNY", [ChangedLine(1, "mug", "mug-blue", "Mug", 1, 1, 3900)], 5000, "back"
    )
    told = supplier.reduce(store, placed.external_id, fewer)
    assert (told.state, told.refunded_minor) == ("taken", 3900)
    assert supplier.reduce(store, placed.external_id, fewer) == told
    assert module.SKUS["mug-blue"]["stock"] == stock + 1
    module.ORDERS[placed.external_id]["state"] = "sent"
    more = SupplyChange("F7-2", "CNY", fewer.lines, 5000, "back")
    with pytest.raises(SourceError) as refused:
        supplier.reduce(store, placed.external_id, more)
    assert refused.value.source_code == "packed"
    assert supplier.refund(store, placed.external_id, more).refunded_minor == 7800
    assert supplier.refund(store, placed.external_id, more).refunded_minor == 7800


def test_a_supplier_that_looks_for_nothing_says_so(other_side: tuple[ModuleType, Store]):
    """One that was written before the question was: nobody takes the order for not there."""
    module, store = other_side
    supplier.place(store, order())
    del module.ANSWERS["order.find"]
    with pytest.raises(SourceError) as refused:
        supplier.find(store, order())
    assert not refused.value.again


def test_a_wrong_secret_is_refused_by_the_supplier(other_side: tuple[ModuleType, Store]):
    _module, store = other_side
    wrong = Store({**store.settings, "secret": "whsec_d3Jvbmc="}, store.caller)
    with pytest.raises(SourceError, match="Wrong signature") as caught:
        supplier.check(wrong)
    assert caught.value.reauthorise
    with pytest.raises(Exception, match="whsec_"):
        supplier.check(Store({**store.settings, "secret": "no base64!"}, store.caller))


def test_news_of_the_example_is_genuine_and_forged_news_is_not(settings: SettingsWrapper):
    module = example()
    got: list[Asked] = []

    def take(asked: Asked) -> Reply:
        got.append(asked)
        return Reply()

    level = {"product": "mug", "sku": "mug-red", "available": -2, "price": 3500}
    with running(take, lambda _host: None) as ours:
        assert module.tell(ours.url, SECRET, "stock.changed", level) == 200
    [asked] = got
    store = Store({"url": "https://supplier.example/", "secret": SECRET}, Caller())
    at = float(asked.headers["webhook-timestamp"])
    delivery = supplier.read_webhook(store, asked.headers, asked.body, at)
    assert delivery is not None
    assert delivery.message_id == asked.headers["webhook-id"]
    [happening] = delivery.happenings
    assert happening.level is not None
    assert (happening.level.available, happening.level.price_minor) == (0, 3500)

    other = {**asked.headers, "webhook-id": "msg_other"}
    assert supplier.read_webhook(store, other, asked.body, at) is None
    assert supplier.read_webhook(store, asked.headers, asked.body + b" ", at) is None
    assert supplier.read_webhook(store, asked.headers, asked.body, at + 301) is None
    assert supplier.read_webhook(store, {}, asked.body, at) is None


def signed(kind: str, data: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    body = json.dumps({"type": kind, "timestamp": "2026-11-26T00:00:00Z", "data": data}).encode()
    signature = sign_webhook("m1", 1000, body, SECRET)
    return {
        "webhook-id": "m1",
        "webhook-timestamp": "1000",
        "webhook-signature": signature,
    }, body


def test_each_kind_of_news_is_told_apart():
    store = Store({"url": "https://supplier.example/", "secret": SECRET}, Caller())
    sent = {
        "order": {
            "id": "S1",
            "state": "part_sent",
            "parcels": [{"carrier": "SF", "tracking_no": "1", "pieces": {"mug-red": 1}}],
            "refunded": 100,
        }
    }
    told = {}
    for kind, data in {
        "product.changed": {"key": "mug"},
        "product.gone": {"key": "tea"},
        "order.changed": sent,
        "weather.changed": {},
    }.items():
        delivery = supplier.read_webhook(store, *signed(kind, data), 1000.0)
        assert delivery is not None
        [told[kind]] = delivery.happenings
    assert (told["product.changed"].kind, told["product.changed"].key) == ("product", "mug")
    assert told["product.gone"].kind == "product_gone"
    progress = told["order.changed"].progress
    assert progress is not None
    assert progress.refunded_minor == 100
    assert progress.parcels[0].pieces == {"mug-red": 1}
    assert told["weather.changed"].kind == "other"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("order.changed", {"order": {"id": "S1", "state": "eaten"}}),
        ("order.changed", {"order": {"id": "", "state": "sent"}}),
        ("order.changed", {"order": {"id": "S1", "state": "sent", "refunded": -1}}),
        ("stock.changed", {"product": "mug", "sku": "mug-red", "available": "many"}),
        ("stock.changed", {"product": "mug", "sku": "mug-red", "available": 1, "price": -5}),
        ("stock.changed", {"product": "m", "sku": "m", "available": 1, "currency": "USD"}),
    ],
)
def test_signed_nonsense_is_refused(kind: str, data: dict[str, Any]):
    store = Store({"url": "https://supplier.example/", "secret": SECRET}, Caller())
    with pytest.raises(SourceError):
        supplier.read_webhook(store, *signed(kind, data), 1000.0)


@pytest.fixture
def bad(settings: SettingsWrapper) -> Iterator[Contract]:
    def allow(host: str) -> None:
        settings.FETCH_ALLOW = [host]

    with running(lambda _asked: Reply(status=404), allow) as contract:
        yield contract


def ask(contract: Contract, reply: Reply) -> Any:
    contract.first.append(reply)
    return supplier.catalogue(contract.store({"url": contract.url, "secret": SECRET}))


def test_a_product_that_is_malformed_is_refused_alone(bad: Contract):
    fine = {"key": "a", "title": "A", "skus": [{"key": "a", "price": 100}]}
    products = [
        fine,
        {**fine, "skus": []},
        {**fine, "skus": [{"key": "a", "price": -1}]},
        {**fine, "skus": [{"key": "a", "price": 1}, {"key": "a", "price": 2}]},
        {**fine, "title": 5},
        {**fine, "key": "x" * 201},
        {**fine, "option_names": ["Size"]},
        "nonsense",
    ]
    page = ask(bad, Reply({"currency": "CNY", "products": products}))
    assert isinstance(page.rows[0], ProductDraft)
    assert all(isinstance(one, Refusal) and one.reason for one in page.rows[1:])
    assert [one.line for one in page.rows] == list(range(1, 9))


def test_answers_that_are_none_are_refused(bad: Contract):
    for reply in (Reply(b"<html>"), Reply([]), Reply({"currency": "CNY"}), Reply({"products": []})):
        with pytest.raises(SourceError):
            ask(bad, reply)
    with pytest.raises(SourceError, match="prices in USD"):
        ask(bad, Reply({"currency": "USD", "products": []}))
    with pytest.raises(SourceError) as caught:
        ask(bad, Reply(b"oops", status=500))
    assert caught.value.again
    with pytest.raises(FetchError, match="too large"):
        ask(bad, Reply(b"x" * 9_000_000))


def test_a_busy_supplier_is_waited_for(bad: Contract):
    wait = Reply(status=429, headers={"Retry-After": "2"})
    bad.first.append(wait)
    assert ask(bad, Reply({"currency": "CNY", "products": []})).rows == []
    assert len(bad.slept) == 1
    assert 1 < bad.slept[0] <= 2
    with pytest.raises(AskedToWaitError):
        ask(bad, Reply(status=429, headers={"Retry-After": "60"}))
