"""Who else has a say in when pictures are asked for: connected stores, whose health it is part of.

The stores' folder stands above this one; what it knows is given to :func:`use_gate` when the
application starts.
"""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID


class Gate(Protocol):
    """What a store's connection says and hears of its pictures."""

    def resting(self) -> list[UUID]:
        """Shops whose pictures are not asked for now: their store rests, or is let go."""

    def note(
        self, shop_id: UUID, host: str, outcome: str, took_ms: int, words: Mapping[str, str]
    ) -> None:
        """A picture of such a shop was asked for; ``outcome`` as ``fetching.Outcome``."""


class _Open:
    """The gate of an installation that knows no stores."""

    def resting(self) -> list[UUID]:
        return []

    def note(
        self, shop_id: UUID, host: str, outcome: str, took_ms: int, words: Mapping[str, str]
    ) -> None:
        return


_gate: Gate = _Open()


def use_gate(gate: Gate) -> None:
    """Ask and tell this one from now on."""
    global _gate  # noqa: PLW0603  set once, when the application starts
    _gate = gate


def gate() -> Gate:
    """The one in use."""
    return _gate
