"""What wakes the relay, and that a sale does not need it."""

import asyncio

import psycopg
import pytest
from tests.checkout.database import database_url, run
from tests.checkout.worlds import NO_RULES, make_place

from yellowcart.checkout.bell import Bell
from yellowcart.checkout.lane import Lanes
from yellowcart.checkout.values import Placed
from yellowcart.core import outbox

pytestmark = pytest.mark.django_db(transaction=True)


async def first_ring(listener) -> str:
    async for notify in listener.notifies(timeout=20):
        return notify.channel
    return "nothing"


def test_the_relay_is_woken_after_a_sale_and_not_for_a_refusal() -> None:
    place, empty = make_place(), make_place(stock=0)

    async def scenario():
        async with await psycopg.AsyncConnection.connect(
            database_url(), autocommit=True
        ) as listener:
            await listener.execute(f"LISTEN {outbox.CHANNEL}")
            lanes = Lanes(database_url(), NO_RULES.verdict)
            await lanes.submit(empty.request())
            await lanes.submit(place.request())
            heard = await first_ring(listener)
            await lanes.close()
            return heard, [one async for one in listener.notifies(timeout=0.1)]

    heard, more = run(scenario)
    assert (heard, more) == (outbox.CHANNEL, [])


def test_many_sales_are_few_rings() -> None:
    async def scenario():
        async with await psycopg.AsyncConnection.connect(
            database_url(), autocommit=True
        ) as listener:
            await listener.execute(f"LISTEN {outbox.CHANNEL}")
            bell = Bell(database_url())
            for _ in range(500):
                bell.ring()
                await asyncio.sleep(0)
            await bell.close()
            return [one async for one in listener.notifies(timeout=0.1)]

    assert 1 <= len(run(scenario)) < 100


def test_a_bell_without_a_database_does_not_stop_a_sale() -> None:
    place = make_place()

    async def scenario():
        lanes = Lanes(database_url(), NO_RULES.verdict)
        lanes._bell._url = "host=/nowhere"
        decision = await lanes.submit(place.request())
        await lanes.close()
        return decision

    assert isinstance(run(scenario), Placed)
