"""The one way in which a connected store is asked: guarded, timed, and kept for the health page.

Nothing here may be called inside a transaction: a store is somebody else's computer.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yellowcart.connections import keeping
from yellowcart.connections.models import Connection
from yellowcart.core.clock import wall
from yellowcart.core.fetching import FetchError
from yellowcart.core.problems import Problem, words_of
from yellowcart.core.sealing import unseal
from yellowcart.sources.connector import Connector, SourceError, Store
from yellowcart.sources.connectors.calling import AskedToWaitError, Caller, Pace
from yellowcart.sources.registry import connector_of

log = logging.getLogger(__name__)

#: Seconds after which a method of a connector begins no more calls; the last may take some more.
LONGEST_SECONDS: Final = 240

_paces: dict[UUID, Pace] = {}
_paces_lock = Lock()


class BreakerOpenError(Problem):
    """The store did not answer lately and is left alone until ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            "store_resting",
            503,
            _("The store did not answer lately, so it is left alone for a while. We go on then."),
        )
        self.until = until


def store_of(connection: Connection, caller: Caller) -> Store:
    """The store as its connector sees it; ``secrets_lost`` where its secrets can't be opened."""
    return Store(
        settings=unseal(connection.settings_sealed),
        caller=caller,
        grant=keeping.grant_of(connection.grant_sealed),
        currency=connection.currency,
    )


def ask(connection: Connection, name: str, *arguments: Any) -> Any:
    """Call a method of the store's connector.

    Raises what the connector raises, and :class:`BreakerOpenError` without calling. An answer
    that the connector can't read is a failure of the store: a ``SourceError`` worth another try.
    """
    connector = connector_of(connection.source)
    if name != "renew":
        _renew_if_due(connection, connector)
    until = keeping.do_begin_call(connection.id)
    if until is not None:
        raise BreakerOpenError(until)
    waited = _Waited()
    began = time.monotonic()
    deadline = began + LONGEST_SECONDS
    caller = Caller(_pace_of(connection, connector), sleep=waited.sleep, deadline=deadline)
    outcome = "answered"
    problem: Problem | None = None
    try:
        return getattr(connector, name)(store_of(connection, caller), *arguments)
    except Problem as error:
        outcome, problem = _outcome(error), error
        raise
    except Exception as error:
        log.exception("a store's answer was not understood", extra={"source": connection.source})
        problem = SourceError(connection.source, str(_("something that can't be read")), again=True)
        outcome = "failed"
        raise problem from error
    finally:
        keeping.do_end_call(
            connection.id,
            name,
            outcome=outcome,
            took_ms=round((time.monotonic() - began) * 1000),
            waited_ms=round(waited.seconds * 1000),
            words=words_of(problem) if problem else {},
            wait_seconds=problem.seconds if isinstance(problem, AskedToWaitError) else 0,
            locked_out=isinstance(problem, SourceError) and problem.reauthorise,
        )


def is_undone(problem: Problem) -> bool:
    """Whether a call that failed can't have changed anything at the store: it was not made, or
    was answered with a refusal."""
    if isinstance(problem, FetchError):
        return problem.unsent
    if isinstance(problem, SourceError):
        return not problem.again and problem.source_code != "malformed"
    return isinstance(problem, BreakerOpenError | AskedToWaitError)


def _outcome(problem: Problem) -> str:
    if isinstance(problem, AskedToWaitError):
        return "waited"
    if isinstance(problem, FetchError) or (isinstance(problem, SourceError) and problem.again):
        return "failed"
    return "refused"


@dataclass
class _Waited:
    """Sleeps for the source's pace, and knows how long in all."""

    seconds: float = 0

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        self.seconds += seconds
        time.sleep(seconds)


def _pace_of(connection: Connection, connector: Connector) -> Pace:
    with _paces_lock:
        return _paces.setdefault(connection.id, Pace(connector.calls_a_second))


def renews(connector: Connector) -> bool:
    """Whether the source's tokens are renewed (or fetched without a person) by its connector."""
    return type(connector).renew is not Connector.renew


def _renew_if_due(connection: Connection, connector: Connector) -> None:
    """Have fresh tokens before a call. Whoever comes second goes on with the ones there are."""
    at = wall()
    if connection.renew_at is None or connection.renew_at > at or not renews(connector):
        return
    claimed = keeping.do_claim_renewal(connection.id)
    if claimed is not None:
        try:
            keeping.do_keep_grant(connection.id, ask(claimed, "renew"))
        except Problem:
            keeping.do_drop_renewal(connection.id)
            # What is still valid is used until the next call tries again.
            if connection.grant_expires_at is None or connection.grant_expires_at <= at:
                raise
    connection.refresh_from_db()
