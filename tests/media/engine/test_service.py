"""Who is let in and who is not, over HTTP and RTMP, with the platform's answers given by hand."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from tests.media.engine.test_packets import OFFER

from yellowcart.media import problems
from yellowcart.media.engine import limits
from yellowcart.media.engine.app import create_app
from yellowcart.media.engine.control import Opened
from yellowcart.media.engine.engine import Engine
from yellowcart.media.engine.peers import UdpPort
from yellowcart.media.engine.rtmp import amf, chunks
from yellowcart.media.engine.rtmp.server import RtmpServer

KEY = "yk_right"
SDP = {"content-type": "application/sdp"}


class Answers:
    """The platform: one key, one room, one pass."""

    def __init__(self) -> None:
        self.room, self.broadcast = uuid4(), uuid4()
        self.watchers = {"pass"}
        self.open_ids = {self.broadcast}
        self.told: list[tuple[Any, ...]] = []

    async def open(self, key: str, *, protocol: str, address: str) -> Opened:
        if key != KEY:
            raise problems.stream_key_invalid()
        self.told.append(("open", protocol))
        return Opened(self.broadcast, self.room)

    async def started(self, broadcast_id: UUID) -> None:
        self.told.append(("started",))

    async def health(self, broadcast_id: UUID, figures: dict[str, Any]) -> None:
        self.told.append(("health", figures))

    async def lost(self, broadcast_id: UUID) -> None:
        self.told.append(("lost",))

    async def ended(self, broadcast_id: UUID, reason: str) -> None:
        self.told.append(("ended", reason))

    async def recorded(
        self, broadcast_id: UUID, path: str, started_at: datetime, duration_ms: int, size: int
    ) -> None:
        self.told.append(("recorded", path))

    async def may_watch(self, room_id: UUID, token: str) -> bool:
        return room_id == self.room and token in self.watchers

    async def on_air(self, room_id: UUID) -> bool:
        return True

    async def still_open(self, broadcast_ids: Iterable[UUID]) -> set[UUID]:
        return self.open_ids & set(broadcast_ids)

    def forget(self, room_id: UUID | None) -> None:
        """Nothing is believed here."""


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    engine = Engine(UdpPort(sock), Answers(), ["127.0.0.1"], tmp_path)
    yield engine
    await engine.close()


@pytest.fixture
def answers(engine: Engine) -> Answers:
    assert isinstance(engine.control, Answers)
    return engine.control


@pytest.fixture
async def http(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app()
    app.state.engine = engine
    transport = httpx.ASGITransport(app, client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://media") as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {**SDP, "authorization": f"Bearer {token}"}


def code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def test_only_a_key_in_force_publishes(http: httpx.AsyncClient, engine: Engine) -> None:
    post = http.post
    assert code(await post("/media/whip", content=OFFER, headers=SDP)) == (
        401,
        "stream_key_required",
    )
    refused = await post("/media/whip", content=OFFER, headers=bearer("yk_wrong"))
    assert code(refused) == (403, "stream_key_invalid")
    assert refused.headers["access-control-allow-origin"] == "*"
    wrong = {**bearer(KEY), "content-type": "text/plain"}
    assert code(await post("/media/whip", content=OFFER, headers=wrong)) == (415, "not_sdp")
    for nonsense in ("", "v=0", OFFER.replace("fingerprint", "fingerprnt"), "x" * 50_000):
        answer = await post("/media/whip", content=nonsense, headers=bearer(KEY))
        assert code(answer) == (422, "offer_invalid")
    other = OFFER.replace("VP8", "AV1").replace("H264", "H265").replace("opus", "PCMU")
    answer = await post("/media/whip", content=other, headers=bearer(KEY))
    assert code(answer) == (422, "no_common_codec")
    assert engine.sessions == {}
    assert engine.port.peers == []


async def test_a_publisher_comes_and_goes(
    http: httpx.AsyncClient, engine: Engine, answers: Answers
) -> None:
    answer = await http.post("/media/whip", content=OFFER, headers=bearer(KEY))
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/sdp")
    assert "m=video" in answer.text
    assert "H264/90000" in answer.text, "before VP8"
    assert "VP8" not in answer.text
    assert "a=ice-lite" in answer.text
    assert f"127.0.0.1 {engine.port.number} typ host" in answer.text
    where = answer.headers["location"]
    assert code(await http.patch(where)) == (405, "trickle_refused")
    assert (await http.delete(where)).status_code == 200
    assert code(await http.delete(where)) == (404, "session_not_found")
    await asyncio.sleep(0)
    await asyncio.gather(*engine._tasks)
    assert answers.told == [("open", "whip"), ("ended", "stopped")]
    assert engine.port.peers == []


async def test_only_who_may_watch_watches(
    http: httpx.AsyncClient, engine: Engine, answers: Answers
) -> None:
    room = f"/media/rooms/{answers.room}"
    assert code(await http.post(f"{room}/whep", content=OFFER, headers=bearer("pass"))) == (
        409,
        "nothing_on_air",
    )
    await http.post("/media/whip", content=OFFER, headers=bearer(KEY))
    for token in ("", "other", KEY):
        refused = await http.post(f"{room}/whep", content=OFFER, headers=bearer(token))
        assert code(refused) == (403, "may_not_watch")
        playlist = await http.get(f"{room}/hls/index.m3u8", params={"pass": token})
        assert code(playlist) == (403, "may_not_watch")
    elsewhere = f"/media/rooms/{uuid4()}"
    assert code(await http.post(f"{elsewhere}/whep", content=OFFER, headers=bearer("pass"))) == (
        403,
        "may_not_watch",
    )
    assert code(await http.get("/media/hls/guess/init-1.mp4")) == (404, "hls_unavailable")
    assert code(await http.get("/media/recordings/guess/video.mp4")) == (404, "replay_not_found")

    answer = await http.post(f"{room}/whep", content=OFFER, headers=bearer("pass"))
    assert answer.status_code == 201
    assert answer.text.count("a=sendonly") == 2
    assert engine.watching(answers.room) == 1
    for _ in range(9):
        await http.post(f"{room}/whep", content=OFFER, headers=bearer("pass"))
    assert engine.watching(answers.room) == limits.MOST_OF_ONE_PASS, "one pass, a few screens"
    # The show is over: the pass opens nothing any more, and who is inside is sent away.
    answers.watchers.clear()
    secret = engine.feeds[answers.room].hls.secret
    await engine.recheck(answers.room)
    assert engine.watching(answers.room) == 0
    assert engine.feeds[answers.room].hls.secret == secret, "the room is still public here"


async def test_vp8_is_passed_on_but_not_packed(
    http: httpx.AsyncClient, engine: Engine, answers: Answers
) -> None:
    await http.post("/media/whip", content=OFFER.replace("H264", "H265"), headers=bearer(KEY))
    room = f"/media/rooms/{answers.room}"
    seen = await http.post(f"{room}/whep", content=OFFER, headers=bearer("pass"))
    assert "VP8/90000" in seen.text
    playlist = await http.get(f"{room}/hls/index.m3u8", params={"pass": "pass"})
    assert code(playlist) == (404, "hls_unavailable")


async def test_a_revoked_publisher_is_dropped_by_message_or_by_asking(
    http: httpx.AsyncClient, engine: Engine, answers: Answers
) -> None:
    await http.post("/media/whip", content=OFFER, headers=bearer(KEY))
    engine.heard(f"drop {answers.broadcast.hex}")
    assert engine.sessions == {}
    await http.post("/media/whip", content=OFFER, headers=bearer(KEY))
    answers.open_ids.clear()
    await engine.check()
    assert engine.sessions == {}
    assert engine.port.peers == []
    engine.heard("drop nonsense")
    engine.heard("air")


async def test_sessions_that_never_connect_make_no_more_room_for_others(
    http: httpx.AsyncClient, engine: Engine, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_HANDSHAKES", 3)
    await http.post("/media/whip", content=OFFER, headers=bearer(KEY))
    path = f"/media/rooms/{answers.room}/whep"
    for _ in range(2):
        assert (await http.post(path, content=OFFER, headers=bearer("pass"))).status_code == 201
    full = await http.post(path, content=OFFER, headers=bearer("pass"))
    assert code(full) == (503, "media_full")
    assert full.headers["retry-after"]
    monkeypatch.setattr(limits, "CONNECT_SECONDS", 0.0)
    engine.look()
    assert engine.port.peers == []


async def test_datagrams_of_strangers_change_nothing(
    http: httpx.AsyncClient, engine: Engine
) -> None:
    await http.post("/media/whip", content=OFFER, headers=bearer(KEY))
    (peer,) = engine.port.peers
    stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stranger.bind(("127.0.0.1", 0))
    target = ("127.0.0.1", engine.port.number)
    for data in (b"\x00\x01\x00\x00" + os.urandom(16), b"\x16" * 40, b"\x80" * 40, b"x", b"\x00"):
        stranger.sendto(data, target)
    engine.port.readable()
    assert peer.address is None
    assert engine.port.peers == [peer]
    stranger.close()


# --- RTMP


class Caller:
    """An RTMP client of a few lines."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._in, self._out = reader, writer
        self._messages = chunks.Reader(100_000)

    async def greet(self) -> None:
        self._out.write(b"\x03" + bytes(1_536))
        echo = await self._in.readexactly(1 + 2 * 1_536)
        self._out.write(echo[1:1_537])

    def say(self, *values: Any) -> None:
        message = chunks.Message(chunks.COMMAND, 0, 0, amf.encode(*values))
        self._out.write(chunks.write(message, chunk_stream=3, chunk_size=128))

    def send(self, kind: int, time: int, body: bytes) -> None:
        message = chunks.Message(kind, 1, time, body)
        self._out.write(chunks.write(message, chunk_stream=4, chunk_size=128))

    async def hear(self) -> list[Any]:
        """The next command."""
        while True:
            data = await self._in.read(65_536)
            if not data:
                raise EOFError
            for message in self._messages.feed(data):
                if message.kind == chunks.COMMAND:
                    return amf.decode(message.body)

    async def publish(self, key: str) -> str:
        await self.greet()
        self.say("connect", 1, {"app": "live"})
        assert (await self.hear())[0] == "_result"
        self.say("createStream", 2, None)
        assert (await self.hear())[3] == 1
        self.say("publish", 3, None, key, "live")
        code: str = (await self.hear())[3]["code"]
        return code

    async def ended(self) -> bool:
        while await self._in.read(65_536):
            pass
        return True


