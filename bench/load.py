"""A lean load generator: keep-alive connections that each send, wait for the answer, send again.

Requests are encoded before the clock starts; nothing is pipelined, so that a connection is a buyer
who waits for the answer. Bounded in count and in time; what was sent is waited for, so that every
order is known to its buyer. It shares the machine with what it measures, so what runs while the
clock does is C (``load.c``), as pgbench is.
"""

import struct
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SOURCE = Path(__file__).with_suffix(".c")


Wish = tuple[str, str, int]
"""Listing, SKU and price of one piece."""
Ask = tuple[str, list[Wish], str]
"""Room, what is wanted there, and pass of one order."""


@dataclass(frozen=True)
class Plan:
    """Send ``most`` requests at most, for ``seconds`` at most, over ``connections``.

    ``asks`` are taken in turn. ``per_second`` paces them, and waits then count from the instant a
    request was due, whether a connection was free for it or not; 0 sends as soon as an answer is
    there.
    """

    base_url: str
    asks: list[Ask]
    key_prefix: str
    connections: int
    most: int
    seconds: float
    per_second: float = 0.0


@dataclass(frozen=True)
class Tally:
    """What came back: answers by status (``0``: none), how long it took, waits in milliseconds,
    order ids, and the processor seconds the generator spent on it."""

    statuses: dict[str, int]
    seconds: float
    p50_ms: float
    p99_ms: float
    order_ids: list[str]
    cpu_seconds: float


def body_of(wishes: Sequence[Wish], key: str) -> str:
    """An order as a browser would write it: one thing, or several lines."""
    lines = [
        f'"listing_id":"{listing}","sku_id":"{sku}","quantity":1,"unit_price":{price}'
        for listing, sku, price in wishes
    ]
    if len(lines) == 1:
        return f'{{{lines[0]},"idempotency_key":"{key}"}}'
    several = ",".join(f"{{{line}}}" for line in lines)
    return f'{{"lines":[{several}],"idempotency_key":"{key}"}}'


def encode(plan: Plan) -> list[bytes]:
    """Every request, byte for byte."""
    host = urlsplit(plan.base_url).netloc
    templates = []
    for room, wishes, token in plan.asks:
        body = body_of(wishes, f"{plan.key_prefix}%08d")
        head = (
            f"POST /api/v1/rooms/{room}/orders HTTP/1.1\r\nHost: {host}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body % 0)}\r\n"
            f"Authorization: Bearer {token}\r\n\r\n"
        )
        templates.append(head.encode().replace(b"%", b"%%") + body.encode())
    return [templates[n % len(templates)] % n for n in range(plan.most)]


def buy(plan: Plan, program: Path) -> Tally:
    """Carry a plan out with the compiled ``load.c``. Raises ``RuntimeError`` where it fails."""
    port = urlsplit(plan.base_url).port or 80
    what = f"{port} {plan.connections} {plan.most} {plan.seconds} {plan.per_second}\n".encode()
    sized = [struct.pack("=I", len(one)) + one for one in encode(plan)]
    done = subprocess.run(
        [str(program)],
        input=what + b"".join(sized),
        capture_output=True,
        check=False,
        timeout=plan.seconds + 90,
    )
    if done.returncode:
        raise RuntimeError(f"the load generator failed: {done.stderr.decode()}")
    first, *answers = done.stdout.decode().splitlines()
    seconds, cpu_seconds = map(float, first.split())
    rows = [answer.split(" ") for answer in answers]
    waits = sorted(int(micros) / 1_000 for _status, micros, _id in rows) or [0.0]
    return Tally(
        statuses=dict(Counter(status for status, _micros, _id in rows)),
        seconds=seconds,
        p50_ms=round(waits[len(waits) // 2], 2),
        p99_ms=round(waits[len(waits) * 99 // 100], 2),
        order_ids=[order for _status, _micros, order in rows if order],
        cpu_seconds=cpu_seconds,
    )
