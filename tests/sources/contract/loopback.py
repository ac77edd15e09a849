"""A source on the loopback: it checks what it is asked as its documentation says, else refuses."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from yellowcart.sources.connector import Grant, Store
from yellowcart.sources.connectors.calling import Caller


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What is answered: ``body`` is JSON unless it is bytes."""

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Contract:
    """A running source. ``first`` are answered before the source's own answers."""

    answer: Callable[[Asked], Reply]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    first: list[Reply] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def store(
        self,
        settings: Mapping[str, str],
        *,
        currency: str = "CNY",
        grant: Grant | None = None,
    ) -> Store:
        """A connection to it through the real guard; waits are noted, not slept."""
        caller = Caller(sleep=self.slept.append)
        return Store(settings, caller, grant, currency)


@contextmanager
def running(answer: Callable[[Asked], Reply], allow: Callable[[str], None]) -> Iterator[Contract]:
    """The source on a port of its own; ``allow`` is told where it may be called."""
    contract = Contract(answer)

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            parts = urlsplit(self.path)
            asked = Asked(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(int(self.headers.get("content-length", 0))),
            )
            contract.asked.append(asked)
            reply = contract.first.pop(0) if contract.first else contract.answer(asked)
            data = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815  http.server asks by these

        def log_message(self, *_words: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    contract.url = f"http://127.0.0.1:{server.server_port}"
    allow(f"127.0.0.1:{server.server_port}")
    try:
        yield contract
    finally:
        server.shutdown()
        server.server_close()
