"""Rooms with video, and a media server that answers as its documentation shows."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from tests.rooms import make_room

from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.live.models import Room
from yellowcart.media import actions
from yellowcart.media.models import Broadcast, StreamKey


def key_of(room: Room, purpose: str = "studio") -> str:
    """The secret of a new key of the room."""
    return actions.do_make_stream_key(room.creator, room.id, purpose=purpose)[1]


def opened(secret: str) -> Broadcast:
    """A publisher that was let in."""
    return actions.do_open_broadcast(secret, protocol="whip", address="192.0.2.1")


def on_air(room: Room | None = None) -> Broadcast:
    """A publisher whose pictures arrive."""
    room = room or make_room()
    return actions.do_broadcast_started(opened(key_of(room)).id)


def silent(broadcast: Broadcast, seconds: float = 60) -> None:
    """Nothing was heard of the publisher for so long."""
    Broadcast.objects.filter(id=broadcast.id).update(
        seen_wall_at=clock.wall() - timedelta(seconds=seconds)
    )


class Refused:
    """The block ends with a problem of this code."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: object, _trace: object) -> bool:
        assert isinstance(error, Problem), f"nothing refused it: {error!r}"
        assert error.code == self.code
        return True


class Call(NamedTuple):
    """A request that the media server got."""

    method: str
    path: str
    authorization: str
    body: Any


class MediaBox:
    """A media server: answers by path, and remembers what it was asked."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.answers: dict[str, tuple[int, Any]] = {}
        self.url = ""

    def asked(self, part: str) -> list[Call]:
        """The requests whose path holds this."""
        return [call for call in self.calls if part in call.path]


@contextmanager
def media_box() -> Iterator[MediaBox]:
    """A media server on a free port of this machine."""
    box = MediaBox()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            text = self.rfile.read(length)
            body = json.loads(text) if text else None
            asked = Call(self.command, self.path, self.headers.get("Authorization", ""), body)
            box.calls.append(asked)
            path = self.path.partition("?")[0]
            status, answer = box.answers.get(path, (404, {"error": "not found"}))
            data = json.dumps(answer(body) if callable(answer) else answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815  the library's names

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    box.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()


def latest_key(room: Room) -> StreamKey:
    """The room's newest key."""
    return StreamKey.objects.filter(room=room).latest("made_at")
