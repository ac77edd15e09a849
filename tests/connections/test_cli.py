"""``yellowcart connections``."""

import json

import pytest
from typer.testing import CliRunner

from yellowcart.connections.cli import app
from yellowcart.connections.models import Following
from yellowcart.core import startup
from yellowcart.core.clock import wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(startup, "boot", lambda: None)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_stores_are_listed(run, connection):
    assert "Tea Hall" in run("list").output
    (row,) = json.loads(run("list", "--json").output)
    assert (row["id"], row["health"]) == (str(connection.id), "well")
    assert (row["pictures_waiting"], row["pictures_failed"]) == (0, 0)


def test_a_store_is_read_now(run, connection, work):
    work(connection)
    assert run("sync", str(connection.id)).exit_code == 0
    assert Following.objects.get(kind="catalogue").due_at <= wall()
    assert run("sync", "nonsense").exit_code == 2
