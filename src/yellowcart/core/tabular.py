"""Tables for people's spreadsheets, as CSV or XLSX: written row by row, and safe to open.

No cell of ours becomes a formula: texts that a spreadsheet would take for one carry an apostrophe,
in both kinds of file, since a workbook is soon saved as CSV; and in a workbook every text is
written as a text.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Final

import xlsxwriter
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem

Cell = str | int | Decimal | None

KINDS: Final = ("csv", "xlsx")
MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: What a cell and a sheet of a workbook can hold.
LONGEST_CELL: Final = 32_767
MOST_ROWS: Final = 1_048_575

_FORMULA: Final = re.compile(r"'*[=+\-@|%\t\r\n]")
_GUARDED: Final = re.compile(r"'+[=+\-@|%\t\r\n]")
_WIDTHS: Final = (8, 48)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A heading and rows of as many cells, read once."""

    name: str
    heading: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text that :func:`harmless` was given."""
    return text[1:] if _GUARDED.match(text) else text


def write(kind: str, out: IO[bytes], sheet: Sheet) -> int:
    """Write a sheet as ``csv`` or ``xlsx``; the number of its rows.

    Raises ``format_unknown``, and for a workbook ``cell_too_long`` or ``too_many_rows``.
    """
    if kind not in KINDS:
        raise Problem("format_unknown", 422, _("A file is either CSV or XLSX."))
    return _write_xlsx(out, sheet) if kind == "xlsx" else _write_csv(out, sheet)


def _write_csv(out: IO[bytes], sheet: Sheet) -> int:
    # Spreadsheets take a file without the mark for one in the machine's own encoding.
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([harmless(name) for name in sheet.heading])
    count = 0
    for row in sheet.rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
        count += 1
    text.detach()
    return count


def _write_xlsx(out: IO[bytes], sheet: Sheet) -> int:
    book = xlsxwriter.Workbook(
        out,
        {
            # A row at a time in memory; nothing that is text is made a number, link or formula.
            "constant_memory": True,
            "strings_to_numbers": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        },
    )
    page = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", sheet.name)[:31])
    bold = book.add_format({"bold": True})
    for column, name in enumerate(sheet.heading):
        width = sum(2 if ord(letter) > 0x2E80 else 1 for letter in name) + 2
        page.set_column(column, column, min(max(width, _WIDTHS[0]), _WIDTHS[1]))
    page.freeze_panes(1, 0)
    for column, name in enumerate(sheet.heading):
        page.write_string(0, column, harmless(name), bold)
    count = 0
    for count, row in enumerate(sheet.rows, start=1):
        if count > MOST_ROWS:
            raise Problem(
                "too_many_rows",
                422,
                _("A workbook holds %(most)s rows; take CSV instead."),
                params={"most": MOST_ROWS},
            )
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                text = harmless(cell)
                if len(text) > LONGEST_CELL:
                    raise Problem(
                        "cell_too_long",
                        422,
                        _("A text is longer than a workbook's cell can be; take CSV instead."),
                    )
                if text:
                    page.write_string(count, column, text)
            elif cell is not None:
                page.write_number(count, column, float(cell) if isinstance(cell, Decimal) else cell)
    book.close()
    return count
