"""What a rule does to what is offered now: the listings whose verdict it changes, and whose.

The rules without it and the rules with it are asked about the same instant; where they differ, it
hits. Rehearsals and notices both look here, so that nobody is told other than was rehearsed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import connection

from yellowcart.listings.kinds import MATCHED, columns, kinds, named
from yellowcart.policy.rules import Outcome, Rule
from yellowcart.policy.table import RuleTable, compile_rules
from yellowcart.policy.verdicts import Verdict


class Effect(StrEnum):
    """What becomes of a listing."""

    BARRED = "barred"
    TASK = "task"
    OPENED = "opened"
    FEE = "fee"


@dataclass(frozen=True, slots=True)
class Hit:
    """One listing whose verdict changes. ``room_state`` is ``None`` outside rooms."""

    listing_id: UUID
    product_id: UUID
    title: str
    shop_id: UUID
    creator_id: UUID | None
    surface: str
    container_id: UUID
    source: str
    integration: str
    room_state: str | None
    effect: Effect
    before: Verdict
    after: Verdict


# Rooms that ended offer nothing any more, whatever still stands in their carts; nor do those for
# practice.
_LISTINGS: Final = f"""
SELECT l.id, l.product_id, p.title, l.shop_id, coalesce(r.creator_id, l.creator_id),
       l.surface, l.container_id, l.source, l.integration, r.state, w.place
{MATCHED}
JOIN catalog_product p ON p.id = l.product_id
LEFT JOIN live_room r ON r.id = l.container_id AND l.surface = 'live_room'
WHERE l.surface <> 'live_room' OR (r.state IN ('scheduled', 'live') AND NOT r.practice)
ORDER BY l.id
"""


def effect_of(before: Verdict, after: Verdict, *, has_task: bool) -> Effect | None:
    """What the change from one verdict to another means for a listing; ``None``: nothing."""
    was, is_now = before.permits(has_task=has_task), after.permits(has_task=has_task)
    if was and not is_now:
        return Effect.TASK if after.outcome is Outcome.REQUIRE_TASK else Effect.BARRED
    if is_now and not was:
        return Effect.OPENED
    if is_now and before.fee_bps != after.fee_bps:
        return Effect.FEE
    return None


def with_and_without(
    rules: Sequence[Rule], keys: Collection[str], fresh: Sequence[Rule] = ()
) -> tuple[RuleTable, RuleTable]:
    """The rules without some keys, and with them: with ``fresh`` instead, where that is given."""
    others = [rule for rule in rules if rule.key not in keys]
    own = list(fresh) or [rule for rule in rules if rule.key in keys]
    return compile_rules(others), compile_rules([*others, *own])


def hits_of(before: RuleTable, after: RuleTable, at: datetime, keys: Collection[str]) -> list[Hit]:
    """The listings on which the rules ``keys`` make a difference at ``at``, in order of id."""
    names = named(before, after)
    some = kinds(names)
    changes: dict[int, tuple[Effect, Verdict, Verdict]] = {}
    for place, kind in enumerate(some, start=1):
        old, new = before.verdict(kind.facts, at), after.verdict(kind.facts, at)
        effect = effect_of(old, new, has_task=kind.has_task)
        if effect is not None and (old.rule in keys or new.rule in keys):
            changes[place] = (effect, old, new)
    if not changes:
        return []
    # Only the kinds that change are looked up; their places count anew.
    places = sorted(changes)
    wanted = columns([some[place - 1] for place in places])
    with connection.cursor() as cursor:
        cursor.execute(_LISTINGS, {**wanted, **names})
        rows = cursor.fetchall()
    return [_hit(row, *changes[places[row[10] - 1]]) for row in rows]


def _hit(row: Sequence[Any], effect: Effect, before: Verdict, after: Verdict) -> Hit:
    return Hit(
        listing_id=row[0],
        product_id=row[1],
        title=row[2],
        shop_id=row[3],
        creator_id=row[4],
        surface=row[5],
        container_id=row[6],
        source=row[7],
        integration=row[8],
        room_state=row[9],
        effect=effect,
        before=before,
        after=after,
    )