@pytest.fixture
async def call(engine: Engine) -> AsyncIterator[Any]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(5)
    port = listener.getsockname()[1]
    server = RtmpServer(engine)
    await server.start(listener)
    writers: list[asyncio.StreamWriter] = []

    async def connect() -> Caller:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writers.append(writer)
        return Caller(reader, writer)

    yield connect
    for writer in writers:
        writer.close()
    await server.close()


async def test_rtmp_publishes_with_the_key_as_name(
    call: Any, engine: Engine, answers: Answers
) -> None:
    wrong = await call()
    assert await wrong.publish("yk_wrong") == "NetStream.Publish.BadName"
    assert await wrong.ended()
    caller = await call()
    assert await caller.publish(f"{KEY}?encoder=x") == "NetStream.Publish.Start"
    record = bytes.fromhex("0142c00bffe100166742c00bd901414fec04400000fa40003a9803c50a92")
    caller.send(chunks.VIDEO, 0, b"\x17\x00\x00\x00\x00" + record + b"\x01\x00\x02\x68\xce")
    caller.send(chunks.VIDEO, 40, b"\x17\x01\x00\x00\x00" + b"\x00\x00\x00\x02\x65\x88")
    caller.say("deleteStream", 5, None, 1)
    assert await caller.ended()
    track = engine.feeds[answers.room].tracks["video"]
    kept = [packet.payload for n in track.since_key() if (packet := track.get(n))]
    assert kept[0][0] & 0x1F == 7, "parameter sets come with the key frame"
    assert kept[-1] == b"\x65\x88"
    await asyncio.gather(*engine._tasks)
    assert answers.told[-1] == ("ended", "stopped")


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n" * 100,
        b"\x06" + bytes(1_536),
        b"\x03" + bytes(3_072) + b"\xff" * 500,
        b"\x03" + bytes(3_072) + b"\x03\0\0\0\xff\xff\xff\x14\0\0\0\0",
    ],
)
async def test_who_speaks_no_rtmp_is_hung_up_on(call: Any, engine: Engine, data: bytes) -> None:
    stranger = await call()
    stranger._out.write(data)
    assert await stranger.ended()
    assert engine.sessions == {}
    assert await (await call()).publish(KEY) == "NetStream.Publish.Start", "others are served"
