"""The stage: a Yellowcart of its own in a temporary folder, and the hand on its clock."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from yellowcart.core.home import RunFile
from yellowcart.core.instants import iso

#: A busy machine may need minutes; one that will not come up ends by itself, and is not waited for.
START_SECONDS = 600
STOP_SECONDS = 30


class StageError(RuntimeError):
    """The system under the story did not do its part; the message carries its last words."""


@dataclass
class Stage:
    """A running system: where it listens, and its data folder."""

    base_url: str
    data: Path

    def command(self, *arguments: str) -> str:
        """Run a ``yellowcart`` command on this stage; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "yellowcart", *arguments],
            env=_environment(self.data),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode != 0:
            raise StageError(f"yellowcart {' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout

    def set_clock(self, instant: datetime, speed: float = 1.0) -> None:
        """Put the whole system on another instant."""
        self.command("dev", "clock", iso(instant), "--speed", str(speed))


def _environment(data: Path) -> dict[str, str]:
    own = {"DATABASE_URL", "YELLOWCART_SECRET_KEY", "YELLOWCART_BASE_URL", "YELLOWCART_ENV"}
    kept = {key: value for key, value in os.environ.items() if key not in own}
    return {
        **kept,
        "YELLOWCART_DATA": str(data),
        "YELLOWCART_LOG_LEVEL": "WARNING",
        "YELLOWCART_PLATFORM": "kuaishou",
        "YELLOWCART_TIME_ZONE": "Asia/Shanghai",
    }


@contextmanager
def running(clock: datetime, processes: int = 2) -> Iterator[Stage]:
    """A fresh demo on a set clock, until the block ends; its folder goes with it."""
    with tempfile.TemporaryDirectory(prefix="yellowcart-night-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        log = Path(folder) / "up.log"
        with log.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "yellowcart", "up", "--demo", "--port", "0"),
                    *("--clock", iso(clock), "--processes", str(processes)),
                ],
                env=_environment(data),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                yield Stage(_when_ready(process, data, log), data)
            finally:
                process.terminate()
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _when_ready(process: "subprocess.Popen[bytes]", data: Path, log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            run: RunFile = json.loads((data / "run.json").read_text(encoding="utf-8"))
            if httpx.get(f"{run['base_url']}/api/v1/openapi.json").is_success:
                return run["base_url"]
        except (FileNotFoundError, ValueError, httpx.TransportError):
            pass
        time.sleep(0.1)
    raise StageError(f"the system did not come up: {log.read_text(encoding='utf-8')[-3000:]}")
