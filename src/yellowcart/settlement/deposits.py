"""Deposits."""

from collections.abc import Iterable
from datetime import datetime


def blocked_parties(accounts: Iterable[tuple[str, str]], at: datetime) -> set[tuple[str, str]]:
    return set()
