"""The door of a room: looks at a viewer's pass, lets them in or says why not."""

import logging
from contextlib import suppress
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from starlette.websockets import WebSocket, WebSocketDisconnect

from yellowcart.core.problems import Problem
from yellowcart.edge.addresses import base_of
from yellowcart.edge.admission import counted
from yellowcart.edge.channels import Client
from yellowcart.edge.frames import error_body
from yellowcart.edge.hub import CLOSE_PASS
from yellowcart.edge.lines import CLOSE_LATER, come_back, line_of
from yellowcart.edge.problems import (
    language_for,
    origin_refused,
    pass_for_another_room,
    server_full,
)
from yellowcart.edge.rooms import Rooms
from yellowcart.live.passes import RoomPass, bearer, verify

log = logging.getLogger(__name__)


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
    """``WS /api/v1/rooms/{room_id}/events?pass=…&since=SEQ``.

    Returns once the viewer has caught up; the line and the hub carry them from there.
    """
    rooms: Rooms = websocket.app.state.rooms
    language = language_for(websocket)
    line = line_of(websocket.scope)
    if line is None:
        # A server that cannot hand over its transport; ours can, see config.listening.
        raise RuntimeError("rooms need the server's protocol to be edge.lines.RoomLine")
    await websocket.accept()
    room_id: UUID = websocket.path_params["room_id"]
    try:
        if not same_site(websocket):
            raise origin_refused()
        if rooms.admission.is_full(room_id, counted(line.address)):
            raise server_full(rooms.admission.later())
        holder = holder_of(websocket, room_id)
    except Problem as problem:
        await _refuse(websocket, problem, language)
        return
    client = Client(holder, language, base_of(websocket), line)
    since = _since(websocket)
    line.carry(client, rooms)
    try:
        await rooms.enter(client, since)
    except Exception:
        log.exception("a viewer could not be let in")
        client.close(CLOSE_LATER, come_back(rooms.admission.later()))


async def _refuse(websocket: WebSocket, problem: Problem, language: str) -> None:
    # A browser can't read why a handshake was refused, so it is let in to be told.
    later = problem.extra.get("retry_after_ms") if problem.extra else None
    with suppress(WebSocketDisconnect):
        await websocket.send_text(error_body(problem, language).decode())
        if later is None:
            await websocket.close(CLOSE_PASS)
        else:
            await websocket.close(CLOSE_LATER, come_back(later / 1_000))


def _since(websocket: WebSocket) -> int | None:
    text = websocket.query_params.get("since", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
