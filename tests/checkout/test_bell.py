"""What wakes the relay, and that a sale does not need it."""

import asyncio
from contextlib import suppress

import pytest
from tests.checkout.database import database_url, run
from tests.checkout.worlds import NO_RULES, make_place

from yellowcart.checkout.lane import BELL_PACE_S, Lanes
from yellowcart.checkout.values import Placed
from yellowcart.core import bus
from yellowcart.core.bus import postgres

pytestmark = pytest.mark.django_db(transaction=True)


class Relay:
    """Counts the rings, as the worker hears them."""

    def __init__(self) -> None:
        self.rings = asyncio.Queue[str]()
        handlers = {bus.OUTBOX: self.rings.put_nowait}
        self._task = asyncio.create_task(bus.listen(database_url(), handlers))

    async def first(self) -> None:
        async with asyncio.timeout(120):
            await self.rings.get()

    async def rest(self) -> int:
        """How many more came until now."""
        await asyncio.sleep(0.1)
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        return self.rings.qsize()


def test_the_relay_is_woken_after_a_sale_and_not_for_a_refusal() -> None:
    place, empty = make_place(), make_place(stock=0)

    async def scenario() -> int:
        relay = Relay()
        await relay.first()  # it listens now, and looks
        lanes = Lanes(database_url(), NO_RULES.verdict)
        await lanes.submit(empty.request())
        await lanes.submit(place.request())
        await relay.first()
        await lanes.close()
        return await relay.rest()

    assert run(scenario) == 0


def test_many_sales_are_few_rings() -> None:
    async def scenario() -> int:
        relay = Relay()
        await relay.first()
        bell = bus.courier(database_url(), BELL_PACE_S)
        for _ in range(500):
            bell.send(bus.OUTBOX)
            await asyncio.sleep(0)
        await relay.first()
        await bell.close()
        return await relay.rest()

    assert run(scenario) < 100


def test_a_bell_without_a_database_does_not_stop_a_sale() -> None:
    place = make_place()

    async def scenario():
        lanes = Lanes(database_url(), NO_RULES.verdict)
        lanes._bell._connect = lambda: postgres.Link.open("host=/nowhere")
        decision = await lanes.submit(place.request())
        await lanes.close()
        return decision

    assert isinstance(run(scenario), Placed)
