"""The only clock. Everything the business dates asks :func:`now`.

The platform's time is a straight line over the machine's: an anchor on each and a speed. It is
the machine's own time unless an operator set it for a rehearsal or a demo; production refuses.
Lifetimes that guard secrets (passes, signatures) use :func:`wall`, which nobody can set.
"""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Platform time as a function of wall time; both in microseconds since 1970 UTC."""

    wall_us: int = 0
    platform_us: int = 0
    speed: float = 1.0

    def at(self, wall_us: int) -> int:
        """Platform microseconds at a wall instant."""
        if self.speed == 1.0:
            return wall_us + (self.platform_us - self.wall_us)
        return self.platform_us + round((wall_us - self.wall_us) * self.speed)


class ClockRefusedError(RuntimeError):
    """The clock may not be set where real money moves."""


_timeline = Timeline()


def _wall_us() -> int:
    return time.time_ns() // 1_000


def wall() -> datetime:
    """The machine's time, aware, UTC. For lifetimes of secrets only."""
    return _EPOCH + timedelta(microseconds=_wall_us())


def wall_seconds() -> float:
    """The same as seconds since 1970, for what is compared thousands of times a second."""
    return time.time()


def now() -> datetime:
    """The platform's time: aware, UTC, microseconds."""
    return _EPOCH + timedelta(microseconds=_timeline.at(_wall_us()))


def timeline() -> Timeline:
    """The line in force in this process."""
    return _timeline


def set_timeline(line: Timeline) -> None:
    """Put this process on another line. Refused when ``YELLOWCART_ENV=production``."""
    global _timeline  # noqa: PLW0603  one clock a process is the point
    if line != Timeline() and os.environ.get("YELLOWCART_ENV") == "production":
        raise ClockRefusedError("the clock cannot be set when YELLOWCART_ENV=production")
    _timeline = line


def starting_at(instant: datetime, speed: float = 1.0) -> Timeline:
    """A line on which it is ``instant`` right now, running at ``speed`` seconds a second."""
    if instant.tzinfo is None:
        raise ValueError("the clock needs an instant with a zone, such as 2021-11-15T23:58+08:00")
    if speed <= 0:
        raise ValueError("the clock's speed must be greater than 0")
    return Timeline(
        wall_us=_wall_us(),
        platform_us=(instant - _EPOCH) // timedelta(microseconds=1),
        speed=speed,
    )


def wall_seconds_until(instant: datetime) -> float:
    """Seconds of wall time until the platform's clock reads ``instant``; negative when past."""
    return (instant - now()).total_seconds() / _timeline.speed
