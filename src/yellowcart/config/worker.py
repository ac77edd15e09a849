"""The worker: relays what happened, and does what is due on the platform's clock.

Due work is state, not a queue entry. Each duty looks for what its instant has come for and does
it, so that nothing is lost over a restart, a jump of the clock or a day of downtime, and doing it
twice changes nothing. Work that must be retried against the outside goes to ``core.jobs``.
"""

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from django.db import close_old_connections

from yellowcart.aftersales.jobs import step_due
from yellowcart.catalog.picturing import Tidy
from yellowcart.connections import duties as connections
from yellowcart.core import bus, clock, jobs, outbox, timeline
from yellowcart.developers.delivering import Forget, deliver_due
from yellowcart.gifts import duties as gifts
from yellowcart.insights.days_kept import KeepDays
from yellowcart.inventory.runs import resume_due
from yellowcart.ledger.seals import seal_duty
from yellowcart.listings.linkup import reveal_due
from yellowcart.listings.sweeper import Sweeper
from yellowcart.live.queries import watched_rooms
from yellowcart.live.retention import Retention
from yellowcart.media import duties as media
from yellowcart.notices.actions import send_duty
from yellowcart.notices.shows import remind_due
from yellowcart.orders.jobs import compensate_due, expire_due, lapse_due, receive_due
from yellowcart.payments import duties as payments
from yellowcart.pictures import duties as pictures
from yellowcart.settlement.duties import settle_duty
from yellowcart.settlement.withdrawals import send_duty as send_withdrawals

T = TypeVar("T")
log = logging.getLogger(__name__)

#: Does what is due now; returns when it next wants to be asked, or None.
Duty = Callable[[], datetime | None]

#: Longest sleep between two looks, in seconds of wall time.
LOOK_SECONDS = 1.0
#: The same for what counts in hours and days: a look costs some milliseconds of the machine.
UNHURRIED_SECONDS = 5.0
UNHURRIED = frozenset(
    {
        "imports",
        "receive orders",
        "late shipping",
        "after-sales",
        "recordings",
        "seals",
        "settlement",
        "payments",
        "withdrawals",
        "webhooks' log",
        "unused pictures",
    }
)
#: Least and most time between two relays: what a busy checkout says in it costs one transaction,
#: and rooms merge what happens within 50 ms anyway.
RELAY_PACE_SECONDS = (0.05, 0.1)
#: So many times as long as a relay took it rests, so that a busy machine sells rather than tells.
RELAY_REST = 8
#: The least, and how many times, where people wait for each other's words.
RELAY_SOON_SECONDS = 0.02
RELAY_SOON_REST = 2


_sweeper = Sweeper(watched_rooms)
_retention = Retention()


def duties() -> dict[str, Duty]:
    """Everything the worker looks after, by name."""
    return {
        "cut-over": _sweeper,
        "reveal prices": reveal_due,
        "expire orders": expire_due,
        "wait-list": lapse_due,
        "imports": resume_due,
        "receive orders": receive_due,
        "late shipping": compensate_due,
        "after-sales": step_due,
        "video": media.look_after_broadcasts,
        "recordings": media.Tidy(),
        "notices": send_duty,
        "reminders": remind_due,
        "seals": seal_duty,
        "settlement": settle_duty,
        "gifts": gifts.look_after,
        "stores": connections.LookAfter(),
        "pictures": pictures.LookAfter(),
        "unused pictures": Tidy(),
        "payments": payments.look_after,
        "withdrawals": send_withdrawals,
        "room records": _retention,
        "finished days": KeepDays(),
        "webhooks": deliver_due,
        "webhooks' log": Forget(),
    }


class Worker:
    """Runs the relay and the duties until :meth:`stop`."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._relay_wanted = asyncio.Event()
        self._relay_soon = asyncio.Event()
        self._relay_now = asyncio.Event()
        self._duties = duties()
        self._duties_wanted = {name: asyncio.Event() for name in self._duties}
        self._stopping = False
        # A thread each, so that notices to thousands never delay what viewers wait for.
        self._relay_thread = ThreadPoolExecutor(1, "relay")
        self._clock_thread = ThreadPoolExecutor(1, "clock")
        self._duty_threads = {name: ThreadPoolExecutor(1, name) for name in self._duties}

    def stop(self) -> None:
        """End after the step in hand."""
        self._stopping = True
        self._on_outbox(outbox.AT_ONCE)
        self._want_duties()

    def _on_outbox(self, payload: str) -> None:
        self._relay_wanted.set()
        if payload in {outbox.AT_ONCE, outbox.SOON}:
            self._relay_soon.set()
        if payload == outbox.AT_ONCE:
            self._relay_now.set()

    def _want_duties(self, _payload: str = "") -> None:
        for wanted in self._duties_wanted.values():
            wanted.set()

    async def run(self) -> None:
        """Work until stopped."""
        handlers: dict[str, bus.Handler] = {
            outbox.CHANNEL: self._on_outbox,
            timeline.CHANNEL: self._on_clock,
            "policy": self._want_duties,
        }
        beside = [
            asyncio.create_task(bus.listen(self._database_url, handlers)),
            asyncio.create_task(self._do_jobs()),
        ]
        try:
            await asyncio.gather(self._relay(), *map(self._look_after, self._duties))
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def _do_jobs(self) -> None:
        while not self._stopping:
            try:
                await jobs.work()
            except Exception:
                log.exception("the job worker failed; it starts again")
                await asyncio.sleep(1)

    def _on_clock(self, _payload: str) -> None:
        async def reload() -> None:
            await self._in(self._clock_thread, timeline.load_clock)
            self._want_duties()

        self._reloading = asyncio.create_task(reload())

    async def _in(self, thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(thread, work)

    async def _relay(self) -> None:
        while not self._stopping:
            for wanted in (self._relay_wanted, self._relay_soon, self._relay_now):
                wanted.clear()
            began = time.monotonic()
            try:
                relayed = await self._in(self._relay_thread, outbox.relay_once)
            except Exception:
                log.exception("the relay failed; it tries again")
                await self._in(self._relay_thread, close_old_connections)
                await asyncio.sleep(0.5)
                continue
            if not relayed:
                await _wait(self._relay_wanted, LOOK_SECONDS)
            elif relayed < outbox.BATCH:
                await self._rest(time.monotonic() - began)

    async def _rest(self, took: float) -> None:
        least, most = RELAY_PACE_SECONDS
        soon = min(max(RELAY_SOON_REST * took, RELAY_SOON_SECONDS), most)
        await _wait(self._relay_now, soon)
        left = min(max(RELAY_REST * took, least), most) - soon
        if left > 0:
            await _wait(self._relay_soon, left)

    async def _look_after(self, name: str) -> None:
        duty, wanted = self._duties[name], self._duties_wanted[name]
        thread = self._duty_threads[name]
        while not self._stopping:
            wanted.clear()
            wait = UNHURRIED_SECONDS if name in UNHURRIED else LOOK_SECONDS
            try:
                due = await self._in(thread, duty)
            except Exception:
                log.exception("duty failed; it is tried again", extra={"duty": name})
                await self._in(thread, close_old_connections)
            else:
                if due is not None:
                    wait = min(wait, max(clock.wall_seconds_until(due), 0.0))
            await _wait(wanted, wait)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def main(database_url: str) -> None:
    """Run a worker until SIGTERM or SIGINT."""

    async def run() -> None:
        worker = Worker(database_url)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, worker.stop)
        await worker.run()

    asyncio.run(run())
