"""Servers that end under viewers: asked to, and killed. Everybody comes back and misses nothing."""

import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import msgspec
import pytest
from tests.rooms import database_url, eventually, make_room, pass_for
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from yellowcart.config.server import Child
from yellowcart.core import clock
from yellowcart.live import numbering
from yellowcart.live.models import Room

VIEWERS = 60


class Crowd(threading.Thread):
    """Viewers as our page is one: they come back with the last number they have, when they are
    told or a moment later."""

    def __init__(self, url: str, count: int) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.heard: list[list[int]] = [[] for _ in range(count)]
        self.closes: list[int | None] = []
        self.reasons: list[dict[str, int]] = []
        self.online = 0
        self.over = threading.Event()

    def run(self) -> None:
        asyncio.run(self._all())

    async def _all(self) -> None:
        tasks = [asyncio.create_task(self._watch(numbers)) for numbers in self.heard]
        while not self.over.is_set():
            await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, numbers: list[int]) -> None:
        while True:
            since = numbers[-1] if numbers else 0
            wait = 0.2
            try:
                async with connect(f"{self.url}&since={since}") as line:
                    self.online += 1
                    try:
                        async for text in line:
                            frame = msgspec.json.decode(text)
                            assert "snapshot" not in frame
                            numbers += [event["seq"] for event in frame.get("events", ())]
                    finally:
                        self.online -= 1
                    closed = line.close_code, line.close_reason
            except ConnectionClosed as error:
                closed = (error.rcvd.code, error.rcvd.reason) if error.rcvd else (None, "")
            except (OSError, EOFError):
                continue
            self.closes.append(closed[0])
            if closed[0] == 1012:
                self.reasons.append(msgspec.json.decode(closed[1] or "{}"))
                wait = self.reasons[-1]["back_in_ms"] / 1_000
            await asyncio.sleep(wait)


class Speaking(threading.Thread):
    """Something happens in a room all the time."""

    def __init__(self, room: Room) -> None:
        super().__init__(daemon=True)
        self.room = room
        self.said = 0
        self.over = threading.Event()

    def run(self) -> None:
        from django.db import connection

        while not self.over.wait(0.02):
            event = numbering.Unnumbered(self.room.id, "chat.removed", {"id": "x"}, clock.now())
            numbering.number([event])
            self.said += 1
        connection.close()


@pytest.fixture(scope="module")
def child(db: None) -> Iterator[tuple[Child, str]]:
    """A server process as the supervisor holds it, and its address."""
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        socket.create_server(("127.0.0.1", 0), backlog=512) as listener,
    ):
        base = f"127.0.0.1:{listener.getsockname()[1]}"
        monkeypatch.setenv("DATABASE_URL", database_url())
        monkeypatch.setenv("YELLOWCART_BASE_URL", f"http://{base}")
        monkeypatch.setenv("YELLOWCART_LOG_LEVEL", "ERROR")
        fd = listener.fileno()
        command = [sys.executable, "-m", "yellowcart", "serve", "--fd", str(fd)]
        one = Child("server", command, (fd,))
        one.start()
        try:
            eventually(lambda: answers(base), seconds=1200)
            yield one, base
        finally:
            one.stop()


def answers(base: str) -> bool:
    try:
        return httpx.get(f"http://{base}/api/v1/rooms/{os.urandom(16).hex()}").status_code == 404
    except httpx.TransportError:
        return False


@contextmanager
def evening(base: str) -> Iterator[tuple[Crowd, Speaking]]:
    """A room in which something happens all the time, and its viewers; checked at the end."""
    room = make_room()
    crowd = Crowd(f"ws://{base}/api/v1/rooms/{room.id}/events?pass={pass_for(room)}", VIEWERS)
    speaking = Speaking(room)
    crowd.start()
    try:
        eventually(lambda: crowd.online == VIEWERS, seconds=120)
        speaking.start()
        yield crowd, speaking
        eventually(lambda: crowd.online == VIEWERS, seconds=120)
        speaking.over.set()
        speaking.join()
        eventually(lambda: all(h and h[-1] == speaking.said for h in crowd.heard), seconds=120)
    finally:
        crowd.over.set()
        crowd.join()
    expected = list(range(1, speaking.said + 1))
    assert all(numbers == expected for numbers in crowd.heard)


def test_nobody_misses_anything_when_a_server_gives_way_or_is_killed(
    child: tuple[Child, str],
) -> None:
    one, base = child
    with evening(base) as (crowd, speaking):
        eventually(lambda: speaking.said > 20)
        assert one.renew(lambda: False)
        assert crowd.closes == [1012] * VIEWERS
        waits = {reason["back_in_ms"] for reason in crowd.reasons}
        assert len(waits) > VIEWERS / 3
        assert max(waits) <= 1_000
        eventually(lambda: crowd.online == VIEWERS, seconds=120)
        assert one.process is not None
        one.process.send_signal(signal.SIGKILL)
        one.process.wait()
        one.start()


def test_a_server_that_does_not_come_up_leaves_the_old_one_in_its_place(
    child: tuple[Child, str],
) -> None:
    one, base = child
    command, before = one.command, one.process
    one.command = [sys.executable, "-c", "raise SystemExit(1)"]
    assert not one.renew(lambda: False)
    one.command = command
    assert one.process is before
    assert answers(base)
