"""A real Vendure in a process of its own, on a fresh copy of its sample catalogue."""

import importlib.util
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

REPOSITORY = Path(__file__).parents[2]
#: Where scripts/real-vendure.sh sets it up.
HOME = Path(os.environ.get("YELLOWCART_VENDURE", REPOSITORY / ".vendure")).resolve()
WHY_NOT = "no real Vendure here; scripts/real-vendure.sh sets it up (node 20, npm)"


def there() -> bool:
    """Whether the set-up script has run to its end."""
    return (HOME / "filled").exists()


def _filling() -> Any:
    spec = importlib.util.spec_from_file_location(
        "vendure_filling", REPOSITORY / "scripts/vendure/fill.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Shop:
    """The shop's process; ``admin`` is its own administrator at work."""

    port: int
    environment: Mapping[str, str] = field(default_factory=dict)
    database: str = "vendure_run"
    _process: subprocess.Popen[bytes] | None = None
    _made: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/admin-api"

    @property
    def key(self) -> str:
        return (HOME / "api-key").read_text()

    def start(self) -> None:
        """Start (again) and wait until it answers; the first time on a fresh copy."""
        if not self._made:
            self._made = _filling().make(HOME, self.database, "vendure")
        with (HOME / "shop.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["node", "shop.js"],
                cwd=HOME,
                env={**self._made, "PORT": str(self.port), **self.environment},
                stdout=log,
                stderr=log,
            )
        for _tries in range(600):
            assert self._process.poll() is None, "the shop ended; see .vendure/shop.log"
            try:
                self.admin("{ activeChannel { id } }")
            except httpx.TransportError:
                time.sleep(0.2)
            else:
                return
        raise AssertionError("the shop does not answer; see .vendure/shop.log")

    def kill(self) -> None:
        """As a machine that loses power."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def admin(self, query: str, **variables: Any) -> Any:
        """One query or mutation of its own administrator."""
        answer = httpx.post(
            self.url,
            json={"query": query, "variables": variables},
            headers={"vendure-api-key": self.key},
            timeout=60,
        )
        found = answer.json()
        assert "errors" not in found, found["errors"]
        return found["data"]

    def fulfil(self, order_id: str, tracking: str, pieces: int | None = None) -> str:
        """Pack (some pieces of the first line, or all) and hand over to the carrier; its id."""
        lines = self.admin(
            "query ($id: ID!) { order(id: $id) { lines { id quantity } } }", id=order_id
        )["order"]["lines"]
        taken = [{"orderLineId": one["id"], "quantity": one["quantity"]} for one in lines]
        if pieces is not None:
            taken = [{**taken[0], "quantity": pieces}]
        handler = {
            "code": "manual-fulfillment",
            "arguments": [
                {"name": "method", "value": "SF Express"},
                {"name": "trackingCode", "value": tracking},
            ],
        }
        made = self.admin(
            """mutation ($input: FulfillOrderInput!) { addFulfillmentToOrder(input: $input) {
              ... on Fulfillment { id } ... on ErrorResult { message } } }""",
            input={"lines": taken, "handler": handler},
        )["addFulfillmentToOrder"]
        self.move(made["id"], "Shipped")
        return str(made["id"])

    def move(self, fulfilment_id: str, state: str) -> None:
        """Move a parcel on."""
        moved = self.admin(
            """mutation ($id: ID!, $state: String!) {
              transitionFulfillmentToState(id: $id, state: $state) {
                ... on Fulfillment { state } ... on ErrorResult { message } } }""",
            id=fulfilment_id,
            state=state,
        )["transitionFulfillmentToState"]
        assert moved.get("state") == state, moved

    def change(
        self, variant_id: str, *, price: int | None = None, stock: int | None = None
    ) -> None:
        """Another price or another count in the shop."""
        wish: dict[str, Any] = {"id": variant_id}
        if price is not None:
            wish["price"] = price
        if stock is not None:
            wish["stockOnHand"] = stock
        self.admin(
            """mutation ($input: [UpdateProductVariantInput!]!) {
              updateProductVariants(input: $input) { id } }""",
            input=[wish],
        )
