"""The lane: requests wait a moment together and are sold in one transaction.

One order a transaction spends its time waiting for one hot row and for the disk; a batch waits
once for all. A lane holds one connection and serves one batch after another; what arrives
meanwhile is the next batch. (A second connection that stands at the same rows meanwhile sells no
more: the batches get smaller, and each costs its share.) Processes meet only at the row locks.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

import psycopg
from django.utils.translation import gettext_lazy as _

from yellowcart.checkout.statements import STATEMENTS
from yellowcart.checkout.store import MovedError, Verdicts, sell
from yellowcart.checkout.values import Decision, Placed, Request
from yellowcart.checkout.waiting import FullError, Waiting
from yellowcart.checkout.wire import Wire
from yellowcart.core import bus
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.orders.timerpacks import payment_seconds

log = logging.getLogger(__name__)

MOST_IN_BATCH: Final = 512
"""Requests of one transaction, at most."""
TOLD_AT_ONCE: Final = 16
"""Answers that are written between two looks at the sockets, at most."""
MOST_WAITING: Final = 4_096
MOST_OF_ONE: Final = 3_072
"""Requests that wait for one SKU, at most: the rest of the room still finds a place."""
LOCK_TIMEOUT_MS: Final = 3_000
STATEMENT_TIMEOUT_MS: Final = 10_000
CONNECT_TIMEOUT_S: Final = 5
BATCH_TIMEOUT_S: Final = 40
"""No batch takes longer, whatever its statements do: then the connection is not to be trusted."""
TRIES: Final = 2
BELL_PACE_S: Final = 0.05
"""Least time between two rings that wake the relay: many sales are few rings, and it rests as long
after each round."""

Outcome = Decision | Problem
"""What a request comes to: a decision, or that none could be made."""
Answer = Callable[[Outcome], None]
"""Called once, on the lane's event loop, when the outcome is durable."""

