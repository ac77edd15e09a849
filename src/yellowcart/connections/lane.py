"""A connection's lane: one at a time, whoever holds it does what is due for the store.

The lane is worked in short turns, so that a store that is slow, or has much to tell, holds one of
the worker's places only for a moment and comes again behind the others. What is due is state: a
worker that dies leaves it as it was, and its lane is free again after a while.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from yellowcart.connections import (
    channels,
    following,
    links,
    messages,
    sold_here,
    supplying,
    telling,
)
from yellowcart.connections.calls import BreakerOpenError
from yellowcart.connections.models import Connection
from yellowcart.connections.waking import WORK_JOB, queue
from yellowcart.core import jobs
from yellowcart.core.clock import wall
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem

log = logging.getLogger(__name__)

#: Seconds of one turn; the step in hand is finished.
TURN_SECONDS: Final = 10.0
#: A lane whose holder was not heard of for so long is free. Longer than the longest step: a call
#: lasts 20 seconds at most, is made three times at most, and a step makes a few.
LANE_SECONDS: Final = 300
#: After an error of our own the connection rests for a while.
REST: Final = timedelta(seconds=60)

#: When something of a kind is due, and the step that does some of it, the most urgent first.
_STEPS: Final[
    tuple[tuple[Callable[[Connection], datetime | None], Callable[[Connection], None]], ...]
] = (
    (messages.due, messages.step),
    (telling.due, telling.step),
    (supplying.due, supplying.step),
    (sold_here.due, sold_here.step),
    (channels.due, channels.step),
    (following.due_of("levels"), following.step_levels),
    (links.due, links.step),
    (following.due_of("catalogue"), following.step_catalogue),
    (following.due_of("conversions"), following.step_conversions),
)


@jobs.job(WORK_JOB, jobs.STORES)
def do_work(connection_id: str) -> None:
    """Do a turn of what is due for a connection, unless somebody does."""
    token = do_enter(UUID(connection_id))
    if token is None:
        return
    rest: datetime | None = None
    try:
        until = time.monotonic() + TURN_SECONDS
        while time.monotonic() < until and do_hold(UUID(connection_id), token):
            if not _step(UUID(connection_id)):
                break
    except BreakerOpenError as error:
        rest = error.until
    except Problem:
        # Such as secrets that can't be opened: a person has to help.
        log.warning("a connection can't be worked for", extra={"connection": connection_id})
        rest = wall() + REST
    except Exception:
        log.exception("work for a connection failed", extra={"connection": connection_id})
        rest = wall() + REST
    do_leave(UUID(connection_id), token, rest)


def _step(connection_id: UUID) -> bool:
    """Do the most urgent thing that is due; whether there was one."""
    row = Connection.objects.select_related("shop", "supplier").get(id=connection_id)
    if row.state != "active":
        return False
    at = wall()
    for due, step in _STEPS:
        instant = due(row)
        if instant is not None and instant <= at:
            step(row)
            return True
    return False


@transaction.atomic
def do_enter(connection_id: UUID) -> UUID | None:
    """Take a connection's lane; None where it is taken, or nothing may be done."""
    row = Connection.objects.select_for_update(no_key=True).filter(id=connection_id).first()
    at = wall()
    if row is None or row.state != "active":
        return None
    if row.lane_token is not None and row.lane_until is not None and row.lane_until > at:
        return None
    row.lane_token, row.lane_until = new_id(), at + timedelta(seconds=LANE_SECONDS)
    row.save(update_fields=["lane_token", "lane_until"])
    return row.lane_token


@transaction.atomic
def do_hold(connection_id: UUID, token: UUID) -> bool:
    """Keep the lane for another step; whether it is still ours."""
    until = wall() + timedelta(seconds=LANE_SECONDS)
    mine = Connection.objects.filter(id=connection_id, lane_token=token)
    return bool(mine.update(lane_until=until))


@transaction.atomic
def do_leave(connection_id: UUID, token: UUID, rest: datetime | None) -> None:
    """Leave the lane, and say when there is next something to do: not before ``rest``."""
    row = Connection.objects.select_for_update(no_key=True).get(id=connection_id)
    if row.lane_token != token:
        return
    dues = [due(row) for due, _step in _STEPS]
    first = min((due for due in dues if due is not None), default=None)
    if first is not None and rest is not None:
        first = max(first, rest)
    row.lane_token, row.lane_until, row.work_at = None, None, first
    row.save(update_fields=["lane_token", "lane_until", "work_at"])
    at = wall()
    if row.state == "active" and first is not None and first <= at:
        queue(row.id, at)
