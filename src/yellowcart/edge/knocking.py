"""A room's handshake answered where the request was parsed.

The server's own way parses a handshake twice, and makes a scope, a task and two messages of it;
when a full room comes back after a restart, that is what it waits for. This is uvicorn's own
protocol: it only notices a plain handshake (``GET`` of a room's events, every header once, no
subprotocol, nothing else under way on the connection) and opens the :class:`RoomLine` itself.
Whatever is not that plain goes the way of all sockets and meets the same door at its end
(:func:`edge.sockets.let_in`).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, cast
from uuid import UUID

from starlette.requests import HTTPConnection
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from websockets.exceptions import InvalidHeader

from yellowcart.checkout.protocol import OrderProtocol, default_head
from yellowcart.edge.lines import RoomLine, agreed
from yellowcart.edge.rooms import Rooms
from yellowcart.edge.sockets import let_in

_EVENTS: Final = re.compile(
    rb"/api/v1/rooms/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/events(?:\?([!-\"$-~]*))?"
)
#: What a key is hashed with (RFC 6455, section 1.3).
_MAGIC: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY_BYTES: Final = 16
#: What makes a handshake none of the plain ones.
_NOT_PLAIN: Final = (b"sec-websocket-protocol", b"content-length", b"transfer-encoding", b"expect")
_FORWARDED: Final = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}


@dataclass(frozen=True, slots=True)
class Knock:
    """A plain handshake: whose room, with which query, and what is answered."""

    room_id: UUID
    query: bytes
    accept: bytes
    extensions: bytes


def knock_of(url: bytes, headers: list[tuple[bytes, bytes]]) -> Knock | None:
    """A ``GET`` with an upgrade, where it is a plain handshake; names in lower case."""
    found = _EVENTS.fullmatch(url)
    said = dict(headers)
    if found is None or len(said) != len(headers) or any(name in said for name in _NOT_PLAIN):
        return None
    connection = said.get(b"connection", b"").lower().split(b",")
    key = said.get(b"sec-websocket-key", b"")
    if (
        said.get(b"upgrade", b"").lower() != b"websocket"
        or b"upgrade" not in [token.strip() for token in connection]
        or said.get(b"sec-websocket-version") != b"13"
    ):
        return None
    try:
        if len(base64.b64decode(key, validate=True)) != _KEY_BYTES:
            return None
        offer = said.get(b"sec-websocket-extensions", b"").decode("ascii")
        extensions = agreed(offer) if offer else None
    except (binascii.Error, UnicodeDecodeError, InvalidHeader):
        return None
    accept = base64.b64encode(hashlib.sha1(key + _MAGIC, usedforsecurity=False).digest())
    return Knock(UUID(found[1].decode()), found[2] or b"", accept, (extensions or "").encode())


def response_to(knock: Knock, head: bytes) -> bytes:
    """The answer to a handshake; ``head`` is what goes with every answer."""
    extensions = knock.extensions and b"sec-websocket-extensions: %b\r\n" % knock.extensions
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
        b"sec-websocket-accept: %b\r\n%b%b\r\n" % (knock.accept, extensions, head)
    )


class RoomProtocol(OrderProtocol):
    """uvicorn's protocol with a short way into rooms.

    Set :attr:`rooms` on a subclass: it finds the rooms when the first viewer knocks.
    """

    rooms: Callable[[], Rooms]
    _knock: Knock | None = None

    def on_headers_complete(self) -> None:
        """Notice a plain handshake; pass on everything else."""
        self._knock = self._plain_knock() if self.parser.should_upgrade() else None
        if self._knock is None:
            super().on_headers_complete()

    def _plain_knock(self) -> Knock | None:
        before: Any = self.cycle
        parser = self.parser
        if (
            parser.get_method() != b"GET"
            or parser.get_http_version() != "1.1"
            or (before is not None and not before.response_complete)
            or self.pipeline
            or self.access_log
            or self.root_path
            or self.limit_concurrency is not None
        ):
            return None
        return knock_of(self.url, self.headers)

    def _should_upgrade(self) -> bool:
        return self._knock is not None or super()._should_upgrade()

    def handle_websocket_upgrade(self) -> None:
        """Answer the handshake and hand the connection over."""
        knock = self._knock
        if knock is None:
            super().handle_websocket_upgrade()
            return
        self._forget_timer()
        self.connections.discard(self)
        line = RoomLine(self.config, self.server_state, self.app_state)
        line.open(self, packs=bool(knock.extensions))
        self.transport.write(response_to(knock, default_head(self.server_state.default_headers)))
        connection = HTTPConnection(
            {
                "type": "websocket",
                "scheme": self._scheme(),
                "headers": self.headers,
                "query_string": knock.query,
            }
        )
        let_in(connection, line, type(self).rooms(), knock.room_id)
        # It knows us, and would keep us until the garbage is looked over.
        self.parser = cast("Any", None)

    def _scheme(self) -> str:
        """``ws`` or ``wss``, as the viewer sees it: a trusted proxy says so."""
        told = dict(self.headers).get(b"x-forwarded-proto")
        if told and self.config.proxy_headers and self.client is not None:
            hosts = self.config.forwarded_allow_ips
            trusted = _trusted(hosts if isinstance(hosts, str) else ",".join(hosts))
            scheme = _FORWARDED.get(told.decode("latin-1").strip())
            if scheme and self.client[0] in trusted:
                return scheme
        return "wss" if self.scheme == "https" else "ws"


@lru_cache(maxsize=1)
def _trusted(hosts: str) -> Any:
    async def nobody(*_: Any) -> None: ...

    return ProxyHeadersMiddleware(nobody, hosts).trusted_hosts
