"""A server of pictures on loopback that tells the truth, or lies in every way a test wants."""

import io
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from PIL import Image, PngImagePlugin


def drawn(
    colour: str | tuple[int, ...] = "teal",
    size: tuple[int, int] = (60, 40),
    kind: str = "PNG",
    **how: Any,
) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    mode = "RGBA" if isinstance(colour, tuple) and len(colour) == 4 else "RGB"
    Image.new(mode, size, colour).save(out, kind, **how)
    return out.getvalue()


def animated(kind: str = "GIF") -> bytes:
    """Red first, then blue."""
    out = io.BytesIO()
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100, lossless=True)
    return out.getvalue()


def bomb() -> bytes:
    """Some kilobytes that say they are 30,000 pixels on a side."""
    honest = drawn(size=(8, 8))
    width = (30_000).to_bytes(4, "big")
    start = honest.index(b"IHDR") + 4
    body = honest[start - 4 : start] + width + width + honest[start + 8 : start + 13]
    return (
        honest[: start - 4]
        + body
        + PngImagePlugin._crc32(body).to_bytes(4, "big")
        + honest[start + 17 :]
    )


class Gallery:
    """What hangs there, by path, and what was asked for. Paths of ``_LIES`` answer by themselves.

    ``status`` and ``headers`` are of every answer of a path that names them.
    """

    def __init__(self) -> None:
        self.url = ""
        self.pictures: dict[str, bytes] = {}
        self.status: dict[str, int] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.asked: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self.open = threading.Event()
        self.open.set()
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()

    def hang(self, path: str, data: bytes) -> str:
        """Show a picture; its address."""
        self.pictures[path] = data
        return f"{self.url}{path}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        path = urlsplit(handler.path).path
        with self._lock:
            self.asked[path] += 1
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            self.open.wait(20)
            if path == "/drips":
                return _drip(handler)
            if path == "/endless":
                return _endless(handler)
            self._send(handler, path)
        finally:
            with self._lock:
                self._at_once -= 1
        return None

    def _send(self, handler: BaseHTTPRequestHandler, path: str) -> None:
        data = self.pictures.get(path)
        mark = f'"{hash(data)}"'
        status = self.status.get(path, 200 if data is not None else 404)
        if data is not None and handler.headers.get("If-None-Match") == mark:
            status, data = 304, b""
        self.sent[path] += status == 200
        handler.send_response(status)
        handler.send_header("ETag", mark)
        handler.send_header("Content-Length", str(len(data or b"")))
        for name, value in self.headers.get(path, {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data or b"")


def _drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"\x89")
        handler.wfile.flush()
        time.sleep(0.02)


def _endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "image/png")
    handler.end_headers()
    for _ in range(400):
        handler.wfile.write(b"\0" * 65_536)


@contextmanager
def gallery(settings: Any) -> Iterator[Gallery]:
    """A gallery that may be called."""
    shown = Gallery()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                shown.answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    port = server.server_address[1]
    settings.FETCH_ALLOW = [f"127.0.0.1:{port}"]
    shown.url = f"http://127.0.0.1:{port}"
    try:
        yield shown
    finally:
        shown.open.set()
        server.shutdown()
        server.server_close()
        thread.join()