_Asked = tuple[Request, Answer]


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

    Connects and starts with its first request, on the event loop of that request. ``sold`` is
    called after each commit that wrote an order.
    """

    def __init__(
        self,
        database_url: str,
        verdict: Verdicts,
        hold_for: timedelta,
        *,
        most_in_batch: int = MOST_IN_BATCH,
        most_waiting: int = MOST_WAITING,
        most_of_one: int = MOST_OF_ONE,
        sold: Callable[[], None] = lambda: None,
    ) -> None:
        self._most_in_batch = most_in_batch
        self._waiting: Waiting[_Asked] = Waiting(most_waiting, most_of_one)
        self._wake = asyncio.Event()
        self._clerk = _Clerk(database_url, verdict, hold_for)
        self._sold = sold
        self._untold: deque[tuple[Answer, Outcome]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self.batches = 0
        self.requests = 0

    def ask(self, request: Request, answer: Answer) -> None:
        """Queue a request; ``answer`` is called once its outcome is durable.

        Raises :class:`Problem` at once: ``too_many_requests`` where too many wait, ``try_again``
        where the lane is closing. ``answer`` gets ``try_again`` where the batch failed.
        """
        if self._closing:
            raise try_again()
        try:
            self._waiting.add(request.lines[0].sku_id.int, (request, answer))
        except FullError:
            raise queue_full() from None
        if self._task is None:
            loop = asyncio.get_running_loop()
            self._task = loop.create_task(self._work(), name="checkout lane")
        self._wake.set()

    def submit(self, request: Request) -> "asyncio.Future[Decision]":
        """:meth:`ask` as a future, which raises the outcome where it is a :class:`Problem`."""
        future: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()

        def answer(outcome: Outcome) -> None:
            if future.done():
                return
            if isinstance(outcome, Problem):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        self.ask(request, answer)
        return future

    async def close(self) -> None:
        """Serve and answer what waits, then end. New requests are refused."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task
        while self._untold:
            await asyncio.sleep(0)
        await self._clerk.disconnect()

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            while not self._waiting:
                if self._closing:
                    return
                self._wake.clear()
                await self._wake.wait()
                # The sockets that are readable now belong to the same batch.
                await asyncio.sleep(0)
            # All of them: half would keep both sides busy at once, and cost more than that gains.
            batch = self._waiting.take(self._most_in_batch)
            self.batches += 1
            self.requests += len(batch)
            outcomes = await self._clerk.decide([request for request, _answer in batch])
            if any(type(outcome) is Placed for outcome in outcomes):
                self._sold()
            # The next batch is on its way to the database before these answers are written.
            if not self._untold:
                loop.call_soon(self._tell, loop)
            answers = (answer for _request, answer in batch)
            self._untold.extend(zip(answers, outcomes, strict=True))

    def _tell(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell some, and the rest after a look at what came in: the database may have its locks
        by then, and nothing to do until it is told what is sold under them."""
        for _place in range(min(TOLD_AT_ONCE, len(self._untold))):
            answer, outcome = self._untold.popleft()
            try:
                answer(outcome)
            except Exception:
                # The others of the batch are answered all the same.
                log.exception("an outcome could not be told")
        if self._untold:
            loop.call_soon(self._tell, loop)


class _Clerk:
    """One connection, one batch at a time."""

    def __init__(self, database_url: str, verdict: Verdicts, hold_for: timedelta) -> None:
        self._url = database_url
        self._verdict = verdict
        self._hold_for = hold_for
        self.wire: Wire | None = None

    async def decide(self, requests: Sequence[Request]) -> list[Outcome]:
        """One outcome a request. What the database won't take is looked for by halving, so that
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
            *await self.decide(requests[:middle]),
            *await self.decide(requests[middle:]),
        ]

    async def _sell(self, requests: Sequence[Request]) -> list[Decision]:
        """Sell, and once more where a rival or a lost connection came between.

        Doing it again is safe even where the commit's answer was lost: the orders are then found
        by their keys.
        """
        for tries_left in range(TRIES - 1, -1, -1):
            try:
                async with asyncio.timeout(BATCH_TIMEOUT_S):
                    wire = await self._connect()
                    return await sell(wire, requests, self._verdict, self._hold_for)
            except (psycopg.OperationalError, MovedError) as error:
                if self.wire is not None and self.wire.closed:
                    await self.disconnect()
                if not tries_left or isinstance(error, psycopg.errors.LockNotAvailable):
                    raise
        raise AssertionError("unreachable")

    async def _connect(self) -> Wire:
        if self.wire is None or self.wire.closed:
            self.wire = await Wire.open(
                self._url,
                STATEMENTS,
                application_name="yellowcart lane",
                connect_timeout=CONNECT_TIMEOUT_S,
                options=f"-c lock_timeout={LOCK_TIMEOUT_MS}"
                f" -c statement_timeout={STATEMENT_TIMEOUT_MS}"
                # The statements' plans don't depend on their parameters: plan them once.
                " -c plan_cache_mode=force_generic_plan",
            )
        return self.wire

    async def disconnect(self) -> None:
        """Hang up."""
        wire, self.wire = self.wire, None
        if wire is not None:
            await wire.close()


class Lanes:
    """The lanes of one process. One SKU is always served by the same lane."""

    def __init__(self, database_url: str, verdict: Verdicts, count: int = 2) -> None:
        hold_for = timedelta(seconds=payment_seconds(now()))
        # Told beside the sale and not in it, see ``core.bus.postgres``: what the relay looks for
        # was written with the sale, and a ring that is lost costs time only.
        self._bell = bus.courier(database_url, BELL_PACE_S)
        sold = partial(self._bell.send, bus.OUTBOX)
        self._lanes = [Lane(database_url, verdict, hold_for, sold=sold) for _ in range(count)]

    def ask(self, request: Request, answer: Answer) -> None:
        """Queue a request in its first SKU's lane; see :meth:`Lane.ask`."""
        self._lanes[request.lines[0].sku_id.int % len(self._lanes)].ask(request, answer)

    def submit(self, request: Request) -> "asyncio.Future[Decision]":
        """The same as a future; see :meth:`Lane.submit`."""
        return self._lanes[request.lines[0].sku_id.int % len(self._lanes)].submit(request)

    @property
    def batch_size(self) -> float:
        """The mean number of requests a batch so far."""
        batches = sum(lane.batches for lane in self._lanes)
        return sum(lane.requests for lane in self._lanes) / batches if batches else 0.0

    async def close(self) -> None:
        """Serve what waits in all of them, then end."""
        await asyncio.gather(*(lane.close() for lane in self._lanes))
        await self._bell.close()
