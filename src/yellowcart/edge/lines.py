"""A room's socket in the server's own protocol: frames go straight to the transport.

uvicorn starts a task for every socket and sends each message through ASGI; in a full room that
costs more than the writing. This is uvicorn's own protocol, so that handshakes and what viewers
send are read by the same library (websockets) under the same rules. The application lets a viewer
in as ever, finds the :class:`RoomLine` under ``extensions`` in its scope, has it :meth:`carry` the
client, and returns: from then on there is no task and no queue for it, what the client says goes
to :class:`edge.inbound.Inbound`, and the hub writes ready-made frames to the transport.
"""

import random
import socket
from asyncio import BaseTransport
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, Protocol, cast

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.datastructures import Headers
from websockets.exceptions import InvalidState, NegotiationError
from websockets.extensions import Extension
from websockets.extensions.permessage_deflate import (
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
)
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import ExtensionParameter

from yellowcart.edge.channels import Client
from yellowcart.edge.inbound import CLOSE_FLOOD, Bucket
from yellowcart.edge.wire import WINDOW_BITS

#: The scope's extension under which an application finds its line.
EXTENSION: Final = "yellowcart.line"
#: Bytes the kernel keeps for a viewer who reads slowly; beyond that they are held.
SEND_BUFFER_BYTES: Final = 131_072
#: How long the other side may take to answer a close.
CLOSE_SECONDS: Final = 3.0
#: Pings that a client may send at once, and a second in the long run.
PINGS_BURST: Final = 20
PINGS_A_SECOND: Final = 1.0
CLOSE_RESTART: Final = 1012
CLOSE_LATER: Final = 1013
CLOSE_NOT_UTF8: Final = 1007


class Deflating(ServerPerMessageDeflateFactory):
    """Agrees to deflated messages (RFC 7692), each by itself in both directions.

    So frames can be shared, and a socket keeps no window. An offer that asks for a smaller window
    than shared frames are made with is declined; what is then sent is not deflated.
    """

    def __init__(self) -> None:
        super().__init__(server_no_context_takeover=True, client_no_context_takeover=True)

    def process_request_params(
        self,
        params: Sequence[ExtensionParameter],
        accepted_extensions: Sequence[Extension],
    ) -> tuple[list[ExtensionParameter], PerMessageDeflate]:
        """Look at an offer; :class:`NegotiationError` where it is declined."""
        for name, value in params:
            if name == "server_max_window_bits" and value != str(WINDOW_BITS):
                raise NegotiationError("frames are made with a window of 15 bits")
        return super().process_request_params(params, accepted_extensions)


_DEFLATING: Final = (Deflating(),)


@lru_cache(maxsize=64)
def agreed(offer: str) -> str | None:
    """What is answered to a ``Sec-WebSocket-Extensions``; None where nothing is agreed upon.

    Raises :class:`InvalidHeader` where it cannot be read.
    """
    told = ServerProtocol(extensions=_DEFLATING)
    return told.process_extensions(Headers({"Sec-WebSocket-Extensions": offer}))[0]


class Rooms(Protocol):
    """Whom a line tells what becomes of its client: :class:`edge.rooms.Rooms`."""

    def said(self, client: Client, text: str) -> None:
        """The client sent a message."""

    def held(self, client: Client) -> None:
        """The client takes no more."""

    def flowing(self, client: Client) -> None:
        """The client takes frames again."""

    def leave(self, client: Client) -> None:
        """The client is gone."""

    def window(self) -> float:
        """Seconds over which viewers come back, now that this process ends."""


def come_back(seconds: float) -> str:
    """A close reason: come back in so long. At most 123 bytes (RFC 6455, section 5.5)."""
    return msgspec.json.encode({"back_in_ms": int(seconds * 1_000)}).decode()


