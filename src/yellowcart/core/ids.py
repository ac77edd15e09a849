"""Identifiers: UUID version 7 (RFC 9562), so that new rows land side by side in an index."""

import os
import struct
import threading
import time
from collections.abc import Iterator
from typing import Final
from uuid import UUID, SafeUUID

_lock = threading.Lock()
_last = 0
_THROWS: Final = struct.Struct("512Q")
_dice: Iterator[int] = iter(())
_VERSION: Final = 0x7 << 76
_VARIANT: Final = 0b10 << 62
_RANDOM_BITS: Final = (1 << 62) - 1

# UUID's own constructor looks through six ways of saying what an id is made of, which takes
# longer than making one.
_blank: Final = object.__new__
_fill: Final = object.__setattr__
_UNKNOWN: Final = SafeUUID.unknown


def new_id() -> UUID:
    """A time-ordered UUIDv7.

    Ids made by one process strictly increase: within one millisecond the 12-bit ``rand_a``
    field counts up (RFC 9562, section 6.2, method 1), and overflow borrows the next
    millisecond.
    """
    global _last, _dice  # noqa: PLW0603  one counter a process is the point
    now = (time.time_ns() // 1_000_000) << 12
    with _lock:
        _last = now if now > _last else _last + 1
        stamp = _last
        # The system's dice, thrown for many ids at once: asking for each costs more than the id.
        low = next(_dice, None)
        if low is None:
            _dice = iter(_THROWS.unpack(os.urandom(_THROWS.size)))
            low = next(_dice)
    made = _blank(UUID)
    high = (stamp >> 12) << 80 | _VERSION | (stamp & 0xFFF) << 64
    _fill(made, "int", high | _VARIANT | low & _RANDOM_BITS)
    _fill(made, "is_safe", _UNKNOWN)
    return made


def _forget_dice() -> None:
    """A forked child throws its own, or its ids would be its parent's."""
    global _dice, _lock
    _dice, _lock = iter(()), threading.Lock()


os.register_at_fork(after_in_child=_forget_dice)
