"""What each kind of process of an installation has used of the processors; Linux only."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_TICK = 1 / os.sysconf("SC_CLK_TCK")


def seconds(data: Path) -> "Counter[str]":
    """Processor seconds so far of the server, the worker and the database; nothing elsewhere."""
    used: Counter[str] = Counter()
    if not Path("/proc/self/stat").exists():
        return used
    postmaster = (data / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]
    for pid, name in _ours(str(data), postmaster):
        used[name] += used_by(pid)
    return used


def _ours(data: str, postmaster: str) -> Iterator[tuple[str, str]]:
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
            fields = _fields(entry.name)
            if entry.name == postmaster or fields[1] == postmaster:
                yield entry.name, "postgres"
            elif f"YELLOWCART_DATA={data}".encode() in (entry / "environ").read_bytes():
                for name in ("serve", "worker"):
                    if name.encode() in command:
                        yield entry.name, name
        except OSError:
            continue  # it ended meanwhile


def _fields(pid: str) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def used_by(pid: str) -> float:
    """Processor seconds of one process so far; 0 where it is gone."""
    try:
        fields = _fields(pid)
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * _TICK
