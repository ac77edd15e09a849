"""The lane: requests wait a moment together and are sold in one transaction.

One order a transaction spends its time waiting for one hot row and for the disk; a batch waits
once for all. A lane holds one connection and serves one batch after another; what arrives
meanwhile is the next batch. Processes meet only at the row locks.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import psycopg
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from yellowcart.checkout.rules import Decision, Request
from yellowcart.checkout.statements import STATEMENTS
from yellowcart.checkout.store import MovedError, Verdicts, sell
from yellowcart.checkout.wire import Wire
from yellowcart.core.problems import Problem

log = logging.getLogger(__name__)

MOST_IN_BATCH: Final = 512
"""Requests of one transaction, at most."""
FEW: Final = 16
"""So many are taken at once; of more, half, so that the rest keeps the database busy while the
first half's answers travel and its next requests arrive."""
MOST_WAITING: Final = 4_096
LOCK_TIMEOUT_MS: Final = 3_000
STATEMENT_TIMEOUT_MS: Final = 10_000
TRIES: Final = 2

_Waiting = tuple[Request, "asyncio.Future[Decision]"]


def queue_full() -> Problem:
    """So many wait that another would wait too long."""
    return Problem(
        "too_many_requests",
        429,
        _("Too many people are buying at this instant. Try again in a second."),
        extra={"retry_after": 1},
    )


def try_again() -> Problem:
    """Nothing is known to be written; the same key may be sent again, and never buys twice."""
    return Problem(
        "try_again",
        503,
        _("The order could not be taken just now. Send it again with the same key."),
        extra={"retry_after": 1},
    )


class Lane:
    """One queue, one connection, one batch at a time.

    Connects and starts with its first request, on the event loop of that request.
    """

    def __init__(
        self,
        database_url: str,
        verdict: Verdicts,
        hold_for: timedelta,
        *,
        most_in_batch: int = MOST_IN_BATCH,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._url = database_url
        self._verdict = verdict
        self._hold_for = hold_for
        self._most_in_batch = most_in_batch
        self._most_waiting = most_waiting
        self._queue: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._wire: Wire | None = None
        self._closing = False
        self.batches = 0
        self.requests = 0

    def submit(self, request: Request) -> "asyncio.Future[Decision]":
        """Queue a request; the future ends once its answer is durable.

        Raises :class:`Problem` ``too_many_requests`` at once where too many wait. The future
        raises ``try_again`` where the batch failed.
        """
        if self._closing:
            raise try_again()
        if len(self._queue) >= self._most_waiting:
            raise queue_full()
        loop = asyncio.get_running_loop()
        if self._task is None:
            self._task = loop.create_task(self._run(), name="checkout lane")
        future: asyncio.Future[Decision] = loop.create_future()
        self._queue.append((request, future))
        self._wake.set()
        return future

    async def close(self) -> None:
        """Serve what waits, then end. New requests are refused."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task
        await self._disconnect()

    async def _run(self) -> None:
        while self._queue or not self._closing:
            await self._wake.wait()
            self._wake.clear()
            # The sockets that are readable now belong to the same batch.
            await asyncio.sleep(0)
            while self._queue:
                waiting = len(self._queue)
                count = min(waiting, max(FEW, (waiting + 1) // 2), self._most_in_batch)
                await self._serve([self._queue.popleft() for _ in range(count)])

    async def _serve(self, batch: Sequence[_Waiting]) -> None:
        self.batches += 1
        self.requests += len(batch)
        decisions = await self._decide([request for request, _future in batch])
        for (_request, future), decision in zip(batch, decisions, strict=True):
            if future.done():
                continue
            if isinstance(decision, Problem):
                future.set_exception(decision)
            else:
                future.set_result(decision)

    async def _decide(self, requests: Sequence[Request]) -> list["Decision | Problem"]:
        """One decision a request. What the database won't take is looked for by halving, so that
        one bad request does not fail its neighbours."""
        try:
            return list(await self._sell(requests))
        except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError) as error:
            if len(requests) == 1:
                log.error("the database refused an order", exc_info=error)
                return [try_again()]
        except (psycopg.Error, MovedError, OSError) as error:
            log.warning("a checkout batch failed: %s", error)
            return [try_again() for _ in requests]
        except Exception:
            log.exception("a checkout batch failed")
            if len(requests) == 1:
                return [try_again()]
        middle = len(requests) // 2
        return [
            *await self._decide(requests[:middle]),
            *await self._decide(requests[middle:]),
        ]

    async def _sell(self, requests: Sequence[Request]) -> list[Decision]:
        """Sell, and once more where a rival or a lost connection came between.

        Doing it again is safe even where the commit's answer was lost: the orders are then found
        by their keys.
        """
        for tries_left in range(TRIES - 1, -1, -1):
            try:
                wire = await self._connect()
                return await sell(wire, requests, self._verdict, self._hold_for)
            except (psycopg.OperationalError, MovedError) as error:
                if self._wire is not None and self._wire.closed:
                    await self._disconnect()
                if not tries_left or isinstance(error, psycopg.errors.LockNotAvailable):
                    raise
        raise AssertionError("unreachable")

    async def _connect(self) -> Wire:
        if self._wire is None or self._wire.closed:
            self._wire = await Wire.open(
                self._url,
                STATEMENTS,
                application_name="yellowcart lane",
                options=f"-c lock_timeout={LOCK_TIMEOUT_MS}"
                f" -c statement_timeout={STATEMENT_TIMEOUT_MS}",
            )
        return self._wire

    async def _disconnect(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()


class Lanes:
    """The lanes of one process. One SKU is always served by the same lane."""

    def __init__(self, database_url: str, verdict: Verdicts, count: int = 2) -> None:
        hold_for = timedelta(seconds=settings.ORDER_EXPIRES_SECONDS)
        self._lanes = [Lane(database_url, verdict, hold_for) for _ in range(count)]

    def submit(self, request: Request) -> "asyncio.Future[Decision]":
        """Queue a request in its SKU's lane; see :meth:`Lane.submit`."""
        return self._lanes[request.sku_id.int % len(self._lanes)].submit(request)

    @property
    def batch_size(self) -> float:
        """The mean number of requests a batch so far."""
        batches = sum(lane.batches for lane in self._lanes)
        return sum(lane.requests for lane in self._lanes) / batches if batches else 0.0

    async def close(self) -> None:
        """Serve what waits in all of them, then end."""
        await asyncio.gather(*(lane.close() for lane in self._lanes))
