"""The video engine alone, with a platform that lets everybody in: what ``bench.media`` measures.

    python -m bench.media_server FOLDER pack|pass

Prints its HTTP and RTMP ports. ``pass`` packs nothing: the difference is what HLS and the
recording cost.
"""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import uvicorn
from starlette.applications import Starlette

from yellowcart.config.boot import boot

os.environ["YELLOWCART_LOG_LEVEL"] = "ERROR"
boot(database=False)

from yellowcart.media.engine.app import create_app  # noqa: E402  needs the apps
from yellowcart.media.engine.control import Opened  # noqa: E402
from yellowcart.media.engine.engine import Engine  # noqa: E402
from yellowcart.media.engine.peers import UdpPort  # noqa: E402
from yellowcart.media.engine.recording import Recorder  # noqa: E402
from yellowcart.media.engine.rtmp.server import RtmpServer  # noqa: E402
from yellowcart.media.engine.sessions import Session  # noqa: E402

ROOM = UUID(int=1)


class Everybody:
    """Lets everybody in and keeps nothing."""

    async def open(self, key: str, *, protocol: str, address: str) -> Opened:
        return Opened(UUID(int=2), ROOM)

    async def started(self, broadcast_id: UUID) -> None:
        """Kept nowhere."""

    async def health(self, broadcast_id: UUID, figures: dict[str, Any]) -> None:
        """Kept nowhere."""

    async def lost(self, broadcast_id: UUID) -> None:
        """Kept nowhere."""

    async def ended(self, broadcast_id: UUID, reason: str) -> None:
        """Kept nowhere."""

    async def recorded(
        self, broadcast_id: UUID, path: str, started_at: datetime, duration_ms: int, size: int
    ) -> None:
        """Kept nowhere."""

    async def may_watch(self, room_id: UUID, token: str) -> bool:
        return True

    async def on_air(self, room_id: UUID) -> bool:
        return True

    async def still_open(self, broadcast_ids: Iterable[UUID]) -> set[UUID]:
        return set(broadcast_ids)

    def forget(self, room_id: UUID | None) -> None:
        """Nothing is believed."""


def main(folder: str, mode: str) -> None:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    http, rtmp = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))

    if mode == "pass":

        def pack(session: Session, recorder: Recorder) -> None:
            session.recorder = recorder

        Session.pack = pack  # type: ignore[method-assign]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        port = UdpPort(udp)
        engine = app.state.engine = Engine(port, Everybody(), ["127.0.0.1"], Path(folder))
        loop.add_reader(port.fileno, port.readable)
        publishers = RtmpServer(engine)
        await publishers.start(rtmp)
        looking = asyncio.create_task(engine.run())
        print(http.getsockname()[1], rtmp.getsockname()[1], flush=True)
        yield
        looking.cancel()
        await publishers.close()
        await engine.close()

    config = uvicorn.Config(create_app(lifespan), loop="uvloop", log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[http])


if __name__ == "__main__":
    main(*sys.argv[1:])
