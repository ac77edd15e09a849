"""WebSocket frames as they leave the server (RFC 6455, section 5.2): never masked, never split.

A frame is built once with its header and written as it is to every socket, so that a message to
20,000 viewers costs one encoding and 20,000 writes of the same bytes.
"""

import struct
from typing import Final

_TEXT: Final = 0x81
_wide: Final = struct.Struct("!BBH").pack
_wider: Final = struct.Struct("!BBQ").pack

#: An empty ping. Whoever answers is still there.
PING: Final = b"\x89\x00"


def text_frame(body: bytes) -> bytes:
    """A whole text message, UTF-8, with its header."""
    length = len(body)
    if length < 126:
        return bytes((_TEXT, length)) + body
    if length < 65_536:
        return _wide(_TEXT, 126, length) + body
    return _wider(_TEXT, 127, length) + body
