"""``yellowcart up``: one supervisor, its server processes and its worker.

The supervisor holds the embedded database, so that the database outlives a crashed child. A child
that ends by itself is started again; a signal ends all of them, servers first, so that what they
accepted is still relayed.
"""

import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field

from yellowcart.core import home

#: A child that ends sooner than this after its start is not restarted: something is wrong.
SHORTEST_LIFE_SECONDS = 2.0
STOP_SECONDS = 15.0


@dataclass
class Child:
    """One process the supervisor looks after."""

    name: str
    command: list[str]
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = field(default=0.0)

    def start(self) -> None:
        """Start it, in the supervisor's environment."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command, pass_fds=self.pass_fds, start_new_session=True
        )

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
    listener.listen(2048)
    return listener


def serve(listener: socket.socket, processes: int) -> int:
    """Run servers and worker until a signal; the exit code for the command."""
    fd = listener.fileno()
    program = [sys.executable, "-m", "yellowcart"]
    children = [
        Child(f"server-{number}", [*program, "serve", "--fd", str(fd)], (fd,))
        for number in range(1, processes + 1)
    ]
    children.append(Child("worker", [*program, "worker"]))
    stopping = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    previous = {n: signal.signal(n, stop) for n in (signal.SIGTERM, signal.SIGINT)}
    try:
        for child in children:
            child.start()
        while not stopping:
            for child in children:
                if child.process is None or child.process.poll() is None:
                    continue
                if time.monotonic() - child.started < SHORTEST_LIFE_SECONDS:
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


def run_server(fd: int) -> None:
    """Serve the ASGI application on an inherited socket until a signal."""
    # Only server processes load the web server.
    from yellowcart.config.listening import listen

    # As a socket, not by its number: uvicorn takes a numbered one for a Unix socket, and its
    # connections would then wait 40 ms for an acknowledgement before the body of each answer.
    listen("yellowcart.config.asgi:application", socket.socket(fileno=fd))
