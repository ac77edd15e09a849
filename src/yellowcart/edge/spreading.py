"""Whose turn it is: frames go out shard by shard, what matters first, never faster than is good.

One step writes to some hundred sockets and gives the event loop back, so that a pin, an order or
a new viewer never waits for a whole crowd.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from yellowcart.edge import rules
from yellowcart.edge.channels import Channel, Shard
from yellowcart.edge.rules import Pace

log = logging.getLogger(__name__)

#: Sockets written to before others have their turn.
A_STEP: Final = 500
#: Below this many writes the clock says little about what one costs.
_WORTH_TIMING: Final = 50


class Spreader:
    """Brings frames to shards in turn. ``flush`` writes a shard's frame and says to how many."""

    def __init__(self, flush: Callable[[Shard], int]) -> None:
        self._flush = flush
        self._urgent: deque[Shard] = deque()
        self._calm: deque[Shard] = deque()
        self._stepping = False
        self._busy = 0.0
        #: What one write takes, in seconds, as measured; and how far frames are stretched.
        self.write_seconds = 5e-6
        self.stretch = 1.0

    def cadence(self, channel: Channel) -> float:
        """Seconds between two frames to each viewer of a room."""
        return rules.cadence(len(channel.clients), self.write_seconds, self.stretch)

    def want(self, channel: Channel, *, urgent: bool, slowest: float = 0.0) -> None:
        """There is something to tell a room; ``slowest`` is the least time between two frames."""
        every = max(self.cadence(channel), slowest)
        now = asyncio.get_running_loop().time()
        for shard in channel.shards:
            self._want(shard, now, rules.due(shard.pace, now, every, urgent=urgent), urgent=urgent)

    def _want(self, shard: Shard, now: float, due: float, *, urgent: bool) -> None:
        if due > now:
            if not shard.queued and (shard.timer is None or shard.due > due):
                self._cancel(shard)
                shard.due = due
                shard.timer = asyncio.get_running_loop().call_at(due, self._turn, shard)
            return
        self._cancel(shard)
        if urgent:
            shard.pace = Pace(shard.pace.flushed, now)
            self._urgent.append(shard)
        elif not shard.queued:
            self._calm.append(shard)
        shard.queued = True
        self._begin()

    def forget(self, shard: Shard) -> None:
        """A shard that is no more."""
        self._cancel(shard)

    @staticmethod
    def _cancel(shard: Shard) -> None:
        if shard.timer is not None:
            shard.timer.cancel()
            shard.timer = None

    def _turn(self, shard: Shard) -> None:
        shard.timer = None
        if not shard.queued:
            shard.queued = True
            self._calm.append(shard)
            self._begin()

    def _begin(self) -> None:
        if not self._stepping:
            self._stepping = True
            asyncio.get_running_loop().call_soon(self._step)

    def _step(self) -> None:
        began = time.perf_counter()
        now = asyncio.get_running_loop().time()
        written = 0
        while written < A_STEP and (queue := self._urgent or self._calm):
            shard = queue.popleft()
            if not shard.queued:
                continue  # it had its turn among the urgent
            shard.queued = False
            shard.pace = Pace(now, shard.pace.hurried)
            try:
                written += 1 + self._flush(shard)
            except Exception:
                log.exception("a frame could not be written")
        took = time.perf_counter() - began
        self._busy += took
        if written >= _WORTH_TIMING:
            self.write_seconds += (took / written - self.write_seconds) * 0.05
        if self._urgent or self._calm:
            asyncio.get_running_loop().call_soon(self._step)
        else:
            self._stepping = False

    def measured(self, seconds: float) -> None:
        """Another ``seconds`` have passed: stretch by what writing took of them."""
        self.stretch = rules.stretched(self.stretch, self._busy / seconds)
        self._busy = 0.0
