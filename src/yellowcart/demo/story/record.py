"""What was asked and answered that night, on the platform clock, for promises to be checked."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request: when it left, when its answer was here, and what it said.

    ``what`` is ``show``, ``click``, ``buy`` or ``mount``. ``done`` says whether the offer was
    shown as on sale, followed, sold or mounted; ``code`` is the refusal's code.
    """

    what: str
    surface: str
    source: str
    listing: str
    sent: datetime
    answered: datetime
    done: bool
    code: str = ""
    rule: str = ""


@dataclass
class Record:
    """Everything the promises are checked against."""

    instant: datetime
    asked: list[Asked] = field(default_factory=list)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    orders_found: set[str] = field(default_factory=set)
    retried: int = 0
    retries_that_differed: list[str] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    unexpected: list[str] = field(default_factory=list)
    notices: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rehearsal: dict[str, Any] = field(default_factory=dict)
    insights: dict[str, Any] = field(default_factory=dict)
    conversions: list[dict[str, Any]] = field(default_factory=list)
    stock: list[dict[str, Any]] = field(default_factory=list)
    converted: dict[str, Any] = field(default_factory=dict)

    def add(self, asked: Asked) -> None:
        """Keep one question and its answer."""
        self.asked.append(asked)

    def after(self, *what: str) -> list[Asked]:
        """What was sent at or after the instant; what was under way then may go either way."""
        return [one for one in self.asked if one.what in what and one.sent >= self.instant]

    def before(self, *what: str) -> list[Asked]:
        """What was answered before the instant."""
        return [one for one in self.asked if one.what in what and one.answered < self.instant]
