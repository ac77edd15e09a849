"""Read the books. Amounts are minor units: debit positive, credit negative."""

from typing import NamedTuple

from django.db import connection

from yellowcart.ledger.models import Posting
from yellowcart.ledger.rules import Kind, Line

# Snapshot and waiting entries in one statement: a seal given in between counts nothing twice.
_BALANCES = """
SELECT a.party, a.kind, a.currency,
  coalesce(s.amount_minor, 0) + coalesce(w.amount_minor, 0) AS amount_minor
FROM ledger_account AS a
LEFT JOIN ledger_snapshot AS s ON s.account_id = a.id
LEFT JOIN (
  SELECT p.account_id, sum(p.amount_minor) AS amount_minor
  FROM ledger_unsealed AS u JOIN ledger_posting AS p ON p.entry_id = u.entry_id
  GROUP BY p.account_id
) AS w ON w.account_id = a.id
"""


class Balance(NamedTuple):
    """One account and what is on it."""

    party: str
    kind: Kind
    currency: str
    amount_minor: int


def balance(party: str, kind: Kind, currency: str) -> int:
    """What is on one account; 0 where it was never written on."""
    rows = _read(
        f"{_BALANCES} WHERE a.party = %s AND a.kind = %s AND a.currency = %s",
        [party, kind.value, currency],
    )
    return rows[0].amount_minor if rows else 0


def balances(party: str | None = None) -> list[Balance]:
    """What is on every account, or on a party's, in order of party, kind and currency."""
    where = "" if party is None else "WHERE a.party = %s"
    return _read(
        f"{_BALANCES} {where} ORDER BY a.party, a.kind, a.currency",
        [] if party is None else [party],
    )


def _read(statement: str, values: list[str]) -> list[Balance]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [
            Balance(party, Kind(kind), currency, int(amount))
            for party, kind, currency, amount in cursor.fetchall()
        ]


def lines_of(reference: str) -> tuple[Line, ...]:
    """An entry's lines in the order of :func:`~yellowcart.ledger.rules.check_lines`.

    Empty where no such entry is written.
    """
    rows = Posting.objects.filter(entry__reference=reference).select_related("account")
    return tuple(
        sorted(
            Line(row.account.party, Kind(row.account.kind), row.account.currency, row.amount_minor)
            for row in rows
        )
    )


def trial_balance() -> dict[str, int]:
    """By currency, the sum over all accounts: always 0."""
    sums: dict[str, int] = {}
    for row in balances():
        sums[row.currency] = sums.get(row.currency, 0) + row.amount_minor
    return dict(sorted(sums.items()))
