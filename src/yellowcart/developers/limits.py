"""How many calls an application may make: so many a minute in each server process.

Counted in memory, so that a call costs no round trip: with several processes an application may
make up to as many times more, depending on which it meets. ``RateLimit`` and ``RateLimit-Policy``
(draft-ietf-httpapi-ratelimit-headers) say what the answering process counts.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from threading import Lock
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem

WINDOW_SECONDS: Final = 60
#: Past so many applications at once, those whose window is over are forgotten.
_MANY: Final = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a window: calls, and whole seconds until it ends."""

    most: int
    left: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """The draft's two header fields."""
        return {
            "RateLimit-Policy": f'"application";q={self.most};w={WINDOW_SECONDS}',
            "RateLimit": f'"application";r={max(self.left, 0)};t={self.seconds}',
        }


class Limiter:
    """Counts calls of each key within windows that begin with the first call."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._windows: dict[int, tuple[float, int]] = {}
        self._lock = Lock()

    def take(self, key: int, most: int) -> Allowance:
        """Count one call; ``left`` is negative where it was one too many."""
        at = self._clock()
        with self._lock:
            began, calls = self._windows.get(key, (at, 0))
            if at - began >= WINDOW_SECONDS:
                began, calls = at, 0
            if len(self._windows) > _MANY:
                self._forget(at)
            self._windows[key] = (began, calls + 1)
        return Allowance(most, most - calls - 1, ceil(began + WINDOW_SECONDS - at))

    def _forget(self, at: float) -> None:
        self._windows = {
            key: window for key, window in self._windows.items() if at - window[0] < WINDOW_SECONDS
        }


_limiter = Limiter()


def take_call(application_id: int) -> Allowance:
    """Count a call of an application; ``too_many_requests`` 429 with ``Retry-After`` past the
    limit."""
    found = _limiter.take(application_id, settings.API_CALLS_A_MINUTE)
    if found.left < 0:
        raise Problem(
            "too_many_requests",
            429,
            _("This application calls too often. Wait as long as Retry-After says."),
            headers={"Retry-After": str(found.seconds), **found.headers()},
        )
    return found
