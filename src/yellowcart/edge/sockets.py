"""The door of a room: looks at a viewer's pass, lets them in or says why not."""

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket

from yellowcart.core.problems import Problem
from yellowcart.edge.addresses import base_of
from yellowcart.edge.admission import counted
from yellowcart.edge.channels import Client
from yellowcart.edge.frames import error_frame
from yellowcart.edge.hub import CLOSE_PASS
from yellowcart.edge.lines import CLOSE_LATER, RoomLine, come_back, line_of
from yellowcart.edge.problems import (
    language_for,
    origin_refused,
    pass_for_another_room,
    server_full,
)
from yellowcart.edge.rooms import Rooms
from yellowcart.live.passes import RoomPass, bearer, verify


def same_site(connection: HTTPConnection) -> bool:
    """Whether the page that opens the socket is ours. Programs send no Origin; a pass is enough."""
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    host = connection.headers.get("host", "")
    return urlsplit(origin).netloc == host or origin in settings.CSRF_TRUSTED_ORIGINS


def holder_of(connection: HTTPConnection, room_id: UUID) -> RoomPass:
    """Who connects: ``?pass=`` or ``Authorization: Bearer``. A problem where it is no good."""
    token = connection.query_params.get("pass")
    holder = verify(token) if token else bearer(connection.headers.get("authorization", ""))
    if holder.room != room_id:
        raise pass_for_another_room()
    return holder


async def events(websocket: WebSocket) -> None:
    """``WS /api/v1/rooms/{room_id}/events?pass=…&since=SEQ``.

    Plain handshakes are answered before they come here: see :mod:`edge.knocking`.
    """
    line = line_of(websocket.scope)
    if line is None:
        # A server that cannot hand over its transport; ours can, see config.listening.
        raise RuntimeError("rooms need the server's protocol to be edge.lines.RoomLine")
    await websocket.accept()
    let_in(websocket, line, websocket.app.state.rooms, websocket.path_params["room_id"])


def let_in(connection: HTTPConnection, line: RoomLine, rooms: Rooms, room_id: UUID) -> None:
    """Have a line whose handshake is over carry a viewer; the line and the hub go on from there.

    Whoever is not let in is told why, and closed. A browser can't read why a handshake was
    refused, so it is never refused for what its pass says.
    """
    language = language_for(connection)
    try:
        if not same_site(connection):
            raise origin_refused()
        if rooms.admission.is_full(room_id, counted(line.address)):
            raise server_full(rooms.admission.later())
        holder = holder_of(connection, room_id)
    except Problem as problem:
        line.write(error_frame(problem, language))
        later = problem.extra.get("retry_after_ms") if problem.extra else None
        if later is None:
            line.end(CLOSE_PASS)
        else:
            line.end(CLOSE_LATER, come_back(later / 1_000))
        return
    client = Client(holder, language, base_of(connection), line)
    line.carry(client, rooms)
    rooms.enter(client, _since(connection))


def _since(connection: HTTPConnection) -> int | None:
    text = connection.query_params.get("since", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
