"""What others carry: bare sockets, socket.io and Django Channels on the same core, and our hub.

Peers are installed once under ``.bench/`` from locked lists; without npm or the network one is
reported as missing, and the rest is measured all the same.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.room_load import loading
from bench.room_stage import start
from bench.running import ROOT

FOLDER = ROOT / ".bench"
PEERS = ROOT / "bench" / "peers"


class MissingError(RuntimeError):
    """A peer cannot be had on this machine; says why."""


def _install(name: str, command: list[str], folder: Path, done: Path) -> None:
    if done.exists():
        return
    try:
        subprocess.run(command, cwd=folder, check=True, timeout=240, capture_output=True, text=True)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        raise MissingError(f"{name} could not be installed: {said.strip()[-300:]}") from error


def socketio(port: int) -> list[str]:
    """The command that serves socket.io."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise MissingError("socket.io needs node and npm")
    folder = FOLDER / "socketio"
    shutil.copytree(PEERS / "socketio", folder, dirs_exist_ok=True)
    done = folder / "node_modules" / "socket.io"
    _install("socket.io", [npm, "ci", "--no-audit", "--no-fund"], folder, done)
    return [node, str(folder / "server.js"), str(port)]


def channels(port: int) -> list[str]:
    """The command that serves Django Channels."""
    folder = FOLDER / "channels"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    done = folder / "installed"
    wanted = PEERS / "channels" / "requirements.txt"
    pip = [str(python), "-m", "pip", "install", "--quiet", "-r", str(wanted)]
    _install("Django Channels", pip, folder, done)
    done.touch()
    return [
        str(python),
        "-m",
        "uvicorn",
        "site_room:application",
        "--app-dir",
        str(PEERS / "channels"),
        "--port",
        str(port),
        "--log-level",
        "warning",
        "--loop",
        "uvloop",
        "--ws",
        "websockets-sansio",
        "--lifespan",
        "off",
    ]


def bare(port: int) -> list[str]:
    """The command that serves bare uvloop sockets."""
    return [sys.executable, "-m", "bench.room_bare", str(port)]


def hub(port: int) -> list[str]:
    """The command that serves our hub without a database."""
    return [sys.executable, "-m", "bench.room_hub", str(port)]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(command: list[str], port: int, core: int | None, log: Path) -> Iterator[Any]:
    """A peer's server until the block ends."""
    process = start(command, core, env={**os.environ, "PYTHONPATH": str(ROOT)}, log=log)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline or process.process.poll() is not None:
                    raise MissingError(f"it did not start: {log.read_text()[-500:]}") from None
                time.sleep(0.1)
        yield process
    finally:
        process.end()


def best_of(
    command: list[str],
    port: int,
    mode: str,
    path: str,
    *,
    viewers: int,
    rates: list[int],
    seconds: float,
    program: Path,
    cores: tuple[int | None, int | None],
) -> dict[str, Any]:
    """The most deliveries a second over some rates of messages, each over what it took to deliver
    them all, however long that was after the last was sent."""
    runs = []
    log = program.parent / f"peer-{port}.log"
    with (
        serving(command, port, cores[0], log) as process,
        loading(program, port, mode, [path] * viewers, core=cores[1]) as load,
    ):
        opened = load.ask(f"open {viewers}")
        for rate in rates:
            before = process.cpu
            run = load.ask(f"run {seconds} {rate} 1 0")
            run |= {"rate": rate, "server_cpu": round(process.cpu - before, 2)}
            runs.append(run)
    best = max(runs, key=lambda run: run["per_second"])
    return {
        "viewers": opened["open"],
        "deliveries_per_second": best["per_second"],
        "frames_per_second": best["frames_per_second"],
        "server_us_per_frame": round(best["server_cpu"] / max(best["frames"], 1) * 1e6, 2),
        "runs": [
            {
                name: run[name]
                for name in (
                    "rate",
                    "per_second",
                    "p50_ms",
                    "p99_ms",
                    "undelivered",
                    "lost",
                    "server_cpu",
                    "load_cpu",
                    "seconds",
                )
            }
            for run in runs
        ],
    }
