"""The bus over LISTEN/NOTIFY: nothing to install, and told by the commit itself.

A transaction that notifies holds a lock of the whole database until it is durable, so that those
who notify commit one after another. What can be told after the commit goes by :class:`Link`.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import psycopg

from yellowcart.core.bus.values import LostError, Message

CONNECT_SECONDS: Final = 5
#: A listener that heard nothing for so long asks whether anybody is still there.
ALIVE_SECONDS: Final = 15.0


class Link:
    """A connection that notifies, outside of any transaction."""

    def __init__(self, conn: psycopg.AsyncConnection[Any]) -> None:
        self._conn = conn

    @classmethod
    async def open(cls, database_url: str) -> "Link":
        """Connect."""
        return cls(await _connect(database_url, "yellowcart bell", "-c statement_timeout=3000"))

    async def send(self, message: Message) -> None:
        """Notify whoever listens now."""
        with _lost():
            await self._conn.execute("SELECT pg_notify(%s, %s)", message)

    async def close(self) -> None:
        """Hang up."""
        await self._conn.close()


@asynccontextmanager
async def listening(
    database_url: str, channels: list[str]
) -> AsyncIterator[AsyncIterator[Message]]:
    """Messages as they come, until the connection is lost."""
    conn = await _connect(database_url, "yellowcart bus")
    try:
        with _lost():
            for channel in channels:
                await conn.execute(
                    psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel))
                )
        yield _messages(conn)
    finally:
        await conn.close()


async def _messages(conn: psycopg.AsyncConnection[Any]) -> AsyncIterator[Message]:
    with _lost():
        while True:
            async for notify in conn.notifies(timeout=ALIVE_SECONDS):
                yield notify.channel, notify.payload
            async with asyncio.timeout(CONNECT_SECONDS):
                await conn.execute("SELECT 1")


async def _connect(database_url: str, name: str, options: str = "") -> psycopg.AsyncConnection[Any]:
    with _lost():
        return await psycopg.AsyncConnection.connect(
            database_url,
            autocommit=True,
            application_name=name,
            connect_timeout=CONNECT_SECONDS,
            options=options,
        )


@contextmanager
def _lost() -> Iterator[None]:
    try:
        yield
    except (psycopg.Error, OSError) as error:
        raise LostError(type(error).__name__) from error
