"""The ``people`` commands: how the first operator comes by the role."""

import pytest
from tests.factories import make_account
from typer.testing import CliRunner

from yellowcart.core import startup
from yellowcart.people.queries import has_operator, roles_of
from yellowcart.people.role_cli import app
from yellowcart.people.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(startup, "boot", lambda: None)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_the_first_operator_is_made_and_unmade(run):
    person = make_account(username="jiang")
    assert not has_operator()
    assert "Nobody has a role yet" in run("list").stdout
    assert run("grant", "jiang", "operator").exit_code == 0
    assert has_operator()
    assert roles_of(person) == {Role.OPERATOR}
    assert run("list").stdout.split() == ["jiang", "operator"]
    assert run("revoke", "jiang", "operator").exit_code == 0
    assert not has_operator()
    assert run("revoke", "jiang", "operator").exit_code == 2


def test_who_speaks_for_a_source_names_it(run):
    person = make_account(username="you")
    assert run("grant", "you", "source_operator").exit_code == 2
    assert run("grant", "you", "source_operator", "--source", "youzan").exit_code == 0
    assert roles_of(person) == {Role.SOURCE_OPERATOR}


def test_nobody_of_that_name_is_told_where_to_sign_up(run):
    refused = run("grant", "nobody", "operator")
    assert refused.exit_code == 2
    assert "/accounts/signup/" in refused.stderr
