"""What every test shares."""

from collections.abc import Iterator

import pytest

from yellowcart.core import clock


@pytest.fixture(scope="session", autouse=True)
def _subscribers() -> None:
    # The subscribers import models, which need Django to be set up.
    from yellowcart.config import subscriptions

    subscriptions.connect()


@pytest.fixture(autouse=True)
def _real_clock() -> Iterator[None]:
    yield
    clock.set_timeline(clock.Timeline())
