"""A breaker: what keeps calls from a server that does not answer them. Pure; who has one keeps it
in columns, so that every process and every restart knows it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

STATES: Final = ["closed", "open", "half_open"]
#: Failures in a row that open a breaker, and how long it stays open: doubled each time a probe
#: fails, up to the longest.
OPENS_AFTER: Final = 5
OPEN_SECONDS: Final = 30
#: A probe that never came back is forgotten after this.
PROBE_SECONDS: Final = 120
LONGEST_OPEN_SECONDS: Final = 15 * 60


@dataclass(frozen=True, slots=True)
class Breaker:
    """What keeps calls from a source that does not answer them."""

    state: str = "closed"
    failures: int = 0
    until: datetime | None = None

    def lets(self, at: datetime) -> bool:
        """Whether a call may be made. Of an open breaker whose time is over: one, as a probe."""
        return self.state == "closed" or self.until is None or self.until <= at

    def tried(self, at: datetime) -> "Breaker":
        """The breaker while the call that it lets through is made: nobody else probes."""
        if self.state == "closed":
            return self
        return replace(self, state="half_open", until=at + timedelta(seconds=PROBE_SECONDS))

    def failed(self, at: datetime) -> "Breaker":
        """After a call without a usable answer."""
        failures = self.failures + 1
        if self.state == "closed" and failures < OPENS_AFTER:
            return replace(self, failures=failures)
        again = min(max(failures - OPENS_AFTER, 0), 10)
        seconds = min(OPEN_SECONDS * 2**again, LONGEST_OPEN_SECONDS)
        return Breaker("open", failures, at + timedelta(seconds=seconds))

    def answered(self) -> "Breaker":
        """After a call that was answered, if only with a refusal."""
        return Breaker()
