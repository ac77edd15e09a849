"""Thousands of viewers' sockets in one lean process.

Started by ``bench.cutover``: reads a :class:`Plan` as JSON from standard input, prints ``ready``
once every socket has its snapshot, and at the end a :class:`Seen`. Frames are cut out of the
stream and searched, never decoded as JSON: what is measured is the server.
"""

import asyncio
import base64
import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import cast
from urllib.parse import urlsplit

import uvloop

CONNECTING_AT_ONCE = 64


@dataclass(frozen=True)
class Plan:
    """Sockets to open (room id and pass of each), and how long to watch once all are open."""

    base_url: str
    sockets: list[tuple[str, str]]
    seconds: float


@dataclass
class Seen:
    """Wall instants, in seconds since 1970, at which each socket had its frame."""

    clock: list[float] = field(default_factory=list)
    barred: list[float] = field(default_factory=list)
    listings: list[int] = field(default_factory=list)
    closed: int = 0


class Viewer(asyncio.Protocol):
    """One socket: the upgrade, then frames."""

    def __init__(self, plan: Plan, room: str, token: str, seen: Seen) -> None:
        self.plan, self.room, self.token, self.seen = plan, room, token, seen
        self.waiting = b""
        self.upgraded = False
        self.watching = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self.transport = cast("asyncio.Transport", transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            f"GET /api/v1/rooms/{self.room}/events?pass={self.token} HTTP/1.1\r\n"
            f"Host: {urlsplit(self.plan.base_url).netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """A socket that ends early is counted, and fails the start if it never began."""
        self.seen.closed += self.watching
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(f"refused: {self.waiting[:300]!r} {exc}"))

    def data_received(self, data: bytes) -> None:
        """Cut frames out of the stream (RFC 6455, section 5.2; a server's are not masked)."""
        self.waiting += data
        if not self.upgraded:
            head, mark, rest = self.waiting.partition(b"\r\n\r\n")
            if not mark or not head.startswith(b"HTTP/1.1 101"):
                return
            self.upgraded, self.waiting = True, rest
        while (end := self._frame_end()) is not None:
            start, stop = end
            self._frame(self.waiting[0] & 0x0F, self.waiting[start:stop])
            self.waiting = self.waiting[stop:]

    def _frame_end(self) -> tuple[int, int] | None:
        if len(self.waiting) < 2:
            return None
        length, start = self.waiting[1] & 0x7F, 2
        if length >= 126:
            wide = 2 if length == 126 else 8
            start += wide
            if len(self.waiting) < start:
                return None
            length = int.from_bytes(self.waiting[2:start], "big")
        return (start, start + length) if len(self.waiting) >= start + length else None

    def _frame(self, opcode: int, content: bytes) -> None:
        at = time.time()
        if opcode == 0x9 and self.transport is not None:
            mask = b"\x00\x00\x00\x00"
            self.transport.write(bytes([0x8A, 0x80 | len(content)]) + mask + content)
        if content.startswith(b'{"snapshot"') and not self.ready.done():
            self.ready.set_result(None)
        if content.startswith(b'{"clock"') and self.watching:
            self.seen.clock.append(at)
        if b'"type":"cart.barred"' in content:
            self.seen.barred.append(at)
            events = json.loads(content)["events"]
            self.seen.listings.append(
                sum(len(e["listings"]) for e in events if e["type"] == "cart.barred")
            )


async def watch(plan: Plan) -> Seen:
    """Open every socket, say ``ready``, and watch."""
    seen = Seen()
    loop = asyncio.get_running_loop()
    parts = urlsplit(plan.base_url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    gate = asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def open_one(room: str, token: str) -> Viewer:
        async with gate:
            _transport, viewer = await loop.create_connection(
                lambda: Viewer(plan, room, token, seen), host, port
            )
            await asyncio.wait_for(viewer.ready, 60)
            return viewer

    viewers = await asyncio.gather(*(open_one(room, token) for room, token in plan.sockets))
    for viewer in viewers:
        viewer.watching = True
    print("ready", flush=True)
    ends = loop.time() + plan.seconds
    while loop.time() < ends and len(seen.barred) < len(viewers):
        await asyncio.sleep(0.05)
    for viewer in viewers:
        viewer.watching = False
        if viewer.transport is not None:
            viewer.transport.abort()
    return seen


if __name__ == "__main__":
    wanted = json.loads(sys.stdin.readline())
    uvloop.install()
    print(json.dumps(asdict(asyncio.run(watch(Plan(**wanted))))), flush=True)
