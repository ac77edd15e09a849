"""Arrays on their way to PostgreSQL in its binary form.

psycopg looks at every element of a list to find out how to send it. The lane sends thousands of
elements of known kinds a second, so it names the kind and packs them at once.
"""

import struct
from collections.abc import Sequence
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.adapt import Dumper
from psycopg.pq import Format

T = TypeVar("T")

_HEAD: Final = struct.Struct("!iiIii").pack
_UUID_SIZE: Final = b"\x00\x00\x00\x10"
_NULL: Final = b"\xff\xff\xff\xff"
_SIZE: Final = struct.Struct("!i").pack


class _Array(Generic[T]):
    """Elements of one kind, sent as one parameter. ``None`` is NULL."""

    __slots__ = ("items",)

    def __init__(self, items: Sequence[T]) -> None:
        self.items = items


class Uuids(_Array[UUID | None]):
    """``uuid[]``."""


class Texts(_Array[str]):
    """``text[]``; without the character NUL."""


class Ints(_Array[int]):
    """``int[]``."""


class _UuidsDumper(Dumper):
    format = Format.BINARY
    oid = 2951

    def dump(self, obj: Uuids) -> bytes:
        """The array as PostgreSQL receives it."""
        parts = [
            _NULL if item is None else _UUID_SIZE + item.int.to_bytes(16) for item in obj.items
        ]
        return _head(2950, len(parts)) + b"".join(parts)


class _TextsDumper(Dumper):
    format = Format.BINARY
    oid = 1009

    def dump(self, obj: Texts) -> bytes:
        """The array as PostgreSQL receives it."""
        texts = [item.encode() for item in obj.items]
        return _head(25, len(texts)) + b"".join([_SIZE(len(text)) + text for text in texts])


class _IntsDumper(Dumper):
    format = Format.BINARY
    oid = 1007

    def dump(self, obj: Ints) -> bytes:
        """The array as PostgreSQL receives it."""
        count = len(obj.items)
        sized = [number for item in obj.items for number in (4, item)]
        return _head(23, count) + struct.pack(f"!{2 * count}i", *sized)


def _head(oid: int, count: int) -> bytes:
    if not count:
        return struct.pack("!iiI", 0, 0, oid)
    return _HEAD(1, 1, oid, count, 1)


def register(conn: AsyncConnection[Any]) -> None:
    """Let a connection send these arrays."""
    conn.adapters.register_dumper(Uuids, _UuidsDumper)
    conn.adapters.register_dumper(Texts, _TextsDumper)
    conn.adapters.register_dumper(Ints, _IntsDumper)
