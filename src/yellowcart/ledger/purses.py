"""What is left on the accounts that can run out, kept with a lock and a check."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from yellowcart.core.arrays import int_array, uuid_array
from yellowcart.ledger.chart import chart
from yellowcart.ledger.models import Purse
from yellowcart.ledger.rules import Line, OverdrawnError


def move_purses(postings: Iterable[tuple[UUID, Line]]) -> None:
    """Carry postings over to the purses of guarded accounts, each locked in order of account.

    :class:`~yellowcart.ledger.rules.OverdrawnError` where one would fall below zero.
    """
    known = chart()
    deltas: defaultdict[UUID, int] = defaultdict(int)
    names: dict[UUID, Line] = {}
    for account_id, line in postings:
        if known.is_guarded(line.party, line.kind):
            deltas[account_id] += known.shown(line.kind, line.amount_minor)
            names[account_id] = line
    if not deltas:
        return
    keys = sorted(deltas)
    Purse.objects.bulk_create([Purse(account_id=key) for key in keys], ignore_conflicts=True)
    rows = (
        Purse.objects.select_for_update(no_key=True).filter(account__in=keys).order_by("account_id")
    )
    left = {row.account_id: row.amount_minor + deltas[row.account_id] for row in rows}
    for key in keys:
        if left[key] < 0:
            line = names[key]
            raise OverdrawnError(line.party, line.kind, line.currency, -left[key])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_purse AS purse SET amount_minor = moved.amount"
            " FROM unnest(%s::uuid[], %s::bigint[]) AS moved(account_id, amount)"
            " WHERE purse.account_id = moved.account_id",
            [uuid_array(keys), int_array(left[key] for key in keys)],
        )
