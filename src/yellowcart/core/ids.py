"""Identifiers: UUID version 7 (RFC 9562), so that new rows land side by side in an index."""

import os
import threading
import time
from typing import Final
from uuid import UUID, SafeUUID

_lock = threading.Lock()
_last = 0
_DICE_BYTES: Final = 4_096
_dice = b""
_thrown = 0

# UUID's own constructor looks through six ways of saying what an id is made of, which takes
# longer than making one.
_blank: Final = object.__new__
_fill: Final = object.__setattr__


def new_id() -> UUID:
    """A time-ordered UUIDv7.

    Ids made by one process strictly increase: within one millisecond the 12-bit ``rand_a``
    field counts up (RFC 9562, section 6.2, method 1), and overflow borrows the next
    millisecond.
    """
    global _last, _dice, _thrown  # noqa: PLW0603  one counter a process is the point
    now = (time.time_ns() // 1_000_000) << 12
    with _lock:
        _last = now if now > _last else _last + 1
        stamp = _last
        # The system's dice, fetched for many ids at once: asking for each costs more than the id.
        if _thrown >= len(_dice):
            _dice, _thrown = os.urandom(_DICE_BYTES), 0
        low = int.from_bytes(_dice[_thrown : _thrown + 8]) & ((1 << 62) - 1)
        _thrown += 8
    millis, count = stamp >> 12, stamp & 0xFFF
    made = _blank(UUID)
    _fill(made, "int", (millis << 80) | (0x7 << 76) | (count << 64) | (0b10 << 62) | low)
    _fill(made, "is_safe", SafeUUID.unknown)
    return made


def _forget_dice() -> None:
    """A forked child throws its own, or its ids would be its parent's."""
    global _dice, _thrown, _lock
    _dice, _thrown, _lock = b"", 0, threading.Lock()


os.register_at_fork(after_in_child=_forget_dice)
