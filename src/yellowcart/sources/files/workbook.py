"""A workbook read in a process of its own: a file on standard input, its rows on standard output.

A few kilobytes can unfold to gigabytes of cells, so whoever opens a stranger's workbook must be
able to do without the process that did. This one limits its own memory and time, imports nothing
of the house, and is started by :mod:`.sheets`. Formulas are never evaluated: what comes out is the
value that the program which wrote the file had last computed.

Output: frames of four bytes' length (big-endian) and MessagePack: first the number of rows, then
lists of rows, each a list of texts.
"""

import resource
import sys
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import BinaryIO

import msgspec
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MOST_MEMORY = 1_500 * 2**20
MOST_SECONDS = 120
ROWS_A_FRAME = 200

_encode = msgspec.msgpack.Encoder().encode

Cell = int | float | str | bool | time | date | datetime | timedelta


def text_of(cell: Cell) -> str:
    """A cell as a person would have typed it into a delimited file."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    return str(cell)


def main() -> None:
    """Read the first visible sheet that has rows."""
    _limit()
    out = sys.stdout.buffer
    book = CalamineWorkbook.from_filelike(sys.stdin.buffer)
    for one in book.sheets_metadata:
        if one.typ != SheetTypeEnum.WorkSheet or one.visible != SheetVisibleEnum.Visible:
            continue
        sheet = book.get_sheet_by_name(one.name)
        if sheet.height and sheet.end is not None:
            # Rows come from the top of the sheet, so that lines are those that people see.
            _put(out, sheet.end[0] + 1)
            break
    else:
        _put(out, 0)
        return
    rows: list[list[str]] = []
    for row in sheet.iter_rows():
        rows.append([text_of(cell) for cell in row])
        if len(rows) == ROWS_A_FRAME:
            _put(out, rows)
            rows = []
    _put(out, rows)


def _put(out: BinaryIO, value: object) -> None:
    frame = _encode(value)
    out.write(len(frame).to_bytes(4, "big") + frame)


def _limit() -> None:
    # A tighter limit that is already there may not be raised; then it stands.
    for kind, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_SECONDS)):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main()
