"""A server on loopback that plays a source's contract: it checks each call as published."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pytest_django.fixtures import Settings as SettingsWrapper

from yellowcart.sources.connectors.calling import Caller, Pace


@dataclass(frozen=True)
class Call:
    """One call as it came in; ``query`` and ``form`` in order, headers by lower-case name."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What is answered: an object as JSON, or bytes as they are."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def raw(self) -> bytes:
        """The bytes on the wire."""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False).encode()


MALFORMED = Reply(b'{"data": {"items": [')
TOO_OFTEN = Reply(b"", 429, {"Retry-After": "2"})
HUGE = Reply(b'{"x":"' + b"x" * (9 * 1024 * 1024) + b'"}')


class Contract:
    """A source: subclasses answer calls; ``script`` holds replies that come before theirs."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.script: list[Reply] = []

    def answer(self, call: Call) -> Reply:
        raise NotImplementedError

    def take(self, call: Call) -> Reply:
        self.calls.append(call)
        return self.script.pop(0) if self.script else self.answer(call)


@contextmanager
def served(contract: Contract, settings: SettingsWrapper) -> Iterator[str]:
    """The address of a server that answers for the contract, and may be called."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._any()

        def do_POST(self) -> None:
            self._any()

        def _any(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            reply = contract.take(
                Call(
                    method=self.command,
                    path=parts.path,
                    query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=self.rfile.read(length),
                )
            )
            raw = reply.raw
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            try:
                self.wfile.write(raw)
            except OSError:
                self.close_connection = True

        def log_message(self, *_words: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.daemon = True
    thread.start()
    address = f"127.0.0.1:{server.server_port}"
    settings.FETCH_ALLOW = [address]
    try:
        yield f"http://{address}"
    finally:
        server.shutdown()
        server.server_close()


class Waiting:
    """A clock that only sleeping moves, so that waits are seen and not waited."""

    def __init__(self) -> None:
        self.at = 1_000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def caller(self, calls_a_second: float = 0) -> Caller:
        """A caller that really calls, and waits on this clock."""
        clock: Callable[[], float] = lambda: self.at  # noqa: E731
        return Caller(Pace(calls_a_second), clock=clock, sleep=self.sleep)
