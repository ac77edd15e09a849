"""How an application is served: uvicorn, as every process of ours runs it."""

import gc
import os
import socket
from functools import cache

import uvicorn
from uvicorn._types import ASGIApplication

from yellowcart.checkout.protocol import Ask, OrderProtocol
from yellowcart.edge.lines import RoomLine


class Protocol(OrderProtocol):
    """Orders go to the lanes of this process's edge."""

    @staticmethod
    def orders() -> Ask:
        """How they get there."""
        return _lanes()


@cache
def _lanes() -> Ask:
    """The edge's lanes, which stand once it has started."""
    # The application is loaded after this module, by the server.
    from yellowcart.config.asgi import edge

    ask: Ask = edge.state.lanes.ask
    return ask


def listen(
    application: ASGIApplication | str,
    listener: socket.socket,
    *,
    protocol: type[OrderProtocol] = Protocol,
) -> None:
    """Serve until a signal."""
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http=protocol,
        ws=RoomLine,
        # Viewers send a line of chat. Compressing is done once a socket, not once a frame:
        # in a full room it would cost more than all the rest.
        ws_max_size=16_384,
        ws_per_message_deflate=False,
        log_config=None,
        access_log=os.environ.get("YELLOWCART_ACCESS_LOG") == "1",
        proxy_headers=os.environ.get("YELLOWCART_PROXY") == "1",
        timeout_graceful_shutdown=10,
        server_header=False,
        backlog=2048,
    )
    config.load()
    # What is loaded now stays: looking it over for garbage costs a busy server a tenth of its time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    uvicorn.Server(config).run(sockets=[listener])
