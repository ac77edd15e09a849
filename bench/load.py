"""A lean load generator for one address: keep-alive connections that each send, wait, send again.

A process of its own, started by ``bench.checkout``: it reads a :class:`Plan` as JSON from standard
input and prints a :class:`Tally`. Requests are encoded before the clock starts; nothing is
pipelined, so that a connection is a buyer who waits for the answer. Bounded in count and in time.
"""

import asyncio
import collections
import json
import sys
import time
from dataclasses import asdict, dataclass
from typing import cast
from urllib.parse import urlsplit

import uvloop

ORDER_ID = slice(13, 49)
"""Where the answer ``{"order_id":"…`` has its id."""


@dataclass(frozen=True)
class Plan:
    """Buy one piece ``most`` times at most, for ``seconds`` at most, over ``connections``."""

    base_url: str
    room_id: str
    listing_id: str
    sku_id: str
    unit_price: int
    passes: list[str]
    key_prefix: str
    connections: int
    most: int
    seconds: float


@dataclass(frozen=True)
class Tally:
    """What came back: answers by status, how long it took, waits in milliseconds, order ids."""

    statuses: dict[str, int]
    seconds: float
    p50_ms: float
    p99_ms: float
    order_ids: list[str]


class Run:
    """The requests yet to be sent, and the answers so far."""

    def __init__(self, plan: Plan) -> None:
        self.requests = iter(encode(plan))
        self.ends = time.perf_counter() + plan.seconds
        self.statuses: collections.Counter[str] = collections.Counter()
        self.waits: list[float] = []
        self.order_ids: list[str] = []
        self.open = 0
        self.done = asyncio.Event()

    def next(self) -> bytes | None:
        """The next request; none once the count or the time is used up."""
        return next(self.requests, None) if time.perf_counter() < self.ends else None


class Buyer(asyncio.Protocol):
    """One connection."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.seen = b""
        self.sent = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = cast("asyncio.Transport", transport)
        self.run.open += 1
        self.send()

    def send(self) -> None:
        """Send the next request, or go."""
        assert self.transport is not None
        request = self.run.next()
        if request is None:
            self.transport.close()
            return
        self.sent = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Take an answer in once it is whole."""
        self.seen += data
        head = self.seen.find(b"\r\n\r\n")
        if head < 0:
            return
        length_at = self.seen.find(b"content-length: ") + 16
        length = int(self.seen[length_at : self.seen.find(b"\r\n", length_at)])
        if len(self.seen) < head + 4 + length:
            return
        run = self.run
        run.waits.append(time.perf_counter() - self.sent)
        status = self.seen[9:12].decode()
        run.statuses[status] += 1
        if status == "201":
            run.order_ids.append(self.seen[head + 4 :][ORDER_ID].decode())
        self.seen = b""
        self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        """The last one to go ends the run."""
        if exc is not None:
            self.run.statuses["lost"] += 1
        self.run.open -= 1
        if not self.run.open:
            self.run.done.set()


def encode(plan: Plan) -> list[bytes]:
    """Every request, byte for byte."""
    host = urlsplit(plan.base_url).netloc
    body = (
        f'{{"listing_id":"{plan.listing_id}","sku_id":"{plan.sku_id}","quantity":1,'
        f'"unit_price":{plan.unit_price},"idempotency_key":"{plan.key_prefix}%08d"}}'
    )
    length = len(body % 0)
    head = (
        f"POST /api/v1/rooms/{plan.room_id}/orders HTTP/1.1\r\nHost: {host}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\nAuthorization: Bearer "
    )
    heads = [f"{head}{one}\r\n\r\n".encode() for one in plan.passes]
    return [heads[n % len(heads)] + (body % n).encode() for n in range(plan.most)]


async def buy(plan: Plan) -> Tally:
    """Carry a plan out."""
    run = Run(plan)
    parts = urlsplit(plan.base_url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    run.ends = began + plan.seconds
    for _ in range(plan.connections):
        await loop.create_connection(lambda: Buyer(run), host, port)
    await asyncio.wait_for(run.done.wait(), plan.seconds + 30)
    seconds = time.perf_counter() - began
    waits = sorted(run.waits) or [0.0]
    return Tally(
        statuses=dict(run.statuses),
        seconds=seconds,
        p50_ms=round(waits[len(waits) // 2] * 1_000, 2),
        p99_ms=round(waits[len(waits) * 99 // 100] * 1_000, 2),
        order_ids=run.order_ids,
    )


def main() -> None:
    """Plan in, tally out."""
    plan = Plan(**json.load(sys.stdin))
    json.dump(asdict(uvloop.run(buy(plan))), sys.stdout)


if __name__ == "__main__":
    main()
