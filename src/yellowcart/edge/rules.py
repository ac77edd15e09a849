"""When a room's frames go out, who is let in, and when those sent away come back. Pure."""

from dataclasses import dataclass
from typing import Final

#: The shortest and the longest time between two frames to the same viewer, in seconds.
QUICKEST: Final = 0.05
SLOWEST: Final = 0.5
#: The part of a core that a large room's turns may take.
SHARE: Final = 0.75
#: The part that all writing may take, what goes out of turn included, before frames become rarer.
BUSIEST: Final = 0.85
#: Counters alone (likes, viewers) are worth a frame only this often, in seconds.
COUNTS_PACE: Final = 0.5
#: Viewers that are let in again after a restart, a second, spread evenly.
BACK_A_SECOND: Final = 4_000
SHORTEST_WINDOW: Final = 1.0
LONGEST_WINDOW: Final = 20.0


def cadence(viewers: int, write_seconds: float, stretch: float) -> float:
    """Seconds between two frames to each viewer of a room.

    ``viewers`` of the room are in this process, a write to one takes ``write_seconds`` (measured),
    and ``stretch`` is 1 or more where all rooms together ask for more than :data:`BUSIEST` of the
    core. A small room has :data:`QUICKEST`; a large one as long as writing to everybody takes,
    over the share that writing may have; nobody waits longer than :data:`SLOWEST`.
    """
    return min(SLOWEST, max(QUICKEST, viewers * write_seconds / SHARE) * stretch)


def stretched(stretch: float, busy: float) -> float:
    """The next ``stretch`` after a second in which writing took ``busy`` of the core.

    It rises fast and falls slowly, so that a burst does not make it swing.
    """
    if busy > BUSIEST:
        return min(SLOWEST / QUICKEST, stretch * 1.25)
    return max(1.0, stretch * 0.9)


@dataclass(frozen=True, slots=True)
class Pace:
    """When some viewers had their last frame, and their last one out of turn (loop time)."""

    flushed: float
    hurried: float


def due(pace: Pace, now: float, every: float, *, urgent: bool) -> float:
    """When the next frame goes out: what matters at once, the rest when its turn comes.

    A frame out of turn is due at once unless there was one less than half a cadence ago; so
    however many matters are urgent, viewers get at most three frames where they would get one.
    """
    turn = max(now, pace.flushed + every)
    if urgent and now - pace.hurried >= every / 2:
        return now
    return turn


def window(viewers: int) -> float:
    """Seconds over which so many viewers come back, each at a moment of its own."""
    return min(LONGEST_WINDOW, max(SHORTEST_WINDOW, viewers / BACK_A_SECOND))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one process takes on. ``lag_seconds`` is how late its event loop may run."""

    sockets: int
    in_a_room: int
    from_an_address: int
    lag_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How a process stands as somebody knocks."""

    sockets: int
    in_the_room: int
    from_the_address: int
    lag_seconds: float


def is_full(load: Load, limits: Limits) -> bool:
    """Whether a new socket is sent away, so that those connected go on as before."""
    return (
        load.sockets >= limits.sockets
        or load.in_the_room >= limits.in_a_room
        or load.from_the_address >= limits.from_an_address
        or load.lag_seconds > limits.lag_seconds
    )
