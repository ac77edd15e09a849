"""The hub alone, frame for frame: our server, sockets, history and shards, without a database.

Whatever anybody says becomes the room's next event and goes out at once in a frame of its own; so
that what a frame costs here can be compared with a bare socket's. Rooms really wait and merge.
"""

import itertools
import socket
import sys
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from yellowcart.config import boot


def application() -> Any:
    """An application with one room."""
    # Django is set up first.
    from yellowcart.core import clock
    from yellowcart.core.ids import new_id
    from yellowcart.edge.channels import Channel, Client
    from yellowcart.edge.history import History
    from yellowcart.edge.hub import Hub
    from yellowcart.edge.lines import line_of
    from yellowcart.edge.store import EventRow
    from yellowcart.live.passes import RoomPass

    nobody: Any = None
    hub = Hub(nobody, nobody, nobody)
    room = new_id()
    channel = hub.channels[room] = Channel(room)
    history = channel.history = History(0, nobody)
    numbers = itertools.count(1)
    holder = RoomPass(room=room, sub=room, name="", role="viewer", guest=True, exp=2**40)

    class Rooms:
        def said(self, _client: Client, text: str) -> None:
            said = msgspec.json.decode(text)
            payload = msgspec.json.encode({**_PERSON, "text": said["chat"]}).decode()
            history.add([EventRow(room, next(numbers), "chat", payload, clock.now())])
            for shard in channel.shards:
                hub.flush(shard)

        def held(self, client: Client) -> None:
            hub.held(client)

        def flowing(self, client: Client) -> None:
            hub.flowing(client)

        def leave(self, client: Client) -> None:
            hub.leave(client)

        def window(self) -> float:
            return 1.0

    rooms = Rooms()

    async def events(websocket: WebSocket) -> None:
        line = line_of(websocket.scope)
        assert line is not None
        await websocket.accept()
        client = Client(holder, "en", "", line)
        line.carry(client, rooms)
        await hub.join(client, history.last)

    return Starlette(routes=[WebSocketRoute("/", events)])


_PERSON = {
    "id": "019a0000-0000-7000-8000-000000000001",
    "account_id": "019a0000-0000-7000-8000-000000000001",
    "name": "Viewer 1",
    "role": "viewer",
}


def main(port: int) -> None:
    """Serve until killed."""
    boot.boot(database=False)
    from yellowcart.config.listening import listen

    listener = socket.create_server(("127.0.0.1", port), backlog=2048)
    print("ready", flush=True)
    listen(application(), listener)


if __name__ == "__main__":
    main(int(sys.argv[1]))
