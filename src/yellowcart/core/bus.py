"""Tell other processes that something changed. Embedded: PostgreSQL's LISTEN/NOTIFY.

A message is a hint, never the fact itself: who hears it reads the database. Losing one costs
time, not truth, so every listener also looks by itself now and then.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from django.db import connection

log = logging.getLogger(__name__)

#: Wakes the relay of the outbox.
OUTBOX = "outbox"
#: PostgreSQL's limit is 8000 bytes.
MAX_PAYLOAD = 7_900

Handler = Callable[[str], None]


def publish(channel: str, payload: str = "") -> None:
    """Tell every listener of ``channel``, once the surrounding transaction commits."""
    if len(payload.encode()) > MAX_PAYLOAD:
        raise ValueError(f"a bus message holds at most {MAX_PAYLOAD} bytes; send a reference")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, payload])


async def listen(database_url: str, handlers: dict[str, Handler]) -> None:
    """Call ``handlers[channel](payload)`` for every message until cancelled.

    After a lost connection it reconnects and calls each handler once with an empty payload, so
    that what was missed is looked up.
    """
    while True:
        try:
            async with _listening(database_url, list(handlers)) as messages:
                for handler in handlers.values():
                    handler("")
                async for channel, payload in messages:
                    handlers[channel](payload)
        except psycopg.OperationalError:
            log.warning("bus connection lost; reconnecting")
            await asyncio.sleep(0.5)


@asynccontextmanager
async def _listening(
    database_url: str, channels: list[str]
) -> AsyncIterator[AsyncIterator[tuple[str, str]]]:
    conn: psycopg.AsyncConnection[Any] = await psycopg.AsyncConnection.connect(
        database_url, autocommit=True
    )
    async with conn:
        for channel in channels:
            await conn.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))

        async def messages() -> AsyncIterator[tuple[str, str]]:
            async for notify in conn.notifies():
                yield notify.channel, notify.payload

        yield messages()
