"""The video process: one event loop with the UDP port, RTMP and the HTTP that the edge asks."""

import asyncio
import gc
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette

from yellowcart.core import bus, timeline
from yellowcart.media import events
from yellowcart.media.engine.app import create_app
from yellowcart.media.engine.control import Platform, folder
from yellowcart.media.engine.engine import Engine
from yellowcart.media.engine.peers import UdpPort
from yellowcart.media.engine.rtmp.server import RtmpServer
from yellowcart.media.engine.sockets import addresses

log = logging.getLogger(__name__)


def run(database_url: str, http: int, rtmp: int, udp: int) -> None:
    """Serve on inherited sockets until a signal."""
    datagrams = socket.socket(fileno=udp)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        port = UdpPort(datagrams)
        platform = Platform()
        await platform.begin()
        engine = app.state.engine = Engine(port, platform, addresses(datagrams), folder())
        loop.add_reader(port.fileno, port.readable)
        publishers = RtmpServer(engine)
        await publishers.start(socket.socket(fileno=rtmp))

        def reload_clock(_payload: str) -> None:
            # Recordings are dated by the platform's clock.
            loop.run_in_executor(None, timeline.load_clock)

        tasks = [
            asyncio.create_task(
                bus.listen(
                    database_url,
                    {events.CHANNEL: engine.heard, timeline.CHANNEL: reload_clock},
                )
            ),
            asyncio.create_task(engine.run()),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await publishers.close()
            loop.remove_reader(port.fileno)
            await engine.close()

    config = uvicorn.Config(
        create_app(lifespan),
        loop="uvloop",
        log_config=None,
        access_log=False,
        # The edge says who asks; nobody else reaches this socket but from this machine.
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    config.load()
    # As the servers do: what is loaded now stays, and packets make little garbage.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=http)])
