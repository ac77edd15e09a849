"""``yellowcart up``: one supervisor, its server processes, its worker and its video process.

The supervisor holds the embedded database, so that the database outlives a crashed child. A child
that ends by itself is started again; a signal ends all of them, servers first, so that what they
accepted is still relayed.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yellowcart.core import home

if TYPE_CHECKING:
    from yellowcart.media.engine.sockets import MediaSockets

#: A child that ends sooner than this after its start is not restarted: something is wrong.
SHORTEST_LIFE_SECONDS = 2.0
#: What a server writes once it serves.
READY = b"1"
STOP_SECONDS = 15.0
#: How long a server that takes another's place may need until it serves.
READY_SECONDS = 60.0


@dataclass
class Child:
    """One process the supervisor looks after."""

    name: str
    command: list[str]
    pass_fds: tuple[int, ...] = ()
    #: Without it there is nothing to run for; another is tried again a while later.
    vital: bool = True
    process: subprocess.Popen[bytes] | None = None
    started: float = field(default=0.0)

    def start(self) -> None:
        """Start it, in the supervisor's environment."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command, pass_fds=self.pass_fds, start_new_session=True
        )

    def renew(self, stopping: Callable[[], bool]) -> bool:
        """Start another in its place, and end the old one once the new one serves.

        Both accept on the same socket meanwhile, so nobody is refused. False where the new one
        did not come to serve; the old one then goes on.
        """
        old, began = self.process, self.started
        reader, writer = os.pipe()
        self.started = time.monotonic()
        new = subprocess.Popen(
            [*self.command, "--ready-fd", str(writer)],
            pass_fds=(*self.pass_fds, writer),
            start_new_session=True,
        )
        os.close(writer)
        serves = _hears(reader, stopping)
        os.close(reader)
        if not serves:
            new.kill()
            new.wait()
            self.started = began
            return False
        self.process = old
        self.stop()
        self.process = new
        return True

    def stop(self) -> None:
        """Ask it to end, and insist after :data:`STOP_SECONDS`."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _hears(reader: int, stopping: Callable[[], bool]) -> bool:
    """Whether a server says that it serves. Nothing more comes from one that ended."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and not stopping():
        if select.select([reader], [], [], 0.2)[0]:
            return os.read(reader, 1) == READY
    return False


class PortTakenError(RuntimeError):
    """Another program listens where the server should."""


def bind(host: str, port: int) -> socket.socket:
    """The listening socket that all server processes share; port 0 takes a free one."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTakenError(
            f"cannot listen on {host}:{port} ({error.strerror}); choose another with --port"
        ) from error
    # A full room that comes back after a restart knocks within seconds.
    listener.listen(4096)
    return listener


def bind_media(host: str) -> "MediaSockets | None":
    """The video process's sockets, where this installation runs one; names them to the servers."""
    own = os.environ.get("YELLOWCART_MEDIA_SERVER", "embedded") == "embedded"
    if not own or os.environ.get("YELLOWCART_MEDIA") == "off":
        os.environ.pop("YELLOWCART_MEDIA_URL", None)
        return None
    from yellowcart.media.engine import sockets

    try:
        media = sockets.bind_media(host)
    except (OSError, ValueError) as error:
        raise PortTakenError(f"{error}, or YELLOWCART_MEDIA=off") from error
    os.environ["YELLOWCART_MEDIA_URL"] = media.url
    os.environ["YELLOWCART_MEDIA_RTMP_PORT"] = str(media.rtmp_port)
    os.environ["YELLOWCART_MEDIA_UDP_PORT"] = str(media.udp_port)
    return media


def serve(listener: socket.socket, processes: int, media: "MediaSockets | None" = None) -> int:
    """Run servers, worker and video until a signal; the exit code for the command.

    SIGUSR2 puts new server processes in the place of the old ones, one after the other; viewers
    come back within seconds and miss nothing (a new version, other settings of the process).
    """
    fd = listener.fileno()
    program = [sys.executable, "-m", "yellowcart"]
    children = servers = [
        Child(f"server-{number}", [*program, "serve", "--fd", str(fd)], (fd,))
        for number in range(1, processes + 1)
    ]
    children = [*servers, Child("worker", [*program, "worker"])]
    if media is not None:
        fds = media.filenos
        names = (f"--{name}={fd}" for name, fd in zip(("http", "rtmp", "udp"), fds, strict=True))
        children.append(Child("video", [*program, "video", *names], fds, vital=False))
    stopping = renewing = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    def renew(_number: int, _frame: object) -> None:
        nonlocal renewing
        renewing = True

    previous = {n: signal.signal(n, stop) for n in (signal.SIGTERM, signal.SIGINT)}
    previous[signal.SIGUSR2] = signal.signal(signal.SIGUSR2, renew)
    try:
        for child in children:
            child.start()
        while not stopping:
            if renewing:
                renewing = False
                _renew(servers, lambda: stopping)
            for child in children:
                if child.process is None or child.process.poll() is None:
                    continue
                if time.monotonic() - child.started < SHORTEST_LIFE_SECONDS:
                    if not child.vital:
                        continue
                    print(  # noqa: T201  the person at the terminal must see this
                        f"{child.name} ended at once (exit {child.process.returncode});"
                        " see the lines above",
                        file=sys.stderr,
                    )
                    return 1
                child.start()
            time.sleep(0.2)
    finally:
        for child in children:
            child.stop()
        for number, handler in previous.items():
            signal.signal(number, handler)
        home.remove_run_file()
    return 0


def _renew(servers: list[Child], stopping: Callable[[], bool]) -> None:
    for child in servers:
        if not child.renew(stopping):
            print(  # noqa: T201  the person at the terminal must see this
                f"the new {child.name} did not come to serve; the old one goes on",
                file=sys.stderr,
            )
            return


def run_server(fd: int, ready_fd: int | None = None) -> None:
    """Serve the ASGI application on an inherited socket until a signal; says on ``ready_fd``
    when it does."""
    # Only server processes load the web server.
    from yellowcart.config.listening import listen

    # As a socket, not by its number: uvicorn takes a numbered one for a Unix socket, and its
    # connections would then wait 40 ms for an acknowledgement before the body of each answer.
    listener = socket.socket(fileno=fd)
    listen("yellowcart.config.asgi:application", listener, ready=lambda: _say_ready(ready_fd))


def _say_ready(ready_fd: int | None) -> None:
    if ready_fd is not None:
        os.write(ready_fd, READY)
        os.close(ready_fd)
