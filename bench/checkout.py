"""Durable orders per second over HTTP, beside one order a transaction and an empty endpoint.

A real ``yellowcart up`` on an embedded database of its own with default durability, and a load
generator in a process of its own. The peer is pgbench on the same database and schema, its best
of 1, 8 and 32 clients, before anything else was sold, with the server stopped and the machine to
itself: the same rows written, the hot row taken last, without HTTP, decoding, passes or verdicts.
The limit is the same server with a fixed answer. After each case the books are checked
(:mod:`bench.books`): every answered order is there, none that was not answered, none oversold.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg

from bench import books, processes
from bench.compiling import compiled
from bench.crowds import STOCK, Crowd, furnish, with_baskets
from bench.load import SOURCE, Plan, buy
from bench.running import ROOT, Installation, installation, server
from yellowcart.core import embedded

#: Buyers at once, besides the number asked for.
CONNECTIONS = (64, 256)
WARM_UP_ORDERS = 6_000
MOST_ORDERS = 120_000
SECONDS = 3.0
ROUNDS = 3
PGBENCH_SECONDS = 4
PGBENCH_CLIENTS = (1, 8, 32)
STORM_ORDERS = 10_000


def run(connections: int = 256) -> dict[str, Any]:
    """The figures; ``ratio`` is our orders per second with so many connections on one hot SKU
    over pgbench's best."""
    crowds = sorted({*CONNECTIONS, connections})
    with installation() as home:
        os.environ.update(home.environment)
        with server(home):
            peer, hot, *others = _furnish()
        peers = {clients: _pgbench(home.database_url, peer, clients) for clients in PGBENCH_CLIENTS}
        with server(home):
            bench = _Bench(home)
            bench.load(hot, connections, most=WARM_UP_ORDERS, seconds=30.0)
            # The headline first: pgbench, too, had tables that were nearly empty.
            one = {n: bench.measure(hot, n, ROUNDS) for n in sorted(crowds, key=connections.__ne__)}
            half = bench.load(
                hot, connections, per_second=one[connections]["orders_per_second"] / 2
            )
            storm = _storm(bench, hot, connections)
            cases = {crowd.case: {n: bench.measure(crowd, n) for n in crowds} for crowd in others}
        empty = {n: _empty(hot, n, home.data.parent) for n in crowds}
    limit = max(peers.values())
    ours = one[connections]
    return {
        "bench": "checkout",
        "case": hot.case,
        "ratio": round(ours["orders_per_second"] / limit, 2),
        "orders_per_second": ours["orders_per_second"],
        "p50_ms": ours["p50_ms"],
        "p99_ms": ours["p99_ms"],
        "connections": connections,
        "ratio_by_connections": {n: round(one[n]["orders_per_second"] / limit, 2) for n in crowds},
        "half_load": {
            "orders_per_second": _rate(half),
            "p50_ms": half["p50_ms"],
            "p99_ms": half["p99_ms"],
        },
        "pgbench_orders_per_second": round(limit),
        "pgbench_by_clients": {clients: round(rate) for clients, rate in peers.items()},
        "empty_endpoint_per_second": empty,
        "cases": {hot.case: one, **cases, "hold_expiry_storm": storm},
        "orders": sum(len(crowd.answered) for crowd in (hot, *others)),
        "oversold": 0,
        "lost": 0,
    }


def _furnish() -> tuple[Crowd, ...]:
    # Django needs the settings of the installation that was just started.
    from yellowcart.config import boot

    boot.boot()
    return (
        furnish("one_order_a_transaction"),
        furnish("one_sku_many_buyers"),
        furnish("hundred_skus_one_room", skus=100),
        furnish("thousand_rooms", shops=100, rooms=1_000),
        with_baskets(furnish("overlapping_baskets_reversed", skus=20), size=3, kinds=20),
    )


