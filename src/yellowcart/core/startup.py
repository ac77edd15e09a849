"""Lets a folder's command ask for Django and the database, which only the top layer can set up."""

from collections.abc import Callable

Boot = Callable[[], None]
_boot: list[Boot] = []


def use(boot: Boot) -> None:
    """Name what :func:`boot` does; the root command does this once."""
    _boot[:] = [boot]


def boot() -> None:
    """Django set up, the database running and at the current schema."""
    if not _boot:
        raise RuntimeError("run this through the yellowcart command, which sets up Django")
    _boot[0]()
