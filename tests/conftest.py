"""What every test shares."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from yellowcart.core import clock, testing

# No test asserts on time, its examples least of all: the machine may be busy with other things.
# The same examples in every run, so that what fails is the change at hand; "explore" looks further.
hypothesis_settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
hypothesis_settings.register_profile(
    "explore",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=1_000,
    print_blob=True,
)
hypothesis_settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def _subscribers() -> None:
    # The subscribers import models, which need Django to be set up.
    from yellowcart.config import subscriptions

    subscriptions.connect()


@pytest.fixture(scope="session", autouse=True)
def _rows_in_any_order(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--hypothesis-profile") == "explore":
        # Needs Django to be set up.
        from tests.shuffling import shuffle_rows

        shuffle_rows()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    # Needs Django to be set up.
    from django.db import connections

    if testing.has_template():
        connections.databases["default"].setdefault("TEST", {})["TEMPLATE"] = testing.TEMPLATE


@pytest.fixture(autouse=True, scope="session")
def _quick_emptying() -> None:
    # Needs Django to be set up.
    from django.test import TransactionTestCase

    from tests.emptying import empty

    TransactionTestCase._fixture_teardown = lambda _case: empty()  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> None:
    from django.conf import settings

    # The real hasher takes half a second a password, on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _rules_of_this_test() -> None:
    # Needs Django to be set up.
    from yellowcart.policy import queries

    queries.forget()


@pytest.fixture
def no_jobs(db: None) -> None:
    """A queue with no jobs of tests that committed theirs."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture(autouse=True)
def _real_clock() -> Iterator[None]:
    yield
    clock.set_timeline(clock.Timeline())
