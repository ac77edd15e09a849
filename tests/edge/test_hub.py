"""The hub alone: nobody is slowed by a slow client, and nobody misses or repeats an event."""

import asyncio
import zlib
from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import uvloop

from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.edge import channels
from yellowcart.edge import hub as hub_module
from yellowcart.edge.channels import Client
from yellowcart.edge.frames import snapshot_frame
from yellowcart.edge.history import KEPT, MOST_MISSED
from yellowcart.edge.hub import Hub
from yellowcart.edge.store import FETCH, EventRow
from yellowcart.live.passes import RoomPass

ROOM = new_id()


class World:
    """A room's events, and a database that takes its time."""

    def __init__(self, seed: int = 0) -> None:
        self.rows: list[EventRow] = []
        self.random = Random(seed)
        self.readings = 0
        self.views = 0

    @property
    def last(self) -> int:
        return len(self.rows)

    def happen(self, count: int = 1, type_: str = "chat") -> None:
        """So many more events."""
        for _ in range(count):
            self.rows.append(EventRow(ROOM, self.last + 1, type_, "{}", clock.now()))

    async def wait(self) -> None:
        for _ in range(self.random.randrange(4)):
            await asyncio.sleep(0)

    async def last_events(self, _room: UUID, most: int) -> tuple[list[EventRow], int]:
        self.readings += 1
        await self.wait()
        found = self.rows[-most:], self.last
        await self.wait()
        return found

    async def events_after(self, rooms: Sequence[tuple[UUID, int]]) -> list[EventRow]:
        await self.wait()
        ((_room, seq),) = rooms
        found = [row for row in self.rows if row.seq > seq][:FETCH]
        await self.wait()
        return found

    async def view(self, _room: UUID) -> Any:
        self.views += 1
        await self.wait()
        seq = self.last
        await self.wait()
        return View(seq)

    recent = view

    def at_hand(self, _room: UUID) -> None:
        """Nothing is kept."""


class View:
    """A snapshot at a number."""

    def __init__(self, seq: int) -> None:
        self.row = self
        self.seq = seq

    def frame(self, _language: str, _base: str, *, packed: bool) -> bytes:
        return snapshot_frame(b'{"seq":%d}' % self.seq, packed=packed)


class Line:
    """A socket whose other side takes ``room`` bytes before it has to read."""

    def __init__(self, hub: Hub, room: float = float("inf"), *, packs: bool = False) -> None:
        self.hub = hub
        self.packs = packs
        self.room = room
        self.heard_at = asyncio.get_running_loop().time()
        self.address = "127.0.0.1"
        self.sent = b""
        self.cut_off = False
        self.client: Client

    @property
    def write(self) -> Callable[[bytes], None]:
        return self._write

    def _write(self, data: bytes) -> None:
        self.sent += data
        self.room -= len(data)
        if self.room < 0 and not self.client.is_held():
            self.hub.held(self.client)

    def read(self, room: float = float("inf")) -> None:
        """The other side reads all there is, and takes so much more."""
        self.room = room
        self.hub.flowing(self.client)

    def end(self, code: int, reason: str = "") -> None:
        self.closed = code, reason

    def cut(self) -> None:
        self.cut_off = True


def make_hub(world: World) -> Hub:
    return Hub(world, world, lambda *_: None)  # type: ignore[arg-type]


def make_client(
    hub: Hub, room: float = float("inf"), exp: int = 2**40, *, packs: bool = False
) -> tuple[Client, Line]:
    holder = RoomPass(room=ROOM, sub=new_id(), name="", role="viewer", guest=True, exp=exp)
    line = Line(hub, room, packs=packs)
    line.client = Client(holder, "en", "", line)
    return line.client, line


def frames(data: bytes) -> list[dict[str, Any]]:
    """Text frames, cut out of the stream."""
    found = []
    while data:
        assert data[0] in {0x81, 0xC1}
        length, start = data[1], 2
        if length >= 126:
            start = 4 if length == 126 else 10
            length = int.from_bytes(data[2:start], "big")
        body = data[start : start + length]
        if data[0] == 0xC1:
            body = zlib.decompressobj(-15).decompress(body + b"\0\0\xff\xff")
        found.append(msgspec.json.decode(body))
        data = data[start + length :]
    return found


