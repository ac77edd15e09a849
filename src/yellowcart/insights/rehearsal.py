"""What a rule would hit, before anyone is told.

The same comparison that picks who gets a notice: the rules without it and with it, asked about
the instant at which it begins. GMV is what the sales of the last 30 days came to that would not
be allowed under it, by definition ``paid``; it counts what was sold, mounted still or not.
"""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from yellowcart.catalog.supply import convertible
from yellowcart.core.clock import now
from yellowcart.core.instants import iso
from yellowcart.insights.queries import FactSales, sales_by_facts
from yellowcart.insights.rules import Definition, Window
from yellowcart.live.models import Room
from yellowcart.notices.hits import Effect, Hit, effect_of, hits_of, with_and_without
from yellowcart.people.models import Account
from yellowcart.policy import actions as policy
from yellowcart.policy import queries as rules_known
from yellowcart.policy.models import PolicyDraft
from yellowcart.policy.rules import Rule
from yellowcart.policy.table import RuleTable
from yellowcart.shops.models import Shop

TRAILING: Final = timedelta(days=30)
DEFINITION: Final = Definition.PAID
#: Rows that are kept with a draft and shown on its page; exports hold all.
KEPT_ROWS: Final = 200
_TAKEN: Final = frozenset({Effect.BARRED, Effect.TASK})

CSV_COLUMNS: Final = (
    "listing_id",
    "effect",
    "surface",
    "container_id",
    "container",
    "room_state",
    "scheduled_at",
    "shop",
    "shop_name",
    "creator",
    "source",
    "integration",
    "product_id",
    "title",
    "convertible",
    "rule",
    "open_surfaces",
)


