"""Every page and list that somebody signed in can open, with a million orders in the database.

``million_orders_every_page``: a year of orders of a thousand shops, one of which sold three of
ten, with everything that hangs on them (:mod:`bench.filling`). The real server is started on it,
and people sign in over loopback: buyers, merchants, a creator, an operator, the busiest of each
and an ordinary one. Each page is asked for again and again by one person at a time; the worst 95th
percentile of all pages is the headline, and ``ratio`` is how often it fits into 200 ms.

Beside it, in the same run, stands the same page of an installation with 1,500 orders.
"""

import base64
import hashlib
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from itertools import islice
from typing import Any

import httpx
import psycopg

from bench import processes
from bench.filling import fill
from bench.pages import Page, Who, all_pages
from bench.running import ROOT, Installation, installation, server

LIMIT_MS = 200.0
ORDERS = 1_000_000
FEW_ORDERS = 1_500
REQUESTS = 20
FEW_REQUESTS = 5
PASSWORD = "bulk-bench-only"  # noqa: S105  of an installation that ends with the bench
KEEPING = """
from yellowcart.config import boot
boot.boot()
from yellowcart.config.worker import duties
from yellowcart.core.clock import now
from yellowcart.insights.days_kept import waiting
duty = duties()["finished days"]
duty()
while waiting(now()):
    duty()
"""
#: Pages shown one by one in the figures, the slowest first.
SHOWN = 12


def run(orders: int = ORDERS) -> dict[str, Any]:
    """The figures; ``ratio`` is 200 ms over the worst page's 95th percentile."""
    began = time.monotonic()
    few = _measure(FEW_ORDERS, FEW_REQUESTS)
    many = _measure(orders, REQUESTS)
    worst = max(many.times, key=lambda name: many.times[name].p95)
    slowest = sorted(many.times, key=lambda name: -many.times[name].p95)
    return {
        "bench": "bulk",
        "case": "million_orders_every_page",
        "ratio": round(LIMIT_MS / many.times[worst].p95, 2),
        "worst_page": worst,
        "worst_p95_ms": many.times[worst].p95,
        "worst_p50_ms": many.times[worst].p50,
        "worst_processor_ms": max(one.processor for one in many.times.values()),
        "same_page_few_orders_p95_ms": few.p95(worst),
        "limit_ms": LIMIT_MS,
        "orders": orders,
        "pages": len(many.times),
        "pages_over_limit": sum(one.p95 > LIMIT_MS for one in many.times.values()),
        "median_page_p95_ms": round(statistics.median(one.p95 for one in many.times.values()), 1),
        # p50, p95, the processors' share, and p95 with few orders.
        "slowest": {name: [*astuple(many.times[name]), few.p95(name)] for name in slowest[:SHOWN]},
        "duties_ms": many.behind["duties_ms"],
        "ledger_entries": many.behind["entries"],
        "ledger_check_seconds": many.behind["check_seconds"],
        "fill_seconds": round(many.fill_seconds, 1),
        "days_kept_seconds": round(many.keep_seconds, 1),
        "seconds": round(time.monotonic() - began, 1),
    }


@dataclass(frozen=True, slots=True)
class Times:
    """How long a page took, in milliseconds."""

    p50: float
    p95: float
    processor: float
    """Of the server and the database together, a request: the same however busy the machine is."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One installation's figures."""

    times: dict[str, Times]
    behind: dict[str, Any]
    fill_seconds: float
    keep_seconds: float

    def p95(self, name: str) -> float | None:
        """A page's 95th percentile; None where nobody had anything on it."""
        return self.times[name].p95 if name in self.times else None


def _measure(orders: int, requests: int) -> Measured:
    with installation() as home:
        migrate(home)
        began = time.monotonic()
        fill(home.database_url, orders)
        filled = time.monotonic() - began
        began = time.monotonic()
        _keep_days(home)
        kept = time.monotonic() - began
        _give_passwords(home.database_url)
        with server(home):
            base_url = json.loads((home.data / "run.json").read_text())["base_url"]
            with psycopg.connect(home.database_url, autocommit=True) as conn:
                pages = all_pages(conn)
            times = _ask_all(home, base_url, pages, requests)
        return Measured(times, _behind(home), filled, kept)


def migrate(home: Installation) -> None:
    """Give an empty installation its tables."""
    program = "from yellowcart.config import boot; boot.boot(); boot.migrate()"
    subprocess.run([sys.executable, "-c", program], env=home.environment, cwd=ROOT, check=True)


def _keep_days(home: Installation) -> None:
    """Let the worker's duty keep the days that are over, as it does one by one where it runs."""
    subprocess.run([sys.executable, "-c", KEEPING], env=home.environment, cwd=ROOT, check=True)


def _give_passwords(url: str) -> None:
    """A password for whoever signs in, as Django keeps it; few rounds, for it guards nothing."""
    rounds, salt = 1_000, "bulk"
    digest = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt.encode(), rounds)
    kept = f"pbkdf2_sha256${rounds}${salt}${base64.b64encode(digest).decode()}"
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(
            "UPDATE people_account SET password = %s WHERE username = ANY(%s)",
            [kept, [who.value for who in Who]],
        )


def _ask_all(
    home: Installation, base_url: str, pages: Sequence[Page], requests: int
) -> dict[str, Times]:
    times = {}
    for who in Who:
        mine = [page for page in pages if page.who is who]
        with _signed_in(base_url, who) as client:
            for page in mine:
                before = _processor_seconds(home)
                took = _ask(client, page, requests)
                used = (_processor_seconds(home) - before) / (requests + 1)
                times[page.name] = _times(took, used)
    return times


@contextmanager
def _signed_in(base_url: str, who: Who) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base_url, timeout=60) as client:
        form = client.get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
        if token is None:
            raise RuntimeError("the sign-in page has no form")
        answer = client.post(
            "/accounts/login/",
            data={
                "csrfmiddlewaretoken": token[1],
                "login": who.value,
                "password": PASSWORD,
            },
        )
        if answer.status_code != 302:
            raise RuntimeError(f"{who.value} could not sign in: {answer.status_code}")
        yield client


def _processor_seconds(home: Installation) -> float:
    used = processes.seconds(home.data)
    return used["serve"] + used["postgres"]


def _ask(client: httpx.Client, page: Page, requests: int) -> list[float]:
    """Milliseconds of every request but the first, which brings in what any would."""
    took = []
    for number, path in enumerate(islice(page.paths(), requests + 1)):
        began = time.perf_counter()
        with client.stream("GET", path) as answer:
            if page.first_bytes:
                next(answer.iter_raw())
            else:
                answer.read()
            ended = time.perf_counter()
            if answer.status_code != 200:
                answer.read()
                raise RuntimeError(f"{page.name}: {path} {answer.status_code} {answer.text[:400]}")
        if number:
            took.append((ended - began) * 1_000)
    return took


def _times(took: list[float], processor_seconds: float) -> Times:
    took = sorted(took)
    place = max(-(-len(took) * 95 // 100) - 1, 0)
    return Times(
        round(statistics.median(took), 1),
        round(took[place], 1),
        round(processor_seconds * 1_000, 1),
    )


def _behind(home: Installation) -> dict[str, Any]:
    """What nobody waits for but the worker: its duties, and the proof of the books."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.behind"],
        env=home.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the duties or the books failed:\n{done.stderr[-4_000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
