"""What a sound entry is: values in, values out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

#: The database's limit of an amount (a 64-bit integer), less a bit so that sums fit as well.
MOST_MINOR: Final = 10**15
MOST_POSTINGS: Final = 100


class Kind(StrEnum):
    """What an account of a party means. A debit is positive, a credit negative."""

    CASH = "cash"
    """Money that has arrived at, or been paid out by, a payment provider. Normally a debit."""
    HELD = "held"
    """Taken for a party's goods or work, and not yet settled. Normally a credit."""
    PAYABLE = "payable"
    """Settled, and owed to a party. Normally a credit."""
    RECEIVABLE = "receivable"
    """Owed by a party, such as a clawback after settlement. Normally a debit."""
    REVENUE = "revenue"
    """What a party, mostly the platform, has earned. Normally a credit."""
    PAYOUT = "payout"
    """Taken off what is payable, and on its way to a party's bank. Normally a credit."""
    DEPOSIT = "deposit"
    """What a party left as a security. Normally a credit."""
    TAX = "tax"
    """Kept back for the tax office. Normally a credit."""
    TIPS = "tips"
    """Given by viewers, and not yet parted. Normally a credit."""
    COINS = "coins"
    """Paid for by viewers, and not given yet. Normally a credit."""
    EXPENSE = "expense"
    """What a party, mostly the platform, has borne. Normally a debit."""


class Line(NamedTuple):
    """One posting to be: a party's account, and minor units: debit positive, credit negative.

    ``party`` is any stable name, such as ``platform``, ``provider:sandbox`` or ``shop:<id>``.
    """

    party: str
    kind: Kind
    currency: str
    amount_minor: int


class UnbalancedError(ValueError):
    """Debits and credits differ; ``by_currency`` says by how much, debits first."""

    def __init__(self, by_currency: Mapping[str, int]) -> None:
        self.by_currency = dict(by_currency)
        gaps = ", ".join(f"{gap:+} {currency}" for currency, gap in self.by_currency.items())
        super().__init__(f"the postings do not balance: {gaps}")


class OverdrawnError(ValueError):
    """An account that may not fall below zero would; ``short_minor`` says by how much."""

    def __init__(self, party: str, kind: Kind, currency: str, short_minor: int) -> None:
        self.party, self.kind, self.currency = party, kind, currency
        self.short_minor = short_minor
        super().__init__(f"{party} {kind} {currency} lacks {short_minor}")


class MalformedEntryError(ValueError):
    """Something about the lines other than their sum."""


def imbalance(lines: Iterable[Line]) -> dict[str, int]:
    """By currency, how much debits exceed credits; empty when balanced."""
    sums: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.currency] += line.amount_minor
    return {currency: gap for currency, gap in sorted(sums.items()) if gap}


def check_lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines in the order in which entries keep them; raises where they are not an entry.

    Lines on the same account are added up, so that the same entry is always written the same
    way; an account whose lines cancel out is left away.
    """
    sums: defaultdict[tuple[str, Kind, str], int] = defaultdict(int)
    for line in lines:
        if abs(line.amount_minor) > MOST_MINOR:
            raise MalformedEntryError(f"{line.amount_minor} is more than an entry can carry")
        if len(line.currency) != 3 or not line.currency.isupper():
            raise MalformedEntryError(f"{line.currency!r} is not an ISO 4217 code such as CNY")
        if not line.party:
            raise MalformedEntryError("a posting needs a party")
        sums[line.party, Kind(line.kind), line.currency] += line.amount_minor
    sound = tuple(Line(*account, amount) for account, amount in sorted(sums.items()) if amount)
    if gaps := imbalance(sound):
        raise UnbalancedError(gaps)
    if not sound:
        raise MalformedEntryError("an entry moves something; these lines move nothing")
    if len(sound) > MOST_POSTINGS:
        raise MalformedEntryError(f"an entry has at most {MOST_POSTINGS} postings; split it")
    return sound


def reversed_lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines that undo these."""
    return tuple(line._replace(amount_minor=-line.amount_minor) for line in lines)
