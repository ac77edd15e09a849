"""The check that the benches end with finds what it is there to find."""

import asyncio
import json
from dataclasses import replace
from uuid import uuid4

import pytest
from bench.books import faults
from bench.checkout import generate, nothing_to_do
from bench.load import Plan, body_of, encode
from django.db import connection
from tests.checkout.database import database_url, run, running_lane
from tests.checkout.worlds import Place, make_place

from yellowcart.checkout.routes import request_of
from yellowcart.live.passes import RoomPass

STOCK = 20
TAMPERING = [
    ("UPDATE inventory_stock SET sold = 1", "sold beside the holds"),
    ("UPDATE inventory_stock SET on_hand = 21", "stock that nobody brought"),
    ("UPDATE inventory_stock SET reserved = 4", "reserved beside the holds"),
    ("UPDATE orders_line SET unit_price_minor = 1", "amounts beside the lines"),
    ("UPDATE inventory_hold SET state = 'expired'", "unpaid orders that hold nothing"),
    ("DELETE FROM inventory_hold", "orders beside their holds"),
    ("DELETE FROM orders_line", "orders without lines"),
]
"""What somebody might do by hand, and what it is called."""


@pytest.fixture
def sold() -> tuple[Place, list[str]]:
    """A place where five were sold, and what the buyers were told."""
    place = make_place(stock=STOCK)

    async def scenario():
        async with running_lane() as lane:
            return await asyncio.gather(*(lane.submit(place.request()) for _ in range(5)))

    return place, [str(one.receipt.checkout_id) for one in run(scenario)]


def found(place: Place, answered: list[str]) -> dict[str, int]:
    return faults(database_url(), [place.sku.shop_id], answered, on_hand=[STOCK])


@pytest.mark.django_db(transaction=True)
def test_lost_doubled_unknown_and_changed_orders_are_found(sold) -> None:
    place, answered = sold
    assert found(place, answered) == {}
    assert found(place, [*answered, str(uuid4())]) == {"answered and not there": 1}
    assert found(place, [*answered, answered[0]]) == {"answered twice": 1}
    assert found(place, answered[1:]) == {"there and not answered": 1}
    known: set[str] = set()
    for tampering, fault in TAMPERING:
        with connection.cursor() as cursor:
            cursor.execute(tampering)
        faults_now = set(found(place, answered))
        assert fault in faults_now - known, tampering
        known |= faults_now


def test_the_generator_writes_orders_that_can_be_read() -> None:
    room, token = uuid4(), "a.pass%"
    wishes = [(str(uuid4()), str(uuid4()), 9_900) for _ in range(3)]
    plan = Plan(
        "http://127.0.0.1:8000",
        [(str(room), wishes[:1], token), (str(room), wishes, token)],
        "k-",
        connections=2,
        most=4,
        seconds=1.0,
    )
    requests = encode(plan)
    holder = RoomPass(room, uuid4(), "Li", "viewer", False, 0)
    keys = []
    for number, request in enumerate(requests):
        head, body = request.split(b"\r\n\r\n")
        assert f"Content-Length: {len(body)}\r\n".encode() in head
        assert f"Bearer {token}".encode() in head
        read = request_of(f"/api/v1/rooms/{room}/orders".encode(), holder, body)
        assert len(read.lines) == (3 if number % 2 else 1)
        keys.append(read.idempotency_key)
    assert len(set(keys)) == 4
    assert json.loads(body_of(wishes[:1], "k"))["unit_price"] == 9_900


def test_the_server_with_nothing_to_do_answers(tmp_path) -> None:
    plan = Plan("", [(str(uuid4()), [("l", "s", 1)], "t")], "k-", 4, most=40, seconds=20.0)
    with nothing_to_do() as base_url:
        tally = generate(replace(plan, base_url=base_url), tmp_path)
    assert tally["statuses"] == {"201": 40}
    assert len(tally["order_ids"]) == 40
