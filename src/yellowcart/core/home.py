"""The data folder: where the embedded database, the secret key and the run file live."""

import json
import os
import secrets
from pathlib import Path
from typing import TypedDict

DEFAULT_DIR = "yellowcart-data"


class RunFile(TypedDict):
    """What a running ``yellowcart up`` tells the other commands."""

    pid: int
    base_url: str


def data_dir() -> Path:
    """The data folder: ``YELLOWCART_DATA``, else ``./yellowcart-data``. Made if missing."""
    path = Path(os.environ.get("YELLOWCART_DATA") or DEFAULT_DIR).expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def secret_key() -> str:
    """``YELLOWCART_SECRET_KEY``, else a key made once and kept, readable by its owner only."""
    from_environment = os.environ.get("YELLOWCART_SECRET_KEY")
    if from_environment:
        return from_environment
    path = data_dir() / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
    return key


def _run_path() -> Path:
    return data_dir() / "run.json"


def write_run_file(run: RunFile) -> None:
    """Say that a server is up on this data folder."""
    _run_path().write_text(json.dumps(run), encoding="utf-8")


def remove_run_file() -> None:
    """Say that no server is up."""
    _run_path().unlink(missing_ok=True)


def running() -> RunFile | None:
    """The server that is up on this data folder, or None; a stale file counts as none."""
    try:
        run: RunFile = json.loads(_run_path().read_text(encoding="utf-8"))
        os.kill(run["pid"], 0)
    except (FileNotFoundError, ValueError, KeyError, ProcessLookupError):
        return None
    return run
