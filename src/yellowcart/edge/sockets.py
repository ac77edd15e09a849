"""The socket of a room: lets a viewer in, sends what happens, takes what they say."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from django.conf import settings
from starlette.websockets import WebSocket, WebSocketDisconnect

from yellowcart.core.problems import Problem
from yellowcart.edge.addresses import base_of
from yellowcart.edge.chat import Chat
from yellowcart.edge.facts import Facts
from yellowcart.edge.frames import error_text, pong_text
from yellowcart.edge.hub import CLOSE_PASS, Client, Hub
from yellowcart.edge.problems import (
    frame_invalid,
    language_for,
    origin_refused,
    pass_for_another_room,
    server_full,
)
from yellowcart.live.passes import RoomPass, bearer, verify
from yellowcart.live.rules import too_fast

log = logging.getLogger(__name__)

#: Most sockets one process holds.
MOST_SOCKETS: Final = 20_000
#: Longest frame a client may send, in characters.
LONGEST_FRAME: Final = 2_000
#: A client may send this many frames at once, and this many a second in the long run.
BURST: Final = 10
FRAMES_A_SECOND: Final = 2.0
#: Frames beyond that before the socket is closed.
MOST_REFUSED: Final = 30


class ClientFrame(msgspec.Struct):
    """What a client may send. ``ref`` comes back with an error, so that it knows which one."""

    chat: str | None = None
    ping: str | int | float | None = None
    ref: str | int | None = None
    #: Listings this viewer had before their eyes since the last such frame, and those opened.
    seen: list[UUID] = []
    opened: list[UUID] = []


_decoder: Final = msgspec.json.Decoder(ClientFrame)


class Bucket:
    """Lets a burst through and a rate in the long run."""

    def __init__(self, now: float) -> None:
        self._tokens = float(BURST)
        self._at = now

    def take(self, now: float) -> float:
        """0 where a frame may pass, else the seconds to wait."""
        self._tokens = min(BURST, self._tokens + (now - self._at) * FRAMES_A_SECOND)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / FRAMES_A_SECOND


def same_site(websocket: WebSocket) -> bool:
    """Whether the page that opens the socket is ours. Programs send no Origin; a pass is enough."""
    origin = websocket.headers.get("origin")
    if origin is None:
        return True
    host = websocket.headers.get("host", "")
    return urlsplit(origin).netloc == host or origin in settings.CSRF_TRUSTED_ORIGINS


def holder_of(websocket: WebSocket, room_id: UUID) -> RoomPass:
    """Who connects: ``?pass=`` or ``Authorization: Bearer``. A problem where it is no good."""
    token = websocket.query_params.get("pass")
    holder = verify(token) if token else bearer(websocket.headers.get("authorization", ""))
    if holder.room != room_id:
        raise pass_for_another_room()
    return holder


async def events(websocket: WebSocket) -> None:
    """``WS /api/v1/rooms/{room_id}/events?pass=…&since=SEQ``."""
    hub: Hub = websocket.app.state.hub
    language = language_for(websocket)
    await websocket.accept()
    try:
        if not same_site(websocket):
            raise origin_refused()
        if hub.sockets >= MOST_SOCKETS:
            raise server_full()
        holder = holder_of(websocket, websocket.path_params["room_id"])
    except Problem as problem:
        await _refuse(websocket, problem, language)
        return
    client = Client(holder, language, base_of(websocket))
    writing = asyncio.create_task(_write(websocket, client, hub))
    facts: Facts = websocket.app.state.facts
    came = facts.came(holder)
    try:
        await hub.join(client, _since(websocket))
        await _read(websocket, client, websocket.app.state.chat, facts)
    except WebSocketDisconnect:
        pass
    finally:
        hub.leave(client)
        facts.left(holder, came)
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing


async def _refuse(websocket: WebSocket, problem: Problem, language: str) -> None:
    # A browser can't read why a handshake was refused, so it is let in to be told.
    with suppress(WebSocketDisconnect):
        await websocket.send_text(error_text(problem, language))
        await websocket.close(1013 if problem.status == 503 else CLOSE_PASS)


def _since(websocket: WebSocket) -> int | None:
    text = websocket.query_params.get("since", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


async def _write(websocket: WebSocket, client: Client, hub: Hub) -> None:
    try:
        while True:
            await client.wake.wait()
            client.wake.clear()
            if client.lost:
                await hub.resync(client)
            while client.queue:
                await websocket.send_text(client.queue.popleft())
            if client.close_code is not None:
                await websocket.close(client.close_code)
                return
    except WebSocketDisconnect:
        return
    except Exception:
        log.exception("a socket could not be written")
        with suppress(Exception):
            await websocket.close(1011)


async def _read(websocket: WebSocket, client: Client, chat: Chat, facts: Facts) -> None:
    loop = asyncio.get_running_loop()
    bucket, refused = Bucket(loop.time()), 0
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        wait = bucket.take(loop.time())
        ref = None
        try:
            if wait:
                refused += 1
                if refused > MOST_REFUSED:
                    await websocket.close(1008)
                    return
                raise too_fast(int(wait * 1_000))
            frame = _decode(message)
            ref = frame.ref
            if frame.ping is not None:
                client.put(pong_text(frame.ping))
            if frame.chat is not None:
                await chat.say(client.holder, frame.chat)
            if frame.seen or frame.opened:
                facts.looked(client.holder, frame.seen, frame.opened)
        except Problem as problem:
            client.put(error_text(problem, client.language, ref))


def _decode(message: Mapping[str, Any]) -> ClientFrame:
    content = message.get("text") or message.get("bytes") or ""
    if len(content) > LONGEST_FRAME:
        raise frame_invalid()
    try:
        return _decoder.decode(content)
    except (msgspec.MsgspecError, UnicodeEncodeError) as error:
        raise frame_invalid() from error
