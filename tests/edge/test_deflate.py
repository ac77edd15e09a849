"""Deflated messages (RFC 7692): made once for everybody, read by real clients, and no way in."""

import base64
import os
import socket
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.edge.test_hub import World, heard, make_client, make_hub, spread
from tests.edge.test_inbound import close_code, masked
from tests.rooms import Server, make_room, pass_for
from websockets.datastructures import Headers
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

from yellowcart.core.clock import now
from yellowcart.edge.lines import Deflating
from yellowcart.edge.wire import PACKED_FROM, packed_frame, text_frame
from yellowcart.live.events import CHAT
from yellowcart.live.models import Room
from yellowcart.live.numbering import Unnumbered, number

BOTH = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"


def answer(offer: str) -> str | None:
    """What the server answers an offer with."""
    probe = ServerProtocol(extensions=[Deflating()])
    return probe.process_extensions(Headers({"Sec-WebSocket-Extensions": offer}))[0]


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        ("permessage-deflate", BOTH),
        ("permessage-deflate; client_max_window_bits", BOTH),
        (BOTH, BOTH),
        ("permessage-deflate; server_max_window_bits=15", f"{BOTH}; server_max_window_bits=15"),
        # Shared frames have the largest window: who can't keep it is sent them as they are.
        ("permessage-deflate; server_max_window_bits=10", None),
        ("permessage-deflate; server_max_window_bits=10, permessage-deflate", BOTH),
        ("permessage-deflate; nonsense", None),
        ("x-webkit-deflate-frame", None),
    ],
)
def test_an_offer_is_met_or_declined(offer: str, expected: str | None) -> None:
    assert answer(offer) == expected


def inflated(frame: bytes) -> bytes:
    """What websockets, as a client, makes of a whole frame."""
    length, start = frame[1], 2
    if length >= 126:
        start = 4 if length == 126 else 10
        length = int.from_bytes(frame[2:start], "big")
    assert len(frame) == start + length
    reader = PerMessageDeflate(True, True, 15, 15)
    read = reader.decode(Frame(Opcode.TEXT, frame[start:], True, bool(frame[0] & 0x40)))
    return bytes(read.data)


@given(st.text(max_size=40).map(str.encode), st.integers(1, 4_000))
def test_a_frame_says_the_same_either_way(words: bytes, times: int) -> None:
    body = words * times
    frame = packed_frame(body)
    assert inflated(frame) == inflated(text_frame(body)) == body
    if len(body) < PACKED_FROM:
        assert frame == text_frame(body)


async def test_those_who_read_deflated_messages_hear_the_same() -> None:
    world = World()
    hub = make_hub(world)
    plain, plain_line = make_client(hub)
    packed, packed_line = make_client(hub, packs=True)
    late, late_line = make_client(hub, packs=True)
    await hub.join(plain, None)
    await hub.join(packed, None)
    world.happen(50)
    await spread(hub)
    await hub.join(late, 0)
    assert heard(plain_line) == heard(packed_line) == list(range(51))
    assert heard(late_line) == list(range(1, 51))
    # One compression for all who were told the same.
    (history,) = [channel.history for channel in hub.channels.values()]
    assert history is not None
    assert packed_line.sent.endswith(history.frame(0, "en", packed=True))
    assert history.frame(0, "en", packed=True) is history.frame(0, "zh-hans", packed=True)
    assert len(packed_line.sent) < len(plain_line.sent) / 5


def raw_bytes(room: Room, host: str, offer: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET /api/v1/rooms/{room.id}/events?pass={pass_for(room)}&lang=en HTTP/1.1\r\n"
        f"Host: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"{f'Sec-WebSocket-Extensions: {offer}' if offer else 'X: y'}\r\n\r\n"
    ).encode()


@contextmanager
def raw(server: Server, room: Room, offer: str = BOTH) -> Iterator[socket.socket]:
    """A socket that has read the handshake and nothing else."""
    host, port = server.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as line:
        line.sendall(raw_bytes(room, f"{host}:{port}", offer))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += line.recv(1)
        assert head.startswith(b"HTTP/1.1 101 ")
        assert (b"permessage-deflate" in head.lower()) == bool(offer)
        yield line


