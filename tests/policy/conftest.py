"""Small ways to write rules in tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from yellowcart.core.texts import Text
from yellowcart.policy.rules import Outcome, Rule

EPOCH = datetime(2021, 11, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    """The instant ``number`` days into the tests' calendar."""
    return EPOCH + timedelta(days=number)


def make_rule(key: str = "r", **fields: Any) -> Rule:
    """A rule with defaults; selectors may be any iterable."""
    for name in ("sources", "integrations", "surfaces", "shops", "shop_types", "creators"):
        if fields.get(name) is not None:
            fields[name] = frozenset(fields[name])
    defaults: dict[str, Any] = {
        "outcome": Outcome.DENY,
        "announced_at": day(0),
        "effective_from": day(1),
        "reason": Text("because", "因为"),
        "remedy": Text("do that", "这样做"),
    }
    return Rule(key=key, **(defaults | fields))


@pytest.fixture
def rule() -> Any:
    return make_rule


@pytest.fixture
def on_day() -> Any:
    return day
