"""Vendure's partial cancel against a server that keeps to its Admin API (3.6): ``cancelOrder`` with
``lines``. The rest of the connector meets a real shop (tests/sources/test_real_vendure.py)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper
from tests.sources.contract.loopback import Asked, Contract, Reply, running

from yellowcart.core.fetching import FetchError
from yellowcart.sources.connector import ChangedLine, SourceError, Store, SupplyChange
from yellowcart.sources.connectors.vendure import Vendure

KEY = "key-1"
vendure = Vendure()
#: ``CancelOrderInput`` and ``OrderLineInput``.
_INPUT = {"orderId", "lines", "cancelShipping", "reason"}
_LINE = {"orderLineId", "quantity"}


@dataclass
class VendureServer:
    """The shop's side: one order of two lines, and what was cancelled of it."""

    state: str = "PaymentSettled"
    left: dict[str, int] = field(default_factory=lambda: {"11": 3, "12": 2})
    placed: dict[str, int] = field(default_factory=lambda: {"11": 3, "12": 2})
    cancelled: list[dict[str, Any]] = field(default_factory=list)
    parcels: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("vendure-api-key") != KEY or asked.path != "/admin-api":
            error = {"message": "Forbidden", "extensions": {"code": "FORBIDDEN"}}
            return Reply({"errors": [error], "data": None})
        query, given = asked.json["query"], asked.json["variables"]
        if "cancelOrder(" in query:
            assert "$input: CancelOrderInput!" in query
            assert "cancelOrder(input: $input)" in query
            return Reply({"data": {"cancelOrder": self.cancel(given["input"])}})
        assert " order(id: $id)" in query
        return Reply({"data": {**self.shop(), "order": self.order(given["id"])}})

    def shop(self) -> dict[str, Any]:
        channel = {"code": "__default_channel__", "defaultCurrencyCode": "CNY", "seller": None}
        config = {"moneyStrategyPrecision": 2}
        settings = {"trackInventory": True, "outOfStockThreshold": 0, "serverConfig": config}
        return {"activeChannel": channel, "globalSettings": settings}

    def order(self, order_id: str) -> dict[str, Any] | None:
        if order_id != "1":
            return None
        lines = [
            {
                "id": key, "quantity": self.left[key], "orderPlacedQuantity": self.placed[key],
                "productVariant": {"id": f"v{key}"},
            }
            for key in self.left
        ]  # fmt: skip
        return {
            "id": "1", "state": self.state, "lines": lines, "payments": [],
            "fulfillments": self.parcels,
        }  # fmt: skip

    def cancel(self, wish: dict[str, Any]) -> dict[str, Any]:
        assert set(wish) <= _INPUT
        if self.state in {"AddingItems", "ArrangingPayment"}:
            return refused("CANCEL_ACTIVE_ORDER_ERROR", "Cannot cancel an active Order")
        if not wish["lines"] or any(one["quantity"] <= 0 for one in wish["lines"]):
            return refused("EMPTY_ORDER_LINE_SELECTION_ERROR", "At least one OrderLine is needed")
        for one in wish["lines"]:
            assert set(one) == _LINE
            if one["quantity"] > self.left[one["orderLineId"]]:
                return refused("QUANTITY_TOO_GREAT_ERROR", "The quantity is too great")
        for one in wish["lines"]:
            self.left[one["orderLineId"]] -= one["quantity"]
        self.cancelled.append(wish)
        if not any(self.left.values()):
            self.state = "Cancelled"
        return {"__typename": "Order"}


def refused(code: str, words: str) -> dict[str, Any]:
    """An ``ErrorResult``."""
    name = "".join(part.title() for part in code.split("_"))
    return {"__typename": name, "errorCode": code, "message": words}


@pytest.fixture
def server() -> VendureServer:
    return VendureServer()


@pytest.fixture
def contract(server: VendureServer, settings: SettingsWrapper) -> Iterator[Contract]:
    def allow(host: str) -> None:
        settings.FETCH_ALLOW = [host]

    with running(server.answer, allow) as made:
        yield made


def store_of(contract: Contract) -> Store:
    return contract.store({"url": contract.url + "/admin-api", "api_key": KEY, "email": "a@b.c"})


def fewer(*lines: tuple[str, int, int], reference: str = "yc-1-1") -> SupplyChange:
    """Of each line so many pieces this time, so many so far."""
    changed = [
        ChangedLine(number, "p", sku, "Mug", count, in_all, 3900)
        for number, (sku, count, in_all) in enumerate(lines, start=1)
    ]
    return SupplyChange(reference, "CNY", changed, 3900, "The buyer has the money back.")


