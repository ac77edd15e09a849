"""What is said in rooms: many messages a transaction, each answered when it is written.

Whoever speaks while a batch is being written waits for the next one. The rules are asked with
what the database says, so that they hold across processes.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.edge.store import FloorRow, Line, Store
from yellowcart.live.passes import RoomPass
from yellowcart.live.problems import room_not_found
from yellowcart.live.rules import Floor, check_chat, guest_may_not_chat

log = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 500


class Speech:
    """One message on its way."""

    __slots__ = ("done", "holder", "text")

    def __init__(self, holder: RoomPass, text: str) -> None:
        self.holder = holder
        self.text = text
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Chat:
    """Writes what is said; ``told`` is called after each commit that wrote something."""

    def __init__(self, store: Store, told: Callable[[], None]) -> None:
        self._store = store
        self._told = told
        self._waiting: list[Speech] = []
        self._wanted = asyncio.Event()
        self._writing = False

    def say(self, holder: RoomPass, text: str) -> "asyncio.Future[None]":
        """Say something; done when it is written, or refused with a :class:`Problem`.

        A guest is refused at once.
        """
        if holder.guest:
            raise guest_may_not_chat()
        speech = Speech(holder, text)
        self._waiting.append(speech)
        self._wanted.set()
        return speech.done

    async def drain(self) -> None:
        """Wait until all that was said is written or refused."""
        while self._waiting or self._writing:
            await asyncio.sleep(0.01)

    async def write(self) -> None:
        """Write what waits, batch by batch, until cancelled."""
        while True:
            await self._wanted.wait()
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            if not self._waiting:
                self._wanted.clear()
            self._writing = True
            try:
                answers = await self._write(batch)
            except Exception as error:
                log.exception("messages could not be written")
                answers = [error] * len(batch)
            finally:
                self._writing = False
            for speech, answer in zip(batch, answers, strict=True):
                if speech.done.done():
                    continue
                if answer is None:
                    speech.done.set_result(None)
                else:
                    speech.done.set_exception(answer)

    async def _write(self, batch: list[Speech]) -> list[Exception | None]:
        at, wall_ms = clock.now(), int(clock.wall().timestamp() * 1_000)
        speakers = sorted({(speech.holder.room, speech.holder.sub) for speech in batch})
        answers: list[Exception | None] = []
        lines: list[Line] = []
        async with self._store.transaction() as conn:
            floors = await self._store.floors(conn, speakers)
            for speech in batch:
                holder = speech.holder
                row = floors.get((holder.room, holder.sub))
                try:
                    if row is None:
                        raise room_not_found()
                    text = check_chat(speech.text, holder.role, _floor(row, wall_ms), at)
                except Problem as problem:
                    answers.append(problem)
                    continue
                line = Line(new_id(), holder.room, holder.sub, holder.name, holder.role, text, at)
                lines.append(line)
                floors[holder.room, holder.sub] = row._replace(last_message_id=line.id)
                answers.append(None)
            if lines:
                await self._store.say(conn, lines)
        if lines:
            self._told()
        return answers


def _floor(row: FloorRow, wall_ms: int) -> Floor:
    # A message's id carries the wall time at which it was made: slow mode keeps people from
    # flooding each other, and people live by the wall clock.
    last = row.last_message_id
    return Floor(
        state=row.state,
        slow_mode_seconds=row.slow_mode_seconds,
        blocked_words=row.blocked_words,
        muted_until=row.muted_until,
        blocked=row.blocked,
        shown_out=row.shown_out,
        since_last_ms=max(0, wall_ms - (last.int >> 80)) if last else None,
    )
