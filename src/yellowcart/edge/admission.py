"""Who is let in: beyond its limits a process sends newcomers away and looks after the others."""

import asyncio
import random
from collections import Counter
from typing import Final
from uuid import UUID

from yellowcart.edge.channels import Client
from yellowcart.edge.hub import Hub
from yellowcart.edge.rules import Limits, Load, is_full, window

#: How often the event loop's lateness is looked at, in seconds.
_LOOK_SECONDS: Final = 0.1
#: Least and most seconds after which whoever is sent away asks again.
_LATER_SECONDS: Final = (2.0, 8.0)
#: A proxy on this machine speaks for everybody behind it.
_OURSELVES: Final = ("127.", "::1")


class Admission:
    """Counts what a process carries, and decides on whoever knocks."""

    def __init__(self, hub: Hub, limits: Limits) -> None:
        self._hub = hub
        self._limits = limits
        self._addresses: Counter[str] = Counter()
        self._lag = 0.0
        self._window: float | None = None

    @property
    def lag_seconds(self) -> float:
        """How late the event loop runs."""
        return self._lag

    def is_full(self, room: UUID, address: str = "") -> bool:
        """Whether a new socket is sent away now."""
        channel = self._hub.channels.get(room)
        return self._window is not None or is_full(
            Load(
                sockets=self._hub.sockets,
                in_the_room=len(channel.clients) if channel else 0,
                from_the_address=self._addresses[address] if address else 0,
                lag_seconds=self._lag,
            ),
            self._limits,
        )

    def enter(self, client: Client) -> None:
        """Somebody was let in."""
        if (address := counted(client.line.address)) != "":
            self._addresses[address] += 1

    def leave(self, client: Client) -> None:
        """Somebody left."""
        if (address := counted(client.line.address)) != "":
            self._addresses[address] -= 1
            if self._addresses[address] <= 0:
                del self._addresses[address]

    @staticmethod
    def later() -> float:
        """After how many seconds somebody who is sent away may ask again."""
        return random.uniform(*_LATER_SECONDS)  # noqa: S311  nothing to guess

    def window(self) -> float:
        """Seconds over which all come back, now that this process ends. Nobody new is let in."""
        if self._window is None:
            self._window = window(self._hub.sockets)
        return self._window

    async def measure(self) -> None:
        """Keep looking at how late the event loop runs, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _LOOK_SECONDS
            await asyncio.sleep(_LOOK_SECONDS)
            # Up at once, down over a second.
            self._lag = max(loop.time() - due, self._lag * 0.8)


def counted(address: str) -> str:
    """The address whose sockets are counted together; empty where they are not."""
    return "" if address.startswith(_OURSELVES) else address
