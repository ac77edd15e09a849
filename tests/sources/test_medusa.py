"""The Medusa connector against a server that keeps to the reference of its Admin API."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from threading import Barrier, Lock
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.sources.contract.loopback import Asked, Contract, Reply, running
from tests.sources.contract.medusa import (
    EMAIL,
    KEY,
    OPTION,
    REGION,
    MedusaServer,
    kept,
    mug,
    plain,
    price,
    tee,
)

from yellowcart.core.fetching import FetchError
from yellowcart.sources.connector import SourceError, Store, SupplyLine, SupplyOrder, every
from yellowcart.sources.connectors.answers import decimal_of
from yellowcart.sources.connectors.calling import AskedToWaitError
from yellowcart.sources.connectors.medusa import Medusa
from yellowcart.sources.connectors.medusa_shapes import item_of
from yellowcart.sources.files.drafts import ProductDraft, Refusal

medusa = Medusa()


@pytest.fixture
def server() -> MedusaServer:
    return MedusaServer()


@pytest.fixture
def contract(server: MedusaServer, settings: SettingsWrapper) -> Iterator[Contract]:
    def allow(host: str) -> None:
        settings.FETCH_ALLOW = [host]

    with running(server.answer, allow) as made:
        yield made


def store_of(contract: Contract, currency: str = "CNY", **other: str) -> Store:
    known = {"url": contract.url + "/", "api_key": KEY, "region": REGION,
             "shipping_option": OPTION, "email": EMAIL}  # fmt: skip
    return contract.store({**known, **other}, currency=currency)


def order(reference: str = "yc-1", sku: str = "variant_1") -> SupplyOrder:
    lines = [
        SupplyLine(1, "prod_1", sku, "Mug", 2, 3990),
        SupplyLine(2, "prod_2", "variant_2", "Tee", 1, 8000),
    ]
    to = {"name": "李雷", "phone": "1", "region": "浙江省 杭州市", "address": "文三路"}
    return SupplyOrder(reference, "CNY", lines, to, datetime(2026, 11, 26, 8, tzinfo=UTC))


def fulfilment(*items: tuple[str, int], **other: Any) -> dict[str, Any]:
    return {
        "id": "ful_1", "provider_id": "fp_sf",
        "items": [{"line_item_id": k, "quantity": n} for k, n in items],
        "labels": [{"tracking_number": "SF1"}], "shipped_at": "2026-11-27T00:00:00Z",
        "delivered_at": None, "canceled_at": None, **other,
    }  # fmt: skip


def test_a_connected_shop_gives_its_goods(contract: Contract) -> None:
    store = store_of(contract)
    assert medusa.check(store) == "Example shop"
    first, second = every(medusa.catalogue, store)
    assert isinstance(first, ProductDraft)
    assert isinstance(second, ProductDraft)
    assert (first.key, first.title, first.category) == ("prod_1", "Mug", "Cups")
    assert first.description_html == "Holds &lt; 1 l.<br>Red."
    assert first.images == ("https://shop.example/mug.jpg", "https://shop.example/2.jpg")
    assert (first.tags, first.option_names) == (("red",), ())
    [only] = first.skus
    assert (only.key, only.code, only.barcode) == ("variant_1", "VARIANT_1", "4006381333931")
    assert (only.price_minor, only.stock, only.options) == (3990, 12, ())
    assert second.option_names == ("Colour",)
    assert [(one.key, one.options, one.stock) for one in second.skus] == [
        ("variant_2", ("red",), 4),
        ("variant_3", ("blue",), None),
    ]
    assert medusa.item(store, "prod_1") == first
    assert medusa.item(store, "prod_9") is None
    assert medusa.item(store, "../orders") is None


def test_pages_are_followed_by_offset_and_count(contract: Contract, server: MedusaServer) -> None:
    server.products = [mug(id=f"prod_{n:03d}") for n in range(45)]
    server.products.append(mug(id="prod_900", status="draft"))
    drafts = list(every(medusa.catalogue, store_of(contract)))
    assert [one.key for one in drafts] == [f"prod_{n:03d}" for n in range(45)]
    assert [one.line for one in drafts] == list(range(1, 46))
    assert [one.query["offset"] for one in contract.asked] == ["0", "20", "40"]


def test_levels_are_of_what_is_counted(contract: Contract, server: MedusaServer) -> None:
    store = store_of(contract)
    rows = list(every(medusa.levels, store, datetime(2026, 11, 24, tzinfo=UTC)))
    assert [(one.product_key, one.sku_key, one.available, one.price_minor) for one in rows] == [
        ("prod_1", "variant_1", 12, 3990),
        ("prod_2", "variant_2", 4, 8000),
    ]
    nothing: list[Any] = [[kept((2, 5))], [], [{"inventory": None}], None]
    server.products = [plain(price(1), inventory_items=what) for what in nothing]
    assert [one.available for one in every(medusa.levels, store, None)] == [0, 0, 0, 0]


def test_an_order_is_placed_once_and_followed(contract: Contract, server: MedusaServer) -> None:
    store = store_of(contract)
    assert medusa.find(store, order()) is None
    first = medusa.place(store, order())
    assert medusa.find(store, order()) == medusa.place(store, order()) == first
    [made] = server.orders
    assert (first.state, made["status"], made["email"]) == ("taken", "pending", EMAIL)
    assert [(one["variant_id"], one["quantity"]) for one in made["items"]] == [
        ("variant_1", 2),
        ("variant_2", 1),
    ]
    to = made["shipping_address"]
    assert (to["first_name"], to["city"], to["country_code"]) == ("李雷", "杭州市", "cn")
    made["fulfillments"] = [fulfilment(("ordli_0", 2)), fulfilment(("ordli_1", 1), shipped_at=None)]
    part = medusa.progress(store, first.external_id)
    assert part.state == "part_sent"
    [parcel] = part.parcels
    assert (parcel.carrier, parcel.tracking_no) == ("fp_sf", "SF1")
    assert parcel.pieces == {"variant_1": 2}
    assert medusa.cancel(store, first.external_id, "late").state == "part_sent"
    here = {"delivered_at": "2026-11-28T00:00:00Z", "provider_id": "manual_manual", "labels": []}
    made["fulfillments"] = [fulfilment(("ordli_0", 2)), fulfilment(("ordli_1", 1), **here)]
    sent = medusa.progress(store, first.external_id)
    assert sent.state == "sent"
    assert (sent.parcels[1].carrier, sent.parcels[1].tracking_no) == ("", "")
    made["fulfillments"] = [fulfilment(("ordli_0", 2), ("ordli_1", 1), **here)]
    payments = [{"refunds": [{"amount": 39.9}, {"amount": "0.10"}]}, {"refunds": None}]
    made["payment_collections"] = [{"payments": payments}]
    done = medusa.progress(store, first.external_id)
    assert (done.state, done.refunded_minor) == ("received", 4000)


def test_an_order_is_cancelled_unless_medusa_refuses(
    contract: Contract, server: MedusaServer
) -> None:
    store = store_of(contract, sales_channel="sc_1", country="us")
    placed = medusa.place(store, order())
    [made] = server.orders
    assert made["sales_channel_id"] == "sc_1"
    assert made["shipping_address"]["country_code"] == "us"
    made["fulfillments"] = [fulfilment(("ordli_0", 2), shipped_at=None)]
    with pytest.raises(SourceError, match="fulfillments must be canceled"):
        medusa.cancel(store, placed.external_id, "no more")
    made["fulfillments"][0]["canceled_at"] = "2026-11-27T00:00:00Z"
    assert medusa.cancel(store, placed.external_id, "no more").state == "cancelled"
    assert medusa.cancel(store, placed.external_id, "no more").state == "cancelled"


def test_a_lost_answer_makes_no_second_order(contract: Contract, server: MedusaServer) -> None:
    """The draft was made, its answer lost; since then others ordered, a hundred and more."""
    store = store_of(contract)
    medusa.place(store, order())
    [ours] = server.orders
    ours["status"] = "draft"
    other = {**ours, "status": "pending", "metadata": None}
    server.orders += [
        {**other, "id": f"order_{n}", "created_at": f"2026-11-26T08:{n % 60:02d}:01Z"}
        for n in range(100, 250)
    ]
    assert medusa.place(store, order()).external_id == ours["id"]
    assert (ours["status"], len(server.orders)) == ("pending", 151)
    ours["created_at"] = "2026-11-26T08:00:00Z"
    assert medusa.place(store, order()).external_id == ours["id"]
    assert len(server.orders) == 151


def test_a_draft_that_was_left_half_done_is_no_order(
    contract: Contract, server: MedusaServer
) -> None:
    store = store_of(contract)
    medusa.place(store, order())
    server.orders[0]["status"] = "draft"
    assert medusa.find(store, order()) is None
    assert not server.orders


def orders_and_drafts(server: MedusaServer) -> tuple[int, int]:
    kept = [one["status"] for one in server.orders if one["status"] != "canceled"]
    return len(kept) - kept.count("draft"), kept.count("draft")


@pytest.mark.parametrize("number", range(8))
def test_whichever_answer_is_lost_one_order_is_made(
    contract: Contract, server: MedusaServer, number: int
) -> None:
    seen = 0

    def lossy(asked: Asked) -> Reply:
        nonlocal seen
        told = server.answer(asked)
        seen += 1
        return Reply(b"", 502) if seen == number + 1 else told

    contract.answer = lossy
    with pytest.raises(SourceError) as lost:
        medusa.place(store_of(contract), order())
    assert lost.value.again
    placed = medusa.place(store_of(contract), order())
    assert orders_and_drafts(server) == (1, 0)
    assert placed.external_id == server.orders[0]["id"]


def test_two_calls_at_the_same_moment_make_one_order(
    contract: Contract, server: MedusaServer
) -> None:
    """Neither finds anything before the other has made its draft."""
    meeting, turn = Barrier(2, timeout=30), Lock()

    def together(asked: Asked) -> Reply:
        if asked.method == "POST" and asked.path == "/admin/draft-orders":
            meeting.wait()
        with turn:
            return server.answer(asked)

    contract.answer = together
    stores = [store_of(contract), store_of(contract)]
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda store: medusa.place(store, order()), stores)
    assert orders_and_drafts(server) == (1, 0)
    assert first.external_id == second.external_id


def test_two_orders_of_one_reference_become_one(contract: Contract, server: MedusaServer) -> None:
    store = store_of(contract)
    medusa.place(store, order())
    later = {**server.orders[0], "id": "order_9", "created_at": "2026-11-26T08:01:00Z"}
    server.orders.insert(0, later)
    assert medusa.place(store, order()).external_id == "order_1"
    assert later["status"] == "canceled"
    assert medusa.place(store, order()).external_id == "order_1"


def test_orders_of_long_ago_are_not_looked_through(
    contract: Contract, server: MedusaServer
) -> None:
    store = store_of(contract)
    medusa.place(store, order())
    server.orders[0]["created_at"] = "2026-11-25T00:00:00Z"
    assert medusa.place(store, order()).external_id == "order_2"


def test_what_medusa_would_not_make_an_order_leaves_no_draft(
    contract: Contract, server: MedusaServer
) -> None:
    server.refuses = "Some variant does not have the required inventory"
    with pytest.raises(SourceError, match="required inventory"):
        medusa.place(store_of(contract), order())
    assert server.orders == []
    with pytest.raises(SourceError, match="do not exist"):
        medusa.place(store_of(contract), order(sku="variant_9"))


def test_what_is_wrong_is_refused(contract: Contract, server: MedusaServer) -> None:
    with pytest.raises(SourceError, match="Unauthorized") as caught:
        medusa.check(store_of(contract, api_key="sk_2"))
    assert caught.value.reauthorise
    assert "sk_2" not in str(caught.value)
    with pytest.raises(SourceError, match="prices in CNY"):
        medusa.check(store_of(contract, "USD"))
    with pytest.raises(SourceError, match="was not found"):
        medusa.check(store_of(contract, region="reg_9"))
    with pytest.raises(SourceError, match="was not found"):
        medusa.progress(store_of(contract), "order_9")
    server.products = [
        plain(price(1.005)),
        plain(price(-1)),
        plain(price(1), inventory_items=[kept((1e308, 0), (1e308, 0))]),
        mug(title=None),
        plain(price(1, "usd"), price(1, rules={"customer_group": "vip"})),
        mug(variants=[]),
        tee(options=[{"id": "opt_1", "title": "Colour"}, {"id": "opt_2", "title": "Size"}]),
    ]
    refused = list(every(medusa.catalogue, store_of(contract)))
    assert all(isinstance(one, Refusal) for one in refused)
    with override("en"):
        reasons = [one.reason for one in refused if isinstance(one, Refusal)]
    assert [one for one in reasons[:4] if "not as documented" not in one] == []
    assert reasons[4] == "Mug has a variant without a price in CNY; set one in Medusa."
    assert "no variant" in reasons[5]
    assert "all its options" in reasons[6]


def test_bad_answers_are_refused(contract: Contract, server: MedusaServer) -> None:
    store = store_of(contract)
    for body in (b"<html>", b'{"products": 1, "count": 1}', b"[1]", b'{"products": []}'):
        contract.first.append(Reply(body))
        with pytest.raises(SourceError):
            medusa.catalogue(store)
    contract.first.append(Reply(b"[" + b" " * 9_000_000 + b"]"))
    with pytest.raises(FetchError, match="too large"):
        medusa.catalogue(store)
    contract.first.append(Reply({"type": "unknown_error", "message": "down"}, 500))
    with pytest.raises(SourceError, match="down") as caught:
        medusa.catalogue(store)
    assert caught.value.again
    medusa.place(store, order())
    server.orders[0]["payment_collections"] = [{"payments": [{"refunds": [{"amount": 0.001}]}]}]
    with pytest.raises(SourceError, match="not as documented"):
        medusa.progress(store, "order_1")
    server.orders[0]["currency_code"] = "usd"
    with pytest.raises(SourceError, match="prices in USD"):
        medusa.progress(store, "order_1")


def test_a_call_too_many_is_made_again_when_asked_to(contract: Contract) -> None:
    contract.first.append(Reply(status=429, headers={"Retry-After": "2"}))
    assert medusa.catalogue(store_of(contract)).total == 2
    assert contract.slept
    contract.first.append(Reply(status=429, headers={"Retry-After": "300"}))
    with pytest.raises(AskedToWaitError):
        medusa.catalogue(store_of(contract))


@given(
    minor=st.integers(0, 10**11),
    currency=st.sampled_from(["CNY", "USD", "JPY", "KRW", "KWD", "EUR"]),
    as_number=st.booleans(),
)
def test_amounts_are_in_major_units(*, minor: int, currency: str, as_number: bool) -> None:
    """As JSON's number, which is a float here, or as text."""
    text = decimal_of(minor, currency)
    amount: Any = float(Decimal(text)) if as_number else text
    item = item_of(plain(price(amount, currency.lower())), 1, currency)
    assert isinstance(item, ProductDraft)
    assert [one.price_minor for one in item.skus] == [minor]