@dataclass(frozen=True, slots=True)
class Loss:
    """What some party sold in the trailing days that the rule would not have allowed."""

    currency: str
    gmv_minor: int
    sales: int

    def as_json(self) -> dict[str, object]:
        """With the definition that every figure of GMV carries."""
        return {
            "definition": DEFINITION.value,
            "days": TRAILING.days,
            "currency": self.currency,
            "gmv_minor": self.gmv_minor,
            "sales": self.sales,
        }


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Everything a rule would hit, with the names needed to show it."""

    rules: tuple[Rule, ...]
    rehearsed_at: datetime
    hits: list[Hit]
    clickable: frozenset[UUID]
    losses: list[Loss]
    shop_losses: Mapping[UUID, list[Loss]]
    shops: Mapping[UUID, Shop]
    creators: Mapping[UUID, Account]
    rooms: Mapping[UUID, Room]

    def as_json(self, language: str, most: int | None = None) -> dict[str, Any]:
        """Counts first, then whom and what, each list cut to ``most`` rows."""
        rooms = Counter(room.state for room in self.rooms.values())
        return {
            "rules": [rule.as_json(language) for rule in self.rules],
            "rehearsed_at": iso(self.rehearsed_at),
            "listings": len(self.hits),
            "shops": len(self.shops),
            "creators": len(self.creators),
            "rooms": len(self.rooms),
            "live_rooms": rooms["live"],
            "scheduled_rooms": rooms["scheduled"],
            "convertible": sum(hit.product_id in self.clickable for hit in self.hits),
            "gmv": [loss.as_json() for loss in self.losses],
            "by_effect": _counted(hit.effect.value for hit in self.hits),
            "by_surface": _counted(hit.surface for hit in self.hits),
            "by_source": _counted(hit.source for hit in self.hits),
            "shops_hit": self._shop_rows()[:most],
            "creators_hit": self._creator_rows()[:most],
            "scheduled": self._scheduled_rows()[:most],
            "listings_hit": self.rows()[:most],
        }

    def rows(self) -> list[dict[str, Any]]:
        """One row a listing, by the names of :data:`CSV_COLUMNS`."""
        return [self._row(hit) for hit in self.hits]

    def csv_text(self) -> str:
        """The rows as CSV with a heading."""
        out = io.StringIO()
        writer = csv.DictWriter(out, CSV_COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in self.rows():
            shown = row | {"open_surfaces": " ".join(row["open_surfaces"])}
            writer.writerow({name: _plain(value) for name, value in shown.items()})
        return out.getvalue()

    def _row(self, hit: Hit) -> dict[str, Any]:
        room = self.rooms.get(hit.container_id)
        shop = self.shops[hit.shop_id]
        creator = self.creators.get(hit.creator_id) if hit.creator_id else None
        return {
            "listing_id": str(hit.listing_id),
            "effect": hit.effect.value,
            "surface": hit.surface,
            "container_id": str(hit.container_id),
            "container": room.title if room else None,
            "room_state": hit.room_state,
            "scheduled_at": iso(room.scheduled_at) if room else None,
            "shop": shop.handle,
            "shop_name": shop.name,
            "creator": creator.handle if creator else None,
            "source": hit.source,
            "integration": hit.integration,
            "product_id": str(hit.product_id),
            "title": hit.title,
            "convertible": hit.product_id in self.clickable,
            "rule": hit.after.rule,
            "open_surfaces": list(hit.after.open_surfaces),
        }

    def _shop_rows(self) -> list[dict[str, Any]]:
        counts = Counter(hit.shop_id for hit in self.hits)
        clicks = Counter(hit.shop_id for hit in self.hits if hit.product_id in self.clickable)
        return [
            {
                "id": str(shop_id),
                "handle": self.shops[shop_id].handle,
                "name": self.shops[shop_id].name,
                "type": self.shops[shop_id].type,
                "listings": count,
                "convertible": clicks[shop_id],
                "gmv": [loss.as_json() for loss in self.shop_losses.get(shop_id, [])],
            }
            for shop_id, count in counts.most_common()
        ]

    def _creator_rows(self) -> list[dict[str, Any]]:
        counts = Counter(hit.creator_id for hit in self.hits if hit.creator_id in self.creators)
        return [
            {
                "id": str(creator_id),
                "handle": self.creators[creator_id].handle,
                "name": self.creators[creator_id].display_name,
                "listings": count,
                "rooms": len(
                    {
                        hit.container_id
                        for hit in self.hits
                        if hit.creator_id == creator_id and hit.room_state
                    }
                ),
            }
            for creator_id, count in counts.most_common()
            if creator_id is not None
        ]

    def _scheduled_rows(self) -> list[dict[str, Any]]:
        counts = Counter(hit.container_id for hit in self.hits if hit.room_state == "scheduled")
        rooms = sorted(
            (self.rooms[room_id] for room_id in counts), key=lambda room: room.scheduled_at
        )
        return [
            {
                "id": str(room.id),
                "title": room.title,
                "scheduled_at": iso(room.scheduled_at),
                "creator": self.creators[room.creator_id].handle,
                "listings": counts[room.id],
            }
            for room in rooms
        ]


def rehearse(fresh: Sequence[Rule]) -> Rehearsal:
    """What rules would hit that are not written yet, or are announced and not yet in force.

    Each is looked at in the instant at which it begins, or now if that is past.
    """
    instant = now()
    known = rules_known.all_rules()
    revised = [_as_next_revision(rule, known) for rule in fresh]
    keys = {rule.key for rule in revised}
    before, after = with_and_without(known, keys, revised)
    found: dict[UUID, Hit] = {}
    for at in sorted({max(rule.effective_from, instant) for rule in revised}):
        for hit in hits_of(before, after, at, keys):
            found.setdefault(hit.listing_id, hit)
    hits = list(found.values())
    sold = sales_by_facts(Window(instant - TRAILING, instant), DEFINITION)
    lost = _lost(sold, revised, before, after, instant)
    creators = {hit.creator_id for hit in hits if hit.creator_id}
    return Rehearsal(
        rules=tuple(revised),
        rehearsed_at=instant,
        hits=hits,
        clickable=frozenset(
            convertible({hit.product_id for hit in hits if hit.integration == "link"})
        ),
        losses=_summed(lost),
        shop_losses={
            shop_id: _summed([sale for sale in lost if sale.facts.shop == str(shop_id)])
            for shop_id in {hit.shop_id for hit in hits}
        },
        shops=Shop.objects.in_bulk({hit.shop_id for hit in hits}),
        creators=Account.objects.in_bulk(creators),
        rooms=Room.objects.in_bulk({hit.container_id for hit in hits if hit.room_state}),
    )


def do_rehearse_draft(draft_id: UUID, *, language: str = "en") -> PolicyDraft:
    """Rehearse a draft and keep what was found with it."""
    rule = policy.draft_rule(draft_id)
    return policy.do_keep_rehearsal(draft_id, rehearse([rule]).as_json(language, KEPT_ROWS))


def _as_next_revision(rule: Rule, known: Iterable[Rule]) -> Rule:
    latest = max((each.revision for each in known if each.key == rule.key), default=0)
    return rule if rule.revision > latest else replace(rule, revision=latest + 1)


def _lost(
    sold: Sequence[FactSales],
    fresh: Sequence[Rule],
    before: RuleTable,
    after: RuleTable,
    instant: datetime,
) -> list[FactSales]:
    """The sales that were allowed without the rules and would not be with them."""
    instants = sorted({max(rule.effective_from, instant) for rule in fresh})
    keys = {rule.key for rule in fresh}
    return [sale for sale in sold if any(_taken(sale, keys, before, after, at) for at in instants)]


def _taken(
    sale: FactSales, keys: Collection[str], before: RuleTable, after: RuleTable, at: datetime
) -> bool:
    old, new = before.verdict(sale.facts, at), after.verdict(sale.facts, at)
    return new.rule in keys and effect_of(old, new, has_task=False) in _TAKEN


def _summed(sales: Iterable[FactSales]) -> list[Loss]:
    gmv: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for sale in sales:
        gmv[sale.currency] += sale.gmv_minor
        count[sale.currency] += sale.sales
    return [Loss(currency, gmv[currency], count[currency]) for currency in sorted(gmv)]


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def _plain(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value
