"""A live room on a database of its own, one edge process, one worker: what ``bench.room`` fills."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from bench.processes import used_by
from bench.room_load import pinned
from bench.running import ROOT, Installation

SPEAKERS = 1_000
START_SECONDS = 90.0
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Process:
    """A process of ours on a core."""

    process: "subprocess.Popen[bytes]"

    @property
    def cpu(self) -> float:
        """Processor seconds so far."""
        return used_by(str(self.process.pid))

    @property
    def memory(self) -> int:
        """Resident bytes."""
        statm = Path(f"/proc/{self.process.pid}/statm").read_text().split()
        return int(statm[1]) * _PAGE

    def end(self, number: int = signal.SIGTERM) -> None:
        """End it and wait."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(
    command: list[str],
    core: int | None,
    *,
    env: dict[str, str] | None = None,
    fds: tuple[int, ...] = (),
    log: Path | None = None,
) -> Process:
    """Start a process on a core."""
    out: Any = log.open("ab") if log else subprocess.DEVNULL
    return Process(
        subprocess.Popen(
            pinned(core, command), env=env, cwd=ROOT, pass_fds=fds, stdout=out, stderr=out
        )
    )


@dataclass
class Stage:
    """The room and the processes around it."""

    home: Installation
    server_core: int | None
    other_core: int | None
    listener: socket.socket
    log: Path
    server: Process
    room: UUID = field(default_factory=lambda: UUID(int=0))
    paths: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where the edge listens."""
        port: int = self.listener.getsockname()[1]
        return port

    def another_server(self) -> Process:
        """A further edge process on the same socket, as the supervisor starts it; it serves."""
        reader, writer = os.pipe()
        server = _serve(self.home, self.listener, self.server_core, self.log, ready=writer)
        os.close(writer)
        os.read(reader, 1)
        os.close(reader)
        return server


def _serve(
    home: Installation,
    listener: socket.socket,
    core: int | None,
    log: Path,
    ready: int | None = None,
) -> Process:
    fd = listener.fileno()
    command = [sys.executable, "-m", "yellowcart", "serve", "--fd", str(fd)]
    fds: tuple[int, ...] = (fd,)
    if ready is not None:
        command += ["--ready-fd", str(ready)]
        fds = (fd, ready)
    return start(command, core, env=home.environment, fds=fds, log=log)


def answers(port: int, process: Process) -> None:
    """Wait until a server answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}/api/v1/rooms/{UUID(int=0)}", timeout=20)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


@contextmanager
def staged(
    home: Installation, viewers: int, *, server_core: int | None, other_core: int | None
) -> Iterator[Stage]:
    """Everything but the viewers, until the block ends."""
    log = home.data.parent / "room.log"
    os.environ.update(home.environment)
    _pin_database(home.data, other_core)
    # Django needs the settings of the installation that was just started.
    from yellowcart.config import boot

    boot.boot()
    boot.migrate()
    listener = socket.create_server(("127.0.0.1", 0), backlog=4_096)
    worker = start(
        [sys.executable, "-m", "yellowcart", "worker"], other_core, env=home.environment, log=log
    )
    server = _serve(home, listener, server_core, log)
    stage = Stage(home, server_core, other_core, listener, log, server)
    try:
        answers(stage.port, server)
        _furnish(stage, viewers)
        yield stage
    finally:
        stage.server.end()
        worker.end()
        listener.close()


def _pin_database(data: Path, core: int | None) -> None:
    if core is None:
        return
    postmaster = (data / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
            if postmaster in {entry.name, parent}:
                os.sched_setaffinity(int(entry.name), {core})
        except OSError:
            continue  # it ended meanwhile


def _furnish(stage: Stage, viewers: int) -> None:
    """A live room, two listings to pin, accounts that may speak, and a pass for every viewer."""
    # Models load once Django is set up.
    from bench.crowds import furnish
    from yellowcart.core.ids import new_id
    from yellowcart.live import passes
    from yellowcart.live.models import Room
    from yellowcart.people.models import Account

    crowd = furnish("a_full_room", skus=2)
    stage.room = UUID(crowd.asks[0][0])
    Room.objects.filter(id=stage.room).update(slow_mode_seconds=0)
    mark = new_id().hex[-8:]
    accounts = Account.objects.bulk_create(
        [
            Account(username=f"v{n}-{mark}", handle=f"v{n}-{mark}", display_name=f"Viewer {n}")
            for n in range(min(SPEAKERS, viewers))
        ]
    )
    for number in range(viewers):
        guest = number >= len(accounts)
        token, _ends = passes.issue(
            room=stage.room,
            sub=new_id() if guest else accounts[number].id,
            name=f"Viewer {number}",
            guest=guest,
        )
        stage.paths.append(f"/api/v1/rooms/{stage.room}/events?pass={token}&lang=en")


class Pins(threading.Thread):
    """The host pins one listing and then the other, so often a second, until :meth:`stop`."""

    def __init__(self, room_id: UUID, per_second: float) -> None:
        super().__init__(daemon=True)
        self._room_id = room_id
        self._pause = 1 / per_second
        self._stopping = threading.Event()
        self.failed = 0

    def run(self) -> None:
        """Pin."""
        # Models load once Django is set up.
        from django.db import connection

        from yellowcart.listings.models import Listing
        from yellowcart.live.actions import do_pin
        from yellowcart.live.models import Room

        host = Room.objects.get(id=self._room_id).creator
        listings = list(
            Listing.objects.filter(container_id=self._room_id).values_list("id", flat=True)
        )
        for listing_id in itertools.cycle(listings):
            if self._stopping.wait(self._pause):
                break
            try:
                do_pin(host, self._room_id, listing_id)
            except Exception:
                self.failed += 1
        connection.close()

    def stop(self) -> None:
        """Stop pinning."""
        self._stopping.set()
        self.join()
