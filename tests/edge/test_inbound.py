"""What clients may send, and what nobody should: likes, floods, and bytes that are no protocol."""

import asyncio
import base64
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.edge.test_hub import World, frames, make_client, make_hub
from tests.rooms import Server, eventually, make_room, pass_for

from yellowcart.config import listening
from yellowcart.edge.admission import Admission, counted
from yellowcart.edge.channels import Client
from yellowcart.edge.inbound import ClientFrame, Inbound
from yellowcart.edge.rules import Limits
from yellowcart.live import counters
from yellowcart.live.models import Room, RoomCounter


def test_likes_are_added_up_shown_merged_and_kept(servers: list[Server]) -> None:
    room = make_room()
    with servers[0].viewer(room) as one, servers[1].viewer(room) as two:
        one.snapshot()
        assert two.snapshot()["counts"] == {}
        one.socket.send('{"like": 7}')
        two.socket.send('{"like": 5}')
        for viewer in (one, two):
            viewer.until(lambda f: f.get("counts", {}).get("likes") == 12 or None)
    eventually(lambda: servers[0].snapshot(room)["counts"] == {"likes": 12})
    assert RoomCounter.objects.get(room_id=room.id, key="likes").value == 12


def test_more_likes_than_fingers_can_do_do_not_count(server: Server) -> None:
    room = make_room()
    with server.viewer(room) as viewer:
        viewer.snapshot()
        for likes in (1_000_000, -5, 1_000_000):
            viewer.socket.send(msgspec.json.encode({"like": likes}).decode())
        counted = viewer.until(lambda f: f.get("counts", {}).get("likes"))
        assert 60 <= counted < 100


def test_a_combo_is_shown_while_it_lasts(server: Server) -> None:
    room = make_room()
    with server.viewer(room) as viewer:
        viewer.snapshot()
        assert counters.add(room.id, "gift:1", 3, seconds=600) == 3
        assert counters.add(room.id, "gift:1", 4, seconds=5) == 7
        viewer.until(lambda f: f.get("counts", {}).get("gift:1") == 7 or None)
        viewer.until(lambda f: "gift:1" not in f["counts"] or None if "counts" in f else None)


@given(text=st.text() | st.binary().map(lambda b: b.decode("utf-8", "surrogateescape")))
@settings(suppress_health_check=[HealthCheck.differing_executors], max_examples=200)
def test_no_text_is_too_odd(text: str) -> None:
    async def take() -> None:
        hub = make_hub(World())
        client, line = make_client(hub)
        Inbound().take(client, text)
        for frame in frames(line.sent):
            assert frame.keys() & {"error", "pong"}

    asyncio.run(take())


def test_a_kind_must_be_known() -> None:
    inbound = Inbound()
    for kind in ClientFrame.__struct_fields__:
        inbound.on(kind, lambda *_: None)
    try:
        inbound.on("nonsense", lambda *_: None)
    except ValueError:
        return
    raise AssertionError("a kind that no client can send was taken")


