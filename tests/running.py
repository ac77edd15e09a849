"""A running Yellowcart for tests: ``yellowcart up`` as a person starts it, on a free port."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from yellowcart.core.testing import lay_cluster


@dataclass(frozen=True)
class Running:
    """Where it listens, its data folder, its process and what it printed."""

    base_url: str
    data: Path
    process: subprocess.Popen[str]

    def log(self) -> str:
        """What it printed until now."""
        return _log_of(self.data).read_text(encoding="utf-8")

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a ``yellowcart`` command on the same data folder."""
        return run_command(self.data, *arguments)


def environment(data: Path) -> dict[str, str]:
    """The tests' environment without their own database and key."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DATABASE_URL", "YELLOWCART_SECRET_KEY", "YELLOWCART_BASE_URL"}
    }
    return {
        **kept,
        "YELLOWCART_DATA": str(data),
        "YELLOWCART_LOG_LEVEL": "WARNING",
        # Only tests of video want its process; they say so.
        "YELLOWCART_MEDIA": "off",
    }


def furnish(data: Path) -> Path:
    """The data folder with an embedded database that is up to date and holds nothing yet.

    Saves what starts on it the half minute that bringing an empty one up to date takes.
    """
    lay_cluster(data / "postgres", durable=False)
    return data


def run_command(
    data: Path, *arguments: str, timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run a ``yellowcart`` command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "yellowcart", *arguments],
        env=environment(data),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def _log_of(data: Path) -> Path:
    return data.parent / f"{data.name}.log"


@contextmanager
def up(data: Path, *arguments: str, **extra: str) -> Iterator[Running]:
    """``yellowcart up`` until the block ends."""
    log = _log_of(data).open("w+", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "yellowcart", "up", "--port", "0", *arguments],
        env={**environment(data), **extra},
        stdout=log,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield Running(_wait_until_ready(data, process, Path(log.name)), data, process)
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _wait_until_ready(data: Path, process: subprocess.Popen[str], log: Path) -> str:
    import json

    deadline = time.monotonic() + 900
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            base_url: str = json.loads((data / "run.json").read_text())["base_url"]
            if httpx.get(f"{base_url}/api/v1/openapi.json", timeout=60).status_code == 200:
                return base_url
        except (FileNotFoundError, ValueError, httpx.TransportError):
            pass
        time.sleep(0.1)
    raise AssertionError(f"yellowcart up did not come up:\n{log.read_text()[-4000:]}")
