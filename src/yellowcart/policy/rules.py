"""Rules as values: what one says, whom it speaks of, and which of two speaks louder.

**The most specific rule wins, then the one announced last.** Specificity looks only at which
selectors a rule names, in this order, the first difference deciding::

    creator > shop > shop type > source > integration > surface

So a rule about one shop beats every rule about no shop, and among rules about the same kind of
subject one that names the source beats one that does not. How many values a selector lists is no
matter: a rule for ``youzan, mokuai`` means the same as two rules, one for each, and must not lose
its rank by being written shorter.

Two rules of equal specificity, announced at the same instant, that could both speak of the same
facts at the same time are a tie. :mod:`yellowcart.policy.conflicts` refuses ties when a rule is
written, so reading never has to break one.

A rule has two times: the interval in which it holds, and the instant at which it was written. A
new revision of a key replaces the older one from the instant it was written; asking ``as_of`` an
earlier instant shows what was believed then.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from yellowcart.core.instants import iso
from yellowcart.core.texts import Text


class Outcome(StrEnum):
    """What a rule decides."""

    ALLOW = "allow"
    REQUIRE_TASK = "require_task"
    DENY = "deny"


class Kind(StrEnum):
    """A rule is meant to stay; a suspension is a temporary stop with its own words."""

    RULE = "rule"
    SUSPENSION = "suspension"


class Facts(NamedTuple):
    """What is asked about: one product's origin, the surface, and who offers it."""

    source: str
    integration: str
    surface: str
    shop: str | None = None
    shop_type: str | None = None
    creator: str | None = None


Selector = frozenset[str] | None
"""The values a rule speaks of; ``None`` means any, the unknown included."""

SELECTORS: Final = ("sources", "integrations", "surfaces", "shops", "shop_types", "creators")

Specificity = tuple[bool, bool, bool, bool, bool, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One effective-dated statement, in one revision.

    One revision of a key may be several of these, for periods that don't overlap. Instants are
    aware; ``effective_until`` of ``None`` means no end is known. ``fee_bps`` is the platform's
    fee in basis points while this rule decides. ``supersedes`` names other rules' keys, which
    stop speaking at the instant this one begins. ``withdrawn`` takes the key out of force from
    ``written_at`` on, as if it had never been.
    """

    key: str
    outcome: Outcome
    announced_at: datetime
    effective_from: datetime
    reason: Text
    remedy: Text | None = None
    revision: int = 1
    kind: Kind = Kind.RULE
    sources: Selector = None
    integrations: Selector = None
    surfaces: Selector = None
    shops: Selector = None
    shop_types: Selector = None
    creators: Selector = None
    fee_bps: int | None = None
    effective_until: datetime | None = None
    written_at: datetime | None = None
    notice: str | None = None
    supersedes: tuple[str, ...] = ()
    withdrawn: bool = False
    grade: str | None = None
    evidence: str | None = None
    platform: str | None = None

    @property
    def known_since(self) -> datetime:
        """When it was written; history that only says when it was announced was known then."""
        return self.written_at or self.announced_at

    @property
    def specificity(self) -> Specificity:
        """Which selectors it names, the strongest first; compares as a tuple."""
        return (
            self.creators is not None,
            self.shops is not None,
            self.shop_types is not None,
            self.sources is not None,
            self.integrations is not None,
            self.surfaces is not None,
        )

    def as_json(self, language: str) -> dict[str, object]:
        """The public shape: selectors as sorted lists, instants in RFC 3339."""
        return {
            "key": self.key,
            "revision": self.revision,
            "kind": self.kind.value,
            "platform": self.platform,
            **{name: _sorted(getattr(self, name)) for name in SELECTORS},
            "outcome": self.outcome.value,
            "fee_bps": self.fee_bps,
            "announced_at": iso(self.announced_at),
            "written_at": iso(self.known_since),
            "effective_from": iso(self.effective_from),
            "effective_until": iso(self.effective_until) if self.effective_until else None,
            "reason": self.reason.in_language(language),
            "remedy": self.remedy.in_language(language) if self.remedy else None,
            "notice": self.notice,
            "supersedes": list(self.supersedes),
            "withdrawn": self.withdrawn,
            "grade": self.grade,
            "evidence": self.evidence,
        }

    def speaks_of(self, facts: Facts) -> bool:
        """Whether its selectors match; time is another matter."""
        return (
            _names(self.sources, facts.source)
            and _names(self.integrations, facts.integration)
            and _names(self.surfaces, facts.surface)
            and _names(self.shops, facts.shop)
            and _names(self.shop_types, facts.shop_type)
            and _names(self.creators, facts.creator)
        )

    def holds_at(self, at: datetime) -> bool:
        """Whether ``at`` lies in ``[effective_from, effective_until)``."""
        return self.effective_from <= at and (
            self.effective_until is None or at < self.effective_until
        )

    def could_meet(self, other: "Rule") -> bool:
        """Whether some facts exist of which both speak, at some instant at which both hold."""
        return overlap_in_time(self, other) and all(
            mine is None or theirs is None or not mine.isdisjoint(theirs)
            for mine, theirs in (
                (self.sources, other.sources),
                (self.integrations, other.integrations),
                (self.surfaces, other.surfaces),
                (self.shops, other.shops),
                (self.shop_types, other.shop_types),
                (self.creators, other.creators),
            )
        )


def _sorted(selector: Selector) -> list[str] | None:
    return None if selector is None else sorted(selector)


def _names(selector: Selector, value: str | None) -> bool:
    return selector is None or value in selector


def overlap_in_time(one: Rule, other: Rule) -> bool:
    """Whether two half-open intervals share an instant."""
    return (one.effective_until is None or other.effective_from < one.effective_until) and (
        other.effective_until is None or one.effective_from < other.effective_until
    )


def louder(rule: Rule) -> tuple[Specificity, datetime]:
    """The sort key by which the deciding rule is the greatest."""
    return (rule.specificity, rule.announced_at)


def in_force(rules: Iterable[Rule], as_of: datetime | None = None) -> list[Rule]:
    """The rules believed at ``as_of`` (``None``: everything written so far).

    Of each key only the latest revision written by then; withdrawn keys are gone; a superseded
    key ends where its successor begins, and periods that would be empty are left out.
    """
    known = [rule for rule in rules if as_of is None or rule.known_since <= as_of]
    latest: dict[str, int] = {}
    for rule in known:
        latest[rule.key] = max(rule.revision, latest.get(rule.key, rule.revision))
    current = [rule for rule in known if rule.revision == latest[rule.key] and not rule.withdrawn]
    ends: dict[str, datetime] = {}
    for rule in current:
        for key in rule.supersedes:
            ends[key] = min(rule.effective_from, ends.get(key, rule.effective_from))
    return [shorter for rule in current if (shorter := _ended(rule, ends.get(rule.key)))]


def _ended(rule: Rule, end: datetime | None) -> Rule | None:
    if end is None or (rule.effective_until is not None and rule.effective_until <= end):
        return rule
    return replace(rule, effective_until=end) if rule.effective_from < end else None
