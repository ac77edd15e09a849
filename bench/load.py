"""A lean load generator: keep-alive connections that each send, wait for the answer, send again.

A process of its own, started by ``bench.checkout``: it reads a :class:`Plan` as JSON from standard
input and prints a :class:`Tally`. Requests are encoded before the clock starts; nothing is
pipelined, so that a connection is a buyer who waits for the answer. Bounded in count and in time;
what was sent is waited for, so that every order is known to its buyer.

It shares the machine with what it measures, so it does without an event loop: one epoll, and per
answer one ``recv``, one ``send`` and a few slices.
"""

import gc
import json
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

ORDER_ID = slice(13, 49)
"""Where the answer ``{"order_id":"…`` has its id."""
ANSWER_SECONDS = 30.0
"""How long what was sent is waited for at the end."""


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
    """What came back: answers by status, how long it took, waits in milliseconds, order ids, and
    the processor seconds this process spent on it."""

    statuses: dict[str, int]
    seconds: float
    p50_ms: float
    p99_ms: float
    order_ids: list[str]
    cpu_seconds: float


class Buyer:
    """One connection."""

    __slots__ = ("due", "fd", "read", "seen", "write")

    def __init__(self, connection: socket.socket) -> None:
        self.fd = connection.fileno()
        self.read, self.write = connection.recv, connection.send
        self.seen = b""
        self.due = 0.0


class Run:
    """The requests yet to be sent, and the answers so far."""

    def __init__(self, plan: Plan) -> None:
        self.requests = encode(plan)
        self.pace = 1 / plan.per_second if plan.per_second else 0.0
        self.seconds = plan.seconds
        self.statuses: Counter[bytes] = Counter()
        self.waits: list[float] = []
        self.order_ids: list[bytes] = []
        self.sent = 0

    def carry_out(self, connections: list[socket.socket]) -> float:
        """Buy until the count or the time is used up; how long it took."""
        poll = select.epoll()
        buyers = {}
        for connection in connections:
            buyer = buyers[connection.fileno()] = Buyer(connection)
            poll.register(buyer.fd, select.EPOLLIN)
        idle, busy = list(buyers.values()), 0
        began = now = time.perf_counter()
        self.began, self.ends = began, began + self.seconds
        while True:
            while idle and self._is_due(now):
                self._send(idle.pop(), now)
                busy += 1
            if not busy and (now >= self.ends or self.sent == len(self.requests)):
                return now - began
            if now > self.ends + ANSWER_SECONDS:
                self.statuses[b"unanswered"] += busy
                return now - began
            events = poll.poll(self._pause(now) if idle else 1.0)
            now = time.perf_counter()
            for fd, _event in events:
                buyer = buyers[fd]
                if not self._answered(buyer, now):
                    continue
                if not self.pace and now < self.ends and self.sent < len(self.requests):
                    self._send(buyer, now)
                else:
                    busy -= 1
                    idle.append(buyer)

    def _is_due(self, now: float) -> bool:
        if now >= self.ends or self.sent == len(self.requests):
            return False
        return self.began + self.sent * self.pace <= now

    def _pause(self, now: float) -> float:
        if now >= self.ends or self.sent == len(self.requests):
            return 1.0
        return max(self.began + self.sent * self.pace - now, 0.0)

    def _send(self, buyer: Buyer, now: float) -> None:
        request = self.requests[self.sent]
        buyer.due = self.began + self.sent * self.pace if self.pace else now
        self.sent += 1
        if buyer.write(request) != len(request):
            raise RuntimeError("the socket took a part of a request only")

    def _answered(self, buyer: Buyer, now: float) -> bool:
        """Take in what came; whether the answer is whole."""
        data = buyer.read(65_536)
        if not data:
            raise RuntimeError("the server hung up")
        if buyer.seen:
            data = buyer.seen + data
        head = data.find(b"\r\n\r\n") + 4
        length_at = data.find(b"content-length: ") + 16
        if head < 4 or len(data) < head + int(data[length_at : data.find(b"\r\n", length_at)]):
            buyer.seen = data
            return False
        buyer.seen = b""
        self.waits.append(now - buyer.due)
        status = data[9:12]
        self.statuses[status] += 1
        if status == b"201":
            self.order_ids.append(data[head:][ORDER_ID])
        return True


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


def buy(plan: Plan) -> Tally:
    """Carry a plan out. Raises ``RuntimeError`` where the server hangs up."""
    run = Run(plan)
    parts = urlsplit(plan.base_url)
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    connections = [socket.create_connection(address) for _ in range(plan.connections)]
    for connection in connections:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    gc.collect()
    gc.disable()
    cpu = time.process_time()
    seconds = run.carry_out(connections)
    cpu = time.process_time() - cpu
    for connection in connections:
        connection.close()
    waits = sorted(run.waits) or [0.0]
    return Tally(
        statuses={status.decode(): count for status, count in run.statuses.items()},
        seconds=seconds,
        p50_ms=round(waits[len(waits) // 2] * 1_000, 2),
        p99_ms=round(waits[len(waits) * 99 // 100] * 1_000, 2),
        order_ids=[one.decode() for one in run.order_ids],
        cpu_seconds=cpu,
    )


def main() -> None:
    """Plan in, tally out."""
    given: dict[str, Any] = json.load(sys.stdin)
    json.dump(asdict(buy(Plan(**given))), sys.stdout)


if __name__ == "__main__":
    main()
