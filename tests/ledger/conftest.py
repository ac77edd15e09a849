"""The books by themselves: what other folders keep beside them is their tests' matter."""

import pytest

from yellowcart.ledger import checking


@pytest.fixture(autouse=True)
def _only_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_beside", [])
