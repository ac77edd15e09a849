"""RTMP's chunk stream: messages out of bytes, and bytes out of messages."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import pack
from typing import Final

#: Message types.
SET_CHUNK_SIZE: Final = 1
ABORT: Final = 2
ACKNOWLEDGEMENT: Final = 3
USER_CONTROL: Final = 4
WINDOW_SIZE: Final = 5
PEER_BANDWIDTH: Final = 6
AUDIO: Final = 8
VIDEO: Final = 9
DATA: Final = 18
COMMAND: Final = 20

_EXTENDED: Final = 0xFF_FFFF
#: A publisher uses a handful of chunk streams.
_MOST_STREAMS: Final = 16
_LARGEST_CHUNK: Final = 1 << 20


class RtmpError(ValueError):
    """The other side breaks the protocol, or asks for more than it gets."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``time`` is in milliseconds, modulo 2 to the 32."""

    kind: int
    stream: int
    time: int
    body: bytes


@dataclass(slots=True)
class _Stream:
    """What the short headers of one chunk stream leave out."""

    time: int = 0
    step: int = 0
    length: int = 0
    kind: int = 0
    stream: int = 0
    extended: bool = False
    known: bool = False
    body: bytearray = field(default_factory=bytearray)


class Reader:
    """Messages out of what arrives, in whatever pieces."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._buffer = bytearray()
        self._chunk_size = 128
        self._streams: dict[int, _Stream] = {}

    @property
    def held(self) -> int:
        """Bytes kept of messages that are not whole yet."""
        return len(self._buffer) + sum(len(s.body) for s in self._streams.values())

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that ``data`` completes; :class:`RtmpError` ends the connection."""
        self._buffer += data
        while True:
            used, message = self._chunk()
            if not used:
                return
            del self._buffer[:used]
            if message is None:
                continue
            if message.kind == SET_CHUNK_SIZE:
                self._set_chunk_size(message.body)
            elif message.kind == ABORT and len(message.body) >= 4:
                aborted = self._streams.get(int.from_bytes(message.body[:4], "big"))
                if aborted is not None:
                    aborted.body.clear()
            else:
                yield message

    def _set_chunk_size(self, body: bytes) -> None:
        size = int.from_bytes(body[:4], "big") & 0x7FFF_FFFF
        if not 1 <= size <= _LARGEST_CHUNK:
            raise RtmpError("chunk size")
        self._chunk_size = size

    def _chunk(self) -> tuple[int, Message | None]:
        """How many bytes the chunk at the front has (0: not whole yet), and what it completes."""
        data = self._buffer
        if not data:
            return 0, None
        short = data[0] & 0x3F
        basic = 2 if short == 0 else 3 if short == 1 else 1
        form = data[0] >> 6
        header = (11, 7, 3, 0)[form]
        if len(data) < basic + header:
            return 0, None
        number = short
        if basic == 2:
            number = 64 + data[1]
        elif basic == 3:
            number = 64 + data[1] + 256 * data[2]
        stream = self._stream(number, form)
        position = basic + header
        fields = bytes(data[basic:position])
        time = int.from_bytes(fields[:3], "big") if form < 3 else 0
        begins = not stream.body
        extended = time == _EXTENDED if form < 3 else stream.extended
        if extended:
            if len(data) < position + 4:
                return 0, None
            time = int.from_bytes(data[position : position + 4], "big")
            position += 4
        length = int.from_bytes(fields[3:6], "big") if form < 2 else stream.length
        if length > self._largest:
            raise RtmpError("message too long")
        if form < 3 and not begins:
            raise RtmpError("a message begins inside another")
        size = min(self._chunk_size, length - len(stream.body))
        if len(data) < position + size:
            return 0, None
        if begins:
            self._begin(stream, form, fields, time, length=length, extended=extended)
        stream.body += data[position : position + size]
        if len(stream.body) < stream.length:
            return position + size, None
        message = Message(stream.kind, stream.stream, stream.time, bytes(stream.body))
        stream.body.clear()
        return position + size, message

    def _stream(self, number: int, form: int) -> _Stream:
        stream = self._streams.get(number)
        if stream is None:
            if len(self._streams) >= _MOST_STREAMS:
                raise RtmpError("too many chunk streams")
            stream = self._streams[number] = _Stream()
        # Some encoders begin with a header without a stream; the time then counts from nothing.
        if form > 1 and not stream.known:
            raise RtmpError("a header refers to none before it")
        return stream

    @staticmethod
    def _begin(
        stream: _Stream, form: int, fields: bytes, time: int, *, length: int, extended: bool
    ) -> None:
        if form == 0:
            stream.time, stream.step = time, 0
            stream.stream = int.from_bytes(fields[7:11], "little")
        else:
            if form < 3:
                stream.step = time
            stream.time = (stream.time + stream.step) & 0xFFFF_FFFF
        if form < 2:
            stream.kind = fields[6]
        stream.length = length
        if form < 3:
            stream.extended = extended
        stream.known = True


def write(message: Message, *, chunk_stream: int, chunk_size: int) -> bytes:
    """A message as chunks with a full header first."""
    time = min(message.time, _EXTENDED)
    out = bytes([chunk_stream])
    out += time.to_bytes(3, "big") + len(message.body).to_bytes(3, "big")
    out += bytes([message.kind]) + message.stream.to_bytes(4, "little")
    extended = pack("!I", message.time) if time == _EXTENDED else b""
    out += extended + message.body[:chunk_size]
    for start in range(chunk_size, len(message.body), chunk_size):
        out += bytes([0xC0 | chunk_stream]) + extended + message.body[start : start + chunk_size]
    return out
