"""Sends for code that has no event loop: one thread, one loop, one connection a process."""

import asyncio
import atexit
import logging
import os
import threading
from concurrent.futures import TimeoutError as TooLongError
from functools import partial
from typing import Final

from yellowcart.core.bus import nats
from yellowcart.core.bus.courier import Courier

log = logging.getLogger(__name__)

#: How long a process that ends waits for what it still has to send.
CLOSE_SECONDS: Final = 2.0


class Sender:
    """A courier on a thread of its own."""

    def __init__(self, address: nats.Address) -> None:
        self._courier = Courier(partial(nats.Link.open, address))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bus", daemon=True)
        self._thread.start()

    def send(self, channel: str, payload: str) -> None:
        """Tell the channel's listeners soon; never waits, never fails."""
        self._loop.call_soon_threadsafe(self._courier.send, channel, payload)

    def close(self) -> None:
        """Send what waits if the bus answers soon, and end the thread."""
        closing = asyncio.run_coroutine_threadsafe(self._courier.close(), self._loop)
        try:
            closing.result(CLOSE_SECONDS)
        except TooLongError:
            log.warning("what the bus had to tell was not sent; listeners find it by looking")
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSE_SECONDS)
        if not self._thread.is_alive():
            self._loop.close()


_senders: dict[nats.Address, Sender] = {}
_lock = threading.Lock()


def sender(address: nats.Address) -> Sender:
    """This process's sender for an address; it starts with the first asking."""
    with _lock:
        if address not in _senders:
            _senders[address] = Sender(address)
        return _senders[address]


def close_all() -> None:
    """End every sender; the next asking starts it again."""
    with _lock:
        closing = list(_senders.values())
        _senders.clear()
    for each in closing:
        each.close()


def _forget() -> None:
    # A forked child has the table but not the threads.
    global _lock  # noqa: PLW0603  the old one may be held by a thread that is not here
    _lock = threading.Lock()
    _senders.clear()


atexit.register(close_all)
os.register_at_fork(after_in_child=_forget)