class _Bench:
    """Loads on a running installation. Every answer must be an order, and the books balance."""

    def __init__(self, home: Installation) -> None:
        self._home = home
        self._base_url: str = json.loads((home.data / "run.json").read_text())["base_url"]
        self._loads = 0

    def load(
        self,
        crowd: Crowd,
        connections: int,
        *,
        most: int = MOST_ORDERS,
        seconds: float = SECONDS,
        per_second: float = 0.0,
    ) -> dict[str, Any]:
        """Buy; the generator's tally without the order ids, which the crowd keeps."""
        self._loads += 1
        plan = Plan(
            base_url=self._base_url,
            asks=crowd.asks,
            key_prefix=f"load{self._loads}-",
            connections=connections,
            most=most,
            seconds=seconds,
            per_second=per_second,
        )
        tally = generate(plan, self._home.data.parent)
        crowd.answered += tally.pop("order_ids")
        return tally

    def check(self, crowd: Crowd) -> None:
        """Raise unless the books of a crowd's shops balance with what it was answered."""
        books.check(self._home.database_url, crowd.shops, crowd.answered, on_hand=[STOCK])

    def measure(self, crowd: Crowd, connections: int, rounds: int = 1) -> dict[str, Any]:
        """The best of some rounds, with what each process spent on an order in it."""
        best: dict[str, Any] = {}
        rates = []
        for _ in range(rounds):
            before = processes.seconds(self._home.data)
            tally = self.load(crowd, connections)
            spent = processes.seconds(self._home.data) - before
            spent["generator"] = tally["cpu_seconds"]
            rates.append(_rate(tally))
            if rates[-1] < max(rates):
                continue
            best = {
                "orders_per_second": rates[-1],
                "p50_ms": tally["p50_ms"],
                "p99_ms": tally["p99_ms"],
                "cpu_us_per_order": {
                    name: round(used * 1e6 / tally["statuses"]["201"])
                    for name, used in spent.items()
                },
            }
        self.check(crowd)
        return {**best, "by_round": rates} if rounds > 1 else best


def _storm(bench: _Bench, crowd: Crowd, connections: int) -> dict[str, Any]:
    """Thousands of unpaid orders fall due at one instant, while others go on buying."""
    due = crowd.answered[-STORM_ORDERS:]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as conn:
        for table, key in (("orders_order", "id"), ("inventory_hold", "order_id")):
            conn.execute(
                f"UPDATE {table} SET expires_at = now() WHERE {key} = ANY(%s::uuid[])",  # noqa: S608  our own names
                [due],
            )
        began = time.perf_counter()
        tally = bench.load(crowd, connections)
        closed = 0
        while closed < len(due) and time.perf_counter() < began + 60:
            row = conn.execute(
                "SELECT count(*) FROM orders_order WHERE id = ANY(%s::uuid[]) AND state = 'closed'",
                [due],
            ).fetchone()
            closed = row[0] if row else 0
            time.sleep(0.1)
    if closed < len(due):
        raise RuntimeError(f"{len(due) - closed} orders were due and not closed")
    bench.check(crowd)
    return {
        "orders_per_second": _rate(tally),
        "p50_ms": tally["p50_ms"],
        "p99_ms": tally["p99_ms"],
        "expired": closed,
    }


def _rate(tally: dict[str, Any]) -> int:
    return round(tally["statuses"]["201"] / tally["seconds"])


def generate(plan: Plan, folder: Path) -> dict[str, Any]:
    """Carry a plan out with the generator compiled into a folder. Raises where an answer was no
    order."""
    tally = asdict(buy(plan, compiled(SOURCE, folder)))
    strange = {status: n for status, n in tally["statuses"].items() if status != "201"}
    if strange:
        raise RuntimeError(f"answers that were no orders: {strange}")
    return tally


def _empty(crowd: Crowd, connections: int, folder: Path) -> int:
    """Requests per second where the server answers without looking."""
    with nothing_to_do() as base_url:
        plan = Plan(base_url, crowd.asks, "empty-", connections, 4 * MOST_ORDERS, SECONDS / 2)
        return _rate(generate(plan, folder))


@contextmanager
def nothing_to_do() -> Iterator[str]:
    """The address of a server that answers without looking."""
    command = [sys.executable, "-m", "bench.empty"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


def _pgbench(url: str, crowd: Crowd, clients: int) -> float:
    """Orders per second with one order a transaction, on a shop of its own."""
    room, [(listing, sku, _price)], _token = crowd.asks[0]
    with psycopg.connect(url) as conn:
        row = conn.execute(
            "SELECT shop_id, product_id FROM listings_listing WHERE id = %s", [listing]
        ).fetchone()
    assert row is not None
    variables = {"shop": row[0], "product": row[1], "listing": listing, "sku": sku, "room": room}
    script = Path(__file__).with_name("one_order_a_transaction.sql")
    command = [str(embedded.binary("pgbench")), "--no-vacuum", "--protocol=prepared"]
    command += [f"--client={clients}", f"--jobs={min(clients, 2)}", f"--time={PGBENCH_SECONDS}"]
    command += [f"--file={script}"]
    command += [f"--define={name}={value}" for name, value in variables.items()]
    done = subprocess.run([*command, url], capture_output=True, text=True, check=True, timeout=120)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        raise RuntimeError(f"pgbench gave no figure:\n{done.stdout}\n{done.stderr}")
    return float(found[1])