@contextmanager
def raw(server: Server, room: Room) -> Iterator[socket.socket]:
    """A socket after the handshake, without a library between us and the bytes."""
    host, port = server.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as line:
        key = base64.b64encode(os.urandom(16)).decode()
        line.sendall(
            f"GET /api/v1/rooms/{room.id}/events?pass={pass_for(room)} HTTP/1.1\r\n"
            f"Host: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        data = b""
        while b'"snapshot"' not in data:
            data += line.recv(65_536)
        yield line


def masked(opcode: int, body: bytes, *, fin: bool = True) -> bytes:
    mask = os.urandom(4)
    head = bytes([(0x80 if fin else 0) | opcode])
    length = (
        bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + struct.pack("!H", len(body))
    )
    return head + length + mask + bytes(b ^ mask[n % 4] for n, b in enumerate(body))


def close_code(line: socket.socket) -> int | None:
    """The code that the server closes with; None where it only hangs up."""
    data = b""
    while chunk := line.recv(65_536):
        data += chunk
    at = data.rfind(b"\x88")
    return int.from_bytes(data[at + 2 : at + 4], "big") if at >= 0 else None


def test_what_breaks_the_protocol_ends_that_socket_only(server: Server) -> None:
    room = make_room()
    broken = {
        "not UTF-8": (masked(1, b'{"chat":"\xff"}'), 1007),
        "not masked": (b"\x81\x02{}", 1002),
        "a giant": (b"\x81\xff" + struct.pack("!Q", 2**40) + b"abcd", 1009),
        "a long ping": (b"\x89\xfe" + struct.pack("!H", 200) + b"abcd" + bytes(200), 1002),
        "a strange opcode": (masked(3, b"x"), 1002),
        "a part of nothing": (masked(0, b"x"), 1002),
        "nothing but pings": (masked(9, b"") * 40, 1008),
        "too much in parts": (masked(1, b"x" * 9_000, fin=False) + masked(0, b"x" * 9_000), 1009),
    }
    with server.viewer(room) as bystander:
        bystander.snapshot()
        for name, (data, code) in broken.items():
            with raw(server, room) as line:
                line.sendall(data)
                assert close_code(line) == code, name
        bystander.socket.send('{"ping": 1}')
        assert bystander.until(lambda f: f.get("pong")) == 1


def test_a_message_in_parts_with_a_ping_between_is_one_message(server: Server) -> None:
    room = make_room()
    with raw(server, room) as line:
        line.sendall(
            masked(1, b'{"pi', fin=False)
            + masked(9, b"there?")
            + masked(0, b'ng": ', fin=False)
            + masked(0, b"42}")
        )
        data = b""
        while b'"pong":42' not in data:
            data += line.recv(65_536)
        assert b"\x8a\x06there?" in data


def test_any_bytes_at_all_hurt_nobody_else(server: Server) -> None:
    room = make_room()
    with server.viewer(room) as bystander:
        bystander.snapshot()

        @given(data=st.binary(min_size=1, max_size=400))
        @settings(max_examples=20, deadline=None)
        def attack(data: bytes) -> None:
            with raw(server, room) as line:
                line.sendall(data)
                line.shutdown(socket.SHUT_WR)
                line.settimeout(60)
                try:
                    while line.recv(65_536):
                        pass
                except ConnectionResetError:
                    pass

        attack()
        bystander.socket.send('{"ping": 2}')
        assert bystander.until(lambda f: f.get("pong")) == 2


class Serving(threading.Thread):
    """Our server in this process, sweeping every second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address: Any = self.listener.getsockname()
        config = uvicorn.Config(self.answer, lifespan="off", log_config=None)
        self.server = listening.Server(config, lambda: None)

    @staticmethod
    async def answer(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def run(self) -> None:
        asyncio.run(self.server.serve(sockets=[self.listener]))


def test_who_never_finishes_asking_is_hung_up_on(monkeypatch) -> None:
    monkeypatch.setattr(listening, "SLOWEST_HEAD_SECONDS", 1)
    serving = Serving()
    serving.start()
    head = b"GET / HTTP/1.1\r\nHost: x\r\n"
    with (
        socket.create_connection(serving.address, 10) as silent,
        socket.create_connection(serving.address, 10) as slow,
        socket.create_connection(serving.address, 10) as honest,
    ):
        slow.sendall(head + b"\r\n")
        assert slow.recv(1_000).startswith(b"HTTP/1.1 204")
        slow.sendall(head)
        for _ in range(5):
            time.sleep(0.5)
            honest.sendall(head + b"\r\n")
            assert honest.recv(1_000).startswith(b"HTTP/1.1 204")
        assert silent.recv(1_000) == b""
        assert slow.recv(1_000) == b""
    serving.server.should_exit = True
    serving.join(10)


async def test_beyond_its_limits_a_process_sends_newcomers_away() -> None:
    hub = make_hub(World())
    admission = Admission(hub, Limits(sockets=9, in_a_room=9, from_an_address=2, lag_seconds=1.0))

    def enter(address: str) -> Client:
        client, line = make_client(hub)
        line.address = address
        admission.enter(client)
        return client

    room = make_client(hub)[0].holder.room
    first = enter("203.0.113.5")
    assert not admission.is_full(room, "203.0.113.5")
    enter("203.0.113.5")
    assert admission.is_full(room, "203.0.113.5")
    assert not admission.is_full(room, "203.0.113.6")
    admission.leave(first)
    assert not admission.is_full(room, "203.0.113.5")
    assert counted("127.0.0.1") == ""
    for _ in range(9):
        await hub.join(make_client(hub)[0], None)
    assert admission.is_full(room)


def test_who_ends_lets_nobody_in() -> None:
    async def end() -> None:
        hub = make_hub(World())
        admission = Admission(
            hub, Limits(sockets=9, in_a_room=9, from_an_address=2, lag_seconds=1.0)
        )
        room = make_client(hub)[0].holder.room
        assert not admission.is_full(room)
        assert admission.window() >= 1.0
        assert admission.is_full(room)

    asyncio.run(end())
