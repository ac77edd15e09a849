"""The load generator's leash: compiles ``room_load.c``, starts it, asks it for figures."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_suffix(".c")


def pinned(core: int | None, command: Sequence[str]) -> list[str]:
    """The command, on one core."""
    if core is None or not hasattr(os, "sched_setaffinity"):
        return list(command)
    pin = (
        "import os, sys; os.sched_setaffinity(0, {int(sys.argv[1])});"
        " os.execvp(sys.argv[2], sys.argv[2:])"
    )
    return [sys.executable, "-c", pin, str(core), *command]


class Load:
    """A running generator."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, command: str) -> dict[str, Any]:
        """Have it carry out a command; its answer."""
        self.begin(command)
        return self.answer()

    def begin(self, command: str) -> None:
        """Have it begin a command, whose answer is read later."""
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """The next answer."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the load generator ended")
        found: dict[str, Any] = json.loads(line)
        return found


@contextmanager
def loading(
    program: Path, port: int, mode: str, paths: Sequence[str], *, core: int | None
) -> Iterator[Load]:
    """A generator with a viewer a path, until the block ends."""
    listing = program.parent / f"paths-{mode}-{port}"
    listing.write_text("\n".join(paths) + "\n")
    command = pinned(core, [str(program), "127.0.0.1", str(port), mode, str(listing)])
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        yield Load(process)
    finally:
        process.kill()
        process.wait()
