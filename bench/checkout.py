"""Durable orders per second on one hot SKU over HTTP, beside one order a transaction.

``one_sku_many_buyers``: a real ``yellowcart up`` on an embedded database of its own with default
durability, and a load generator in a process of its own. The peer is pgbench on the same database
and schema, its best of 1, 8 and 32 clients, with the server stopped and the machine to itself: the
same rows written, the hot row taken last, without HTTP, decoding, passes or verdicts. Afterwards
the books are checked: every answered order is there, none that was not answered, none oversold.
"""

import json
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg

from bench.load import Plan
from bench.running import ROOT, installation, server
from yellowcart.core import embedded

BUYERS = 2_000
STOCK = 100_000_000
#: A flash sale is a crowd: a lane lives on what waits, and 64 buyers leave it half idle.
CONNECTIONS = 256
WARM_UP_ORDERS = 3_000
MOST_ORDERS = 120_000
SECONDS = 6.0
ROUNDS = 3
PGBENCH_SECONDS = 5
PGBENCH_CLIENTS = (1, 8, 32)


def run(connections: int = CONNECTIONS) -> dict[str, Any]:
    """The figures; ``ratio`` is our orders per second over pgbench's best."""
    with installation() as home:
        url = home.database_url
        with server(home):
            sale = _flash_sale(home.environment)
            _load(sale, "warm", WARM_UP_ORDERS, 30.0, connections)
            rounds = [
                _load(sale, f"r{n}", MOST_ORDERS, SECONDS, connections) for n in range(ROUNDS)
            ]
            _check(url, sale)
        peers = {clients: _pgbench(url, sale, clients) for clients in PGBENCH_CLIENTS}
    best = max(rounds, key=_per_second)
    ours, peer = _per_second(best), max(peers.values())
    return {
        "bench": "checkout",
        "case": "one_sku_many_buyers",
        "ratio": round(ours / peer, 2),
        "orders_per_second": round(ours),
        "orders_per_second_by_round": [round(_per_second(one)) for one in rounds],
        "pgbench_orders_per_second": round(peer),
        "pgbench_by_clients": {str(clients): round(rate) for clients, rate in peers.items()},
        "p50_ms": best["p50_ms"],
        "p99_ms": best["p99_ms"],
        "connections": connections,
        "orders": sum(one["statuses"]["201"] for one in rounds),
        "oversold": 0,
        "lost": 0,
    }


def _per_second(tally: dict[str, Any]) -> float:
    rate: float = tally["statuses"]["201"] / tally["seconds"]
    return rate


def _flash_sale(environment: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "yellowcart", "dev", "flash-sale", "--json"]
    command += ["--stock", str(STOCK), "--buyers", str(BUYERS)]
    made = subprocess.run(command, env=environment, capture_output=True, check=True, cwd=ROOT)
    sale: dict[str, Any] = json.loads(made.stdout)
    return sale


_answered: list[str] = []


def _load(
    sale: dict[str, Any], name: str, most: int, seconds: float, connections: int
) -> dict[str, Any]:
    """Buy; the generator's tally without the order ids, which are kept for the check."""
    plan = Plan(
        base_url=sale["base_url"],
        room_id=sale["room_id"],
        listing_id=sale["listing_id"],
        sku_id=sale["sku_id"],
        unit_price=sale["unit_price"],
        passes=sale["passes"],
        key_prefix=f"{name}-",
        connections=connections,
        most=most,
        seconds=seconds,
    )
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(plan)),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=seconds + 60,
    )
    if done.returncode:
        raise RuntimeError(f"the load generator failed:\n{done.stderr}")
    tally: dict[str, Any] = json.loads(done.stdout)
    _answered.extend(tally.pop("order_ids"))
    strange = {status: n for status, n in tally["statuses"].items() if status != "201"}
    if strange:
        raise RuntimeError(f"answers that were no orders: {strange}")
    return tally


def _check(url: str, sale: dict[str, Any]) -> None:
    """Raise unless the database and the answers agree on every order and every piece."""
    with psycopg.connect(url) as conn:
        kept = {
            str(row[0])
            for row in conn.execute(
                "SELECT order_id FROM orders_line WHERE listing_id = %s", [sale["listing_id"]]
            )
        }
        row = conn.execute(
            "SELECT on_hand, reserved, sold FROM inventory_stock WHERE sku_id = %s",
            [sale["sku_id"]],
        ).fetchone()
        held = conn.execute(
            "SELECT coalesce(sum(quantity), 0) FROM inventory_hold"
            " WHERE stock_sku_id = %s AND state = 'pending'",
            [sale["sku_id"]],
        ).fetchone()
    assert row is not None
    assert held is not None
    problems = {
        "answered twice": len(_answered) - len(set(_answered)),
        "answered and not there": len(set(_answered) - kept),
        "there and not answered": len(kept - set(_answered)),
        "reserved beside the orders": row[1] - len(kept),
        "reserved beside the holds": row[1] - held[0],
        "promised beyond the stock": max(row[1] + row[2] - row[0], 0),
    }
    wrong = {name: count for name, count in problems.items() if count}
    if wrong:
        raise RuntimeError(f"the books don't balance: {wrong}")


def _pgbench(url: str, sale: dict[str, Any], clients: int) -> float:
    """Orders per second with one order a transaction."""
    with psycopg.connect(url) as conn:
        row = conn.execute(
            "SELECT shop_id, product_id FROM listings_listing WHERE id = %s", [sale["listing_id"]]
        ).fetchone()
    assert row is not None
    variables = {
        "shop": row[0],
        "product": row[1],
        "listing": sale["listing_id"],
        "sku": sale["sku_id"],
        "room": sale["room_id"],
    }
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
