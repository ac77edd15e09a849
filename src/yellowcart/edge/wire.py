"""WebSocket frames as they leave the server (RFC 6455, section 5.2): never masked, never split.

A frame is built once with its header and written as it is to every socket, so that a message to
20,000 viewers costs one encoding and 20,000 writes of the same bytes. That holds for compressed
ones too: each message is deflated by itself (RFC 7692, section 7.2.1, without context takeover),
so its bytes are the same for everybody who reads such.
"""

import struct
import zlib
from typing import Final

_TEXT: Final = 0x81
#: The first bit behind FIN says that a message is deflated (RFC 7692, section 6).
_PACKED_TEXT: Final = 0xC1
_wide: Final = struct.Struct("!BBH").pack
_wider: Final = struct.Struct("!BBQ").pack

#: An empty ping. Whoever answers is still there.
PING: Final = b"\x89\x00"
#: Messages below this travel as they are: they fit into one packet either way, and the names and
#: numbers of a single event hardly shrink.
PACKED_FROM: Final = 512
#: The window that frames are deflated with, in bits, as large as there is.
WINDOW_BITS: Final = 15
#: Beyond 3 each step takes twice the time for a hundredth of the bytes.
_LEVEL: Final = 3
#: What every flush ends with; it isn't sent (RFC 7692, section 7.2.1).
_TAIL: Final = 4


def text_frame(body: bytes) -> bytes:
    """A whole text message, UTF-8, with its header."""
    return _framed(_TEXT, body)


def packed_frame(body: bytes) -> bytes:
    """The same for those who read deflated messages; a small one is left as it is."""
    if len(body) < PACKED_FROM:
        return _framed(_TEXT, body)
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -WINDOW_BITS)
    packed = deflate.compress(body) + deflate.flush(zlib.Z_SYNC_FLUSH)
    return _framed(_PACKED_TEXT, packed[:-_TAIL])


def _framed(first: int, body: bytes) -> bytes:
    length = len(body)
    if length < 126:
        return bytes((first, length)) + body
    if length < 65_536:
        return _wide(first, 126, length) + body
    return _wider(first, 127, length) + body
