"""Shows people out: whom a room put out, and whom the platform blocked.

Told on the bus, and looked at now and then in case the telling was lost. From then on no pass of
theirs is taken in this process, see :func:`live.passes.take_back`, and their sockets end.
"""

from collections.abc import Callable
from uuid import UUID

from yellowcart.edge.store import Store
from yellowcart.live import passes


class Doors:
    """What this process knows of who may not be in a room."""

    def __init__(self, store: Store, show_out: Callable[[], None]) -> None:
        self._store = store
        self._show_out = show_out
        self._known: tuple[frozenset[tuple[UUID, UUID]], frozenset[UUID]] = frozenset(), frozenset()

    async def reload(self) -> None:
        """Read who may not be where, and end the sockets of those who were put out since."""
        viewers, accounts = await self._store.shown_out()
        if (viewers, accounts) != self._known:
            self._known = viewers, accounts
            passes.take_back(viewers, accounts)
            self._show_out()
