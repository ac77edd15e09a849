"""The answer to "may this be offered here, now?", in words a merchant understands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yellowcart.core.instants import iso
from yellowcart.core.texts import Text
from yellowcart.policy.rules import Kind, Outcome, Rule

NO_RULE_SPEAKS: Final = Text(
    en="No rule restricts this; it may be offered here.",
    zh="没有规则限制，可以在此挂载。",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What decided and what follows from it.

    ``rule`` is the deciding rule's key, ``None`` where no rule speaks and the default allows.
    ``[since, until)`` is the longest interval around the instant asked about in which the same
    rule decides; ``None`` means from the beginning, or with no known end. ``open_surfaces`` are
    the surfaces on which the same facts are plainly allowed at that instant.
    """

    outcome: Outcome
    rule: str | None
    revision: int | None
    kind: Kind | None
    since: datetime | None
    until: datetime | None
    open_surfaces: tuple[str, ...]
    reason: Text
    remedy: Text | None
    fee_bps: int | None
    announced_at: datetime | None = None
    notice: str | None = None
    grade: str | None = None
    evidence: str | None = None

    @property
    def allowed(self) -> bool:
        """Plainly allowed, with no task order needed."""
        return self.outcome is Outcome.ALLOW

    def permits(self, *, has_task: bool = False) -> bool:
        """Whether it may be offered by someone who holds, or lacks, an approved task order."""
        return self.allowed or (has_task and self.outcome is Outcome.REQUIRE_TASK)

    def as_json(self, language: str) -> dict[str, object]:
        """The public shape: instants in RFC 3339, sentences in ``language``."""
        return {
            "outcome": self.outcome.value,
            "rule": self.rule,
            "revision": self.revision,
            "kind": self.kind.value if self.kind else None,
            "since": iso(self.since) if self.since else None,
            "until": iso(self.until) if self.until else None,
            "open_surfaces": list(self.open_surfaces),
            "reason": self.reason.in_language(language),
            "remedy": self.remedy.in_language(language) if self.remedy else None,
            "fee_bps": self.fee_bps,
            "announced_at": iso(self.announced_at) if self.announced_at else None,
            "notice": self.notice,
            "grade": self.grade,
            "evidence": self.evidence,
        }


def verdict_of(
    rule: Rule | None,
    since: datetime | None,
    until: datetime | None,
    open_surfaces: tuple[str, ...],
) -> Verdict:
    """The verdict of a deciding rule, or the default where none speaks."""
    if rule is None:
        return Verdict(
            outcome=Outcome.ALLOW,
            rule=None,
            revision=None,
            kind=None,
            since=since,
            until=until,
            open_surfaces=open_surfaces,
            reason=NO_RULE_SPEAKS,
            remedy=None,
            fee_bps=None,
        )
    return Verdict(
        outcome=rule.outcome,
        rule=rule.key,
        revision=rule.revision,
        kind=rule.kind,
        since=since,
        until=until,
        open_surfaces=open_surfaces,
        reason=rule.reason,
        remedy=rule.remedy,
        fee_bps=rule.fee_bps,
        announced_at=rule.announced_at,
        notice=rule.notice,
        grade=rule.grade,
        evidence=rule.evidence,
    )
