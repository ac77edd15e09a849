"""Backup and restore: one tar file with the database's dump and the secret key."""

import io
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

import psycopg

from yellowcart.core import embedded, home

_DUMP = "yellowcart.dump"
_KEY = "secret_key"


class SavingError(RuntimeError):
    """Nothing was changed; the message says what to do."""


def save(target: Path) -> int:
    """Write the backup, readable by its owner only; its size in bytes.

    ``pg_dump`` reads one snapshot, so that the server may go on.
    """
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / _DUMP
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={dump}", _url())
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
            archive.add(dump, _DUMP)
            key = home.secret_key().encode()
            member = tarfile.TarInfo(_KEY)
            member.size, member.mode = len(key), 0o600
            archive.addfile(member, io.BytesIO(key))
    return target.stat().st_size


def bring_back(source: Path, *, replace: bool) -> None:
    """Restore a backup into the data folder's (or ``DATABASE_URL``'s) database."""
    run = home.running()
    if run is not None:
        raise SavingError(f"a server is up at {run['base_url']}; stop it first")
    try:
        with tarfile.open(source) as archive:
            dump_file, key_file = archive.extractfile(_DUMP), archive.extractfile(_KEY)
            if dump_file is None or key_file is None:
                raise KeyError(_DUMP)
            dump, key = dump_file.read(), key_file.read()
    except (OSError, KeyError, tarfile.TarError) as error:
        raise SavingError(f"{source} is not a Yellowcart backup: {error}") from error
    embedded.ensure_database()
    with psycopg.connect(_url(), autocommit=True) as conn:
        row = conn.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        if row is not None and row[0] and not replace:
            raise SavingError("this data folder is not empty; add --replace to throw it away")
        conn.execute("DROP SCHEMA public CASCADE")
        conn.execute("CREATE SCHEMA public")
    with tempfile.NamedTemporaryFile() as file:
        file.write(dump)
        file.flush()
        _run(
            "pg_restore",
            "--no-owner",
            "--exit-on-error",
            "--single-transaction",
            f"--dbname={_url()}",
            file.name,
        )
    if "YELLOWCART_SECRET_KEY" not in os.environ:
        path = home.data_dir() / _KEY
        path.write_bytes(key)
        path.chmod(0o600)


def _url() -> str:
    return os.environ["DATABASE_URL"]


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(embedded.binary(program)), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SavingError(f"{program} failed: {done.stderr.strip()[-800:]}")
