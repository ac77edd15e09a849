"""The test database for connections of the lane's own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from django.db import connection
from psycopg.conninfo import make_conninfo
from tests.checkout.worlds import HOLD_FOR, NO_RULES

from yellowcart.checkout.lane import Lane
from yellowcart.checkout.statements import STATEMENTS
from yellowcart.checkout.store import Verdicts
from yellowcart.checkout.wire import Wire

T = TypeVar("T")


def database_url() -> str:
    """Where the database that pytest-django made is."""
    wanted = {"dbname", "user", "password", "host", "port"}
    params = connection.get_connection_params()
    return make_conninfo(**{key: value for key, value in params.items() if key in wanted})


@asynccontextmanager
async def connected() -> AsyncIterator[Wire]:
    """A connection such as a lane has."""
    wire = await Wire.open(database_url(), STATEMENTS, options="-c lock_timeout=3000")
    try:
        yield wire
    finally:
        await wire.close()


@asynccontextmanager
async def running_lane(verdict: Verdicts = NO_RULES.verdict, **options: Any) -> AsyncIterator[Lane]:
    """A lane until the block ends."""
    lane = Lane(database_url(), verdict, HOLD_FOR, **options)
    try:
        yield lane
    finally:
        await lane.close()


def run(scenario: Callable[[], Awaitable[T]]) -> T:
    """Run a scenario on an event loop of its own, so that its set-up may use the ORM."""

    async def main() -> T:
        return await scenario()

    return asyncio.run(main())
