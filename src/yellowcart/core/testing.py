"""A pytest plugin: every test runs on a real PostgreSQL, ``DATABASE_URL`` where it is set, else an
embedded one in a temporary folder. It loads before Django reads its settings.

Bringing an empty database up to date takes longer than most tests, so it is done once for these
migrations and kept beside the installed packages; every embedded database of the tests starts as a
copy of that.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path

from yellowcart.core import embedded
from yellowcart.core.messages import compile_all

#: The database of a laid cluster that is up to date and that nobody connects to: a template.
TEMPLATE = "yellowcart_migrated"

_PACKAGE = Path(__file__).parent.parent
_KEPT = Path(sys.prefix)
_NAME = "yellowcart-test-cluster-"
_PREPARE = f"""
import os, psycopg
from yellowcart.config import boot
boot.boot()
boot.migrate()
from django.db import connections
connections["default"].close_pool()
connections.close_all()
with psycopg.connect(os.environ["DATABASE_URL"], dbname="template1", autocommit=True) as conn:
    conn.execute("CREATE DATABASE {TEMPLATE} TEMPLATE postgres")
"""


def lay_cluster(folder: Path, *, durable: bool = True) -> None:
    """Make ``folder`` an embedded cluster whose databases are up to date, not running.

    One that is not ``durable`` doesn't wait for the disk: it survives its processes, which is all
    that tests end, and not the machine.
    """
    kept = _kept_cluster()
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Files keep their owner, who is not us where we are root.
    subprocess.run(["cp", "-a", str(kept), str(folder)], check=True)
    if not durable:
        with (folder / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("fsync = off\n")


def has_template() -> bool:
    """Whether the tests' server has a database to copy: not where somebody brought their own."""
    return "YELLOWCART_TEST_TEMPLATE" in os.environ


def _kept_cluster() -> Path:
    """The cluster that others are copies of, made where it is missing."""
    kept = _KEPT / f"{_NAME}{_digest()}"
    if kept.exists():
        return kept
    with (_KEPT / f"{_NAME}lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for older in _KEPT.glob(f"{_NAME}*/"):
                shutil.rmtree(older)
            with tempfile.TemporaryDirectory(prefix=f"{_NAME}new-", dir=_KEPT) as new:
                _prepare(Path(new))
                (Path(new) / "postgres").rename(kept)
    return kept


def _prepare(data: Path) -> None:
    environment = {
        **os.environ,
        "YELLOWCART_DATA": str(data),
        "YELLOWCART_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "yellowcart.config.settings",
    }
    for name in ("DATABASE_URL", "YELLOWCART_ENV"):
        environment.pop(name, None)
    subprocess.run([sys.executable, "-c", _PREPARE], env=environment, check=True)


def _digest() -> str:
    """Changes with the migrations, ours and others', and with how a cluster is made."""
    said = hashlib.sha256(_PREPARE.encode())
    for file in sorted([Path(embedded.__file__), *_PACKAGE.glob("*/migrations/*.py")]):
        said.update(str(file.relative_to(_PACKAGE)).encode() + b"\0" + file.read_bytes())
    for name, version in sorted((one.name, one.version) for one in distributions()):
        said.update(f"{name}=={version}\n".encode())
    return said.hexdigest()[:16]


_folder = tempfile.TemporaryDirectory(prefix="yellowcart-test-")
os.environ["YELLOWCART_DATA"] = _folder.name
os.environ["YELLOWCART_SECRET_KEY"] = "tests-only-tests-only-tests-only-tests-only"  # noqa: S105
os.environ.pop("YELLOWCART_ENV", None)
if not os.environ.get("DATABASE_URL"):
    lay_cluster(Path(_folder.name) / "postgres", durable=False)
    # Said to the processes that share the tests among them.
    os.environ["YELLOWCART_TEST_TEMPLATE"] = "yes"
embedded.ensure_database()
compile_all()
