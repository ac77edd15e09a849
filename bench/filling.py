"""Fills an installation with a year of orders and everything that hangs on them, fast.

``filling.sql`` says what; here it is run with the cares of a live database put aside: secondary
indexes are built at the end, triggers and foreign keys sleep, nothing waits for the disk. Checks
hold throughout, and what the sleeping triggers would have refused, ``ledger check`` finds.
"""

import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

STATEMENTS = Path(__file__).with_suffix(".sql")
#: Connections that fill at once.
WRITERS = 2
#: A table's columns without a default that a filling leaves out get this; all models have one.
ZEROS = {
    "bool": "false",
    "int2": "0",
    "int4": "0",
    "int8": "0",
    "float8": "0",
    "varchar": "''",
    "text": "''",
    "jsonb": "'{}'",
    "timestamptz": "now()",
}
_SESSION = (
    "SET session_replication_role = replica",
    "SET synchronous_commit = off",
    "SET work_mem = '256MB'",
    "SET maintenance_work_mem = '512MB'",
    "SET max_parallel_maintenance_workers = 0",
)
_WHILE_FILLING = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "16GB",
    "autovacuum": "off",
}


@dataclass
class Filled:
    """What a filling took, in seconds."""

    seconds: dict[str, float] = field(default_factory=dict)


def fill(url: str, orders: int) -> Filled:
    """Fill a migrated, empty database with so many orders."""
    took = Filled()
    tables = sorted(set(re.findall(r"^INSERT INTO (\w+)", STATEMENTS.read_text(), re.MULTILINE)))
    with psycopg.connect(url, autocommit=True) as conn:
        for name, value in _WHILE_FILLING.items():
            conn.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        conn.execute("SELECT pg_reload_conf()")
        defaults = list(_defaults(conn, tables))
        indexes, references = _take_indexes(conn, tables)
    for phase, steps in _phases(orders):
        began = time.monotonic()
        _run(url, steps, beside=phase in {"people and goods", "sales", "written"})
        took.seconds[phase] = time.monotonic() - began
    began = time.monotonic()
    _run(url, _by_table(indexes), beside=True)
    _run(url, references, beside=False)
    took.seconds["indexes"] = time.monotonic() - began
    began = time.monotonic()
    with psycopg.connect(url, autocommit=True) as conn:
        for table, column in defaults:
            conn.execute(
                sql.SQL("ALTER TABLE {} ALTER {} DROP DEFAULT").format(
                    sql.Identifier(table), sql.Identifier(column)
                )
            )
        conn.execute("DROP SCHEMA fill CASCADE")
        for name in _WHILE_FILLING:
            conn.execute(f"ALTER SYSTEM RESET {name}")
        conn.execute("SELECT pg_reload_conf()")
    _run(url, [f"VACUUM (ANALYZE) {table}" for table in tables], beside=True)
    took.seconds["vacuum and analyze"] = time.monotonic() - began
    return took


def _by_table(definitions: Sequence[str]) -> list[str]:
    """One statement for each table: adding a key keeps everybody else from the table."""
    found: dict[str, list[str]] = {}
    for definition in definitions:
        table = definition.split(" ON ", 1)[-1].split()[0]
        if definition.startswith("ALTER TABLE"):
            table = definition.split()[2]
        found.setdefault(table.strip('"').removeprefix("public."), []).append(definition)
    return ["; ".join(group) for group in sorted(found.values(), key=len, reverse=True)]


def _phases(orders: int) -> Iterator[tuple[str, list[str]]]:
    text = STATEMENTS.read_text().replace(":orders", str(orders))
    for chunk in re.split(r"^-- phase: ", text, flags=re.MULTILINE)[1:]:
        name, _newline, body = chunk.partition("\n")
        yield name, re.split(r"^-- step\n", body, flags=re.MULTILINE)[1:]


def _defaults(
    conn: "psycopg.Connection[tuple[str, ...]]", tables: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Give every column that must be told a default for now; which."""
    rows = conn.execute(
        "SELECT table_name, column_name, udt_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = ANY(%s) AND is_nullable = 'NO'"
        " AND column_default IS NULL AND is_identity = 'NO'",
        [tables],
    ).fetchall()
    for table, column, kind in rows:
        if kind in ZEROS:
            conn.execute(
                sql.SQL("ALTER TABLE {} ALTER {} SET DEFAULT {}").format(
                    sql.Identifier(table),
                    sql.Identifier(column),
                    sql.SQL(ZEROS[kind]),
                )
            )
            yield table, column


def _take_indexes(
    conn: "psycopg.Connection[tuple[str, ...]]", tables: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Drop keys and indexes; the statements that build them again, and those that come after.

    A filled table is sorted once for each index rather than looked through for every row.
    """
    keys: list[str] = []
    indexes: list[str] = []
    references: list[str] = []
    for kind, table, name, definition in conn.execute(
        "SELECT k.contype, t.relname, k.conname, pg_get_constraintdef(k.oid)"
        " FROM pg_constraint AS k JOIN pg_class AS t ON t.oid = k.conrelid"
        " LEFT JOIN pg_class AS r ON r.oid = k.confrelid"
        " WHERE (t.relname = ANY(%(tables)s) AND k.contype IN ('p', 'u'))"
        " OR (r.relname = ANY(%(tables)s) AND k.contype = 'f') ORDER BY k.contype",
        {"tables": tables},
    ).fetchall():
        place = sql.SQL("ALTER TABLE {} {} CONSTRAINT {}")
        names = sql.Identifier(table), sql.Identifier(name)
        conn.execute(place.format(names[0], sql.SQL("DROP"), names[1]))
        added = f"{place.format(names[0], sql.SQL('ADD'), names[1]).as_string(conn)} {definition}"
        (references if kind == "f" else keys).append(added)
    for name, definition in conn.execute(
        "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index AS i"
        " JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid"
        " WHERE t.relname = ANY(%s) AND NOT EXISTS"
        " (SELECT 1 FROM pg_constraint AS k WHERE k.conindid = c.oid)",
        [tables],
    ).fetchall():
        conn.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        indexes.append(definition)
    return [*keys, *indexes], references


def _run(url: str, statements: Sequence[str], *, beside: bool) -> None:
    def one(statement: str) -> None:
        with psycopg.connect(url, autocommit=True) as conn:
            for setting in _SESSION:
                conn.execute(setting)
            conn.execute(statement)

    if not beside:
        for statement in statements:
            one(statement)
        return
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(one, statements))
