"""The cut-over: every listing's stored state is brought to what the rules say at an instant.

What may be offered is always the verdict's to say, at mount, display, click and checkout; nobody
waits for this sweep. It keeps the books: it marks each listing ``barred`` with the rule that
decided, or ``mounted`` again when a bar ends, and tells each room in one event. It compares state
with verdict, so it may run at any time and any number of times, and one run after a day of
downtime does what all the missed ones would have done.

Rooms are taken in portions, each its own transaction, so that the first viewers are told while
the last are still being written. The boundary is marked as swept with the last portion.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from yellowcart.core import outbox
from yellowcart.core.arrays import int_array, uuid_array
from yellowcart.core.models import OutboxEvent
from yellowcart.listings.kinds import MATCHED, columns, kinds, named
from yellowcart.policy import actions as policy_actions
from yellowcart.policy.table import RuleTable
from yellowcart.policy.verdicts import Verdict

TOPIC: Final = "room.cart.barred"
ROOMS_A_PORTION: Final = 250


@dataclass(frozen=True, slots=True)
class Flip:
    """A listing whose state is not what the verdict says."""

    id: UUID
    surface: str
    container_id: UUID
    verdict: Verdict
    barred: bool


@dataclass(slots=True)
class Swept:
    """What one sweep did."""

    barred: int = 0
    restored: int = 0
    rooms: set[UUID] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Plan:
    """What will have to flip at an instant, read ahead of it under one set of rules."""

    at: datetime
    table: RuleTable
    flips: list[Flip]


def plan(table: RuleTable, at: datetime) -> Plan:
    """The listings whose stored state is not what ``table`` says of ``at``; changes nothing."""
    names = named(table)
    some = kinds(names)
    verdicts = [table.verdict(kind.facts, at) for kind in some]
    params: dict[str, list[Any]] = {
        **columns(some),
        **names,
        "barred": [
            not verdict.permits(has_task=kind.has_task)
            for kind, verdict in zip(some, verdicts, strict=True)
        ],
        "rules": [verdict.rule or "" for verdict in verdicts],
        "revisions": [verdict.revision or 0 for verdict in verdicts],
    }
    with connection.cursor() as cursor:
        cursor.execute(_MISMATCHES, params)
        flips = [
            Flip(listing_id, surface, container_id, verdicts[place - 1], barred)
            for listing_id, surface, container_id, place, barred in cursor.fetchall()
        ]
    return Plan(at, table, flips)


def do_sweep(
    table: RuleTable,
    at: datetime,
    boundaries: Sequence[datetime] = (),
    planned: Plan | None = None,
    first: Collection[UUID] = (),
) -> Swept:
    """Bring every listing to what the rules say of ``at``, and mark the boundaries as swept.

    Containers in ``first`` (rooms with viewers) come before the others.
    ``planned`` spares the reading at the instant itself; what changed since it was made is found
    by reading once more afterwards.
    """
    swept = Swept()
    if planned is not None and planned.table is table and planned.at <= at:
        for portion in _portions(_ordered(planned.flips, first)):
            with transaction.atomic():
                _apply(portion, swept)
    late = list(_portions(_ordered(plan(table, at).flips, first))) or [[]]
    for place, portion in enumerate(late):
        with transaction.atomic():
            _apply(portion, swept)
            if boundaries and place == len(late) - 1:
                policy_actions.do_mark_swept(
                    boundaries,
                    barred=swept.barred,
                    restored=swept.restored,
                    rooms=len(swept.rooms),
                )
    return swept


_MISMATCHES: Final = f"""
SELECT l.id, l.surface, l.container_id, w.place, e.barred
{MATCHED}
JOIN unnest(%(barred)s::bool[], %(rules)s::text[], %(revisions)s::int[])
     WITH ORDINALITY AS e(barred, rule, revision, place) ON e.place = w.place
WHERE (l.state = 'barred') <> e.barred
   OR (e.barred AND (l.barred_rule <> e.rule OR l.barred_revision <> e.revision))
