"""What the edge keeps in memory: the rule table and the clock. Both are told when they change,
and looked at again now and then in case the telling was lost."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from django.db import connection

from yellowcart.core import clock
from yellowcart.edge.store import Store
from yellowcart.policy.rules import Facts
from yellowcart.policy.table import RuleTable
from yellowcart.policy.verdicts import Verdict

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 15.0


class Rules:
    """The compiled rule table, replaced as a whole."""

    def __init__(self, load: Callable[[], RuleTable]) -> None:
        self._load = load
        self._table: RuleTable | None = None

    @property
    def table(self) -> RuleTable:
        """The rules in force in this process."""
        if self._table is None:
            raise RuntimeError("the rules are read when the edge starts")
        return self._table

    def ask(self, facts: Facts, at: datetime) -> Verdict:
        """The verdict on facts at an instant."""
        return self.table.verdict(facts, at)

    async def reload(self) -> None:
        """Read the rules again. Reading compiles, so it has a thread of its own."""
        self._table = await asyncio.to_thread(self._in_thread)

    def _in_thread(self) -> RuleTable:
        try:
            return self._load()
        finally:
            connection.close()


class Clock:
    """This process's clock, kept on the installation's line."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.changed: Callable[[], None] = lambda: None

    async def reload(self) -> None:
        """Take over the installation's line; :attr:`changed` is called where it is another."""
        line = await self._store.clock_line()
        if line != clock.timeline():
            clock.set_timeline(line)
            self.changed()


class Refresher:
    """Reloads something when asked to, and every :data:`LOOK_SECONDS`, one reload at a time."""

    def __init__(self, name: str, reload: Callable[[], Awaitable[None]]) -> None:
        self._name = name
        self._reload = reload
        self._wanted = asyncio.Event()

    def ask(self, _payload: str = "") -> None:
        """Reload soon."""
        self._wanted.set()

    async def run(self) -> None:
        """Reload whenever asked, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wanted.wait()
            except TimeoutError:
                pass
            self._wanted.clear()
            try:
                await self._reload()
            except Exception:
                log.exception("reload failed; it is tried again", extra={"what": self._name})
                await asyncio.sleep(0.5)
                self._wanted.set()
