"""How a connector calls its source: one guarded call at a time, at the source's own pace."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import msgspec
from django.utils.translation import gettext_lazy as _

from yellowcart.core.fetching import Answer, FetchError, Params, fetch
from yellowcart.core.problems import Problem

#: Seconds that are slept here; a longer wait is the job's, which tries again then.
LONGEST_SLEEP: Final = 5.0
#: How often a call that the source wants later is made again at once.
TRIES: Final = 3
TOO_MANY: Final = 429
UNAVAILABLE: Final = 503

Fetch = Callable[..., Answer]


class AskedToWaitError(Problem):
    """The source wants us to come back in ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            "source_busy",
            503,
            _("The source asks us to wait %(seconds)d seconds; we go on by ourselves."),
            params={"seconds": round(seconds)},
        )
        self.seconds = seconds


@dataclass
class Pace:
    """Calls a second to one store, and when the source next wants to hear from us.

    Instants of the monotonic clock. Shared by all calls of a process to that store.
    """

    calls_a_second: float = 0
    _next: float = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def take_turn(self, at: float) -> float:
        """Seconds to wait for one's turn; the turn is taken."""
        with self._lock:
            turn = max(at, self._next)
            if self.calls_a_second:
                self._next = turn + 1 / self.calls_a_second
            return turn - at

    def hold(self, until: float) -> None:
        """Nobody calls before an instant."""
        with self._lock:
            self._next = max(self._next, until)


@dataclass
class Caller:
    """Makes the calls of one store.

    No call is begun after ``deadline``, an instant of the clock. ``fetch``, ``clock`` and ``sleep``
    are what tests put in place of the world.
    """

    pace: Pace = field(default_factory=Pace)
    fetch: Fetch = fetch
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    deadline: float = math.inf

    def get(
        self,
        url: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Read."""
        return self.call("GET", url, params=params, headers=headers)

    def post(
        self,
        url: str,
        json: Any = None,
        *,
        form: Mapping[str, str] | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send JSON, or a form."""
        return self.call("POST", url, json=json, form=form, params=params, headers=headers)

    def call(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One call; made again where the source says when (429 or 503 with ``Retry-After``).

        Any other answer is returned, whatever its status. :class:`AskedToWaitError` where the
        wait is long, ``FetchError`` where no answer comes.
        """
        sent = dict(headers or {})
        if form is not None:
            content = _encoded(form)
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        elif json is not None:
            content = msgspec.json.encode(json)
            sent.setdefault("Content-Type", "application/json")
        waited = 0.0
        for _try in range(TRIES):
            self._wait(self.pace.take_turn(self.clock()))
            if self.clock() > self.deadline:
                raise FetchError("too_slow", urlsplit(url).hostname or "", unsent=True)
            answer = self.fetch(method, url, headers=sent, params=params, content=content)
            if answer.status not in {TOO_MANY, UNAVAILABLE}:
                return answer
            waited = retry_after(answer.headers, time.time())
            self.pace.hold(self.clock() + waited)
        raise AskedToWaitError(waited)

    def _wait(self, seconds: float) -> None:
        if seconds > LONGEST_SLEEP:
            raise AskedToWaitError(seconds)
        if seconds > 0:
            self.sleep(seconds)


def retry_after(headers: Mapping[str, str], now: float) -> float:
    """Seconds of a ``Retry-After`` (RFC 9110: a number or a date), 1 where there is none."""
    said = headers.get("retry-after", "").strip()
    try:
        return min(max(float(said), 0.0), 3600.0)
    except ValueError:
        pass
    try:
        return min(max(parsedate_to_datetime(said).timestamp() - now, 0.0), 3600.0)
    except (TypeError, ValueError):
        return 1.0


def _encoded(form: Mapping[str, str]) -> bytes:
    return urlencode(form).encode()
