"""Statements as CSV, written while they are read, so that a million lines need no memory."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from asgiref.sync import sync_to_async
from babel.numbers import get_currency_precision
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from yellowcart.core.instants import iso
from yellowcart.settlement import queries
from yellowcart.settlement.queries import StatementLine
from yellowcart.settlement.words import MOVES, PARTS, ROLES

#: Lines read at once.
CHUNK: Final = 1_000
#: What makes a spreadsheet take a cell for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that could be has a ' before it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def decimal(minor: int, currency: str) -> str:
    """Minor units as a plain decimal number: ``-12.50``."""
    return str(Decimal(minor).scaleb(-get_currency_precision(currency)))


async def statement_csv(
    party: str, currency: str, start: datetime, until: datetime, language: str
) -> AsyncIterator[str]:
    """A statement's lines of a period in pieces of CSV, between its opening and closing balance."""

    def first() -> tuple[int, int]:
        return (
            queries.balance_before(party, currency, start),
            queries.balance_before(party, currency, until),
        )

    opening, closing = await sync_to_async(first)()
    with translation.override(language):
        yield _csv([_heading(), _balance(str(_("Opening balance")), start, opening, currency)])
    cursor: str | None = ""
    while cursor is not None:
        page = await sync_to_async(queries.movements)(
            party, currency, start, until, cursor=cursor, limit=CHUNK
        )
        with translation.override(language):
            piece = _csv(_row(line, currency, language) for line in page.lines)
        if piece:
            yield piece
        cursor = page.next_cursor
    with translation.override(language):
        yield _csv([_balance(str(_("Closing balance")), until, closing, currency)])


def _heading() -> list[str]:
    names = [
        _("Time"),
        _("What"),
        _("Order"),
        _("For"),
        *PARTS.values(),
        _("Given back"),
        _("Adjusted"),
        _("Amount"),
        _("Balance"),
        _("Currency"),
        _("Fee rule"),
        _("Contract"),
        _("Sold"),
        _("Due"),
        _("Reason"),
        _("Ledger entry"),
    ]
    return [str(name) for name in names]


def _balance(name: str, at: datetime, minor: int, currency: str) -> list[str]:
    cells = [""] * (len(PARTS) + 15)
    cells[0], cells[1] = iso(at), name
    cells[len(PARTS) + 7], cells[len(PARTS) + 8] = decimal(minor, currency), currency
    return cells


def _row(line: StatementLine, currency: str, language: str) -> list[str]:
    share = line.share
    parts = share.parts if share is not None else {}
    # A clawback shows what it moves; what the sale was made of stands with its settlement.
    shown = parts if line.kind == "settled" else {}
    rule = share.fee_summary.in_language(language) if share and share.fee_summary else ""
    return [
        iso(line.at),
        str(MOVES.get(line.kind, line.kind)),
        str(share.subject_id) if share else "",
        str(ROLES.get(share.role, share.role)) if share else "",
        *(decimal(shown[name], currency) if name in shown else "" for name in PARTS),
        decimal(-share.returned_minor, currency) if share and line.kind == "settled" else "",
        decimal(share.adjusted_minor, currency) if share and line.kind == "settled" else "",
        decimal(line.amount_minor, currency),
        decimal(line.balance_minor, currency),
        currency,
        safe_text(rule),
        str(share.contract_id) if share and share.contract_id else "",
        iso(share.sold_at) if share else "",
        iso(share.due_at) if share and share.due_at else "",
        safe_text(line.reason),
        safe_text(line.reference),
    ]


def _csv(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
