"""The worker's duty at a cut-over: when to sweep, and what to have ready for it."""

import logging
import time
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from yellowcart.core import clock
from yellowcart.listings import cutover
from yellowcart.policy import queries
from yellowcart.policy.table import RuleTable

log = logging.getLogger(__name__)

#: Wall seconds before a boundary at which its plan is read.
READ_AHEAD_SECONDS: Final = 3.0
#: Wall seconds between two sweeps that no boundary asked for: they catch a listing that was
#: mounted by a transaction older than the boundary it committed after.
PATROL_SECONDS: Final = 30.0


class Sweeper:
    """Sweeps at each boundary, once when the process starts, and after the clock was moved."""

    def __init__(self, watched: Callable[[], Collection[UUID]] = frozenset) -> None:
        """``watched`` says which rooms have viewers now; they are told before the others."""
        self._watched = watched
        self._plan: cutover.Plan | None = None
        self._line: clock.Timeline | None = None
        self._patrolled = 0.0

    def __call__(self) -> datetime | None:
        """Do what is due; the instant at which to be asked again."""
        table, at = queries.table(), clock.now()
        due = queries.unswept(at)
        moved = clock.timeline() != self._line
        if due or moved or time.monotonic() - self._patrolled > PATROL_SECONDS:
            self._sweep(table, at, due)
            self._line = clock.timeline()
            self._patrolled = time.monotonic()
        following = queries.next_boundary(at)
        if following is None:
            return None
        return self._ready_for(table, following)

    def _sweep(self, table: RuleTable, at: datetime, due: list[datetime]) -> None:
        ready = self._plan
        fits = ready is not None and due and ready.at == due[-1]
        began = time.perf_counter()
        first = self._watched() if due else ()
        swept = cutover.do_sweep(table, at, due, ready if fits else None, first)
        self._plan = None
        if due or swept.barred or swept.restored:
            changed = swept.barred or swept.restored
            log.log(
                logging.INFO if changed else logging.DEBUG,
                "swept listings",
                extra={
                    "boundaries": len(due),
                    "barred": swept.barred,
                    "restored": swept.restored,
                    "rooms": len(swept.rooms),
                    "milliseconds": round((time.perf_counter() - began) * 1_000),
                },
            )

    def _ready_for(self, table: RuleTable, following: datetime) -> datetime:
        """Read the plan when the boundary is near; the instant to come back at."""
        seconds = clock.wall_seconds_until(following)
        if seconds > READ_AHEAD_SECONDS:
            return following
        if self._plan is None or self._plan.at != following or self._plan.table is not table:
            self._plan = cutover.plan(table, following)
        return following
