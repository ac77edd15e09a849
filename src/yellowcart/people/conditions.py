"""What a permit rule is made of: the permits, bounds on facts, waivers, and pilots."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from yellowcart.people.facts import Number


class PermitName(StrEnum):
    """The three rights to sell."""

    GO_LIVE = "go_live"
    SELL_OWN = "sell_own"
    PROMOTE = "promote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One bound on one fact. ``name`` tells scores and flags apart.

    ``pilot_bound`` is the bound that is enough for a pilot, where it is lower. Money is in minor
    units of ``currency``.
    """

    fact: str
    bound: Number
    name: str = ""
    pilot_bound: Number | None = None
    within_days: int | None = None
    currency: str = ""

    @property
    def key(self) -> str:
        """As packs write it, such as ``followers`` or ``scores.shop``."""
        return f"{self.fact}.{self.name}" if self.name else self.fact


class Waiver(NamedTuple):
    """Whoever has the yes-or-no fact ``having`` need not meet the conditions ``waives``."""

    having: str
    waives: frozenset[str]


class Pilot(NamedTuple):
    """A permit on trial. A limit of None means none."""

    days: int
    selling_lives_per_week: int | None = None
    shoppable_videos_per_week: int | None = None
