"""Two real server processes on the tests' database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.rooms import Server, database_url, serving


@pytest.fixture(scope="session")
def _servers(
    django_db_setup: None,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[Server]]:
    folder: Path = tmp_path_factory.mktemp("servers")
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        url = database_url()
    with serving(url, folder) as first, serving(url, folder) as second:
        yield [first, second]


@pytest.fixture
def servers(transactional_db: None, _servers: list[Server]) -> list[Server]:
    """Both processes."""
    return _servers


@pytest.fixture
def server(servers: list[Server]) -> Server:
    """One of them."""
    return servers[0]