class RoomLine(WebSocketsSansIOProtocol):
    """uvicorn's socket that may carry a room's client."""

    carried: Client | None = None
    packs = False
    rooms: Rooms
    heard_at: float = 0.0
    pings: Bucket | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """A socket is to be one of ours: what it may agree to."""
        super().connection_made(transport)
        self.conn.available_extensions = _DEFLATING

    def open(self, http: HttpToolsProtocol, *, packs: bool) -> None:
        """Take over a connection whose handshake was answered elsewhere: :mod:`edge.knocking`."""
        self.connections.add(self)
        self.transport = http.transport
        self.server, self.client = http.server, http.client
        self.scheme = "wss" if http.scheme == "https" else "ws"
        # Its parser waits for a request: it begins anew, with frames.
        self.conn.state = State.OPEN
        self.conn.parser = self.conn.parse()
        next(self.conn.parser)
        if packs:
            self.conn.extensions = [PerMessageDeflate(True, True, WINDOW_BITS, WINDOW_BITS)]
        self.packs = packs
        self.handshake_initiated = self.handshake_complete = True
        self.heard_at = self.loop.time()
        self.transport.set_protocol(self)

    @property
    def address(self) -> str:
        """Where the socket comes from."""
        return self.client[0] if self.client else ""

    @property
    def write(self) -> Callable[[bytes], None]:
        """Write a whole frame."""
        return self.transport.write

    def carry(self, client: Client, rooms: Rooms) -> None:
        """From here on the line is the client's. The handshake is over."""
        self.stop_keepalive()  # the hub looks after those who are silent
        self.rooms, self.carried = rooms, client
        self.heard_at = self.loop.time()
        plain = self.transport.get_extra_info("socket")
        if plain is not None:
            with suppress(OSError):
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        # Writes go to the kernel at once; the first that does not fit says ``held``.
        self.transport.set_write_buffer_limits(high=0)
        while not self.queue.empty():
            early: Any = self.queue.get_nowait()
            if early["type"] == "websocket.receive":
                self._said(early.get("text") or early.get("bytes") or "")
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    async def run_asgi(self) -> None:
        """Have the application let the viewer in; a line that carries a client stays open."""
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except Exception:
            self.logger.exception("Exception in ASGI application")
            self.send_500_response()
        if self.carried is not None:
            # Thousands of them wait here for hours.
            del self.scope, self.request, self.response
        elif self.close_timer is None:
            self.transport.close()

    def handle_connect(self, event: Any) -> None:
        """A handshake: the application finds this line in its scope."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            cast("dict[str, Any]", self.scope["extensions"])[EXTENSION] = self
            self.packs = bool(self.conn.extensions)

    def handle_ping(self) -> None:
        """websockets answers a ping; who does nothing but ping is shown out."""
        super().handle_ping()
        client = self.carried
        if client is not None:
            if self.pings is None:
                self.pings = Bucket(self.loop.time(), PINGS_BURST, PINGS_A_SECOND)
            if self.pings.take(self.loop.time()):
                client.close(CLOSE_FLOOD)

    def data_received(self, data: bytes) -> None:
        """Bytes from the other side."""
        self.heard_at = self.loop.time()
        super().data_received(data)

    def send_receive_event_to_app(self) -> None:
        """A message is whole."""
        if self.carried is None:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        if not self.close_sent:
            self._said(data)

    def _said(self, data: bytes | str) -> None:
        client = self.carried
        if client is None:
            return
        try:
            text = data if isinstance(data, str) else bytes(data).decode()
        except UnicodeDecodeError:
            client.close(CLOSE_NOT_UTF8)
            return
        self.rooms.said(client, text)

    def pause_writing(self) -> None:
        """The kernel takes no more. Who does not read is not read either, or answers pile up."""
        super().pause_writing()
        if self.carried is not None:
            self.transport.pause_reading()
            self.rooms.held(self.carried)

    def resume_writing(self) -> None:
        """All that was written is with the kernel."""
        super().resume_writing()
        if self.carried is not None:
            if not self.transport.is_closing():
                self.transport.resume_reading()
            self.rooms.flowing(self.carried)

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone."""
        super().connection_lost(exc)
        if self.carried is not None:
            self.rooms.leave(self.carried)

    def end(self, code: int, reason: str = "") -> None:
        """Close with a code, and hang up if the other side does not answer."""
        if self.close_sent or self.transport.is_closing():
            return
        try:
            self.conn.send_close(code, reason)
        except InvalidState:
            self.transport.close()
            return
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.close_timer = self.loop.call_later(CLOSE_SECONDS, self.transport.abort)

    def cut(self) -> None:
        """Hang up."""
        self.transport.abort()

    def shutdown(self) -> None:
        """The server ends: tell viewers to come back, each at a moment of its own."""
        if self.carried is None:
            super().shutdown()
        elif not self.carried.ending:
            back = random.uniform(0.1, self.rooms.window())  # noqa: S311  nothing to guess
            self.carried.close(CLOSE_RESTART, come_back(back))


def line_of(scope: Any) -> RoomLine | None:
    """The line in a scope; None where another server runs the application."""
    line = scope.get("extensions", {}).get(EXTENSION)
    return line if isinstance(line, RoomLine) else None
