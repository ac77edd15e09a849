"""How an application is served: uvicorn, as every process of ours runs it."""

import gc
import os
import socket
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import uvicorn
from uvicorn._types import ASGIApplication
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from yellowcart.checkout.protocol import Ask, OrderProtocol
from yellowcart.edge.knocking import RoomProtocol
from yellowcart.edge.lines import RoomLine
from yellowcart.edge.rooms import Rooms

#: A request's head must be whole within this long, or twice as long at most.
SLOWEST_HEAD_SECONDS: Final = 10


class Protocol(RoomProtocol):
    """Orders go to the lanes of this process's edge, viewers into its rooms."""

    @staticmethod
    def orders() -> Ask:
        """How they get there."""
        return _lanes()

    @staticmethod
    def rooms() -> Rooms:
        """Where they go."""
        return _rooms()


@cache
def _rooms() -> Rooms:
    """The edge's rooms, which stand once it has started."""
    # The application is loaded after this module, by the server.
    from yellowcart.config.asgi import edge

    rooms: Rooms = edge.state.rooms
    return rooms


@cache
def _lanes() -> Ask:
    """The edge's lanes, which stand once it has started."""
    # The application is loaded after this module, by the server.
    from yellowcart.config.asgi import edge

    ask: Ask = edge.state.lanes.ask
    return ask


class Server(uvicorn.Server):
    """uvicorn's server, which also hangs up on those who never finish asking.

    Whoever opens connections and sends a request's head byte by byte, or nothing, would hold them
    for ever: uvicorn counts the seconds only between requests.
    """

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._say_ready = ready
        self._asking: dict[Any, Any] = {}

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        self._say_ready()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second."""
        if counter % (SLOWEST_HEAD_SECONDS * 10) == 0:
            self.sweep()
        return await super().on_tick(counter)

    def sweep(self) -> None:
        """Hang up on connections that were in the middle of a request's head at the last sweep,
        and still are in the same."""
        asking = {
            connection: connection.cycle
            for connection in self.server_state.connections
            if isinstance(connection, HttpToolsProtocol) and _is_asking(connection)
        }
        for connection, cycle in asking.items():
            if connection in self._asking and self._asking[connection] is cycle:
                connection.transport.close()
        self._asking = asking


def _is_asking(connection: HttpToolsProtocol) -> bool:
    cycle: Any = connection.cycle
    if cycle is None:
        return True
    return bool(cycle.response_complete) and connection.timeout_keep_alive_task is None


def listen(
    application: ASGIApplication | str,
    listener: socket.socket,
    *,
    protocol: type[OrderProtocol] = Protocol,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve until a signal; ``ready`` is called once we do."""
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http=protocol,
        ws=RoomLine,
        # Viewers send a line of chat; what it is once inflated counts. RoomLine agrees to deflated
        # messages itself: the server's own way compresses once a socket, not once a frame.
        ws_max_size=16_384,
        ws_per_message_deflate=False,
        log_config=None,
        access_log=os.environ.get("YELLOWCART_ACCESS_LOG") == "1",
        proxy_headers=os.environ.get("YELLOWCART_PROXY") == "1",
        timeout_graceful_shutdown=10,
        server_header=False,
        backlog=4096,
    )
    config.load()
    # What is loaded now stays: looking it over for garbage costs a busy server a tenth of its time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    Server(config, ready).run(sockets=[listener])
