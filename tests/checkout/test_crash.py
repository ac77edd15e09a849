"""Servers and the database are killed under load, again and again; what they answered stays true.

``YELLOWCART_CRASH_KILLS`` says how often; a few times where it is not set.
"""

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import httpx
import psycopg
import pytest
from tests.running import Running, furnish, run_command, up

KILLS = 1
MANY_KILLS = int(os.environ.get("YELLOWCART_CRASH_KILLS", "12"))
BUYERS = 12
ASKED_AGAIN = 150
STOCK = 100_000

pytestmark = [pytest.mark.crash, pytest.mark.timeout(1_800 + 5 * MANY_KILLS)]


class Crowd:
    """Buyers who send an order until it is answered, always with the same key."""

    def __init__(self, sale: dict) -> None:
        self.sale = sale
        self.answers: dict[tuple[int, str], set[str]] = {}
        self.interrupted = 0
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._buy, args=(n,)) for n in range(BUYERS)]

    def _buy(self, buyer: int) -> None:
        with httpx.Client(base_url=self.sale["base_url"], timeout=60) as client:
            number = 0
            while not self.stopping.is_set():
                key = f"k{number}"
                order_id = self._until_answered(client, buyer, key)
                if order_id:
                    self.answers.setdefault((buyer, key), set()).add(order_id)
                number += 1

    def _until_answered(self, client: httpx.Client, buyer: int, key: str) -> str | None:
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            try:
                answer = self.order(client, buyer, key)
            except httpx.TransportError:
                self.interrupted += 1
                time.sleep(0.05)
                continue
            if answer.status_code == 201:
                return str(answer.json()["order_id"])
            assert answer.status_code in {429, 503}, answer.text
            time.sleep(0.05)
        return None

    def order(self, client: httpx.Client, buyer: int, key: str) -> httpx.Response:
        """Ask once."""
        return client.post(
            f"/api/v1/rooms/{self.sale['room_id']}/orders",
            headers={"authorization": f"Bearer {self.sale['passes'][buyer]}"},
            json={
                "listing_id": self.sale["listing_id"],
                "sku_id": self.sale["sku_id"],
                "quantity": 1,
                "unit_price": self.sale["unit_price"],
                "idempotency_key": key,
            },
        )

    def ask_again(self) -> None:
        """Answered orders once more, from the whole time: the same order, or something is wrong."""
        with httpx.Client(base_url=self.sale["base_url"], timeout=60) as client:
            answers = list(self.answers.items())
            for (buyer, key), known in answers[:: max(len(answers) // ASKED_AGAIN, 1)]:
                answer = self.order(client, buyer, key)
                assert answer.status_code == 201, answer.text
                known.add(str(answer.json()["order_id"]))


def server_of(running: Running) -> int | None:
    """The process that serves, a child of this ``up``."""
    pattern = ["pgrep", "-P", str(running.process.pid), "-f", "yellowcart serve"]
    found = subprocess.run(pattern, capture_output=True, text=True, check=False).stdout.split()
    return int(found[0]) if found else None


def wait_for_server(running: Running, other_than: int | None) -> int:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        pid = server_of(running)
        if pid is not None and pid != other_than:
            try:
                if httpx.get(f"{running.base_url}/api/v1/openapi.json", timeout=60).is_success:
                    return pid
            except httpx.TransportError:
                pass
        time.sleep(0.1)
    raise AssertionError("the server did not come back")


def test_what_was_answered_survives_the_server(tmp_path: Path) -> None:
    data = furnish(tmp_path / "data")
    with up(data) as running:
        made = running.command(
            "dev", "flash-sale", "--stock", str(STOCK), "--buyers", str(BUYERS), "--json"
        )
        assert made.returncode == 0, made.stderr
        sale = json.loads(made.stdout)
        crowd = Crowd(sale)
        for thread in crowd.threads:
            thread.start()
        try:
            pid = wait_for_server(running, None)
            for _ in range(KILLS):
                before = len(crowd.answers)
                deadline = time.monotonic() + 120
                while len(crowd.answers) < before + 50 and time.monotonic() < deadline:
                    time.sleep(0.02)
                # The supervisor gives up on a child that dies in its first seconds.
                time.sleep(2.5)
                os.kill(pid, signal.SIGKILL)
                pid = wait_for_server(running, pid)
        finally:
            crowd.stopping.set()
            for thread in crowd.threads:
                thread.join(400)
        crowd.ask_again()
        assert crowd.interrupted, "no kill met a request under way"
        check_books(sale, crowd)


def check_books(sale: dict, crowd: Crowd) -> None:
    """Answers and database agree on every order and every piece."""
    assert all(len(ids) == 1 for ids in crowd.answers.values())
    answered = {one for ids in crowd.answers.values() for one in ids}
    with psycopg.connect(sale["database_url"]) as conn:
        kept = {
            str(row[0])
            for row in conn.execute(
                "SELECT order_id FROM orders_line WHERE listing_id = %s", [sale["listing_id"]]
            )
        }
        stock = conn.execute(
            "SELECT on_hand, reserved, sold FROM inventory_stock WHERE sku_id = %s",
            [sale["sku_id"]],
        ).fetchone()
        held = conn.execute(
            "SELECT coalesce(sum(quantity), 0) FROM inventory_hold"
            " WHERE stock_sku_id = %s AND state = 'pending'",
            [sale["sku_id"]],
        ).fetchone()
        doubled = conn.execute(
            "SELECT count(*) FROM (SELECT 1 FROM orders_order WHERE container_id = %s"
            " GROUP BY buyer_id, idempotency_key HAVING count(*) > 1) AS twice",
            [sale["room_id"]],
        ).fetchone()
    assert answered == kept
    assert stock is not None
    assert held is not None
    assert doubled == (0,)
    on_hand, reserved, sold = stock
    assert (on_hand, sold) == (STOCK, 0)
    assert reserved == held[0] == len(kept)


def test_everything_dies_and_no_promise_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers, the database's backends and the database itself, while orders expire."""
    monkeypatch.setenv("YELLOWCART_BENCH_CLUSTER", str(furnish(tmp_path / "laid") / "postgres"))
    done = run_command(
        tmp_path / "data",
        "bench",
        "crash",
        "--kills",
        str(MANY_KILLS),
        "--json",
        timeout=1_200 + 5 * MANY_KILLS,
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    figures = json.loads(done.stdout)
    assert figures["kills"] == sum(figures["killed"].values()) == MANY_KILLS
    met = figures["requests_interrupted"] + figures["requests_put_off"]
    assert met > 0, "no kill met a request under way"
    assert figures["expired"] > 0, "no order expired meanwhile"
    assert (figures["lost"], figures["doubled"], figures["oversold"]) == (0, 0, 0)