def deflated(body: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (packer.compress(body) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def packed(body: bytes, *, first: bool = True, fin: bool = True) -> bytes:
    """A masked client frame whose content is deflated already."""
    frame = masked(1 if first else 0, body, fin=fin)
    return bytes([frame[0] | 0x40]) + frame[1:] if first else frame


def test_deflated_messages_of_a_client_are_read_whole_or_in_parts(server: Server) -> None:
    room = make_room()
    whole = deflated(b'{"ping": "%s"}' % (b"w" * 300))
    parts = deflated(b'{"ping": "in parts"}')
    with raw(server, room) as line:
        line.sendall(
            packed(whole)
            + packed(parts[:3], fin=False)
            + masked(9, b"there?")
            + packed(parts[3:7], first=False, fin=False)
            + packed(parts[7:], first=False)
            + masked(1, b'{"ping": "plain"}')
        )
        data = b""
        while b'"pong":"plain"' not in data:
            data += line.recv(65_536)
        for words in (b"w" * 300, b"in parts", b"\x8a\x06there?"):
            assert words in data, words


def test_what_is_no_deflated_message_ends_that_socket_only(server: Server) -> None:
    room = make_room()
    bomb = deflated(bytes(15_000_000))
    assert len(bomb) < 16_384
    much = deflated(base64.b64encode(os.urandom(16_000)))
    broken = {
        "no deflate at all": (packed(b"\xff\xff\xff\xff nonsense"), 1002, BOTH),
        "a bomb": (packed(bomb), 1009, BOTH),
        "a bomb in parts": (
            packed(bomb[:9_000], fin=False) + packed(bomb[9_000:], first=False),
            1009,
            BOTH,
        ),
        "too much in parts": (
            packed(much[:9_000], fin=False) + packed(much[9_000:], first=False),
            1009,
            BOTH,
        ),
        "a mark inside a message": (
            packed(much[:9], fin=False) + b"\xc0" + masked(0, much[9:20])[1:],
            1002,
            BOTH,
        ),
        "a deflated ping": (b"\xc9" + masked(9, b"")[1:], 1002, BOTH),
        "never agreed": (packed(deflated(b'{"ping": 1}')), 1002, ""),
        "not UTF-8": (packed(deflated(b'{"chat":"\xff"}')), 1007, BOTH),
    }
    with server.viewer(room) as bystander:
        bystander.snapshot()
        for name, (data, code, offer) in broken.items():
            with raw(server, room, offer) as line:
                line.sendall(data)
                assert close_code(line) == code, name
        bystander.socket.send('{"ping": 1}')
        assert bystander.until(lambda f: f.get("pong")) == 1


def test_a_real_client_reads_what_is_deflated_and_gets_fewer_bytes(server: Server) -> None:
    room = make_room()
    at = now()
    lines = [{"name": f"Viewer {n}", "text": "is it warm? " * 3} for n in range(40)]
    with (
        server.viewer(room) as viewer,
        server.viewer(room, compression=None) as spare,
        raw(server, room) as line,
    ):
        assert [e.name for e in viewer.socket.protocol.extensions] == ["permessage-deflate"]
        assert not spare.socket.protocol.extensions
        for one in (viewer, spare):
            one.snapshot()
        number([Unnumbered(room.id, CHAT, said, at) for said in lines])
        for one in (viewer, spare):
            told = [e["text"] for e in one.events_up_to(40) if e["type"] == CHAT]
            assert told == [said["text"] for said in lines]
        most = len(msgspec.json.encode(lines))
        data = b""
        while (at_ := data.find(b"\xc1\x7e")) < 0 or len(data) < at_ + 4:
            data += line.recv(65_536)
        assert int.from_bytes(data[at_ + 2 : at_ + 4], "big") < most / 5
