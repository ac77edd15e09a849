"""The hub alone: nobody is slowed by a slow client, and nobody misses or repeats an event."""

import asyncio
from collections.abc import Sequence
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.edge.hub import MOST_MISSED, MOST_WAITING, Client, Hub
from yellowcart.edge.store import FETCH, EventRow
from yellowcart.live.passes import RoomPass

ROOM = new_id()


class World:
    """A room's events, and a database that takes its time."""

    def __init__(self, seed: int = 0) -> None:
        self.rows: list[EventRow] = []
        self.random = Random(seed)

    @property
    def last(self) -> int:
        return len(self.rows)

    def happen(self, count: int = 1) -> None:
        """So many more events."""
        for _ in range(count):
            self.rows.append(EventRow(ROOM, self.last + 1, "x", "{}", clock.now()))

    async def wait(self) -> None:
        for _ in range(self.random.randrange(4)):
            await asyncio.sleep(0)

    async def history(self, _room: UUID, since: int, most: int) -> tuple[list[EventRow], int]:
        await self.wait()
        found = [row for row in self.rows if row.seq > since][:most], self.last
        await self.wait()
        return found

    async def events_after(self, rooms: Sequence[tuple[UUID, int]]) -> list[EventRow]:
        await self.wait()
        ((_room, seq),) = rooms
        found = [row for row in self.rows if row.seq > seq][:FETCH]
        await self.wait()
        return found

    async def view(self, _room: UUID) -> Any:
        await self.wait()
        seq = self.last
        await self.wait()
        return View(seq)


class View:
    """A snapshot at a number."""

    def __init__(self, seq: int) -> None:
        self.row = self
        self.seq = seq

    def body(self, _language: str, _base: str) -> bytes:
        return b'{"seq":%d}' % self.seq


def make_hub(world: World) -> Hub:
    return Hub(world, world, lambda *_: None)  # type: ignore[arg-type]


def make_client() -> Client:
    holder = RoomPass(room=ROOM, sub=new_id(), name="", role="viewer", guest=True, exp=2**40)
    return Client(holder, "en", "")


def heard(texts: Sequence[str]) -> list[int]:
    """The numbers a page went through; a snapshot counts with its own."""
    numbers: list[int] = []
    for text in texts:
        frame = msgspec.json.decode(text)
        if "snapshot" in frame:
            numbers.append(frame["snapshot"]["seq"])
        numbers += [event["seq"] for event in frame.get("events", ())]
    return numbers


async def test_a_slow_client_falls_to_a_snapshot_and_slows_nobody() -> None:
    world = World()
    hub, fast, slow = make_hub(world), make_client(), make_client()
    await hub.join(fast, None)
    await hub.join(slow, None)
    got: list[str] = []
    for _ in range(3 * MOST_WAITING):
        world.happen()
        await hub._fetch({ROOM})
        got += fast.queue
        fast.queue.clear()
        assert len(slow.queue) <= MOST_WAITING
    assert heard(got) == list(range(world.last + 1))
    assert slow.lost
    assert not slow.queue
    await hub.resync(slow)
    world.happen()
    await hub._fetch({ROOM})
    assert heard(slow.queue) == [world.last - 1, world.last]


async def test_a_hole_in_history_is_a_snapshot_for_all() -> None:
    world = World()
    hub, client = make_hub(world), make_client()
    await hub.join(client, None)
    world.happen(3)
    del world.rows[0]
    await hub._fetch({ROOM})
    assert client.lost


async def test_everybody_hears_everything_once_and_in_order() -> None:
    for seed in range(300):
        await evening(seed)


async def evening(seed: int) -> None:
    """People come and things happen in some order; the database takes its time."""
    world = World(seed)
    random = world.random
    world.happen(random.randrange(5))
    hub = make_hub(world)
    delivering = asyncio.create_task(keep_fetching(hub, world))
    clients: list[tuple[Client, int | None]] = []
    joining: list[asyncio.Task[None]] = []
    for _ in range(random.randrange(2, 20)):
        match random.randrange(3):
            case 0:
                world.happen(random.randrange(1, 4))
                hub.heard(ROOM.hex)
            case 1:
                since = random.choice([None, random.randrange(world.last + 1)])
                client = make_client()
                clients.append((client, since))
                joining.append(asyncio.create_task(hub.join(client, since)))
            case _:
                await world.wait()
    await asyncio.gather(*joining)
    for _ in range(100):
        await asyncio.sleep(0)
    delivering.cancel()
    for client, since in clients:
        numbers = heard(client.queue)
        first = numbers[0] if since is None else since + 1
        assert numbers == list(range(first, world.last + 1))
        assert client.seq == world.last


async def keep_fetching(hub: Hub, world: World) -> None:
    while True:
        await hub._wanted.wait()
        hub._wanted.clear()
        rooms, hub._dirty = hub._dirty, set()
        await hub._fetch(rooms)
        await world.wait()


async def test_too_far_behind_is_a_snapshot() -> None:
    world = World()
    world.happen(MOST_MISSED + 1)
    hub, client = make_hub(world), make_client()
    await hub.join(client, 0)
    assert heard(client.queue) == [world.last]


async def test_a_room_that_empties_is_forgotten() -> None:
    world = World()
    hub, client = make_hub(world), make_client()
    await hub.join(client, None)
    assert hub.sockets == 1
    hub.leave(client)
    hub.leave(client)
    assert hub.sockets == 0
    await hub._fetch({ROOM})