def heard(line: Line) -> list[int]:
    """The numbers a page went through; a snapshot counts with its own."""
    numbers: list[int] = []
    for frame in frames(line.sent):
        if "snapshot" in frame:
            numbers.append(frame["snapshot"]["seq"])
        numbers += [event["seq"] for event in frame.get("events", ())]
    return numbers


async def spread(hub: Hub) -> None:
    """Fetch, and give every shard its turn now."""
    await hub._fetch({ROOM})
    flush(hub)


def flush(hub: Hub, chosen: Callable[[], bool] = lambda: True) -> None:
    """Give shards their turn."""
    for channel in hub.channels.values():
        for shard in list(channel.shards):
            if chosen():
                hub.flush(shard)


async def test_a_slow_client_is_told_later_and_slows_nobody() -> None:
    world = World()
    hub = make_hub(world)
    fast, fast_line = make_client(hub)
    slow, slow_line = make_client(hub, room=200)
    await hub.join(fast, None)
    await hub.join(slow, None)
    for _ in range(60):
        world.happen()
        await spread(hub)
    assert heard(fast_line) == list(range(61))
    assert slow.is_held()
    # Nothing is kept for it: what was written when it stopped, and no more.
    assert len(slow_line.sent) < 300
    slow_line.read()
    assert heard(slow_line) == list(range(61))
    world.happen()
    await spread(hub)
    assert heard(slow_line) == list(range(62))


async def test_who_was_held_too_long_gets_a_snapshot() -> None:
    world = World()
    hub = make_hub(world)
    slow, line = make_client(hub, room=10)
    await hub.join(slow, None)
    assert slow.is_held()
    world.happen(MOST_MISSED + 1)
    await spread(hub)
    line.read()
    await settle()
    assert heard(line) == [0, world.last]
    world.happen()
    await spread(hub)
    assert heard(line) == [0, world.last - 1, world.last]


async def test_a_hole_in_history_is_a_snapshot_for_all() -> None:
    world = World()
    hub = make_hub(world)
    client, line = make_client(hub)
    await hub.join(client, None)
    world.happen(3)
    world.rows[:2] = []
    await spread(hub)
    await settle()
    assert "snapshot" in frames(line.sent)[-1]


async def settle() -> None:
    for _ in range(100):
        await asyncio.sleep(0)


async def test_everybody_hears_everything_once_and_in_order(monkeypatch) -> None:
    monkeypatch.setattr(channels, "SHARD_SIZE", 3)
    for seed in range(150):
        await evening(seed)


async def evening(seed: int) -> None:
    """People come, stop reading and go on, and things happen, in some order; the database takes
    its time, and every shard has its turn when it has it."""
    world = World(seed)
    random = world.random
    world.happen(random.randrange(5))
    hub = make_hub(world)
    delivering = asyncio.create_task(keep_fetching(hub, world))
    clients: list[tuple[Line, int | None]] = []
    joining: list[asyncio.Task[None]] = []
    for _ in range(random.randrange(2, 30)):
        match random.randrange(5):
            case 0:
                world.happen(random.randrange(1, 4), random.choice(["chat", "listing.pinned"]))
                hub.heard(ROOM.hex)
            case 1:
                since = random.choice([None, random.randrange(world.last + 1)])
                client, line = make_client(hub, random.choice([float("inf"), 100, 400]))
                clients.append((line, since))
                joining.append(asyncio.create_task(hub.join(client, since)))
            case 2:
                for line, _since in clients:
                    if line.client.is_held() and random.random() < 0.5:
                        line.read(random.choice([100, 400, float("inf")]))
            case 3:
                flush(hub, lambda: random.random() < 0.5)
            case _:
                await world.wait()
    await asyncio.gather(*joining)
    await settle()
    for line, _since in clients:
        if line.client.is_held():
            line.read()
    hub.heard("")
    await settle()
    delivering.cancel()
    flush(hub)
    for line, since in clients:
        numbers = heard(line)
        first = numbers[0] if since is None else since + 1
        assert numbers == list(range(first, world.last + 1)), seed


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
    hub = make_hub(world)
    client, line = make_client(hub)
    await hub.join(client, 0)
    assert heard(line) == [world.last]


