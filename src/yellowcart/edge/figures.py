"""A room's figures to the screens of those who work it, as they change: a socket that only a host's
pass opens, and one that is given for the figures alone; for a shop's staff their goods' part.

While anybody watches a room's figures or a part of them, one task in the process reads them every
two seconds and gives the same text to all who watch; reading never takes more than a twentieth of
the time. A screen too slow to take a text in gets the next one instead.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.edge.frames import error_body
from yellowcart.edge.hub import CLOSE_GONE, CLOSE_PASS
from yellowcart.edge.problems import figures_for_hosts, language_for, origin_refused, pass_expired
from yellowcart.edge.snapshots import Snapshots
from yellowcart.edge.sockets import holder_of, same_site
from yellowcart.edge.store import Store
from yellowcart.insights.room_figures import STATEMENT, asked, decode
from yellowcart.insights.room_view import Show, as_part, figures_body
from yellowcart.listings.cart import Ask
from yellowcart.live.passes import WHOLE, RoomPass
from yellowcart.live.problems import room_not_found
from yellowcart.live.snapshot import PRESENCE_LASTS, RoomRow

log = logging.getLogger(__name__)

TICK_SECONDS: Final = 2.0
#: Of the time that passes, reading takes at most one part in so many.
SHARE: Final = 20

_encode: Final = msgspec.json.Encoder().encode


class Part(NamedTuple):
    """Of which room, and of which shop's goods in it; None for the whole."""

    room_id: UUID
    shop_id: UUID | None


class Screen:
    """One socket: the newest text for it."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.text: str | None = None
        self.over = False
        self.wake = asyncio.Event()

    def show(self, text: str, *, over: bool) -> None:
        """Have a text shown, in the place of one that still waits."""
        self.text = text
        self.over = over
        self.wake.set()


class LiveFigures:
    """All rooms, and shops' parts of them, whose figures are watched in this process."""

    def __init__(self, store: Store, snapshots: Snapshots, ask: Ask) -> None:
        self._store = store
        self._snapshots = snapshots
        self._ask = ask
        self._screens: dict[Part, set[Screen]] = {}
        self._tasks: dict[Part, asyncio.Task[None]] = {}

    def watch(self, part: Part, screen: Screen) -> None:
        """Take a screen in; the room is read at once if it was not."""
        self._screens.setdefault(part, set()).add(screen)
        task = self._tasks.get(part)
        if task is None or task.done():
            self._tasks[part] = asyncio.create_task(self._run(part))

    def leave(self, part: Part, screen: Screen) -> None:
        """Forget a screen; nobody reads for nobody."""
        screens = self._screens.get(part, set())
        screens.discard(screen)
        if not screens:
            self._screens.pop(part, None)
            if task := self._tasks.pop(part, None):
                task.cancel()

    async def _run(self, part: Part) -> None:
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            try:
                await self._tell(part)
            except Exception:
                log.exception("a room's figures could not be read; it is tried again")
            spent = loop.time() - started
            await asyncio.sleep(max(TICK_SECONDS - spent, spent * (SHARE - 1)))

    async def _tell(self, part: Part) -> None:
        view = await self._snapshots.view(part.room_id)
        screens = list(self._screens.get(part, ()))
        if view is None:
            for screen in screens:
                screen.show(error_body(room_not_found(), screen.language).decode(), over=True)
            return
        languages = {screen.language for screen in screens}
        body = await self._bodies(view.row, part.shop_id, languages)
        for screen in screens:
            screen.show(body[screen.language], over=view.row.state == "ended")

    async def _bodies(
        self, row: RoomRow, shop_id: UUID | None, languages: set[str]
    ) -> Mapping[str, str]:
        at = clock.now()
        if row.started_at is None:
            return dict.fromkeys(languages, '{"figures":null}')
        values = asked(
            row.room_id,
            row.started_at,
            row.ended_at,
            at=at,
            seen_since=clock.wall() - PRESENCE_LASTS,
            shop_id=shop_id,
        )
        counts = decode(await self._store.one_text(STATEMENT, values))
        show = Show(
            row.room_id,
            row.title,
            row.state,
            row.started_at,
            row.ended_at,
            row.pinned_listing_id,
            [one for one in row.cart if shop_id is None or one.shop_id == shop_id],
        )
        bodies = {
            language: figures_body(show, counts, self._ask, at, language) for language in languages
        }
        return {
            language: _text(body if shop_id is None else as_part(body))
            for language, body in bodies.items()
        }


def _text(body: Mapping[str, Any]) -> str:
    return _encode({"figures": body}).decode()


def reader_of(websocket: WebSocket, room_id: UUID) -> tuple[RoomPass, Part]:
    """Who connects, and what of the room's figures they may read; a problem for everybody else."""
    holder = holder_of(websocket, room_id)
    if holder.role == "host" or holder.figures == WHOLE:
        return holder, Part(room_id, None)
    if not holder.figures:
        raise figures_for_hosts()
    return holder, Part(room_id, UUID(holder.figures))


async def figures(websocket: WebSocket) -> None:
    """``WS /api/v1/rooms/{room_id}/figures?pass=…``: ``{"figures": …}`` every two seconds, null
    before the room is live, a last time when it has ended."""
    live: LiveFigures = websocket.app.state.figures
    room_id: UUID = websocket.path_params["room_id"]
    language = language_for(websocket)
    await websocket.accept()
    try:
        if not same_site(websocket):
            raise origin_refused()
        holder, part = reader_of(websocket, room_id)
    except Problem as problem:
        with suppress(WebSocketDisconnect):
            await websocket.send_text(error_body(problem, language).decode())
            await websocket.close(CLOSE_PASS)
        return
    screen = Screen(language)
    live.watch(part, screen)
    writing = asyncio.create_task(_write(websocket, screen, holder))
    try:
        while (await websocket.receive())["type"] != "websocket.disconnect":
            pass
    finally:
        live.leave(part, screen)
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing


async def _write(websocket: WebSocket, screen: Screen, holder: RoomPass) -> None:
    with suppress(WebSocketDisconnect):
        while True:
            await screen.wake.wait()
            screen.wake.clear()
            text, screen.text = screen.text, None
            if text is not None:
                await websocket.send_text(text)
            if screen.over:
                await websocket.close(CLOSE_GONE)
                return
            if holder.exp <= clock.wall_seconds():
                await websocket.send_text(error_body(pass_expired(), screen.language).decode())
                await websocket.close(CLOSE_PASS)
                return
