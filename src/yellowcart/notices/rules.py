"""When a party is told of a rule. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yellowcart.policy.rules import Rule

ANNOUNCED: Final = "announced"
CUTOVER: Final = "cutover"
WITHDRAWN: Final = "withdrawn"

_BEFORE: Final = (
    ("7d", timedelta(days=7)),
    ("1d", timedelta(days=1)),
    ("1h", timedelta(hours=1)),
)

#: How late a notice may still be sent after its rule took effect: after a longer downtime, or
#: for a history that was installed, there is nobody left to warn.
LATEST: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Due:
    """One stage of one rule, and the instant at which its notices go out."""

    rule: Rule
    stage: str
    at: datetime


def schedule(rule: Rule) -> list[Due]:
    """The stages of a rule in order of time.

    A stage whose instant is not after the announcement is left out: the announcement says it all.
    Where a rule is announced as it takes effect, the cut-over is the only stage.
    """
    announced, begins = rule.known_since, rule.effective_from
    stages = [Due(rule, ANNOUNCED, announced)] if announced < begins else []
    stages += [
        Due(rule, stage, begins - lead) for stage, lead in _BEFORE if begins - lead > announced
    ]
    return [*stages, Due(rule, CUTOVER, max(begins, announced))]


def due_at(rules: Sequence[Rule], at: datetime) -> list[Due]:
    """For each rule the latest stage that has come by ``at``.

    Stages that were missed while nothing ran are skipped: a notice says what is true now.
    """
    found = []
    for rule in rules:
        over = rule.effective_until is not None and rule.effective_until <= at
        late = at > max(rule.effective_from, rule.known_since) + LATEST
        if over or late or rule.withdrawn:
            continue
        come = [due for due in schedule(rule) if due.at <= at]
        if come:
            found.append(come[-1])
    return found


def is_taken_back(rule: Rule) -> bool:
    """Whether a revision says that the rule was withdrawn, before it began or while it held."""
    ended = rule.revision > 1 and rule.effective_until == rule.known_since
    return rule.withdrawn or ended


def next_due(rules: Sequence[Rule], at: datetime) -> datetime | None:
    """The first instant after ``at`` at which some stage comes."""
    instants = (due.at for rule in rules if not rule.withdrawn for due in schedule(rule))
    return min((instant for instant in instants if instant > at), default=None)
