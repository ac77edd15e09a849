"""RTMP connections: handshake, commands, and what they publish."""

import asyncio
import logging
import os
import socket
import struct
from typing import Any, Final

from yellowcart.core.problems import Problem
from yellowcart.media.engine import limits
from yellowcart.media.engine.engine import Engine
from yellowcart.media.engine.rtmp import amf, chunks, flv
from yellowcart.media.engine.rtmp.chunks import Message, RtmpError
from yellowcart.media.engine.rtmp.source import RtmpSource
from yellowcart.media.engine.sessions import Session

log = logging.getLogger(__name__)

_SIGNATURE: Final = 1_536
#: From the first byte to the first media, in seconds.
_PUBLISH_SECONDS: Final = 10.0
#: Without a byte for so long a connection is gone, in seconds.
_SILENT_SECONDS: Final = 15.0
_WINDOW: Final = 2_500_000
_CHUNK_SIZE: Final = 4_096
_STREAM: Final = 1
_MOST_CONNECTIONS: Final = 64
_MOST_OF_ONE_ADDRESS: Final = 16
#: Commands before publishing: a publisher sends six.
_MOST_COMMANDS: Final = 64


class RtmpServer:
    """Takes connections on a socket."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._open: dict[asyncio.Task[Any], str] = {}
        self._server: asyncio.Server | None = None

    async def start(self, listener: socket.socket) -> None:
        """Begin."""
        self._server = await asyncio.start_server(self._connected, sock=listener, limit=1 << 17)

    async def close(self) -> None:
        """End every connection."""
        if self._server is not None:
            self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        address = str((writer.get_extra_info("peername") or ("",))[0])
        crowded = list(self._open.values()).count(address) >= _MOST_OF_ONE_ADDRESS
        if task is None or crowded or len(self._open) >= _MOST_CONNECTIONS:
            writer.close()
            return
        self._open[task] = address
        connection = _Connection(self._engine, reader, writer, address.removeprefix("::ffff:"))
        try:
            await connection.run()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, RtmpError, amf.AmfError):
            pass  # it hurts nobody but itself
        except flv.FlvError as error:
            log.info("an RTMP publisher sends what we don't carry", extra={"why": str(error)})
        finally:
            del self._open[task]
            connection.over()
            writer.close()


class _Connection:
    def __init__(
        self,
        engine: Engine,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        address: str,
    ) -> None:
        self._engine, self._in, self._out, self._address = engine, reader, writer, address
        self._messages = chunks.Reader(limits.LARGEST_PICTURE)
        self._source: RtmpSource | None = None
        self._session: Session | None = None
        self._commands = 0
        self._received = self._acknowledged = 0
        self._window = _WINDOW
        self._done = False

    async def run(self) -> None:
        """Until it ends."""
        async with asyncio.timeout(_PUBLISH_SECONDS) as limit:
            await self._handshake()
            self._send(chunks.WINDOW_SIZE, struct.pack("!I", _WINDOW))
            self._send(chunks.PEER_BANDWIDTH, struct.pack("!IB", _WINDOW, 2))
            self._send(chunks.SET_CHUNK_SIZE, struct.pack("!I", _CHUNK_SIZE))
            while not self._done:
                async with asyncio.timeout(_SILENT_SECONDS):
                    data = await self._in.read(65_536)
                if not data:
                    return
                self._received += len(data)
                if self._received - self._acknowledged >= self._window // 2:
                    self._acknowledged = self._received
                    self._send(
                        chunks.ACKNOWLEDGEMENT, struct.pack("!I", self._received & 2**32 - 1)
                    )
                for message in self._messages.feed(data):
                    await self._on(message)
                if self._messages.held > 2 * limits.LARGEST_PICTURE:
                    raise RtmpError("too much at once")
                if self._source is not None and self._source.last_at:
                    limit.reschedule(None)

    def over(self) -> None:
        """The connection ended; without a goodbye the line broke off."""
        if self._session is not None:
            self._engine.finish(self._session, "stopped" if self._done else None)

    async def _handshake(self) -> None:
        """Versions, random bytes, and the echo of the other side's."""
        if (await self._in.readexactly(1))[0] != 3:
            raise RtmpError("version")
        theirs = await self._in.readexactly(_SIGNATURE)
        ours = bytes(8) + os.urandom(_SIGNATURE - 8)
        self._out.write(b"\x03" + ours + theirs)
        await self._in.readexactly(_SIGNATURE)

    def _send(self, kind: int, body: bytes, *, stream: int = 0, over: int = 2) -> None:
        message = Message(kind, stream, 0, body)
        size = _CHUNK_SIZE if kind == chunks.COMMAND else 128
        self._out.write(chunks.write(message, chunk_stream=over, chunk_size=size))

    def _reply(self, *values: Any, stream: int = 0) -> None:
        self._send(chunks.COMMAND, amf.encode(*values), stream=stream, over=3)

    async def _on(self, message: Message) -> None:
        if message.kind == chunks.VIDEO:
            if self._source is not None:
                self._source.video(message.body, message.time)
        elif message.kind == chunks.AUDIO:
            if self._source is not None:
                self._source.audio(message.body, message.time)
        elif message.kind == chunks.COMMAND:
            await self._command(amf.decode(message.body))
        elif message.kind == chunks.WINDOW_SIZE and len(message.body) >= 4:
            self._window = max(100_000, int.from_bytes(message.body[:4], "big"))

    async def _command(self, values: list[Any]) -> None:
        self._commands += 1
        if len(values) < 2 or self._commands > _MOST_COMMANDS:
            raise RtmpError("commands")
        name, transaction = values[0], values[1]
        if name == "connect":
            self._reply(
                "_result",
                transaction,
                {"fmsVer": "FMS/3,5,7,7009", "capabilities": 31},
                {
                    "level": "status",
                    "code": "NetConnection.Connect.Success",
                    "description": "Connected.",
                    "objectEncoding": 0,
                },
            )
        elif name == "createStream":
            self._reply("_result", transaction, None, _STREAM)
        elif name == "publish":
            await self._publish(values)
        elif name in {"FCUnpublish", "deleteStream", "closeStream"}:
            self._done = self._session is not None
        elif name in {"releaseStream", "FCPublish", "getStreamLength", "_checkbw"}:
            self._reply("_result", transaction, None, None)

    async def _publish(self, values: list[Any]) -> None:
        key = values[3] if len(values) > 3 else ""
        if not isinstance(key, str) or self._session is not None:
            raise RtmpError("publish")
        # Encoders append what they know of themselves: key?name=value.
        key = key.partition("?")[0].strip()[: limits.LONGEST_TOKEN]
        try:
            opened = await self._engine.control.open(key, protocol="rtmp", address=self._address)
        except Problem as problem:
            self._status("error", "NetStream.Publish.BadName", problem.body("en")["detail"])
            await self._out.drain()
            raise RtmpError("refused") from problem
        feed = self._engine.feed(opened.room_id)
        self._source = RtmpSource(feed, hang_up=self._hang_up)
        self._source.rtt_ms = self._rtt_ms
        self._session = self._engine.begin(opened, feed, self._source)
        self._status("status", "NetStream.Publish.Start", "Publishing.")

    def _status(self, level: str, code: str, words: str) -> None:
        self._reply(
            "onStatus",
            0,
            None,
            {"level": level, "code": code, "description": words},
            stream=_STREAM,
        )

    def _hang_up(self, _why: str) -> None:
        self._out.transport.abort()

    def _rtt_ms(self) -> float | None:
        """What the kernel measured (Linux: ``tcp_info.tcpi_rtt``)."""
        sock = self._out.get_extra_info("socket")
        option = getattr(socket, "TCP_INFO", None)
        if sock is None or option is None:
            return None
        try:
            info = sock.getsockopt(socket.IPPROTO_TCP, option, 104)
        except OSError:
            return None
        return float(struct.unpack_from("@I", info, 68)[0]) / 1_000 if len(info) >= 72 else None
