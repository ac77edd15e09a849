"""Whatever is sent to what the edge answers, as the description allows it or against it, its own
process answers: never by falling over.

The control plane's operations are called in ``tests/config/test_whole_api.py``.
"""

import json
from collections import Counter
from itertools import count
from typing import Any
from urllib.parse import quote

import httpx
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core import NotSet
from tests.checkout.worlds import make_place, mount
from tests.config.test_whole_api import EDGE, SEED, operations
from tests.factories import make_account, make_product, make_sku
from tests.rooms import Server, pass_for

from yellowcart.live import passes

#: Calls of an operation in each way. The same in every run.
CALLS = 15
#: Headers as people, proxies and programs send them, or nobody should.
ODD = [
    {},
    {"accept-language": "zh-Hans-CN;q=0.8, *"},
    {"accept-language": "q=;;,"},
    {"authorization": "Bearer"},
    {"authorization": "Bearer a.b.c"},
    {"authorization": "Basic eDp5"},
    {"cookie": "yellowcart_session=; =;;"},
    {"x-forwarded-for": "nowhere, ::1", "x-forwarded-proto": "gopher"},
    {"content-type": "text/plain"},
]


class Caller:
    """A buyer with passes for a room and a listing on a shop's page, and what came of the calls."""

    def __init__(self, server: Server) -> None:
        self.place = make_place(stock=10_000)
        room, listing, buyer = self.place.room, self.place.listing, make_account()
        page = mount(
            make_sku(make_product(listing.product.shop), stock=10_000),
            surface="shop_page",
            container_id=listing.shop_id,
        )
        self.passes = {
            "edge_order_in_room": pass_for(room, buyer),
            "edge_order_in_listing": passes.issue(
                room=listing.shop_id, sub=buyer.id, name="Li", guest=False
            )[0],
        }
        self.places = {
            "edge_order_in_room": {"room_id": room.id},
            "edge_order_in_listing": {"listing_id": page.id},
            "edge_room": {"room_id": room.id},
            "edge_go": {"listing_id": listing.id},
        }
        sku = page.product.skus.get()
        self.bodies = {
            "edge_order_in_room": {
                "listing_id": str(listing.id),
                "sku_id": str(self.place.sku.id),
                "unit_price": self.place.sku.price_minor,
            },
            "edge_order_in_listing": {"sku_id": str(sku.id), "unit_price": sku.price_minor},
        }
        self.client = httpx.Client(base_url=server.base_url, timeout=60)
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.fallen: dict[str, str] = {}
        self.turns = count()

    def say(self, case: Case, odd: dict[str, str]) -> None:
        """Make the call: every second time about what exists, with a pass that opens it."""
        name = case.operation.definition.raw["operationId"]
        places, body, headers = dict(case.path_parameters or {}), case.body, dict(odd)
        turn = next(self.turns)
        if turn % 2 == 0:
            places |= self.places[name]
            if isinstance(body, dict):
                real = self.bodies.get(name, {})
                body = body | {key: value for key, value in real.items() if key in body}
                if turn % 4 == 0:
                    # Nothing that could be refused.
                    body = {**real, "quantity": 1, "idempotency_key": f"turn-{turn}"}
            if name in self.passes:
                headers["authorization"] = f"Bearer {self.passes[name]}"
        path = case.operation.path
        for key, value in places.items():
            path = path.replace(f"{{{key}}}", quote(str(value), safe="", errors="replace"))
        query = {key: str(value) for key, value in (case.query or {}).items()}
        reply = self.client.request(
            case.method, path, params=query, headers=headers, content=_written(body)
        )
        self.statuses[name, reply.status_code] += 1
        if reply.status_code >= 500:
            told = f"{path} {query} {headers} {str(body)[:200]}: {reply.status_code}"
            self.fallen.setdefault(name, f"{told} {reply.text[:200]}")


def _written(body: Any) -> bytes:
    if isinstance(body, NotSet):
        return b""
    return body if isinstance(body, bytes) else json.dumps(body, default=str).encode()


def try_out(caller: Caller, operation: Any, way: GenerationMode) -> None:
    @seed(SEED)
    @settings(
        max_examples=CALLS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(way), odd=st.sampled_from(ODD))
    def call(case: Case, odd: dict[str, str]) -> None:
        caller.say(case, odd)

    call()


def test_no_call_makes_the_edge_fall_over(server: Server) -> None:
    caller = Caller(server)
    mine = list(operations(edge=True))
    assert {one.definition.raw["operationId"] for one in mine} == set(caller.places)
    assert all(name.startswith(EDGE) for name in caller.places)
    with caller.client:
        for operation in mine:
            for way in GenerationMode:
                try_out(caller, operation, way)
    assert caller.fallen == {}
    # It would be no test if nothing got through.
    assert caller.statuses["edge_room", 200] > 5, caller.statuses
    assert caller.statuses["edge_order_in_room", 201] > 0, caller.statuses
    assert caller.statuses["edge_order_in_listing", 201] > 0, caller.statuses
