"""What the acts of the story share."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from zoneinfo import ZoneInfo

from yellowcart.core import clock
from yellowcart.core.instants import iso
from yellowcart.demo.story.crowd import Clicker
from yellowcart.demo.story.people import Actor, Watcher
from yellowcart.demo.story.record import Record
from yellowcart.demo.story.stage import Stage

ZONE = ZoneInfo("Asia/Shanghai")
CUT = datetime(2021, 11, 16, tzinfo=ZONE)
MORNING = datetime(2021, 11, 16, 9, tzinfo=ZONE)

Say = Callable[[str], None]


class Telling:
    """One telling of the story: its stage, its people, and what was seen so far."""

    clicker: Clicker
    """Who clicks the links, from the evening on."""

    def __init__(self, stage: Stage, say: Say) -> None:
        self.stage, self.say = stage, say
        self.record = Record(CUT)
        self.watchers: list[Watcher] = []
        self.rooms: list[str] = []
        self.cast = AsyncExitStack()
        self.people: dict[str, Actor] = {}
        self.links: list[tuple[str, str, str]] = []
        self.over = asyncio.Event()

    async def set_clock(self, instant: datetime, speed: float = 1.0) -> None:
        """Move the whole stage, and this telling with it."""
        said = await asyncio.to_thread(
            self.stage.command, "dev", "clock", iso(instant), "--speed", str(speed)
        )
        clock.set_timeline(clock.Timeline(**json.loads(said)))

    async def own_room(self, username: str) -> str:
        """The room of one of its people."""
        for room in self.rooms:
            if (await self.people[""].snapshot(room))["host"]["handle"] == username:
                return room
        raise RuntimeError(f"{username} has no room")
