"""Two real server processes on the tests' database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.emptying import empty
from tests.rooms import Server, database_url, serving

from yellowcart.core import bus


@pytest.fixture(scope="session")
def _servers(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Server]]:
    folder: Path = tmp_path_factory.mktemp("servers")
    with django_db_blocker.unblock():
        url = database_url()
    with serving(url, folder) as first, serving(url, folder) as second:
        yield [first, second]


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Here the database keeps what tests commit, for the servers to see, until the module ends:
    each test makes rooms of its own."""
    with django_db_blocker.unblock():
        yield
        empty()
        # The servers keep rules and clock until they are told.
        bus.publish("policy")
        bus.publish("clock")
        connection.close()


@pytest.fixture
def servers(db: None, _servers: list[Server]) -> list[Server]:
    """Both processes."""
    return _servers


@pytest.fixture
def server(servers: list[Server]) -> Server:
    """One of them."""
    return servers[0]
