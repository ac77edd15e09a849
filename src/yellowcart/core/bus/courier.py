"""Carries messages that belong to no transaction, on an event loop, in the background."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

from yellowcart.core.bus.values import Link, LostError, Message, check_size

log = logging.getLogger(__name__)

#: Different messages that wait on one channel; beyond that one empty message stands for all.
MOST_WAITING: Final = 500
RETRY_SECONDS: Final = 0.5


class Courier:
    """Sends soon, in order, over one connection of its own.

    Equal messages that wait are one message. What can't be sent waits until the bus is back, and
    where too much waits, an empty message tells the channel's listeners to look everywhere.
    """

    def __init__(self, connect: Callable[[], Awaitable[Link]], pace_seconds: float = 0.0) -> None:
        self._connect = connect
        self._pace_seconds = pace_seconds
        # Kept in the order of asking; the values mean nothing.
        self._waiting: dict[Message, None] = {}
        self._count: Counter[str] = Counter()
        self._link: Link | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def send(self, channel: str, payload: str = "") -> None:
        """Tell the channel's listeners soon. Call it on the event loop."""
        check_size(payload)
        if (channel, payload) not in self._waiting:
            self._keep(channel, payload)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work(), name="bus courier")

    def _keep(self, channel: str, payload: str) -> None:
        if self._count[channel] >= MOST_WAITING:
            self._waiting = {each: None for each in self._waiting if each[0] != channel}
            self._count[channel] = 0
            payload = ""
        self._waiting[channel, payload] = None
        self._count[channel] += 1

    async def close(self) -> None:
        """Send what waits if that can be done at once, and hang up."""
        self._closing.set()
        if self._task is not None:
            await self._task
        await self._hang_up()

    async def _work(self) -> None:
        while self._waiting:
            message = next(iter(self._waiting))
            try:
                if self._link is None:
                    self._link = await self._connect()
                # Taken before it is sent: an equal one asked for meanwhile is sent again.
                self._take(message)
                await self._link.send(message)
            except LostError as error:
                log.warning("a bus message could not be sent", extra={"why": str(error)})
                await self._hang_up()
                if self._closing.is_set():
                    return
                self.send(*message)
                await self._rest(RETRY_SECONDS)
            else:
                if self._pace_seconds:
                    await self._rest(self._pace_seconds)

    def _take(self, message: Message) -> None:
        del self._waiting[message]
        self._count[message[0]] -= 1

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return

    async def _hang_up(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            await link.close()
