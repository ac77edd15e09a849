"""Write in the books. Nothing is ever changed there: what was wrong is reversed.

do_post(
    "capture:<payment>",
    "Payment of order <order>",
    [
        Line("provider:sandbox", Kind.CASH, "CNY", 19900),
        Line("shop:<shop>", Kind.HELD, "CNY", -18905),
        Line("platform", Kind.REVENUE, "CNY", -995),
    ],
)
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.ledger.models import Entry, LedgerAccount, Posting
from yellowcart.ledger.purses import move_purses
from yellowcart.ledger.queries import lines_of
from yellowcart.ledger.rules import Kind, Line, check_lines, reversed_lines


class ReferenceTakenError(ValueError):
    """A reference that stands for other postings already."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(f"{reference!r} is written already, with other postings")


class Draft(NamedTuple):
    """An entry to be written; ``reference`` is unique for what happened, and makes it repeatable.

    Say in it what happened and to what, such as ``capture:<payment>`` or ``refund:<refund>``.
    """

    reference: str
    description: str
    lines: Sequence[Line]


def do_post(reference: str, description: str, lines: Iterable[Line]) -> UUID:
    """Write one entry; its id. See :func:`do_post_many`."""
    return do_post_many([Draft(reference, description, tuple(lines))])[0]


@transaction.atomic
def do_post_many(drafts: Sequence[Draft]) -> list[UUID]:
    """Write entries, all or none; their ids in order. Joins the caller's transaction.

    The same reference with the same lines again changes nothing and gives the same id, also
    while another process writes it; with other lines it raises :class:`ReferenceTakenError`.
    :class:`~yellowcart.ledger.rules.UnbalancedError` where debits and credits differ, and
    :class:`~yellowcart.ledger.rules.OverdrawnError` where an account that the chart keeps from
    falling below zero would. Such accounts are locked, in order, until the transaction ends.
    """
    return _write([(draft, check_lines(draft.lines), None) for draft in drafts])


@transaction.atomic
def do_reverse(reference: str, description: str = "") -> UUID:
    """Undo an entry by one with opposite amounts, named ``reverse:<reference>``; its id.

    Doing it again changes nothing. ``LookupError`` where no such entry is written, and
    ``ValueError`` for an entry that is itself a reversal: write a new one instead.
    """
    original = Entry.objects.filter(reference=reference).first()
    if original is None:
        raise LookupError(f"no entry {reference!r} is written")
    if original.reverses_id is not None:
        raise ValueError(f"{reference!r} is a reversal itself; write a new entry instead")
    draft = Draft(
        f"reverse:{reference}",
        description or f"Reversal: {original.description}"[:200],
        reversed_lines(lines_of(reference)),
    )
    return _write([(draft, check_lines(draft.lines), original.id)])[0]


def _write(entries: Sequence[tuple[Draft, tuple[Line, ...], UUID | None]]) -> list[UUID]:
    accounts = _accounts({line[:3] for _draft, lines, _reverses in entries for line in lines})
    at = now()
    rows = {
        draft.reference: Entry(
            id=new_id(),
            reference=draft.reference,
            description=draft.description,
            at=at,
            posting_count=len(lines),
            reverses_id=reverses,
        )
        # One reference twice in one call is one entry; whether it is the same is asked below.
        for draft, lines, reverses in reversed(entries)
    }
    # A rival's uncommitted row makes this wait, and then skips ours. In order of reference, so
    # that two callers with several entries each never wait for one another.
    Entry.objects.bulk_create(
        [rows[reference] for reference in sorted(rows)], ignore_conflicts=True
    )
    written: dict[str, UUID] = dict(
        Entry.objects.filter(reference__in=rows).values_list("reference", "id")
    )
    mine = {reference for reference, row in rows.items() if written.get(reference) == row.id}
    first = {draft.reference: lines for draft, lines, _reverses in reversed(entries)}
    Posting.objects.bulk_create(
        Posting(
            entry_id=written[reference],
            account_id=accounts[line[:3]],
            amount_minor=line.amount_minor,
        )
        for reference in sorted(mine)
        for line in first[reference]
    )
    move_purses(
        (accounts[line[:3]], line) for reference in sorted(mine) for line in first[reference]
    )
    for draft, lines, _reverses in entries:
        known = first[draft.reference] if draft.reference in mine else lines_of(draft.reference)
        if known != lines:
            raise ReferenceTakenError(draft.reference)
    return [written[draft.reference] for draft, _lines, _reverses in entries]


def _accounts(
    wanted: Iterable[tuple[str, Kind, str]],
) -> dict[tuple[str, Kind, str], UUID]:
    """The accounts' ids, opened where they are missing, in order so that rivals don't deadlock."""
    keys = sorted(wanted)
    found = _find_accounts(keys)
    missing = [key for key in keys if key not in found]
    if missing:
        LedgerAccount.objects.bulk_create(
            [
                LedgerAccount(party=party, kind=kind, currency=currency)
                for party, kind, currency in missing
            ],
            ignore_conflicts=True,
        )
        found |= _find_accounts(missing)
    return found


def _find_accounts(
    keys: Sequence[tuple[str, Kind, str]],
) -> dict[tuple[str, Kind, str], UUID]:
    rows = LedgerAccount.objects.filter(party__in={party for party, _kind, _currency in keys})
    wanted = set(keys)
    return {
        key: row.id for row in rows if (key := (row.party, Kind(row.kind), row.currency)) in wanted
    }
