"""Whatever is sent to the API, it answers: with what was asked for, or with a problem. Never by
falling over.

Schemathesis makes the calls from the description. Every operation is called by somebody who may
almost everything, half the time about things that exist; what a call changes is taken back.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case

from tests.aftersales.worlds import ask, sent
from tests.orders.worlds import make_world
from tests.rooms import make_room
from yellowcart.people.actions import do_grant_role
from yellowcart.people.roles import Role

#: Calls of an operation. The same in every run.
CALLS = 3
SEED = 20_211_116
#: The edge answers these in its own process; tests/edge/test_whole_edge.py calls them.
EDGE = "edge_"


class Talker:
    """Somebody signed in, and the things that exist by the names that paths give them."""

    def __init__(self) -> None:
        world = make_world()
        do_grant_role(world.owner, Role.OPERATOR)
        do_grant_role(world.owner, Role.CREATOR)
        order = sent(world)
        self.things: dict[str, UUID | str] = {
            "shop": world.shop.handle,
            "shop_id": world.shop.id,
            "account_id": world.buyer.id,
            "viewer_id": world.buyer.id,
            "handle": world.buyer.handle,
            "product_id": world.sku.product_id,
            "sku_id": world.sku.id,
            "listing_id": world.listing.id,
            "container_id": world.shop.id,
            "surface": "shop_page",
            "room_id": make_room(world.owner).id,
            "order_id": order.id,
            "case_id": ask(world, order).id,
        }
        self.client = Client(headers={"Accept-Language": "en"}, raise_request_exception=False)
        self.client.force_login(world.owner)

    def say(self, case: Case, *, about_real: bool) -> HttpResponse:
        """Make the call, and take back what it did."""
        places = dict(case.path_parameters or {})
        if about_real:
            places.update({name: self.things[name] for name in places if name in self.things})
        path = case.operation.path
        for name, value in places.items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        query = {name: value for name, value in (case.query or {}).items() if value is not None}
        address = f"{path}?{urlencode(query, doseq=True)}"
        with transaction.atomic():
            reply = self.client.generic(case.method, address, **_body(case))
            transaction.set_rollback(True)
        return reply


def _body(case: Case) -> dict[str, Any]:
    if case.media_type and case.media_type.startswith("multipart/"):
        fields = case.body if isinstance(case.body, dict) else {}
        data = {
            name: SimpleUploadedFile("file.csv", value) if isinstance(value, bytes) else str(value)
            for name, value in fields.items()
        }
        return {"data": encode_multipart(BOUNDARY, data), "content_type": MULTIPART_CONTENT}
    if case.media_type is None:
        return {"content_type": "application/json"}
    return {"data": json.dumps(case.body, default=str), "content_type": "application/json"}


def operations(*, edge: bool = False) -> Iterator[Any]:
    """The control plane's operations, or the edge's."""
    described = json.loads(Client().get("/api/v1/openapi.json").content)
    for found in schemathesis.openapi.from_dict(described).get_all_operations():
        operation = found.ok()
        if operation.definition.raw["operationId"].startswith(EDGE) is edge:
            yield operation


@dataclass
class Outcome:
    """How often each status came, and what fell over, by operation."""

    statuses: Counter[int] = field(default_factory=Counter)
    fallen: dict[str, str] = field(default_factory=dict)


def try_out(talker: Talker, operation: Any, outcome: Outcome) -> None:
    """Call one operation a few times, first about what exists, then about anything, in turn."""
    turns = count()

    @seed(SEED)
    @settings(
        max_examples=CALLS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def call(case: Case) -> None:
        reply = talker.say(case, about_real=next(turns) % 2 == 0)
        outcome.statuses[reply.status_code] += 1
        is_problem = reply.headers.get("Content-Type", "") == "application/problem+json"
        if reply.status_code >= 500 and not is_problem:
            told = f"{case.path_parameters} {case.query} {str(case.body)[:200]}"
            outcome.fallen.setdefault(operation.label, f"{told}: {_error(reply)}")

    call()


def _error(reply: HttpResponse) -> str:
    found = getattr(reply, "exc_info", None)
    return repr(found[1])[:300] if found else str(reply.status_code)


@pytest.mark.django_db
def test_no_call_that_the_description_allows_makes_the_server_fall_over() -> None:
    talker, outcome = Talker(), Outcome()
    tried = 0
    for operation in operations():
        try_out(talker, operation, outcome)
        tried += 1
    assert outcome.fallen == {}
    assert tried > 200
    # It would be no test if nothing got through.
    assert outcome.statuses[200] > 100, outcome.statuses


@pytest.mark.django_db
def test_an_operation_that_falls_over_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    talker, outcome = Talker(), Outcome()
    monkeypatch.setattr("yellowcart.shops.queries.suppliers", lambda: 1 // 0)
    suppliers = next(one for one in operations() if one.label == "GET /api/v1/shops/suppliers")
    try_out(talker, suppliers, outcome)
    assert "ZeroDivisionError" in outcome.fallen[suppliers.label]
