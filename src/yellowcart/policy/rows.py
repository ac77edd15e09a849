"""Between a rule as a value and the rows that keep it."""

from uuid import UUID

from yellowcart.core.texts import Text
from yellowcart.policy.models import RuleRevision
from yellowcart.policy.rules import SELECTORS, Kind, Outcome, Rule


def rule_of(row: RuleRevision) -> Rule:
    """The rule that a row keeps."""
    selectors = {
        name: None if getattr(row, name) is None else frozenset(getattr(row, name))
        for name in SELECTORS
    }
    return Rule(
        key=row.key,
        revision=row.revision,
        kind=Kind(row.kind),
        outcome=Outcome(row.outcome),
        fee_bps=row.fee_bps,
        effective_from=row.effective_from,
        effective_until=row.effective_until,
        announced_at=row.announced_at,
        written_at=row.written_at,
        reason=Text(row.reason_en, row.reason_zh),
        remedy=Text(row.remedy_en, row.remedy_zh) if row.remedy_en else None,
        notice=row.notice or None,
        supersedes=tuple(row.supersedes),
        withdrawn=row.withdrawn,
        grade=row.grade or None,
        evidence=row.evidence or None,
        platform=row.platform,
        **selectors,
    )


def row_of(rule: Rule, *, platform: str, written_by: UUID | None) -> RuleRevision:
    """A row, not yet saved, that keeps a rule."""
    selectors = {
        name: None if getattr(rule, name) is None else sorted(getattr(rule, name))
        for name in SELECTORS
    }
    return RuleRevision(
        key=rule.key,
        revision=rule.revision,
        platform=rule.platform or platform,
        kind=rule.kind.value,
        outcome=rule.outcome.value,
        fee_bps=rule.fee_bps,
        effective_from=rule.effective_from,
        effective_until=rule.effective_until,
        announced_at=rule.announced_at,
        written_at=rule.known_since,
        reason_en=rule.reason.en,
        reason_zh=rule.reason.zh,
        remedy_en=rule.remedy.en if rule.remedy else "",
        remedy_zh=rule.remedy.zh if rule.remedy else "",
        notice=rule.notice or "",
        supersedes=list(rule.supersedes),
        withdrawn=rule.withdrawn,
        grade=rule.grade or "",
        evidence=rule.evidence or "",
        written_by=written_by,
        **selectors,
    )
