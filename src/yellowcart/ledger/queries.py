"""Read the books. Amounts are minor units: debit positive, credit negative."""

from typing import NamedTuple

from django.db.models import Sum

from yellowcart.ledger.models import LedgerAccount, Posting
from yellowcart.ledger.rules import Kind, Line


class Balance(NamedTuple):
    """One account and what is on it."""

    party: str
    kind: Kind
    currency: str
    amount_minor: int


def balance(party: str, kind: Kind, currency: str) -> int:
    """What is on one account; 0 where it was never written on."""
    total = Posting.objects.filter(
        account__party=party, account__kind=kind, account__currency=currency
    ).aggregate(total=Sum("amount_minor"))["total"]
    return int(total or 0)


def balances(party: str | None = None) -> list[Balance]:
    """What is on every account, or on a party's, in order of party, kind and currency."""
    accounts = LedgerAccount.objects.all()
    if party is not None:
        accounts = accounts.filter(party=party)
    rows = accounts.annotate(total=Sum("postings__amount_minor")).order_by(
        "party", "kind", "currency"
    )
    return [Balance(row.party, Kind(row.kind), row.currency, int(row.total or 0)) for row in rows]


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
    rows = Posting.objects.values_list("account__currency").annotate(total=Sum("amount_minor"))
    return {currency: int(total) for currency, total in rows.order_by("account__currency")}
