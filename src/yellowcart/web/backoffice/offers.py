"""Listings beside what the rules say of them: now, and when that will change for the worse."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from yellowcart.catalog.supply import convertible
from yellowcart.listings.facts import facts_of
from yellowcart.listings.models import Listing
from yellowcart.policy import queries
from yellowcart.policy.rules import Facts
from yellowcart.policy.table import RuleTable
from yellowcart.policy.verdicts import Verdict

#: Changes of the deciding rule that are looked through for the one that bars.
_MOST_STEPS = 12


@dataclass(frozen=True, slots=True)
class Offer:
    """A listing and its verdict. ``bars_at`` is the first instant from which a rule known today
    will not let it be offered, None where none will or it is barred already."""

    listing: Listing
    verdict: Verdict
    permitted: bool
    bars_at: datetime | None
    coming: Verdict | None
    convertible: bool

    @property
    def deciding(self) -> Verdict:
        """The verdict that stands in the way: today's, or the coming one."""
        return self.coming if self.permitted and self.coming else self.verdict


def first_bar(
    table: RuleTable, facts: Facts, at: datetime, *, has_task: bool = False
) -> Verdict | None:
    """The first verdict after ``at`` that doesn't permit; its ``since`` says from when."""
    until = table.verdict(facts, at).until
    for _step in range(_MOST_STEPS):
        if until is None:
            return None
        verdict = table.verdict(facts, until)
        if not verdict.permits(has_task=has_task):
            return verdict
        until = verdict.until
    return None


def offers(listings: Iterable[Listing], at: datetime) -> list[Offer]:
    """Listings with their verdicts at ``at``, in the order given."""
    rows = list(listings)
    table = queries.table()
    can_convert = convertible({row.product_id for row in rows if row.integration == "link"})
    found = []
    for row in rows:
        facts, has_task = facts_of(row), bool(row.task_order)
        verdict = table.verdict(facts, at)
        permitted = verdict.permits(has_task=has_task)
        coming = first_bar(table, facts, at, has_task=has_task) if permitted else None
        found.append(
            Offer(
                listing=row,
                verdict=verdict,
                permitted=permitted,
                bars_at=coming.since if coming else None,
                coming=coming,
                convertible=row.product_id in can_convert,
            )
        )
    return found


@dataclass(slots=True)
class Hit:
    """What one rule does, or will do, to some listings from one instant on."""

    verdict: Verdict
    since: datetime | None
    surface: str
    offers: list[Offer] = field(default_factory=list)

    @property
    def sources(self) -> list[str]:
        """Where the goods come from, by name."""
        return sorted({offer.listing.source for offer in self.offers})

    @property
    def convertible(self) -> int:
        """How many of them one click can turn into native goods."""
        return len({offer.listing.product_id for offer in self.offers if offer.convertible})


def hits(found: Iterable[Offer]) -> tuple[list[Hit], list[Hit]]:
    """What is barred now, and what a rule known today will bar; each by rule, the soonest first."""
    barred: dict[object, Hit] = {}
    coming: dict[object, Hit] = {}
    for offer in found:
        if offer.permitted and offer.coming is None:
            continue
        verdict, groups = offer.deciding, coming if offer.permitted else barred
        row = offer.listing
        key = (verdict.rule, verdict.since, row.surface)
        hit = groups.setdefault(key, Hit(verdict, verdict.since, row.surface))
        hit.offers.append(offer)
    return list(barred.values()), sorted(
        coming.values(), key=lambda hit: (hit.since is None, hit.since)
    )
