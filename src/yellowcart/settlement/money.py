"""Moves parties' money: the ledger's entries, the statements' lines and the days' sums at once.

A :class:`Till` is opened inside a transaction for all parties it will touch; it locks their
positions in order, so that two who move the same party's money follow one another.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from yellowcart.core.ids import new_id
from yellowcart.ledger import queries as ledger
from yellowcart.ledger.actions import Draft, do_post_many
from yellowcart.ledger.rules import Kind, Line
from yellowcart.settlement import parties
from yellowcart.settlement.models import Bill, Move, Position
from yellowcart.settlement.rules import Role, settle_parts

Account = tuple[str, str]
#: Parties that owe nothing and take nothing out here: nobody waits for them.
_NEVER_OWE = frozenset({parties.PLATFORM, parties.TAX})


def against(bill: Bill) -> Line:
    """The account out of which a bill is settled: what is held for the shop, or what another
    platform owes for a sale of its own."""
    if bill.kind == "conversion":
        return Line(parties.source(bill.source), Kind.RECEIVABLE, bill.currency, 0)
    return Line(parties.shop(bill.shop_id), Kind.HELD, bill.currency, 0)


@dataclass(frozen=True, slots=True)
class Movement:
    """A change of what a party has, as its statement shows it."""

    party: str
    role: str
    amount_minor: int
    kind: str
    share_id: UUID | None = None
    reason: str = ""
    sales_minor: int = 0


class Till:
    """Moves money until :meth:`close`, within the caller's transaction."""

    def __init__(self, accounts: Iterable[Account], at: datetime) -> None:
        self.at = at
        self._positions: dict[Account, Position] = {}
        self._payable: dict[Account, int] = {}
        self._drafts: list[Draft] = []
        self._moves: list[Move] = []
        self._days: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
        self._lock({key for key in accounts if key[0] not in _NEVER_OWE})

    def _lock(self, keys: set[Account]) -> None:
        if not keys:
            return
        Position.objects.bulk_create(
            [Position(party=party, currency=currency) for party, currency in sorted(keys)],
            ignore_conflicts=True,
        )
        rows = (
            Position.objects.select_for_update(no_key=True)
            .filter(party__in={key[0] for key in keys}, currency__in={key[1] for key in keys})
            .order_by("party", "currency")
        )
        self._positions = {(row.party, row.currency): row for row in rows}

    def payable(self, party: str, currency: str) -> int:
        """What a locked party could take out, with what this till has moved."""
        key = (party, currency)
        if key not in self._payable:
            self._payable[key] = -ledger.balance(party, Kind.PAYABLE, currency)
        return self._payable[key]

    def owed(self, party: str, currency: str) -> int:
        """What a locked party owes."""
        return self._positions[party, currency].owed_minor

    def post(
        self,
        reference: str,
        description: str,
        currency: str,
        against: Line | None,
        movements: Iterable[Movement],
    ) -> None:
        """One entry that moves several parties' money against one account.

        ``against`` names that account; its amount is what balances the movements. None where
        they balance one another.
        """
        lines: list[Line] = []
        moved = 0
        for one in movements:
            if one.amount_minor == 0:
                continue
            lines += self._lines(one, currency)
            moved += one.amount_minor
            self._note(one, currency, reference)
        if against is not None and moved:
            lines.append(against._replace(amount_minor=moved))
        if lines:
            self._drafts.append(Draft(reference, description[:200], lines))

    def _lines(self, one: Movement, currency: str) -> list[Line]:
        if one.party == parties.PLATFORM:
            kind = Kind.EXPENSE if one.role == Role.SUBSIDY else Kind.REVENUE
            return [Line(one.party, kind, currency, -one.amount_minor)]
        if one.party == parties.TAX:
            return [Line(one.party, Kind.TAX, currency, -one.amount_minor)]
        key = (one.party, currency)
        position = self._positions[key]
        # What can be paid out is only asked where something is taken.
        payable = self.payable(*key) if one.amount_minor < 0 else 0
        on_payable, on_owed = settle_parts(one.amount_minor, position.owed_minor, payable)
        position.owed_minor += on_owed
        if key in self._payable:
            self._payable[key] += on_payable
        return [
            Line(one.party, Kind.PAYABLE, currency, -on_payable),
            Line(one.party, Kind.RECEIVABLE, currency, on_owed),
        ]

    def _note(self, one: Movement, currency: str, reference: str) -> None:
        self._moves.append(
            Move(
                id=new_id(),
                party=one.party,
                currency=currency,
                at=self.at,
                kind=one.kind,
                amount_minor=one.amount_minor,
                share_id=one.share_id,
                reference=reference,
                reason=one.reason[:200],
            )
        )
        day = self._days[one.party, currency, one.kind]
        day[0] += one.amount_minor
        day[1] += one.sales_minor

    def close(self) -> None:
        """Write everything."""
        if not self._drafts:
            return
        do_post_many(self._drafts)
        Move.objects.bulk_create(self._moves, batch_size=1_000)
        keys = sorted(self._days)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO settlement_day AS d"
                " (party, currency, day, kind, amount_minor, sales_minor)"
                " SELECT party, currency, %s, kind, amount, sales FROM unnest(%s::text[],"
                " %s::text[], %s::text[], %s::bigint[], %s::bigint[])"
                " AS new(party, currency, kind, amount, sales)"
                " ON CONFLICT (party, currency, day, kind) DO UPDATE SET"
                " amount_minor = d.amount_minor + excluded.amount_minor,"
                " sales_minor = d.sales_minor + excluded.sales_minor",
                [
                    self.at.date(),
                    [key[0] for key in keys],
                    [key[1] for key in keys],
                    [key[2] for key in keys],
                    [self._days[key][0] for key in keys],
                    [self._days[key][1] for key in keys],
                ],
            )
        held = sorted(self._positions)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE settlement_position AS p SET owed_minor = new.owed"
                " FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS new(party, currency, owed)"
                " WHERE p.party = new.party AND p.currency = new.currency"
                " AND p.owed_minor <> new.owed",
                [
                    [key[0] for key in held],
                    [key[1] for key in held],
                    [self._positions[key].owed_minor for key in held],
                ],
            )
