"""Identifiers: UUID version 7 (RFC 9562), so that new rows land side by side in an index."""

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A time-ordered UUIDv7.

    Ids made by one process strictly increase: within one millisecond the 12-bit ``rand_a``
    field counts up (RFC 9562, section 6.2, method 1), and overflow borrows the next
    millisecond.
    """
    global _last  # noqa: PLW0603  one counter a process is the point
    now = (time.time_ns() // 1_000_000) << 12
    with _lock:
        _last = now if now > _last else _last + 1
        stamp = _last
    millis, count = stamp >> 12, stamp & 0xFFF
    low = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=(millis << 80) | (0x7 << 76) | (count << 64) | (0b10 << 62) | low)
