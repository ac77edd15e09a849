"""Give the real Vendure its PostgreSQL (the embedded one, in a folder) and its sample catalogue."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from yellowcart.core import embedded


def environment(folder: Path, database: str) -> dict[str, str]:
    """How node finds the database; the server is started where it is not running."""
    url = urlsplit(embedded.start(folder / "postgres"))
    host = parse_qs(url.query).get("host", [url.hostname or ""])[0]
    return {
        **os.environ,
        "PGHOST": host,
        "PGUSER": url.username or "postgres",
        "PGPASSWORD": url.password or "",
        "PGPORT": str(url.port or 5432),
        "PGDATABASE": database,
    }


def make(folder: Path, database: str, template: str = "template1") -> dict[str, str]:
    """A new database, as a copy of another, in place of what was there."""
    found = environment(folder, database)
    with psycopg.connect(embedded.start(folder / "postgres"), autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')  # type: ignore[arg-type]
        admin.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')  # type: ignore[arg-type]
    return found


if __name__ == "__main__":
    home = Path(sys.argv[1]).resolve()
    subprocess.run(
        ["node", "shop.js", "fill"],
        cwd=home,
        env={**make(home, "vendure"), "PORT": "3999"},
        check=True,
    )
    (home / "filled").touch()
