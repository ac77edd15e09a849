"""RTP packets as bytes (RFC 3550): only what forwarding has to know."""

from dataclasses import dataclass
from struct import Struct
from typing import Final

HEADER: Final = Struct("!BBHII")
_MASK16: Final = 0xFFFF
_MASK32: Final = 0xFFFF_FFFF


class RtpError(ValueError):
    """Not an RTP packet that we can read."""


@dataclass(slots=True)
class Incoming:
    """One packet as it came."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    #: Without padding.
    payload: bytes
    #: The one-byte header extension's elements as they stand, for who reads them.
    extension: bytes


def parse(data: bytes) -> Incoming:
    """The packet in ``data``; :class:`RtpError` where it is none."""
    if len(data) < 12:
        raise RtpError("shorter than its header")
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    if first >> 6 != 2:
        raise RtpError("not version 2")
    start = 12 + 4 * (first & 0x0F)
    extension = b""
    if first & 0x10:
        if len(data) < start + 4:
            raise RtpError("extension cut off")
        words = int.from_bytes(data[start + 2 : start + 4], "big")
        if data[start : start + 2] == b"\xbe\xde":
            extension = data[start + 4 : start + 4 + 4 * words]
        start += 4 + 4 * words
    end = len(data)
    if first & 0x20:
        end -= data[-1]
    if not start <= end:
        raise RtpError("no room for a payload")
    return Incoming(
        second & 0x7F, second >= 0x80, sequence, timestamp, ssrc, data[start:end], extension
    )


def element(extension: bytes, wanted: int) -> bytes:
    """The element ``wanted`` of a one-byte header extension (RFC 8285), or nothing."""
    position = 0
    while position < len(extension):
        first = extension[position]
        if first == 0:
            position += 1
            continue
        length = (first & 0x0F) + 1
        if first >> 4 == wanted:
            found = extension[position + 1 : position + 1 + length]
            return found if len(found) == length else b""
        position += 1 + length
    return b""


class Unwrapper:
    """Counts on where a 16 or 32 bit number begins again."""

    def __init__(self, bits: int) -> None:
        self._size = 1 << bits
        self._last: int | None = None

    def unwrap(self, value: int) -> int:
        """The number that ``value`` stands for, near the last one."""
        if self._last is None:
            self._last = value + self._size  # room for what came before the first
            return self._last
        step = (value - self._last) % self._size
        if step >= self._size // 2:
            return self._last + step - self._size
        self._last += step
        return self._last
