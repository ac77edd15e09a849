"""A provider's server on loopback: answers as told, and remembers what it was asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Asked:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Gateway:
    """``url`` is where it listens; ``answer`` says what to reply, in turn or by rule."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    rule: Callable[[Asked], Answer] | None = None

    def reply(self, asked: Asked) -> Answer:
        """What this request gets."""
        self.asked.append(asked)
        if self.rule is not None:
            return self.rule(asked)
        return self.answers.pop(0)


@contextmanager
def listening() -> Iterator[Gateway]:
    """A gateway for as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, self.rfile.read(length))
            status, sent, body = gateway.reply(asked)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **sent}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway = Gateway(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
