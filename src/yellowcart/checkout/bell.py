"""Wakes the relay when something was sold, beside the sale and not in it.

A transaction that notifies holds a lock of the whole database until it is durable, so that all
lanes would commit one after another. The bell is rung once a batch is committed, on a connection
of its own, a few times a second at most. A ring that is lost costs time only: the relay looks by
itself every second, and what it looks for was written with the sale.
"""

import asyncio
import logging
from typing import Final

import psycopg

from yellowcart.checkout.wire import Wire
from yellowcart.core import bus

log = logging.getLogger(__name__)

PACE_SECONDS: Final = 0.02
"""Least time between two rings."""
_STATEMENTS: Final = {b"ring": f"SELECT pg_notify('{bus.OUTBOX}', '')".encode()}


class Bell:
    """One process's bell."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._wanted = False
        self._wire: Wire | None = None
        self._task: asyncio.Task[None] | None = None

    def ring(self) -> None:
        """Wake the relay soon. Call it on the event loop."""
        self._wanted = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work(), name="relay's bell")

    async def close(self) -> None:
        """Ring once more if that was asked for, and hang up."""
        if self._task is not None:
            await self._task
        if self._wire is not None:
            await self._wire.close()

    async def _work(self) -> None:
        while self._wanted:
            self._wanted = False
            try:
                if self._wire is None or self._wire.closed:
                    self._wire = await Wire.open(
                        self._url,
                        _STATEMENTS,
                        application_name="yellowcart bell",
                        connect_timeout=5,
                        options="-c statement_timeout=3000",
                    )
                self._wire.send(b"ring")
                await self._wire.sent()
            except (psycopg.Error, OSError) as error:
                log.warning("the relay was not woken: %s", error)
            await asyncio.sleep(PACE_SECONDS)
