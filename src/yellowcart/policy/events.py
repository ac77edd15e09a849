"""What the policy folder announces."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from yellowcart.core import bus, outbox
from yellowcart.core.instants import iso
from yellowcart.policy.queries import CHANNEL
from yellowcart.policy.rules import Rule

TOPIC_CHANGED = "policy.changed"


@dataclass(frozen=True, slots=True)
class RuleWritten:
    """One period of a revision, as others need to know it."""

    key: str
    revision: int
    outcome: str
    kind: str
    effective_from: str
    effective_until: str | None
    withdrawn: bool


def announce(rules: Sequence[Rule]) -> None:
    """Record that rules were written, and wake every process that keeps a table of them."""
    written = [
        RuleWritten(
            key=rule.key,
            revision=rule.revision,
            outcome=rule.outcome.value,
            kind=rule.kind.value,
            effective_from=iso(rule.effective_from),
            effective_until=iso(rule.effective_until) if rule.effective_until else None,
            withdrawn=rule.withdrawn,
        )
        for rule in rules
    ]
    outbox.append(TOPIC_CHANGED, {"rules": [asdict(each) for each in written]})
    bus.publish(CHANNEL)
