"""Listings that no rule can tell apart, taken together.

Whatever the number of listings, there are few kinds of them: a verdict is asked once a kind, and
the rows are matched to it in the database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection

from yellowcart.policy.rules import Facts
from yellowcart.policy.table import RuleTable

Named = dict[str, list[UUID]]

_KINDS: Final = """
SELECT DISTINCT source, integration, surface, shop_type,
  CASE WHEN shop_id = ANY(%(named_shops)s::uuid[]) THEN shop_id END,
  CASE WHEN creator_id = ANY(%(named_creators)s::uuid[]) THEN creator_id END,
  task_order <> ''
FROM listings_listing WHERE unmounted_at IS NULL
"""

#: ``w.place`` is the place, from 1, of the kind of each listing ``l``. Needs :func:`columns` and
#: the names that :func:`named` gave.
MATCHED: Final = """
FROM unnest(%(sources)s::text[], %(integrations)s::text[], %(surfaces)s::text[],
            %(shop_types)s::text[], %(shops)s::uuid[], %(creators)s::uuid[], %(tasks)s::bool[])
     WITH ORDINALITY AS w(source, integration, surface, shop_type, shop_id, creator_id, has_task,
                          place)
JOIN listings_listing l
  ON l.source = w.source AND l.integration = w.integration AND l.surface = w.surface
 AND l.shop_type = w.shop_type AND (l.task_order <> '') = w.has_task
 AND (CASE WHEN l.shop_id = ANY(%(named_shops)s::uuid[]) THEN l.shop_id END)
     IS NOT DISTINCT FROM w.shop_id
 AND (CASE WHEN l.creator_id = ANY(%(named_creators)s::uuid[]) THEN l.creator_id END)
     IS NOT DISTINCT FROM w.creator_id
 AND l.unmounted_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """The facts that some listings share, and whether they hold a task order."""

    facts: Facts
    has_task: bool


def named(*tables: RuleTable) -> Named:
    """The shops and creators that rules tell apart; names that are no ids match nothing here."""
    shops: set[str] = set()
    creators: set[str] = set()
    for table in tables:
        some_shops, some_creators = table.named_subjects()
        shops |= some_shops
        creators |= some_creators
    return {"named_shops": _uuids(shops), "named_creators": _uuids(creators)}


def kinds(names: Named) -> list[Kind]:
    """Every kind that some mounted or barred listing is of."""
    with connection.cursor() as cursor:
        cursor.execute(_KINDS, names)
        rows = cursor.fetchall()
    return [
        Kind(
            Facts(
                source=source,
                integration=integration,
                surface=surface,
                shop=str(shop_id) if shop_id else None,
                shop_type=shop_type,
                creator=str(creator_id) if creator_id else None,
            ),
            has_task,
        )
        for source, integration, surface, shop_type, shop_id, creator_id, has_task in rows
    ]


def columns(some: Sequence[Kind]) -> dict[str, list[Any]]:
    """The arrays that :data:`MATCHED` unnests."""
    return {
        "sources": [kind.facts.source for kind in some],
        "integrations": [kind.facts.integration for kind in some],
        "surfaces": [kind.facts.surface for kind in some],
        "shop_types": [kind.facts.shop_type for kind in some],
        "shops": [kind.facts.shop for kind in some],
        "creators": [kind.facts.creator for kind in some],
        "tasks": [kind.has_task for kind in some],
    }


def _uuids(words: Iterable[str]) -> list[UUID]:
    found = []
    for word in sorted(words):
        try:
            found.append(UUID(word))
        except ValueError:
            continue
    return found
