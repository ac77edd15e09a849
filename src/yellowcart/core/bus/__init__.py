"""Tell other processes that something changed: over PostgreSQL's LISTEN/NOTIFY, or over NATS where
``YELLOWCART_BUS`` names one. Nobody outside this folder knows which.

A message is a hint, never the fact itself: who hears it reads the database. Losing one costs
time, not truth, so every listener also looks by itself now and then.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Final
from uuid import uuid4

from django.db import connection, transaction

from yellowcart.core.bus import background, nats, postgres
from yellowcart.core.bus.courier import Courier
from yellowcart.core.bus.values import MAX_PAYLOAD, Handler, LostError, Message, check_size

__all__ = ["MAX_PAYLOAD", "OUTBOX", "Courier", "Handler", "courier", "listen", "probe", "publish"]

log = logging.getLogger(__name__)

#: Wakes the relay of the outbox.
OUTBOX: Final = "outbox"
RECONNECT_SECONDS: Final = 0.5
PROBE_SECONDS: Final = 5.0


def publish(channel: str, payload: str = "") -> None:
    """Tell every listener of ``channel``, once the surrounding transaction commits."""
    check_size(payload)
    address = nats.address()
    if address is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [channel, payload])
    else:
        # A process that ends between the commit and this tells nobody: then listeners find it
        # when they look by themselves.
        send = partial(background.sender(address).send, channel, payload)
        transaction.on_commit(send, robust=True)


def courier(database_url: str, pace_seconds: float = 0.0) -> Courier:
    """What tells listeners from an event loop, outside of any transaction; see :class:`Courier`."""
    address = nats.address()
    if address is None:
        return Courier(partial(postgres.Link.open, database_url), pace_seconds)
    return Courier(partial(nats.Link.open, address), pace_seconds)


async def listen(database_url: str, handlers: dict[str, Handler]) -> None:
    """Call ``handlers[channel](payload)`` for every message until cancelled.

    After a lost connection it reconnects and calls each handler once with an empty payload, so
    that what was missed is looked up.
    """
    while True:
        try:
            async with _listening(database_url, list(handlers)) as messages:
                for channel in handlers:
                    _handle(handlers, channel, "")
                async for channel, payload in messages:
                    _handle(handlers, channel, payload)
        except LostError as error:
            log.warning("bus connection lost; reconnecting", extra={"why": str(error)})
        await asyncio.sleep(RECONNECT_SECONDS)


async def probe(database_url: str) -> str:
    """Send oneself a message; which bus brought it, in words. :class:`LostError` where none did."""
    channel = f"probe-{uuid4().hex}"
    sender = courier(database_url)
    try:
        async with (
            asyncio.timeout(PROBE_SECONDS),
            _listening(database_url, [channel]) as messages,
        ):
            sender.send(channel)
            await anext(aiter(messages))
    except TimeoutError:
        raise LostError(f"no message came back within {PROBE_SECONDS:.0f} s") from None
    finally:
        await sender.close()
    address = nats.address()
    return f"NATS at {address.shown}" if address else "PostgreSQL's LISTEN/NOTIFY"


def _listening(
    database_url: str, channels: list[str]
) -> AbstractAsyncContextManager[AsyncIterator[Message]]:
    address = nats.address()
    if address is None:
        return postgres.listening(database_url, channels)
    return nats.listening(address, channels)


def _handle(handlers: dict[str, Handler], channel: str, payload: str) -> None:
    # Somebody else's nonsense on the channel must not cost the connection.
    try:
        handlers[channel](payload)
    except Exception:
        log.exception("a bus message could not be handled", extra={"channel": channel})
