"""Rows of a file brought together by product, wherever in the file they stand, in flat memory.

WooCommerce writes variations before, behind or far from their parents, and hand-sorted Shopify
files scatter a product's rows. The rows wait in a private temporary SQLite file, which vanishes
with the object, so that a file of a million rows costs disk and not memory.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from types import TracebackType
from typing import NamedTuple

import msgspec


class Kept(NamedTuple):
    """One row as it was put in."""

    line: int
    cells: dict[str, str]


class Spool:
    """Put every row in with :meth:`add`, then read the products with :meth:`groups`."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8000;"
            "CREATE TABLE kept (line INTEGER PRIMARY KEY, head INTEGER, ref TEXT, cells BLOB);"
            "CREATE TABLE named (name TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID;"
        )
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(dict[str, str]).decode
        self._db.execute("BEGIN")

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()

    def claim(self, name: str, line: int) -> int:
        """Register a name for the row on ``line``; the line that had it first."""
        if self._db.execute("INSERT OR IGNORE INTO named VALUES (?, ?)", (name, line)).rowcount:
            return line
        found = self._db.execute("SELECT line FROM named WHERE name = ?", (name,)).fetchone()
        return int(found[0])

    def add(self, line: int, cells: dict[str, str], ref: str | None = None) -> None:
        """Keep a row: a product's own, or one that belongs to the product named ``ref``."""
        head = line if ref is None else None
        self._db.execute(
            "INSERT INTO kept VALUES (?, ?, ?, ?)", (line, head, ref, self._encode(cells))
        )

    def resolve(self) -> None:
        """Bring rows to their products. Call once, after the last :meth:`add`."""
        self._db.execute(
            "UPDATE kept SET head = (SELECT named.line FROM named WHERE named.name = kept.ref)"
            " WHERE head IS NULL"
        )
        self._db.execute("CREATE INDEX by_head ON kept (head, line)")

    def count(self) -> int:
        """How many products there are."""
        return int(self._db.execute("SELECT COUNT(DISTINCT head) FROM kept").fetchone()[0])

    def together(self, lines: Iterable[int]) -> set[int]:
        """These lines and those of the same products."""
        self._db.execute("CREATE TEMP TABLE asked (line INTEGER PRIMARY KEY)")
        self._db.executemany("INSERT OR IGNORE INTO asked VALUES (?)", ((one,) for one in lines))
        rows = self._db.execute(
            "SELECT line FROM asked UNION SELECT line FROM kept WHERE head IN"
            " (SELECT head FROM kept JOIN asked USING (line) WHERE head IS NOT NULL)"
        )
        return {int(line) for (line,) in rows}

    def orphans(self) -> Iterator[tuple[int, str]]:
        """Line and missing name of each row whose product is not in the file."""
        rows = self._db.execute("SELECT line, ref FROM kept WHERE head IS NULL ORDER BY line")
        yield from rows

    def groups(self) -> Iterator[Iterator[Kept]]:
        """Each product's rows in the file's order, the products by their first line.

        Read one group before asking for the next.
        """
        rows = self._db.execute(
            "SELECT head, line, cells FROM kept WHERE head IS NOT NULL ORDER BY head, line"
        )
        for _head, group in groupby(rows, key=itemgetter(0)):
            yield (Kept(line, self._decode(cells)) for _same, line, cells in group)