async def test_a_full_room_that_comes_back_is_read_once() -> None:
    world = World()
    world.happen(KEPT)
    hub = make_hub(world)
    clients = [make_client(hub) for _ in range(400)]
    sinces = [world.last - world.random.randrange(MOST_MISSED) for _ in clients]
    await asyncio.gather(
        *(hub.join(client, since) for (client, _line), since in zip(clients, sinces, strict=True))
    )
    assert (world.readings, world.views) == (1, 0)
    for (_client, line), since in zip(clients, sinces, strict=True):
        assert heard(line) == list(range(since + 1, world.last + 1))


async def test_what_matters_goes_out_at_once_and_chat_waits_for_its_turn() -> None:
    world = World()
    hub = make_hub(world)
    client, line = make_client(hub)
    await hub.join(client, None)
    world.happen()
    await hub._fetch({ROOM})
    await settle()
    assert heard(line) == [0, 1]
    world.happen()
    await hub._fetch({ROOM})
    await settle()
    assert heard(line) == [0, 1]
    world.happen(type_="listing.pinned")
    await hub._fetch({ROOM})
    await settle()
    assert heard(line) == [0, 1, 2, 3]


async def test_numbers_come_merged_and_never_hold_up_an_event() -> None:
    world = World()
    hub = make_hub(world)
    client, line = make_client(hub)
    await hub.join(client, None)
    (channel,) = hub.channels.values()
    for likes in range(1, 1_001):
        channel.count({"counts": {"likes": likes}})
        hub.tell_numbers(channel)
    world.happen(type_="listing.pinned")
    await hub._fetch({ROOM})
    await settle()
    told = [frame["counts"]["likes"] for frame in frames(line.sent) if "counts" in frame]
    assert len(told) <= 2
    assert heard(line) == [0, 1]
    assert told[-1] == 1_000


def test_on_our_own_loop_a_turn_that_is_all_but_due_is_waited_for() -> None:
    """uvloop answers with another kind of handle where a timer is due within the millisecond."""

    async def tell() -> None:
        hub = make_hub(World())
        client, _line = make_client(hub)
        await hub.join(client, None)
        (channel,) = hub.channels.values()
        (shard,) = channel.shards
        now = asyncio.get_running_loop().time()
        for ahead in (0.0001, 0.00005, 0.2, 0.0001):
            hub.spreader._want(shard, now, now + ahead, urgent=False)
        assert shard.due == now + 0.00005

    uvloop.run(tell())


async def test_who_is_silent_or_takes_nothing_is_let_go() -> None:
    hub = make_hub(World())
    now, wall = asyncio.get_running_loop().time(), clock.wall_seconds()
    quiet, quiet_line = make_client(hub)
    hub._care_for(quiet, now + hub_module.QUIET_SECONDS + 1, wall)
    assert quiet_line.sent == b"\x89\x00"
    hub._care_for(quiet, now + hub_module.SILENT_SECONDS + 1, wall)
    assert quiet_line.cut_off
    held, held_line = make_client(hub)
    hub.held(held)
    held_line.heard_at = now + hub_module.HELD_SECONDS
    hub._care_for(held, now + hub_module.HELD_SECONDS + 1, wall)
    assert held_line.cut_off
    late, late_line = make_client(hub, exp=int(wall))
    hub._care_for(late, now, wall + 1)
    assert late_line.closed[0] == hub_module.CLOSE_PASS


async def test_a_room_that_empties_is_forgotten() -> None:
    world = World()
    hub = make_hub(world)
    client, _line = make_client(hub)
    await hub.join(client, None)
    assert hub.sockets == 1
    hub.leave(client)
    hub.leave(client)
    assert hub.sockets == 0
    await hub._fetch({ROOM})
    assert not hub.channels
