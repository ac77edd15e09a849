"""Bare uvloop sockets: a WebSocket server of the fewest lines that carries the same frames.

Whatever anybody says is put behind a header once and written to everybody. It is the limit that a
server in Python on one core can reach frame for frame.
"""

import asyncio
import base64
import hashlib
import sys
from typing import cast

import uvloop

from yellowcart.edge.wire import text_frame

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Viewer(asyncio.Protocol):
    """One socket."""

    everybody: "set[Viewer]" = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is here."""
        self.transport = cast("asyncio.Transport", transport)
        self.write = self.transport.write
        self.waiting = b""
        self.upgraded = False

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self.everybody.discard(self)

    def data_received(self, data: bytes) -> None:
        """The handshake, and then masked frames."""
        self.waiting += data
        if not self.upgraded:
            head, mark, rest = self.waiting.partition(b"\r\n\r\n")
            if not mark:
                return
            key = next(
                line.split(b":", 1)[1].strip()
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"sec-websocket-key:")
            )
            accept = base64.b64encode(hashlib.sha1(key + _MAGIC, usedforsecurity=False).digest())
            self.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: %b\r\n\r\n" % accept
            )
            self.upgraded, self.waiting = True, rest
            self.everybody.add(self)
        while (whole := self._message()) is not None:
            frame = text_frame(whole)
            for viewer in self.everybody:
                viewer.write(frame)

    def _message(self) -> bytes | None:
        data = self.waiting
        if len(data) < 6:
            return None
        length, start = data[1] & 0x7F, 2
        if length == 126:
            length, start = int.from_bytes(data[2:4], "big"), 4
        if len(data) < start + 4 + length:
            return None
        mask, body = data[start : start + 4], data[start + 4 : start + 4 + length]
        self.waiting = data[start + 4 + length :]
        if data[0] & 0x0F != 1:
            return self._message()
        return bytes(b ^ mask[n % 4] for n, b in enumerate(body)) if any(mask) else body


async def main(port: int) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Viewer, "127.0.0.1", port, backlog=2048)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(main(int(sys.argv[1])))