ORDER BY l.surface <> 'live_room', l.container_id, l.id
"""

_FLIP: Final = """
WITH due AS (
  SELECT l.id, w.barred, w.rule, w.revision, w.since
  FROM unnest(%(ids)s::uuid[], %(places)s::int[]) AS f(id, place)
  JOIN unnest(%(barred)s::bool[], %(rules)s::text[], %(revisions)s::int[],
              %(since)s::timestamptz[])
       WITH ORDINALITY AS w(barred, rule, revision, since, place) ON w.place = f.place
  JOIN listings_listing l ON l.id = f.id
  WHERE l.unmounted_at IS NULL
    AND ((l.state = 'barred') <> w.barred
         OR (w.barred AND (l.barred_rule <> w.rule OR l.barred_revision <> w.revision)))
  ORDER BY l.id FOR NO KEY UPDATE OF l
)
UPDATE listings_listing l
SET state = CASE WHEN due.barred THEN 'barred' ELSE 'mounted' END,
    barred_rule = due.rule, barred_revision = due.revision,
    barred_at = CASE WHEN due.barred THEN due.since END
FROM due WHERE l.id = due.id
RETURNING l.id
"""


def _ordered(flips: Sequence[Flip], first: Collection[UUID]) -> list[Flip]:
    # Sorting is stable: within both halves containers stay together.
    return sorted(flips, key=lambda flip: flip.container_id not in first)


def _portions(flips: Sequence[Flip]) -> Iterator[list[Flip]]:
    """Whole containers, so many at a time; a room is never split."""
    portion: list[Flip] = []
    containers: set[UUID] = set()
    for flip in flips:
        if flip.container_id not in containers and len(containers) == ROOMS_A_PORTION:
            yield portion
            portion, containers = [], set()
        portion.append(flip)
        containers.add(flip.container_id)
    if portion:
        yield portion


def _apply(flips: Sequence[Flip], swept: Swept) -> None:
    """Flip what still needs it and tell the rooms, within the caller's transaction."""
    if not flips:
        return
    effects: dict[tuple[bool, str, int, datetime | None], int] = {}
    places = [effects.setdefault(_effect(flip), len(effects) + 1) for flip in flips]
    barred, rules, revisions, since = zip(*effects, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _FLIP,
            {
                "ids": uuid_array(flip.id for flip in flips),
                "places": int_array(places),
                "barred": list(barred),
                "rules": list(rules),
                "revisions": list(revisions),
                "since": list(since),
            },
        )
        done = {listing_id for (listing_id,) in cursor.fetchall()}
    rooms: dict[UUID, list[Flip]] = {}
    for flip in flips:
        if flip.id not in done:
            continue
        swept.barred += flip.barred
        swept.restored += not flip.barred
        if flip.surface == "live_room":
            rooms.setdefault(flip.container_id, []).append(flip)
    swept.rooms.update(rooms)
    if rooms:
        outbox.append_all(
            [
                OutboxEvent(topic=TOPIC, room_id=room_id, payload=_frame(inside))
                for room_id, inside in rooms.items()
            ],
            at_once=True,
        )


def _effect(flip: Flip) -> tuple[bool, str, int, datetime | None]:
    """What is stored with a flip: barred or not, by which rule and revision, since when."""
    if not flip.barred:
        return (False, "", 0, None)
    verdict = flip.verdict
    return (True, verdict.rule or "", verdict.revision or 0, verdict.since)


def _frame(flips: Sequence[Flip]) -> dict[str, Any]:
    """What one room is told: every listing that was barred or came back, and the chief reason.

    Where several rules struck one room, the one that struck most listings gives the words.
    """
    struck = Counter((flip.verdict.rule, flip.verdict.revision) for flip in flips if flip.barred)
    chief = struck.most_common(1)[0][0] if struck else None
    spoken = next(
        (f.verdict for f in flips if f.barred and (f.verdict.rule, f.verdict.revision) == chief),
        None,
    )
    return {
        "listings": [str(flip.id) for flip in flips if flip.barred],
        "restored": [str(flip.id) for flip in flips if not flip.barred],
        "rule": spoken.rule if spoken else None,
        "revision": spoken.revision if spoken else None,
        "open_surfaces": list(spoken.open_surfaces) if spoken else [],
        "reason": spoken.reason._asdict() if spoken else None,
        "remedy": spoken.remedy._asdict() if spoken and spoken.remedy else None,
    }
