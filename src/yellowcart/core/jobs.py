"""Work that must be tried again against the outside: three functions over procrastinate.

What is due at an instant of the platform's clock is not a job; the worker's duties look for it.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import procrastinate
from procrastinate.contrib.django import app

from yellowcart.core import clock

#: Where work for connected stores waits: they may be slow, and nobody else's work stands behind
#: them in its line.
STORES = "stores"
#: Where messages to integrators' servers wait, for the same reason.
WEBHOOKS = "webhooks"
#: How many stores, and how many webhooks, are worked for at the same time, by one worker.
STORES_AT_ONCE = WEBHOOKS_AT_ONCE = 8
_USUAL = "default"

#: Waits between tries: seconds, growing fourfold, then given up and kept as failed.
RETRY = procrastinate.RetryStrategy(max_attempts=8, wait=2, exponential_wait=4)


def job(name: str, queue: str = _USUAL) -> Callable[[Callable[..., None]], Any]:
    """Make a function a job by a stable name. It must bear being run twice."""
    return app.task(name=name, queue=queue, retry=RETRY, pass_context=False)


def defer(name: str, *, delay_seconds: float = 0, **arguments: Any) -> int:
    """Have a job done after the surrounding transaction commits; its id.

    Arguments must be JSON. ``delay_seconds`` is wall time.
    """
    configured = app.configure_task(
        name,
        allow_unknown=False,
        schedule_at=clock.wall() + timedelta(seconds=delay_seconds) if delay_seconds else None,
    )
    return configured.defer(**arguments)


async def work() -> None:
    """Do jobs until cancelled."""
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async(), asyncio.TaskGroup() as group:
        for queue, at_once in (
            (_USUAL, 1),
            (STORES, STORES_AT_ONCE),
            (WEBHOOKS, WEBHOOKS_AT_ONCE),
        ):
            group.create_task(
                worker_app.run_worker_async(
                    queues=[queue],
                    name=queue,
                    concurrency=at_once,
                    install_signal_handlers=False,
                    listen_notify=True,
                )
            )
