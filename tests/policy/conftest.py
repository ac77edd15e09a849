"""Small ways to write rules in tests."""

from typing import Any

import pytest
from tests.factories import day, make_rule


@pytest.fixture
def rule() -> Any:
    return make_rule


@pytest.fixture
def on_day() -> Any:
    return day