def test_some_pieces_are_cancelled_once(contract: Contract, server: VendureServer) -> None:
    store = store_of(contract)
    told = vendure.reduce(store, "1", fewer(("v11", 1, 1), ("v12", 2, 2)))
    assert (told.state, server.left) == ("taken", {"11": 2, "12": 0})
    assert server.cancelled == [
        {
            "orderId": "1",
            "lines": [
                {"orderLineId": "11", "quantity": 1},
                {"orderLineId": "12", "quantity": 2},
            ],
            "reason": "The buyer has the money back.",
        }
    ]
    assert vendure.reduce(store, "1", fewer(("v11", 1, 1), ("v12", 2, 2))) == told
    assert len(server.cancelled) == 1
    vendure.reduce(store, "1", fewer(("v11", 1, 2), reference="yc-1-2"))
    assert server.left == {"11": 1, "12": 0}


def test_a_lost_answer_cancels_nothing_twice(contract: Contract, server: VendureServer) -> None:
    def lossy(asked: Asked) -> Reply:
        reply = server.answer(asked)
        return Reply(b"", 502) if "cancelOrder(" in asked.json["query"] else reply

    contract.answer = lossy
    with pytest.raises((SourceError, FetchError)):
        vendure.reduce(store_of(contract), "1", fewer(("v11", 1, 1)))
    contract.answer = server.answer
    vendure.reduce(store_of(contract), "1", fewer(("v11", 1, 1)))
    assert (server.left["11"], len(server.cancelled)) == (2, 1)


def test_what_the_shop_cancelled_itself_is_not_cancelled_again(
    contract: Contract, server: VendureServer
) -> None:
    server.left["11"] = 2
    vendure.reduce(store_of(contract), "1", fewer(("v11", 1, 1)))
    assert server.cancelled == []
    vendure.reduce(store_of(contract), "1", fewer(("v11", 2, 2)))
    assert (server.left["11"], server.cancelled[0]["lines"][0]["quantity"]) == (1, 1)


@pytest.mark.parametrize("state", ["Pending", "Shipped"])
def test_a_line_that_is_packed_in_part_is_left_alone(
    contract: Contract, server: VendureServer, state: str
) -> None:
    """Vendure would give back a packed piece and another for each that is to go."""
    line = {"quantity": 1, "orderLine": {"productVariant": {"id": "v11"}}}
    server.parcels = [
        {"id": "5", "state": state, "method": "SF", "trackingCode": "1", "lines": [line]}
    ]
    store = store_of(contract)
    with pytest.raises(SourceError) as caught:
        vendure.reduce(store, "1", fewer(("v11", 1, 1)))
    assert (caught.value.source_code, caught.value.again) == ("packed", False)
    assert server.cancelled == []
    vendure.reduce(store, "1", fewer(("v12", 1, 1)))
    assert server.left == {"11": 3, "12": 1}
    server.left["11"] = 2
    vendure.reduce(store, "1", fewer(("v11", 1, 1)))
    assert len(server.cancelled) == 1


def test_an_order_of_which_a_part_is_on_its_way_is_not_cancelled(
    contract: Contract, server: VendureServer
) -> None:
    line = {"quantity": 1, "orderLine": {"productVariant": {"id": "v11"}}}
    server.parcels = [
        {"id": "5", "state": "Shipped", "method": "SF", "trackingCode": "1", "lines": [line]}
    ]
    assert vendure.cancel(store_of(contract), "1", "no more").state == "part_sent"
    assert server.cancelled == []


def test_the_last_pieces_cancel_the_order(contract: Contract, server: VendureServer) -> None:
    told = vendure.reduce(store_of(contract), "1", fewer(("v11", 3, 3), ("v12", 2, 2)))
    assert told.state == "cancelled"


def test_what_is_refused_says_why(contract: Contract, server: VendureServer) -> None:
    store = store_of(contract)
    with pytest.raises(SourceError) as caught:
        vendure.reduce(store, "1", fewer(("v11", 9, 9)))
    assert (caught.value.source_code, caught.value.again) == ("QUANTITY_TOO_GREAT_ERROR", False)
    with pytest.raises(SourceError) as caught:
        vendure.reduce(store, "1", fewer(("v99", 1, 1)))
    assert caught.value.source_code == "unknown_sku"
    with pytest.raises(SourceError) as caught:
        vendure.reduce(store, "2", fewer(("v11", 1, 1)))
    assert caught.value.source_code == "unknown_order"
    server.state = "ArrangingPayment"
    with pytest.raises(SourceError) as caught:
        vendure.reduce(store, "1", fewer(("v11", 1, 1)))
    assert caught.value.source_code == "CANCEL_ACTIVE_ORDER_ERROR"
    assert server.left == {"11": 3, "12": 2}
