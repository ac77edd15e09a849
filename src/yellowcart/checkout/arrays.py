"""Parameters in PostgreSQL's binary form.

psycopg looks at every element of a list to find out how to send it. The lane sends thousands of
elements of known kinds a second, so it names the kind and packs them at once.
"""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

_UUID, _TEXT, _INT, _BIGINT, _BOOL, _INSTANT = 2950, 25, 23, 20, 16, 1184
_UUID_SIZE: Final = b"\x00\x00\x00\x10"
_NULL: Final = b"\xff\xff\xff\xff"
_SIZE: Final = struct.Struct("!i").pack
_HEAD: Final = struct.Struct("!iiIii").pack
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def uuids(items: Sequence[UUID | None]) -> bytes:
    """``uuid[]``; ``None`` is NULL."""
    parts = [_NULL if item is None else _UUID_SIZE + item.int.to_bytes(16) for item in items]
    return _head(_UUID, len(parts)) + b"".join(parts)


def texts(items: Sequence[str]) -> bytes:
    """``text[]``, of texts without the character NUL."""
    encoded = [item.encode() for item in items]
    return _head(_TEXT, len(encoded)) + b"".join([_SIZE(len(one)) + one for one in encoded])


def ints(items: Sequence[int]) -> bytes:
    """``int[]``."""
    return _head(_INT, len(items)) + b"".join([_sized_int(item) for item in items])


def bigints(items: Sequence[int]) -> bytes:
    """``bigint[]``."""
    return _head(_BIGINT, len(items)) + b"".join([_sized_bigint(item) for item in items])


def bools(items: Sequence[bool]) -> bytes:
    """``bool[]``."""
    return _head(_BOOL, len(items)) + b"".join([struct.pack("!i?", 1, item) for item in items])


def instants(items: Sequence[datetime | None]) -> bytes:
    """``timestamptz[]``; ``None`` is NULL."""
    parts = [_NULL if item is None else _SIZE(8) + instant(item) for item in items]
    return _head(_INSTANT, len(parts)) + b"".join(parts)


def instant(at: datetime) -> bytes:
    """``timestamptz``."""
    return struct.pack("!q", (at - _EPOCH) // _MICROSECOND)


# Quantities, prices and numbers of offers are the same few again and again.


@lru_cache(maxsize=4_096)
def _sized_int(item: int) -> bytes:
    return struct.pack("!ii", 4, item)


@lru_cache(maxsize=4_096)
def _sized_bigint(item: int) -> bytes:
    return struct.pack("!iq", 8, item)


def _head(oid: int, count: int) -> bytes:
    """One dimension that begins at 1, or none where there is nothing."""
    return _HEAD(1, 1, oid, count, 1) if count else struct.pack("!iiI", 0, 0, oid)
