"""Plain handshakes are answered on the spot, odd ones as ever; both lead through the same door."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from tests.edge.test_deflate import BOTH
from tests.rooms import Server, make_room, pass_for

from yellowcart.edge.knocking import RoomProtocol, knock_of, response_to
from yellowcart.live.models import Room

ROOM = "019a0000-0000-7000-8000-000000000001"
URL = f"/api/v1/rooms/{ROOM}/events?pass=a.b.c&since=3".encode()
#: The example of RFC 6455, section 1.3.
KEY, ACCEPT = b"dGhlIHNhbXBsZSBub25jZQ==", b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
HEADERS = {
    b"host": b"shop.example",
    b"upgrade": b"WebSocket",
    b"connection": b"keep-alive, Upgrade",
    b"sec-websocket-key": KEY,
    b"sec-websocket-version": b"13",
    b"sec-websocket-extensions": b"permessage-deflate; client_max_window_bits",
}


def knock(url: bytes = URL, **changed: bytes | None) -> Any:
    headers = HEADERS | {name.replace("_", "-").encode(): v for name, v in changed.items()}
    return knock_of(url, [(name, value) for name, value in headers.items() if value is not None])


def test_a_plain_handshake_is_answered_as_the_standard_says() -> None:
    found = knock()
    assert (found.room_id, found.query) == (UUID(ROOM), b"pass=a.b.c&since=3")
    head, body = response_to(found, b"date: today\r\n").split(b"\r\n\r\n")
    assert body == b""
    assert head.split(b"\r\n") == [
        b"HTTP/1.1 101 Switching Protocols",
        b"upgrade: websocket",
        b"connection: Upgrade",
        b"sec-websocket-accept: " + ACCEPT,
        b"sec-websocket-extensions: " + BOTH.encode(),
        b"date: today",
    ]
    spare = response_to(knock(sec_websocket_extensions=None), b"")
    assert b"extensions" not in spare
    assert spare.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "changed",
    [
        {"upgrade": b"h2c"},
        {"connection": b"keep-alive"},
        {"sec_websocket_version": b"8"},
        {"sec_websocket_key": b"c2hvcnQ="},
        {"sec_websocket_key": b"no base64 at all"},
        {"sec_websocket_key": None},
        {"sec_websocket_protocol": b"chat"},
        {"sec_websocket_extensions": b"permessage-deflate; ="},
        {"content_length": b"3"},
        {"transfer_encoding": b"chunked"},
        {"url": URL.upper()},
        {"url": b"/api/v1/rooms/%s/figures" % ROOM.encode()},
        {"url": URL + b"#there"},
        {"url": b"/x" + URL},
    ],
)
def test_what_is_not_plain_goes_the_way_of_all(changed: dict[str, bytes | None]) -> None:
    url = changed.pop("url", None) or URL
    assert knock(url, **changed) is None


def test_a_header_said_twice_is_not_plain() -> None:
    assert knock_of(URL, [*HEADERS.items(), (b"host", b"other.example")]) is None


@pytest.mark.parametrize(
    ("told", "peer", "trusts", "expected"),
    [
        (None, "127.0.0.1", True, "ws"),
        (b"https", "127.0.0.1", True, "wss"),
        (b"https", "203.0.113.5", True, "ws"),
        (b"https", "127.0.0.1", False, "ws"),
        (b"gopher", "127.0.0.1", True, "ws"),
    ],
)
def test_only_a_trusted_proxy_says_how_a_viewer_came(
    told: bytes | None, peer: str, trusts: bool, expected: str
) -> None:
    protocol: Any = RoomProtocol.__new__(RoomProtocol)
    protocol.headers = [(b"x-forwarded-proto", told)] if told else []
    protocol.client, protocol.scheme = (peer, 1), "http"
    protocol.config = SimpleNamespace(proxy_headers=trusts, forwarded_allow_ips="127.0.0.1")
    assert protocol._scheme() == expected


@contextmanager
def knocking(server: Server, path: str, *more: str) -> Iterator[socket.socket]:
    host, port = server.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as line:
        head = [
            f"GET {path} HTTP/1.1",
            f"Host: {host}:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {KEY.decode()}",
            "Sec-WebSocket-Version: 13",
            *more,
        ]
        line.sendall("".join(f"{one}\r\n" for one in [*head, ""]).encode())
        yield line


#: A close with 4401.
CLOSED = b"\x88\x02\x11\x31"


def read_to_the_close(line: socket.socket) -> bytes:
    data = b""
    while not data.endswith(CLOSED):
        chunk = line.recv(65_536)
        assert chunk, data
        data += chunk
    return data


@pytest.mark.parametrize("odd", [(), ("Sec-WebSocket-Protocol: chat",)])
def test_both_ways_lead_through_the_same_door(server: Server, odd: tuple[str, ...]) -> None:
    room, other = make_room(), make_room()

    def path(of: Room, token: str) -> str:
        return f"/api/v1/rooms/{of.id}/events?pass={token}&lang=en"

    with knocking(server, path(room, pass_for(room)), *odd) as line:
        data = b""
        while b'{"snapshot":' not in data:
            data += line.recv(65_536)
        assert b"accept: " + ACCEPT in data.replace(b"Accept", b"accept")
        # The short way writes its headers itself.
        assert (b"\r\nupgrade: websocket" in data) == (not odd)
    refused = {
        path(room, ""): b"pass_required",
        path(room, "a.b.c"): b"pass_invalid",
        path(other, pass_for(room)): b"pass_for_another_room",
    }
    for where, code in refused.items():
        with knocking(server, where, *odd) as line:
            assert code in read_to_the_close(line)
    with knocking(server, path(room, pass_for(room)), "Origin: https://evil.example", *odd) as line:
        assert b"origin_refused" in read_to_the_close(line)


def test_a_handshake_that_is_none_is_refused(server: Server) -> None:
    room = make_room()
    where = f"/api/v1/rooms/{room.id}/events?pass={pass_for(room)}"
    for more in ("Sec-WebSocket-Version: 8", "Sec-WebSocket-Extensions: =", "Upgrade: other"):
        with knocking(server, where, more) as line:
            line.settimeout(60)
            assert not line.recv(65_536).startswith(b"HTTP/1.1 101"), more
