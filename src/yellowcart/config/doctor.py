"""What ``yellowcart doctor`` looks at."""

import asyncio
import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from yellowcart.core import bus, clock, home
from yellowcart.core.models import OutboxEvent
from yellowcart.payments.providers import PROVIDERS, offered
from yellowcart.settlement.duties import stuck

OLDEST_SUPPORTED = 160_000
LEAST_FREE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, and in words what is so or what to do."""

    what: str
    ok: bool
    words: str


def _database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
    if version < OLDEST_SUPPORTED:
        return Finding("database", False, f"PostgreSQL {version} is too old; use 16 or later")
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        row = cursor.fetchone()
    durable = row is not None and row[0] in {"on", "remote_apply", "remote_write"}
    words = f"PostgreSQL {version // 10_000}, synchronous_commit {row[0] if row else '?'}"
    return Finding(
        "database", durable, words if durable else f"{words}: a crash can lose orders; set it on"
    )


def _schema() -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        return Finding(
            "schema", False, f"{len(plan)} migrations wait; `yellowcart up` applies them"
        )
    return Finding("schema", True, "up to date")


def _secret() -> Finding:
    path = home.data_dir() / "secret_key"
    if not path.exists():
        return Finding("secret key", True, "from YELLOWCART_SECRET_KEY")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Finding("secret key", False, f"others can read {path.name}; run chmod 600 on it")
    return Finding("secret key", True, "readable by its owner only")


def _outbox() -> Finding:
    oldest = OutboxEvent.objects.filter(relayed_at__isnull=True).order_by("id").first()
    if oldest is not None and clock.now() - oldest.created_at > timedelta(minutes=1):
        return Finding(
            "outbox", False, f"events wait since {oldest.created_at:%F %T}Z; is the worker running?"
        )
    return Finding("outbox", True, "nothing waits long")


def _bus() -> Finding:
    return Finding("bus", True, f"{asyncio.run(bus.probe(os.environ['DATABASE_URL']))} answers")


def _disk() -> Finding:
    free = shutil.disk_usage(home.data_dir()).free
    return Finding("disk", free >= LEAST_FREE_BYTES, f"{free / (1 << 30):.1f} GiB free")


def _time() -> Finding:
    if clock.timeline() == clock.Timeline():
        return Finding("clock", True, "the machine's own time")
    return Finding("clock", True, f"set for a rehearsal or demo: it is {clock.now():%F %T}Z")


def _payments() -> Finding:
    broken = [
        code
        for code, provider in PROVIDERS.items()
        if code != "sandbox" and provider.has_keys() and not provider.is_on()
    ]
    if broken:
        return Finding("payments", False, f"the keys of {', '.join(broken)} can't be read")
    on = [way.code for way in offered("CNY")]
    if not on:
        return Finding(
            "payments", False, "no way to pay is on; set a provider's keys, see docs/payments.md"
        )
    return Finding("payments", True, f"on: {', '.join(on)}")


def _settlement() -> Finding:
    count = stuck()
    if count:
        return Finding(
            "settlement",
            False,
            f"{count} orders' bills can't be brought up to date; the worker's log says why",
        )
    return Finding("settlement", True, "every order's bill follows it")


CHECKS: list[Callable[[], Finding]] = [
    _database,
    _schema,
    _secret,
    _outbox,
    _bus,
    _disk,
    _time,
    _payments,
    _settlement,
]


def examine() -> list[Finding]:
    """Every finding; a check that fails to run is itself a finding."""
    return [_examined(check) for check in CHECKS]


def _examined(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:
        return Finding(check.__name__.strip("_"), False, f"could not be checked: {error}")
